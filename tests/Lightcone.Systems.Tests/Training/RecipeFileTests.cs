using System.Globalization;
using CsCheck;
using Lightcone.Systems;
using Lightcone.Systems.LorentzNet;
using Lightcone.Training.Optimisation;
using Lightcone.Training.Recipes;

namespace Lightcone.Tests.Training;

public sealed class RecipeFileTests
{
    private static readonly LorentzNetRecipe Default = new();

    [Fact]
    public void Every_field_of_a_recipe_survives_the_file()
    {
        var changed = new LorentzNetRecipe
        {
            Seed = ulong.MaxValue, Epochs = 3, BatchSize = 7, Accumulate = 2, LearningRate = 0.1 + 0.2, Schedule = LearningRateShape.Cosine, Beta1 = 0.8, Beta2 = 0.99, Epsilon = 1e-7,
            WeightDecay = 0, ClipGradient = 1.5, Ema = 0.999, Patience = 4, ShuffleWindow = 1000, Bucketing = 3, CheckpointMinutes = 0, Inputs = LorentzNetInputs.QuarkGluon, Hidden = 8,
            Layers = 2, CoordinateWeight = 1.0 / 3, Clamp = 100, Dropout = 0.5, Pooling = new Pooling(PoolingKind.Fixed, 202), BatchNormRows = BatchNormRows.All, Geometry = Precision.Float32,
            Network = Precision.Float64, Kernel = KernelChoice.Eager, Classes = ClassList.Of(["QCD dijet", "H: b b", "#1"]), Signals = ClassList.Of(["H: b b"]), TrainingFraction = 0.25,
            Labels = 100, WarmUp = 0.1, Keep = KeptWeights.Last,
        };
        // Should a field be added and forgotten here, this says so.
        foreach (var ((name, value), (_, usual)) in RecipeFile.Fields(changed).Zip(RecipeFile.Fields(Default))) Assert.True(value != usual, $"{name} is left at its default by this test");
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["recipe.yaml"], RecipeFile.ToYaml(changed));
        Assert.Equal(changed, RecipeFile.Load(folder["recipe.yaml"], Default));
        Assert.Equal("lorentznet", RecipeFile.SystemOf(folder["recipe.yaml"]));
    }

    [Fact]
    public void A_recipe_does_not_depend_on_the_language_of_the_machine()
    {
        var before = CultureInfo.CurrentCulture;
        using var folder = new TemporaryFolder();
        try
        {
            var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            (comma.NumberFormat.NumberDecimalSeparator, comma.NumberFormat.NumberGroupSeparator, comma.NumberFormat.NegativeSign) = (",", ".", "−");
            CultureInfo.CurrentCulture = comma;
            File.WriteAllText(folder["recipe.yaml"], RecipeFile.ToYaml(Default with { LearningRate = 0.0125 }));
            Assert.Contains("learningRate: 0.0125\n", File.ReadAllText(folder["recipe.yaml"]));
            Assert.Equal(0.0125, RecipeFile.Load(folder["recipe.yaml"], Default).LearningRate);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void A_field_of_any_kind_can_be_set_by_its_name()
    {
        Assert.Equal(64, RecipeFile.Set(Default, "batchSize=64").BatchSize);
        Assert.Equal(3e-4, RecipeFile.Set(Default, " learningRate = 3e-4 ").LearningRate);
        Assert.Equal(LearningRateShape.Cosine, RecipeFile.Set(Default, "schedule=cosine").Schedule);
        Assert.Equal(18446744073709551615, RecipeFile.Set(Default, "seed=18446744073709551615").Seed);
        Assert.Equal(new Pooling(PoolingKind.Fixed, 202), RecipeFile.Set(Default, "pooling=Fixed:202").Pooling);
        Assert.Equal(new Pooling(PoolingKind.BatchMax), RecipeFile.Set(Default, "pooling=batchmax").Pooling);
        Assert.Equal(7, RecipeFile.Set(Default, "EPOCHS=7").Epochs);
        Assert.Equal(["g", "top quark"], RecipeFile.Set(Default, "classes= g, top quark").Classes.Names);
        Assert.Equal(default, RecipeFile.Set(Default with { Classes = ClassList.Of(["g"]) }, "classes=").Classes);
        Assert.True(RecipeFile.Set(new LineRecipe(), "reverse=true").Reverse);
        Assert.Equal("a=b", RecipeFile.Set(new LineRecipe(), "remark=a=b").Remark);
        Assert.Equal(new LorentzNetRecipe(), Default); // the recipe that was given is not changed
    }

    [Fact]
    public void An_unknown_name_is_wrong_usage_and_the_known_ones_are_listed()
    {
        var error = Assert.Throws<UsageException>(() => RecipeFile.Set(Default, "batchsise=64"));
        Assert.Contains("batchsise", error.Message);
        foreach (var (name, _) in RecipeFile.Fields(Default)) Assert.Contains(name, error.WhatToDo);
    }

    [Theory]
    [InlineData("batchSize=0")]
    [InlineData("batchSize=-1")]
    [InlineData("batchSize=1.5")]
    [InlineData("batchSize=many")]
    [InlineData("batchSize=99999999999999999999")]
    [InlineData("accumulate=0")]
    [InlineData("classes=g,,q")]
    [InlineData("classes=g,G")]
    [InlineData("signals=it's")]
    [InlineData("trainingFraction=0")]
    [InlineData("trainingFraction=1.01")]
    [InlineData("epochs=0")]
    [InlineData("learningRate=NaN")]
    [InlineData("learningRate=1e999")]
    [InlineData("learningRate=0")]
    [InlineData("learningRate=0,001")]
    [InlineData("beta1=1")]
    [InlineData("ema=1")]
    [InlineData("dropout=1")]
    [InlineData("clamp=-1")]
    [InlineData("hidden=0")]
    [InlineData("hidden=1000000000")]
    [InlineData("layers=0")]
    [InlineData("shuffleWindow=0")]
    [InlineData("checkpointMinutes=-1")]
    [InlineData("seed=-1")]
    [InlineData("schedule=Fast")]
    [InlineData("schedule=1")]
    [InlineData("schedule=")]
    [InlineData("network=Float32, Float64")]
    [InlineData("pooling=Fixed")]
    [InlineData("pooling=Fixed:0")]
    [InlineData("pooling=Fixed:-3")]
    [InlineData("pooling=1")]
    public void A_value_that_does_not_fit_is_wrong_usage_and_names_the_field(string assignment)
    {
        var error = Assert.Throws<UsageException>(() => RecipeFile.Set(Default, assignment));
        Assert.Contains(assignment.Split('=')[0], error.Message);
        Assert.Contains("default", error.WhatToDo);
    }

    [Theory]
    [InlineData("batchSize")]
    [InlineData("=3")]
    [InlineData("")]
    public void An_assignment_without_name_or_equals_sign_is_wrong_usage(string assignment) =>
        Assert.Throws<UsageException>(() => RecipeFile.Set(Default, assignment));

    public static TheoryData<string, string> HostileFiles() => new()
    {
        { "a list", "- a\n- b\n" },
        { "a single word", "hello" },
        { "nothing", "" },
        { "only a comment", "# nothing\n" },
        { "a map in a map", "system: lorentznet\nepochs: {a: 1}\n" },
        { "a list as a value", "system: lorentznet\nepochs: [1, 2]\n" },
        { "a map as a name", "? {a: b}\n: 1\n" },
        { "a tag that names a type", "system: !!System.Diagnostics.Process calc\n" },
        { "a tag on the whole", "!!System.Object\nsystem: lorentznet\nepochs: !x 3\n" },
        { "an alias", "system: &a lorentznet\nepochs: *a\n" },
        { "an alias to itself", "&a\nsystem: *a\n" },
        { "aliases that multiply", "a: &a [x,x,x,x,x,x,x,x,x]\n" + string.Concat(Enumerable.Range(0, 20).Select(i => $"{(char)('b' + i)}: &{(char)('b' + i)} [{string.Join(',', Enumerable.Repeat($"*{(char)('a' + i)}", 9))}]\n")) },
        { "deep brackets", new string('[', 500_000) },
        { "deep maps", string.Concat(Enumerable.Repeat("{a: ", 200_000)) },
        { "deep indentation", string.Concat(Enumerable.Range(0, 1000).Select(i => new string(' ', i) + "a:\n")) },
        { "deep dashes", string.Concat(Enumerable.Repeat("- ", 300_000)) },
        { "two documents", "system: lorentznet\n---\nsystem: lorentznet\n" },
        { "a field twice", "system: lorentznet\nepochs: 3\nepochs: 4\n" },
        { "a field twice in other letters", "system: lorentznet\nepochs: 3\nEpochs: 4\n" },
        { "an unknown field", "system: lorentznet\nmagic: 4\n" },
        { "a value out of range", "system: lorentznet\nhidden: 2000000000\n" },
        { "a merge key", "<<: {epochs: 3}\n" },
        { "zero bytes", new string('\0', 1000) },
        { "an open quote", "system: \"lorentznet\n" },
        { "a long name", new string('a', 900_000) + ": 1\n" },
        { "a long value", "system: lorentznet\nepochs: " + new string('1', 900_000) + "\n" },
        { "a long file", "system: lorentznet\n" + new string('\n', 1 << 20) },
    };

    [Theory]
    [MemberData(nameof(HostileFiles))]
    public void A_hostile_recipe_is_bad_input_and_its_message_stays_short(string what, string text)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["recipe.yaml"], text);
        var error = Assert.Throws<InputDataException>(() => RecipeFile.Load(folder["recipe.yaml"], Default));
        Assert.True(error.Message.Length < 400, what);
        Assert.Contains("recipe.yaml", error.Where);
    }

    [Fact]
    public void A_device_without_end_is_not_read_to_its_end()
    {
        Assert.SkipUnless(File.Exists("/dev/zero"), "There is no /dev/zero here.");
        Assert.Throws<InputDataException>(() => RecipeFile.Load("/dev/zero", Default));
    }

    [Fact]
    public void A_missing_file_and_a_folder_are_bad_input()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<InputDataException>(() => RecipeFile.Load(folder["none.yaml"], Default));
        Assert.Throws<InputDataException>(() => RecipeFile.Load(Path.GetDirectoryName(folder["x"])!, Default));
    }

    [Fact]
    public void Of_2000_mutated_recipes_each_is_read_or_refused_as_bad_input()
    {
        using var folder = new TemporaryFolder();
        string path = folder["recipe.yaml"];
        char[] whole = [.. RecipeFile.ToYaml(Default)];
        var change = Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Char["\0\t\n\r :-#&*!|>'\"%@`{}[],?~<=abz019.\u00e9\u2028\uffff"], Gen.Int[0, 3]);
        int read = 0;
        change.Array[1, 6].Sample(
            changes =>
            {
                var text = new List<char>(whole);
                foreach (var (at, letter, kind) in changes)
                {
                    int place = Math.Min(at, text.Count - 1);
                    if (kind == 0) text.Insert(place, letter);
                    else if (kind == 1) text.RemoveRange(place, Math.Min(text.Count - place, 1 + letter % 40));
                    else text[place] = letter;
                    if (text.Count == 0) text.Add(letter);
                }

                File.WriteAllText(path, new string([.. text]));
                try
                {
                    RecipeFile.Load(path, Default);
                    Interlocked.Increment(ref read);
                }
                catch (InputDataException)
                {
                    // What a damaged file deserves.
                }
            },
            iter: 2000, threads: 1);
        Assert.InRange(read, 1, 1999);
    }
}
