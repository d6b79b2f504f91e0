using Lightcone.Jets;
using Lightcone.Systems.Mpm;
using Lightcone.Systems.Mpm.Acceptance;
using Lightcone.Systems.Mpm.FineTuning;
using Lightcone.Systems.Mpm.Particles;
using Lightcone.Systems.Mpm.Targets;
using Lightcone.Systems.Mpm.Tokens;
using Lightcone.Tests.Training;
using Lightcone.Training.Recipes;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Tests.Mpm.BadInputTests;

/// <summary>Columns that are missing or wrong, labels and classes that do not fit, tokenizers and networks that read jets in another way.</summary>
[Collection(SeededGenerator.Name)]
public sealed class RefusedInputTests
{
    private static readonly string[] Displacements = RawParticles.FullNames[RawParticles.FirstTrackFeature..];

    [Theory]
    [InlineData("pid", 211)]
    [InlineData("pid", 5)]
    [InlineData("pid", -1)]
    [InlineData("pid", 0.5f)]
    [InlineData("pid", float.NaN)]
    [InlineData("charge", 0)]
    [InlineData("charge", float.NaN)]
    public void A_particle_of_no_known_type_is_refused_by_its_place(string column, float code)
    {
        var jets = Hadrons([0, 3, 5]);
        jets.ConstituentColumns[column][3 + 2] = code;
        Refusal.Of<InputDataException>(() => RawParticles.Of(jets, ParticleInputs.Full, 64), "Jet 2, constituent 2", "pid", "muon");
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_displacement_that_is_no_number_is_refused_where_there_is_a_track(float value)
    {
        foreach (string column in Displacements)
        {
            var jets = Hadrons([0, 3, 5]);
            jets.ConstituentColumns[column][3 + 2] = value;
            Refusal.Of<InputDataException>(() => RawParticles.Of(jets, ParticleInputs.Full, 64), "Jet 2, constituent 2");
            (jets.ConstituentColumns["pid"][5], jets.ConstituentColumns["charge"][5]) = (2, 0); // a photon has none
            Assert.All(RawParticles.Of(jets, ParticleInputs.Full, 64).Features, f => Assert.True(float.IsFinite(f)));
        }
    }

    [Theory]
    [InlineData(ParticleInputs.Full, double.NaN)]
    [InlineData(ParticleInputs.Full, double.PositiveInfinity)]
    [InlineData(ParticleInputs.Kinematics, double.NaN)]
    [InlineData(ParticleInputs.Kinematics, double.NegativeInfinity)]
    public void A_momentum_that_is_no_number_is_refused(ParticleInputs inputs, double value)
    {
        for (int component = 1; component < 4; component++)
        {
            var jets = Hadrons([2, 3, 5]);
            jets.Momenta[4 * (2 + 1) + component] = value;
            Refusal.Of<InputDataException>(() => RawParticles.Of(jets, inputs, 64), "Jet 1, constituent ");
        }
    }

    [Theory]
    [InlineData(ParticleInputs.Full)]
    [InlineData(ParticleInputs.Kinematics)]
    public void A_particle_at_rest_or_along_the_beam_still_gives_numbers(ParticleInputs inputs)
    {
        var jets = Hadrons([3]);
        jets.Momenta.AsSpan(4, 4).Clear();
        (jets.Momenta[8], jets.Momenta[9], jets.Momenta[10], jets.Momenta[11]) = (10, 0, 0, 10);
        Assert.All(RawParticles.Of(jets, inputs, 64).Features, f => Assert.True(float.IsFinite(f)));
    }

    [Theory]
    [InlineData("pid", false)]
    [InlineData("charge", false)]
    [InlineData("d0val", true)]
    [InlineData("dzerr", true)]
    public void Columns_that_a_file_has_not_are_zeros_that_count_nothing(string missing, bool typed)
    {
        using var scope = NewDisposeScope();
        var jets = Without(ToyParticles.Jets(ToyParticles.Multiplicities(30, 1), 1), missing);
        var recipe = ToyModels.Recipe(TargetKind.Regression, HidingLayout.Removed);
        var preprocessing = Preprocessing.Fit(new InMemorySource(jets, ToyParticles.Schema), recipe.Inputs, recipe.Constituents);
        preprocessing = Preprocessing.Parse(preprocessing.ToJson(), "t");
        var table = preprocessing.Apply(jets);
        Assert.All(table.Types, type => Assert.Equal(typed, type != ParticleTypes.Unknown));
        Assert.DoesNotContain(true, table.Tracks);
        for (int p = 0; p < table.ParticleCount; p++) Assert.All(table.FeaturesOf(p)[RawParticles.FirstTrackFeature..].ToArray(), f => Assert.Equal(0, f));

        using var task = ToyModels.Task(recipe, preprocessing, 1);
        var truth = task.Truth(table, HiddenParticles.Choose(table, (_, flags) => Array.Fill(flags, true)));
        Assert.Equal(typed ? table.ParticleCount : 0, truth.KnownTypes);
        Assert.Equal(0, truth.Weights.narrow(1, RawParticles.FirstTrackFeature, Displacements.Length).abs().max().item<double>());
        Assert.Equal(1, truth.Weights.narrow(1, 0, RawParticles.FirstTrackFeature).min().item<double>());
        Assert.True(double.IsFinite(task.Loss(jets).item<double>()));
        Assert.Equal(typed ? ["features", "type"] : ["features"], task.Validate([jets]).Keys.Order());
    }

    [Fact]
    public void Clusters_of_another_preprocessing_are_refused()
    {
        using var run = new ToyRun();
        using (KMeansTokenizer.Read(run.TokenizerPath, run.Preprocessing)) { }
        Refusal.Of<InputDataException>(() => KMeansTokenizer.Read(run.TokenizerPath, ToyModels.Reading(run.Recipe, 99)), "another preprocessing", run.TokenizerPath);
    }

    [Theory]
    [InlineData("constituents", "32")]
    [InlineData("constituents", "80")]
    [InlineData("inputs", "Kinematics")]
    public void A_run_whose_preprocessing_is_not_that_of_its_recipe_is_refused(string field, string value)
    {
        using var run = new ToyRun();
        var other = RecipeFile.Set(run.Recipe, field, value);
        Refusal.Of<InputDataException>(() => new MpmSystem().CreateTask(other, run.Run).Dispose(), run.Run.PreprocessingPath);
        var classifier = RecipeFile.Set(ToyModels.Classifier(ClassifierHead.Mean) with { Classes = ClassList.Of(["a", "b"]) }, field, value);
        Refusal.Of<InputDataException>(() => new ClassifierSystem().CreateTask(classifier, run.Run).Dispose(), run.Run.PreprocessingPath);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    [InlineData(int.MaxValue)]
    [InlineData(null)]
    public void Labels_out_of_range_are_refused(int? label)
    {
        using var scope = NewDisposeScope();
        var recipe = ToyModels.Classifier(ClassifierHead.Mean);
        using var task = new FineTuneTask(recipe, ToyModels.Reading(ToyModels.Recipe(TargetKind.Regression, HidingLayout.Removed), 1), new ClassifierNetwork(recipe, 2), 2);
        var jets = Labelled(Hadrons([3, 4, 5]), label);
        string named = label is null ? "no labels" : $"Jet 1 has label {label}";
        Refusal.Of<InputDataException>(() => task.Loss(jets), named);
        Refusal.Of<InputDataException>(() => task.Validate([jets]), named);
        Refusal.Of<InputDataException>(() => MixedSamples.Of(new InMemorySource(jets, ToyParticles.Schema), 1, 1), named);
    }

    [Fact]
    public void Mixed_samples_want_two_classes_and_enough_signals()
    {
        var three = ToyParticles.Schema with { Classes = ["QCD", "Hbb", "Tbqq"] };
        Refusal.Of<UsageException>(() => ClassifierInputs.Resolve(new FineTuneRecipe { MixedSignals = 3 }, three), "two classes", "QCD, Hbb, Tbqq");
        Refusal.Of<UsageException>(() => ClassifierInputs.Resolve(new FineTuneRecipe { MixedSignals = 3 }, ToyParticles.Schema), "two classes");
        using var jets = new InMemorySource(Hadrons([3, 4, 5]), ToyParticles.Schema);
        Refusal.Of<UsageException>(() => MixedSamples.Of(jets, 2, 1), "1 signal jets");
        using var mixed = MixedSamples.Of(jets, 0, 1);
        Assert.Equal([0, 1], mixed.Read(0, 2).Labels!.Order());
    }

    private static JetBatch Hadrons(int[] counts)
    {
        var jets = ToyParticles.Jets(counts, 1);
        Array.Fill(jets.ConstituentColumns["pid"], 0);
        Array.Fill(jets.ConstituentColumns["charge"], 1);
        return jets;
    }

    private static JetBatch Without(JetBatch jets, string column) => new()
    {
        Rows = jets.Rows, Offsets = jets.Offsets, Momenta = jets.Momenta, Labels = jets.Labels, JetColumns = jets.JetColumns,
        ConstituentColumns = jets.ConstituentColumns.Where(c => c.Key != column).ToDictionary(c => c.Key, c => c.Value),
    };

    private static JetBatch Labelled(JetBatch jets, int? label) => new()
    {
        Rows = jets.Rows, Offsets = jets.Offsets, Momenta = jets.Momenta, Labels = label is { } l ? [0, l, 1] : null, JetColumns = jets.JetColumns, ConstituentColumns = jets.ConstituentColumns,
    };
}
