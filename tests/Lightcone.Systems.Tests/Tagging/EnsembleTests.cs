using Lightcone.Evaluation;
using Lightcone.Formats.Compact;
using Lightcone.Jets;
using Lightcone.Systems;
using Lightcone.Systems.LorentzNet;
using Lightcone.Systems.Mpm.FineTuning;
using Lightcone.Systems.Tagging;
using Lightcone.Systems.Tests.EndToEnd;
using Lightcone.Tests.Mpm.Tokens;
using Lightcone.Tests.Training;
using Lightcone.Training;
using Lightcone.Training.Optimisation;
using Lightcone.Training.Recipes;
using Lightcone.Training.Runs;

namespace Lightcone.Tests.Tagging;

[Collection(SeededGenerator.Name)]
public sealed class EnsembleTests : IDisposable
{
    private static readonly LorentzNetSystem Subject = new();

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Probabilities_are_the_mean_of_the_members_and_entropies_those_of_a_loop()
    {
        var members = new ulong[] { 1, 2, 3 }.Select(seed => ToyClassifier.Draw(200, 4, seed).Logits).ToArray();
        var scores = new EnsembleScores(4);
        double[] together = TaggerCalibration.Probabilities(scores.Add(members), 4);
        double[][] each = [.. members.Select(m => TaggerCalibration.Probabilities(m, 4))];
        for (int i = 0; i < together.Length; i++) Assert.Equal(each.Average(p => p[i]), together[i], 1e-14);
        for (int jet = 0; jet < 200; jet++)
        {
            double Entropy(double[] p) => -Enumerable.Range(4 * jet, 4).Sum(i => p[i] * Math.Log(p[i]));
            Assert.Equal(Entropy(together), scores.Total[jet], 1e-13);
            Assert.Equal(each.Average(Entropy), scores.Aleatoric[jet], 1e-13);
            Assert.True(scores.Total[jet] >= scores.Aleatoric[jet]);
        }
    }

    [Fact]
    public void One_tagger_alone_is_left_as_it_is()
    {
        var scores = new EnsembleScores(3);
        double[] logits = [1, 2, 3];
        Assert.Same(logits, scores.Add([logits]));
        Assert.Empty(EntropyNumbers.Of(scores, [0], ["a", "b", "c"], ""));
    }

    [Fact]
    public void Two_certain_members_that_disagree_are_a_bit_of_epistemic_entropy()
    {
        var scores = new EnsembleScores(2);
        double[] logits = scores.Add([[1000, 0], [0, 1000]]);
        Assert.Equal(0, logits[1] - logits[0], 1e-12);
        Assert.Equal((Math.Log(2), 0), (scores.Total[0], scores.Aleatoric[0]));
        var epistemic = EntropyNumbers.Of(scores, [1], ["QCD", "top"], "by hand").Single(n => n.Id == "entropy-epistemic@top");
        Assert.Equal(Math.Log(2), epistemic.Value);
        Assert.Contains("by hand", epistemic.Method, StringComparison.Ordinal);
    }

    [Fact]
    public void Certain_answers_stay_apart()
    {
        // Probabilities of background (e^{−800} + e^{−900})/2 and (e^{−810} + e^{−900})/2 are both 0 in double precision.
        double[] logits = new EnsembleScores(2).Add([[0, 800, 0, 810], [0, 900, 0, 900]]);
        Assert.Equal(800 + Math.Log(2), logits[1] - logits[0], 1e-9);
        Assert.Equal(810 + Math.Log(2), logits[3] - logits[2], 1e-9);
    }

    [Fact]
    public void Members_of_another_system_of_other_classes_or_named_twice_are_refused()
    {
        var run = FreshRun.In(folder["run"]);
        Run Other(string name, TrainingRecipe recipe) => Run.Create(folder[name], recipe, Provenance.OfThisProcess(1, false), "");
        string Refusal(Run other) => Assert.Throws<UsageException>(() => TaggerEnsemble.Of(Subject, run, [other])).Message;
        Assert.Contains("MPM classifier", Refusal(Other("mpm", new FineTuneRecipe { Classes = ClassList.Of(["QCD", "Tbqq"]) })), StringComparison.Ordinal);
        Assert.Contains("g,q,t,w,z, signals t", Refusal(Other("classes", new LorentzNetRecipe { Classes = ClassList.Of(["g", "q", "t", "w", "z"]), Signals = ClassList.Of(["t"]) })), StringComparison.Ordinal);
        Assert.Contains("has the weights of", Refusal(run), StringComparison.Ordinal);
        Assert.Contains("has the weights of", Refusal(FreshRun.In(folder["copy"])), StringComparison.Ordinal);
        Assert.Throws<InputDataException>(() => TaggerEnsemble.Of(Subject, run, [Other("weightless", new LorentzNetRecipe())]));
    }

