using System.Text.Json;
using Lightcone.Evaluation;
using Lightcone.Systems;
using Lightcone.Systems.Mpm;
using Lightcone.Systems.Mpm.Particles;
using Lightcone.Systems.Mpm.Targets;
using Lightcone.Systems.Mpm.Tokens;
using Lightcone.Tests.Training;
using Lightcone.Training;
using Lightcone.Training.Recipes;
using Lightcone.Training.Runs;
using Lightcone.Weights;

namespace Lightcone.Tests.Mpm.Tokens;

/// <summary>From jets to a tokenizer's run, and from that run to the target of pre-training.</summary>
[Collection(SeededGenerator.Name)]
public sealed class TokenizerRunTests : IDisposable
{
    private const int Constituents = 16;
    private static readonly TokenizerSystem Subject = new();

    private readonly TemporaryFolder folder = new();

    public TokenizerRunTests() => ParticleJets.WriteSplits(folder["data"]);

    public void Dispose() => folder.Dispose();

    private static TokenizerRecipe Small(string name) => (TokenizerRecipe)SystemCatalogue.Training(name).Recipe.Recipe with
    {
        Width = 8, Heads = 2, Layers = 1, Codes = 16, CodeWidth = 4, Constituents = Constituents, Epochs = 2, BatchSize = 16,
    };

    private MpmRecipe Pretraining(string tokenizer) => new()
    {
        Target = new TargetChoice(TargetKind.Vq, folder[tokenizer]), Constituents = Constituents, Width = 8, Heads = 2, Layers = 1, DecoderWidth = 8, DecoderLayers = 1, Epochs = 1, BatchSize = 16,
        TokenLayout = Systems.Mpm.Network.TokenLayout.Padded,
    };

    [Theory]
    [InlineData("jetclass-tokenizer")]
    [InlineData("jetclass-tokenizer-v1")]
    public void A_run_is_trained_evaluated_scored_and_checked(string name)
    {
        var run = Train("tok", Small(name));
        var document = Evaluate(run);
        Assert.Equal(name.EndsWith("v1", StringComparison.Ordinal) ? 3 + 3 : 7 + 3, document.Numbers.Count(n => n.Id.StartsWith("r2-", StringComparison.Ordinal)));
        Assert.Equal(16, document.Number("codes")!.Value);
        Assert.InRange(document.Number("codes-used")!.Value!.Value, 1, 16);
        Assert.InRange(document.Number("perplexity")!.Value!.Value, 1, document.Number("codes-used")!.Value!.Value);
        Assert.Equal(["codes-used", "perplexity", "r2-mean", "r2-least", "r2-pt"], document.Gates.Take(5).Select(g => g.Id));
        Assert.Equal(document, EvaluationDocument.Read(run.EvaluationPath) with { }, (a, b) => a!.ToJson() == b!.ToJson());
        Assert.Equal(["codes", "tokenizer-r2"], document.Figures.Take(2).Select(f => f.Id));
        Assert.All(document.Figures, f => Assert.True(File.Exists(Path.Combine(run.Folder, f.Svg))));
        using var model = Subject.Load(run);
        var jets = ParticleJets.Make(30, 8, least: 0);
        float[][] scores = model.Score(jets);
        Assert.Equal(model.Columns.Count, scores.Length);
        Assert.All(scores, s => Assert.Equal(30, s.Length));
        for (int jet = 0; jet < 30; jet++)
        {
            float[][] alone = model.Score(jets.Select([jet]));
            Assert.Equal(scores[0][jet], alone[0][0], 1e-6f * (1 + scores[0][jet]));
            Assert.Equal(jets.Multiplicity(jet) == 0, scores[0][jet] == 0);
        }

        Assert.All(Subject.CheckSymmetry(run, jets).Gates, g => Assert.True(g.Passed, $"{g.Name}: {g.Measured}"));
        Assert.Throws<UsageException>(() => Subject.Import("x", folder["y"], [], Provenance.Read(run.ProvenancePath)));
    }

