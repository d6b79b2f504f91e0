using System.Diagnostics;
using Lightcone.Evaluation;
using Lightcone.Figures;
using Lightcone.Jets;
using Lightcone.Systems.Mpm.Particles;
using Lightcone.Training.Runs;

namespace Lightcone.Systems.Mpm.Tokens;

/// <summary>Evaluates a tokenizer: how many codes it uses and how evenly, and how much of particles and jets its codes keep. Labels are not looked at.</summary>
internal static class TokenizerEvaluation
{
    // What a tokenizer must reach to serve as a target; perplexity and codes as shares of the codebook.
    private const double LeastUsed = 0.9, LeastPerplexity = 250.0 / 512, LeastMean = 0.8, LeastOfEach = 0.6, LeastOfPt = 0.85;

    public static EvaluationDocument Evaluate(Run run, string title, SplitFolder data, EvaluationRequest request)
    {
        if (request.Beside.Count > 0)
            throw new UsageException("A tokenizer's evaluation shows no other runs.", "--beside", "The option is for anomaly searches.", $"Compare evaluated runs instead: lightcone report {run.Folder} {request.Beside[0].Folder} --out compare.html");
        var clock = Stopwatch.StartNew();
        using var model = VqModel.Load(run);
        var labels = new List<int>();
        var quality = Measure(model, data.Jets, labels, request);
        if (quality.Particles == 0) throw new InputDataException("There is no particle to give a code.", "the test jets", "Empty jets only.", "Check them: lightcone dataset inspect.");
        var sample = DataCard.Of(data.Jets.Schema, data.Describe("test"), labels);
        var provenance = Provenance.Read(run.ProvenancePath);
        var document = new EvaluationDocument
        {
            System = TokenizerRecipe.SystemName,
            Run = run.Name,
            Created = DateTime.UtcNow,
            Question = "tokens",
            Answer = $"{quality.Used} of {model.Recipe.Codes} codes are used (perplexity {NumberText.Plain(quality.Perplexity, 3)}); they keep {NumberText.Plain(100 * quality.MeanR2.Value, 3)} % of the variance of a particle's features.",
            Statement = data.Jets.Schema.Statement,
            Sample = sample,
            Model = Describe(model, run, provenance),
            Numbers = Numbers(quality, model.Preprocessing.Inputs),
            Gates = [.. Gates(quality), .. EvaluationFiles.GatesOf(SymmetryFile.Read(run), limit: null)],
            Provenance = EvaluationFiles.ProvenanceOf(provenance, request, clock),
        };
        var header = DataCard.Header(title, run, data.Jets.Schema, sample);
        return EvaluationFiles.Write(run, document, [.. TokenizerPages.Build(header, quality, model.Preprocessing.Inputs, LeastOfEach), .. TrainingPages.Build(header, run)]);
    }

    /// <summary>What was measured, with stable ids.</summary>
    internal static IReadOnlyList<EvaluationNumber> Numbers(TokenizerQuality quality, ParticleInputs inputs)
    {
        long n = quality.Particles;
        var r2 = quality.FeatureR2;
        return
        [
            new() { Id = "codes-used", Name = "codes used", Value = quality.Used, N = n, Key = true },
            new() { Id = "codes", Name = "codes", Value = quality.Counts.Length },
            new() { Id = "perplexity", Name = "perplexity of the codes", Value = quality.Perplexity, N = n, Key = true },
            EvaluationNumber.From("r2-mean", "*R*^{2}, mean over the features", quality.MeanR2, n: n, key: true),
            .. Preprocessing.FeatureNames(inputs).Select((name, f) => EvaluationNumber.From($"r2-{name}", $"*R*^{{2}} of {Markup.Escape(name)}", r2[f], n: n, reason: "no particle has it")),
            EvaluationNumber.From("r2-jet-pt", "*R*^{2} of the jet's *p*_{T}", quality.PtR2, n: quality.Jets),
            EvaluationNumber.From("r2-jet-mass", "*R*^{2} of the jet's mass", quality.MassR2, n: quality.Jets),
            new() { Id = "reconstruction", Name = "mean Huber distance of a transformed feature", Value = quality.Reconstruction, N = n },
        ];
    }

    private static IEnumerable<EvaluationGate> Gates(TokenizerQuality quality)
    {
        int codes = quality.Counts.Length;
        double[] known = [.. quality.FeatureR2.Select(r => r.Value).Where(double.IsFinite)];
        yield return EvaluationGate.AtLeast("codes-used", quality.Used, Math.Ceiling(LeastUsed * codes), "codes used");
        yield return EvaluationGate.AtLeast("perplexity", quality.Perplexity, LeastPerplexity * codes, "perplexity of the codes");
        yield return EvaluationGate.AtLeast("r2-mean", quality.MeanR2.Value, LeastMean, "*R*^{2}, mean over the features");
        yield return EvaluationGate.AtLeast("r2-least", known.DefaultIfEmpty(double.NaN).Min(), LeastOfEach, "*R*^{2} of the worst feature");
        yield return EvaluationGate.AtLeast("r2-pt", quality.FeatureR2[0].Value, LeastOfPt, "*R*^{2} of the transverse momentum");
    }

    private static TokenizerQuality Measure(VqModel model, IJetSource jets, List<int> labels, EvaluationRequest request)
    {
        var quality = new TokenizerQuality(model.Preprocessing, model.Recipe.Codes);
        long done = 0;
        foreach (var batch in new SequentialBatches(jets) { BatchSize = 256 })
        {
            request.Stop.ThrowIfCancellationRequested();
            var table = model.Preprocessing.Apply(batch);
            quality.Add(table, model.Network.Code(table));
            labels.AddRange(batch.Labels ?? []);
            request.Progress?.Report(done += batch.JetCount);
        }

        return quality;
    }

    private static EvaluationModel Describe(VqModel model, Run run, Provenance provenance) => new()
    {
        Parameters = model.Network.State.ParameterCount,
        Inputs = model.Recipe.Inputs == ParticleInputs.Full ? "pT, direction, displacements and type of each particle" : "pT and direction of each particle",
        Symmetry = "order of the constituents",
        Precision = $"trained in {model.Recipe.Network.ToString().ToLowerInvariant()}, codes read in float64",
        Checkpoint = model.Recipe.Keep == Training.Recipes.KeptWeights.Last ? "last" : "best",
        Mode = "default",
        Training = $"{model.Recipe.Epochs} epochs planned, without labels; {provenance.Machine}",
        IntendedUse = "tokens of particles as the target of pre-training",
        KnownLimits = "a code belongs to a particle in its whole jet; codes of parts of jets mean nothing",
    };
}