    [Fact]
    public void Trainings_leave_a_temperature_and_their_ensemble_fits_its_own_while_the_validation_jets_are_there()
    {
        string data = ToyJets.WriteSplits(folder["data"], ToyJets.Make(200, 1), ToyJets.Make(300, 2));
        CompactWriter.Write(new InMemorySource(ToyJets.Make(400, 3), ToyJets.Schema), Path.Combine(data, "test.h5"));
        Run[] runs = [.. new ulong[] { 1, 2, 3 }.Select(seed => Train(data, seed))];
        double[] own = [.. runs.Select(r => TaggerCalibration.Read(r, 2)!.Temperature)];
        Assert.All(runs, r => Assert.Equal(300, TaggerCalibration.Read(r, 2)!.Jets));

        var alone = Evaluate(runs[0], data);
        Assert.Equal(own[0], alone.Number("temperature")!.Value);
        Assert.Null(alone.Number("entropy-epistemic"));
        Assert.Equal("conformal sets of classes, least ambiguous", UqReport.Parse(Assert.Single(alone.Uq), "").Name);

        var together = Evaluate(runs[0], data, runs[1], runs[2]);
        Assert.Equal(3 * alone.Model.Parameters, together.Model.Parameters);
        Assert.StartsWith("ensemble of 3 (run 1, run 2, run 3): ", together.Model.Training, StringComparison.Ordinal);
        Assert.Contains("fitted on 300 validation jets", together.Number("temperature")!.Method!, StringComparison.Ordinal);
        Assert.Equal(alone.Number("calibration-error")!.N, together.Number("calibration-error")!.N);
        double Entropy(string kind) => together.Number($"entropy-{kind}")!.Value!.Value;
        Assert.Equal(Entropy("total"), Entropy("aleatoric") + Entropy("epistemic"), 1e-12);
        Assert.True(Entropy("epistemic") > 0);
        Assert.Contains("seed alone", together.Number("entropy-epistemic@signal")!.Method!, StringComparison.Ordinal);
        Assert.NotNull(together.Number("set-coverage@background"));
        // Any order of the members is the same ensemble.
        Assert.Equal(together.Number("auc")!.Value!.Value, Evaluate(runs[2], data, runs[0], runs[1]).Number("auc")!.Value!.Value, 1e-12);

        File.Move(Path.Combine(data, "val.h5"), folder["elsewhere.h5"]);
        var stranded = Evaluate(runs[0], data, runs[1], runs[2]);
        Assert.Equal(own.Average(), stranded.Number("temperature")!.Value!.Value, 1e-14);
        Assert.Contains("mean of the members' temperatures", stranded.Number("temperature")!.Method!, StringComparison.Ordinal);
        Assert.Null(stranded.Number("set-coverage"));
        Assert.Equal(together.Number("auc"), stranded.Number("auc"));
    }

    [Fact]
    public void Classifiers_of_particles_have_temperatures_and_ensembles_too()
    {
        string data = folder["particles"];
        Directory.CreateDirectory(data);
        foreach (var (name, seed) in ((string, ulong)[])[("train", 1), ("val", 2), ("test", 3)]) CompactWriter.Write(ParticleJets.Source(200, seed), Path.Combine(data, $"{name}.h5"));
        var recipe = new FineTuneRecipe { Width = 8, Layers = 1, Heads = 2, Registers = 1, Constituents = 16, HeadWidth = 8, HeadHeads = 2, HeadDropout = 0, BatchSize = 10, Epochs = 8, LearningRate = 1e-2, Seed = 1 };
        var classifier = new ClassifierSystem();
        Run[] runs = [Train(classifier, recipe, data), Train(classifier, recipe with { Seed = 2 }, data)];
        var together = Evaluate(classifier, runs[0], data, runs[1]);
        Assert.Contains("fitted on 200 validation jets", together.Number("temperature")!.Method!, StringComparison.Ordinal);
        Assert.NotNull(together.Number("entropy-epistemic@wide"));
        var fitted = TaggerCalibration.Read(runs[0], 2)!;
        using var model = ClassifierModel.Load(runs[0]);
        var jets = ParticleJets.Make(20, 4);
        float[][] columns = model.Score(jets);
        Assert.Equal(["score", "probabilities", "logits", "empty", "calibrated_probabilities"], model.Columns.Select(c => c.Name));
        Assert.Equal(fitted.Scaling.Apply(model.Logits(jets), 2).Select(p => (float)p), columns[4]);
        Assert.NotEqual(columns[1], columns[4]);
    }

    private Run Train(string data, ulong seed) => Train(Subject,
        new LorentzNetRecipe { Hidden = 8, Layers = 2, BatchSize = 10, Epochs = 12, Schedule = LearningRateShape.Cosine, LearningRate = 1e-2, Seed = seed }, data);

    private Run Train(ISystem system, TrainingRecipe recipe, string data)
    {
        string run = folder[$"run {recipe.Seed}"];
        Assert.Equal(TrainingOutcome.Finished, TrainingSession.Start(system, recipe, new TrainingRequest { Run = run, Data = data, Threads = 1, Command = "test" }, new Deaf(), default));
        return Run.Open(run);
    }

    private static EvaluationDocument Evaluate(Run run, string data, params Run[] others) => Evaluate(Subject, run, data, others);

    private static EvaluationDocument Evaluate(ISystem system, Run run, string data, params Run[] others)
    {
        var (jets, _) = EvaluationJets.Open(system, run, data, default);
        using var opened = jets;
        return system.Evaluate(run, jets, new EvaluationRequest { Command = "test", Threads = 1, Ensemble = others });
    }

    private sealed class Deaf : ITrainingObserver
    {
        public void Step(StepReport step)
        {
        }

        public void Epoch(EpochReport epoch)
        {
        }

        public void Checkpoint(int epoch, long step)
        {
        }
    }
}