    [Fact]
    public void Pretraining_keeps_the_tokenizer_and_its_preprocessing_and_needs_its_run_no_more()
    {
        var tokenizer = Train("tok", Small("jetclass-tokenizer"));
        var table = Preprocessing.Read(tokenizer.PreprocessingPath).Apply(ParticleJets.Make(25, 8));
        int[] all = [.. Enumerable.Range(0, table.ParticleCount)], ids;
        using (var model = VqModel.Load(tokenizer)) ids = model.Network.Ids(table);
        Start(Pretraining("tok"), "mpm");
        var run = Run.Open(folder["mpm"]);
        Assert.Equal(File.ReadAllBytes(tokenizer.PreprocessingPath), File.ReadAllBytes(run.PreprocessingPath));
        Directory.Delete(folder["tok"], recursive: true);
        using (var copy = VqTokenizer.Read(Path.Combine(run.InputsFolder, "tokenizer.safetensors"), Preprocessing.Read(run.PreprocessingPath)))
        {
            Assert.Equal(16, copy.Count);
            Assert.Equal(ids, copy.Ids(table, all));
            Assert.Equal([ids[5], ids[2]], copy.Ids(table, [5, 2])); // of whole jets, whichever particles are asked for
        }

        Assert.Equal(TrainingOutcome.Finished, TrainingSession.Resume(Request("mpm", null), new Listener(), CancellationToken.None));
    }

    [Fact]
    public void Means_of_codes_are_those_of_the_training_particles_that_have_them()
    {
        var run = Train("tok", Small("jetclass-tokenizer"));
        using var tokenizer = VqTokenizer.Of(run, ParticleJets.Source(64, 1));
        var table = tokenizer.Preprocessing.Apply(ParticleJets.Make(64, 1));
        int[] ids = tokenizer.Ids(table, [.. Enumerable.Range(0, table.ParticleCount)]);
        for (int code = 0; code < tokenizer.Count; code++)
            for (int f = 0; f < table.Width; f++)
            {
                double expected = Enumerable.Range(0, ids.Length).Where(p => ids[p] == code).Select(p => (double)table.Features[p * table.Width + f]).DefaultIfEmpty(0).Average();
                Assert.Equal(expected, tokenizer.Means[code * table.Width + f], 1e-6);
            }

        var quality = TokenizerQuality.Of(tokenizer, tokenizer.Preprocessing, ParticleJets.Source(64, 1));
        Assert.Equal(ids.Distinct().Count(), quality.Used);
        Assert.All(quality.FeatureR2, r => Assert.InRange(r.Value, -1e-6, 1)); // means of codes explain no less than the mean of all
    }

    [Fact]
    public void Clusters_are_measured_the_same_way()
    {
        var source = ParticleJets.Source(64, 1);
        var preprocessing = Preprocessing.Fit(source, ParticleInputs.Full, Constituents);
        using var few = KMeansTokenizer.Fit(source, preprocessing, 8, seed: 1);
        using var many = KMeansTokenizer.Fit(source, preprocessing, 64, seed: 1);
        TokenizerQuality coarse = TokenizerQuality.Of(few, preprocessing, source), fine = TokenizerQuality.Of(many, preprocessing, source);
        Assert.Equal((8, 64), (coarse.Used, fine.Used));
        Assert.InRange(fine.MeanR2.Value, coarse.MeanR2.Value + 0.1, 1);
        Assert.InRange(fine.Perplexity, 32, 64);
    }

    [Fact]
    public void A_tokenizer_that_does_not_fit_is_refused_before_anything_is_written()
    {
        Train("tok", Small("jetclass-tokenizer"));
        Train("three", Small("jetclass-tokenizer-v1"));
        Assert.Throws<UsageException>(() => Start(Pretraining("tok") with { Constituents = 20 }, "mpm"));
        Assert.Throws<UsageException>(() => Start(Pretraining("three"), "mpm"));
        Assert.Throws<InputDataException>(() => Start(Pretraining("nowhere"), "mpm"));
        Start(Pretraining("tok"), "first");
        Assert.Throws<UsageException>(() => Start(Pretraining("first"), "mpm"));
        File.Delete(Run.Open(folder["tok"]).BestPath);
        Assert.Throws<InputDataException>(() => Start(Pretraining("tok"), "mpm"));
        Assert.False(Directory.Exists(folder["mpm"]));
    }

