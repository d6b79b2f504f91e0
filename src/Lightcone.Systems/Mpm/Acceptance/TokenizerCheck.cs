using Lightcone.Evaluation;
using Lightcone.Formats;
using Lightcone.Systems.Mpm.Particles;
using Lightcone.Systems.Mpm.Tokens;

namespace Lightcone.Systems.Mpm.Acceptance;

/// <summary>E1: what tokens keep of a particle, and how evenly they are used.</summary>
internal sealed class TokenizerCheck(StudyRuns runs, string data, Arm tuned)
{
    private readonly List<EvaluationGate> gates = [];
    private readonly List<MpmCheckNumber> numbers = [];

    /// <summary>Trains the autoencoder where it is missing, and measures both kinds of tokens on validation jets.</summary>
    public MpmCheckPart Run()
    {
        var system = new TokenizerSystem();
        var wanted = new StudyRun("tokenizer", system, system.Recipes[0].Recipe);
        runs.Make([wanted]);
        using var train = SplitFolder.Open(data, DataSplit.Train);
        using var validation = SplitFolder.Open(data, DataSplit.Validation);
        var run = Lightcone.Training.Runs.Run.Open(tuned.Backbone);
        var preprocessing = Preprocessing.Read(run.PreprocessingPath);
        using var clusters = KMeansTokenizer.Read(MpmInputs.TokenizerPath(run), preprocessing);
        var onTrain = TokenizerQuality.Of(clusters, preprocessing, train.Jets);
        var kmeans = Report("k-means", TokenizerQuality.Of(clusters, preprocessing, validation.Jets));
        gates.Add(EvaluationGate.AtLeast("E1/kmeans/used-train", onTrain.Used, clusters.Count, "k-means: clusters used on training jets"));
        gates.Add(EvaluationGate.AtLeast("E1/kmeans/used", (double)kmeans.Used / clusters.Count, 0.95, "k-means: share of clusters used on validation jets"));
        gates.Add(EvaluationGate.AtLeast("E1/kmeans/perplexity", kmeans.Perplexity, 200, "k-means: perplexity"));
        gates.Add(EvaluationGate.AtLeast("E1/kmeans/r2", kmeans.FeatureR2.Min(r => r.Value), 0.82, "k-means: least R² of a feature"));
        using var model = VqModel.Load(Lightcone.Training.Runs.Run.Open(runs.PathOf(wanted.Name)));
        var vq = Report("autoencoder", TokenizerQuality.Of(model.Recipe.Codes, model.Preprocessing, validation.Jets, model.Network.Code));
        gates.Add(EvaluationGate.AtLeast("E1/vq/used", (double)vq.Used / vq.Counts.Length, 0.9, "autoencoder: share of codes used on validation jets"));
        gates.Add(EvaluationGate.AtLeast("E1/vq/perplexity", vq.Perplexity, 250, "autoencoder: perplexity"));
        gates.Add(EvaluationGate.AtLeast("E1/vq/r2-mean", vq.MeanR2.Value, 0.8, "autoencoder: mean R² of the features"));
        gates.Add(EvaluationGate.AtLeast("E1/vq/r2", vq.FeatureR2.Min(r => r.Value), 0.6, "autoencoder: least R² of a feature"));
        gates.Add(EvaluationGate.AtLeast("E1/vq/r2-pt", vq.FeatureR2[0].Value, 0.85, "autoencoder: R² of pT"));
        return new("E1", "tokenizers", gates, numbers);
    }

    private TokenizerQuality Report(string name, TokenizerQuality quality)
    {
        string[] features = Preprocessing.FeatureNames(ParticleInputs.Full);
        var r2 = quality.FeatureR2;
        numbers.Add(new($"{name}: tokens used", quality.Used, null));
        numbers.Add(new($"{name}: perplexity", quality.Perplexity, null));
        for (int f = 0; f < features.Length; f++) numbers.Add(new($"{name}: R² of {features[f]}", r2[f].Value, (r2[f].Upper - r2[f].Lower) / 2));
        numbers.Add(new($"{name}: R² of the jet's pT", quality.PtR2.Value, null));
        numbers.Add(new($"{name}: R² of the jet's mass", quality.MassR2.Value, null));
        return quality;
    }
}