    [Fact]
    public void Files_of_another_preprocessing_are_refused_on_a_resume()
    {
        Train("tok", Small("jetclass-tokenizer"));
        Start(Pretraining("tok"), "mpm");
        var run = Run.Open(folder["mpm"]);
        var other = Preprocessing.Fit(ParticleJets.Source(64, 77), ParticleInputs.Full, Constituents);
        File.WriteAllText(run.PreprocessingPath, other.ToJson());
        Assert.Throws<InputDataException>(() => TrainingSession.Resume(Request("mpm", null), new Listener(), CancellationToken.None));
        File.Delete(Path.Combine(run.InputsFolder, "tokenizer.safetensors")); // the tokenizer's run is there, but reads jets in another way
        Assert.Throws<InputDataException>(() => TrainingSession.Resume(Request("mpm", null), new Listener(), CancellationToken.None));
        File.Delete(run.PreprocessingPath);
        Assert.Equal(TrainingOutcome.Finished, TrainingSession.Resume(Request("mpm", null), new Listener(), CancellationToken.None));
    }

    public static TheoryData<string> Damages =>
    [
        "no content", "no sizes", "sizes are no json", "a size is missing", "an unknown size", "width 2048", "layers 64", "layers 100000", "codes 65536", "heads 3", "a tensor is missing", "means of another shape",
        "a number is not finite", "cut short",
    ];

    [Theory]
    [MemberData(nameof(Damages))]
    public void A_damaged_or_hostile_file_is_bad_input(string damage)
    {
        var run = Train("tok", Small("jetclass-tokenizer"));
        string path = folder["tokenizer.safetensors"];
        using (var tokenizer = VqTokenizer.Of(run, ParticleJets.Source(64, 1))) tokenizer.Write(path);
        var file = Safetensors.ReadAll(path);
        var metadata = new Dictionary<string, string>(file.Metadata);
        List<WeightTensor> tensors = [.. file];
        var sizes = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(metadata["sizes"])!;
        string[] words = damage.Split(' ');
        if (damage == "no content") metadata.Remove("content");
        else if (damage == "no sizes") metadata.Remove("sizes");
        else if (damage == "sizes are no json") metadata["sizes"] = "{";
        else if (damage == "a size is missing") sizes.Remove("codes");
        else if (damage == "an unknown size") sizes["more"] = JsonSerializer.SerializeToElement(1);
        else if (damage == "a tensor is missing") tensors.RemoveAt(3);
        else if (damage == "means of another shape") tensors[tensors.FindIndex(t => t.Name == "means")] = WeightTensor.FromSingle("means", [7, 16], new float[112]);
        else if (damage == "a number is not finite") tensors[tensors.FindIndex(t => t.Name == "means")] = WeightTensor.FromSingle("means", [16, 7], [.. Enumerable.Repeat(float.NaN, 112)]);
        else if (words.Length == 2 && int.TryParse(words[1], out int size)) sizes[words[0]] = JsonSerializer.SerializeToElement(size);
        if (metadata.ContainsKey("sizes") && damage != "sizes are no json") metadata["sizes"] = JsonSerializer.Serialize(sizes);
        Safetensors.Write(path, tensors, metadata);
        if (damage == "cut short") File.WriteAllBytes(path, File.ReadAllBytes(path)[..^100]);
        Assert.Throws<InputDataException>(() => VqTokenizer.Read(path, Preprocessing.Read(run.PreprocessingPath)).Dispose());
    }

    private Run Train(string run, TokenizerRecipe recipe)
    {
        Assert.Equal(TrainingOutcome.Finished, TrainingSession.Start(Subject, recipe, Request(run, folder["data"]), new Listener(), CancellationToken.None));
        return Run.Open(folder[run]);
    }

    private void Start(MpmRecipe recipe, string run) => TrainingSession.Start(new MpmSystem(), recipe, Request(run, folder["data"]), new Listener(), CancellationToken.None);

    private EvaluationDocument Evaluate(Run run)
    {
        var (data, signals) = EvaluationJets.Open(Subject, run, folder["data"], default);
        using var opened = data;
        return Subject.Evaluate(run, data, new EvaluationRequest { Command = "test", Threads = 1, Signals = signals });
    }

    private TrainingRequest Request(string run, string? data) => new() { Run = folder[run], Data = data, Threads = 1, Command = "test" };
}
