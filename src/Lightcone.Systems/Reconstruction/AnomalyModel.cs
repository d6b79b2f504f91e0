using Lightcone.Jets;
using Lightcone.Statistics;
using Lightcone.Training.Runs;
using Lightcone.Weights;

namespace Lightcone.Systems.Reconstruction;

/// <summary>One number a jet that is larger for jets less like those trained on.</summary>
/// <param name="Column">Name in score files.</param>
/// <param name="Title">Title in tables and figures, markup.</param>
/// <param name="Description">What it is, with its unit.</param>
internal sealed record AnomalyScore(string Column, string Title, string Description);

/// <summary>
/// The anomaly scores of an autoencoder. Most look at a jet and its reconstruction alone; two were fitted on the training jets: the headline score with
/// the jet mass taken out, and the density of the latent space.
/// </summary>
internal sealed class AnomalyModel
{
    /// <summary>The reconstruction score that stands first: dimensionless, and chosen on validation jets (docs/results/lgae.md).</summary>
    public const string Headline = "transverse-mass-pt";

    /// <summary>Position of the headline score with the jet mass taken out.</summary>
    public const int Decorrelated = 1;

    /// <summary>Position of the latent density.</summary>
    public const int Density = 2;

    private const string FileName = "anomaly.safetensors", MassName = "rank.mass", ScoreName = "rank.score", WeightsKey = "weights";
    private const double Smallest = 1e-12;
    private const int Neighbours = 1600, BatchSize = 256;

    private static readonly IReadOnlyList<ReconstructionScore> Reconstruction =
        [ReconstructionScores.Find(Headline)!, .. ReconstructionScores.All.Where(s => s.Id != Headline)];

    private readonly ConditionalRank? rank;
    private readonly LatentDensity? density;

    private AnomalyModel(ConditionalRank? rank, LatentDensity? density) => (this.rank, this.density) = (rank, density);

    /// <summary>What <see cref="Of(ReconstructedJets)"/> gives, the headline score first.</summary>
    public static IReadOnlyList<AnomalyScore> Scores { get; } =
    [
        new("score", Reconstruction[0].Title, Described(Reconstruction[0])),
        new("score_decorrelated", "score at fixed mass", "rank of the score among training jets of the same mass, 0 to 1; NaN where none were kept"),
        new("latent_density", "latent density", "−ln of the density of latent invariants at fixed log(m/pT) among training jets; NaN where none were kept"),
        .. Reconstruction.Skip(1).Select(s => new AnomalyScore(s.Id.Replace('-', '_'), s.Title, Described(s))),
    ];

    /// <summary>Fits what needs training jets.</summary>
    public static AnomalyModel Fit(IAutoencoder autoencoder, IJetSource training)
    {
        var masses = new List<double>(); // both as logarithms: over a wide neighbourhood the score grows like a power of the mass
        var scores = new List<double>();
        var latents = new LatentDensity.Sample(autoencoder.LatentNumbers, autoencoder.Invariants);
        foreach (var jets in new SequentialBatches(training) { BatchSize = BatchSize })
        {
            var rebuilt = autoencoder.Reconstruct(jets);
            scores.AddRange(ReconstructionScores.Of([Reconstruction[0]], rebuilt.Original, rebuilt.Reconstructed)[0].Select(Log));
            for (int jet = 0; jet < jets.JetCount; jet++) masses.Add(Log(MassOf(jets, jet)));
            latents.Add(rebuilt);
        }

        return new AnomalyModel(new ConditionalRank(masses.ToArray(), scores.ToArray(), Neighbours), LatentDensity.Fit(latents));
    }

    /// <summary>What a run keeps, else what can be fitted now and is then kept, else scores without a fit.</summary>
    /// <param name="run">The run.</param>
    /// <param name="autoencoder">Its autoencoder.</param>
    /// <param name="training">The jets it was trained on; null where they are gone.</param>
    /// <exception cref="InputDataException">The run's file is damaged.</exception>
    public static AnomalyModel Of(Run run, IAutoencoder autoencoder, IJetSource? training)
    {
        string path = Path.Combine(run.Folder, FileName), weights = DataFile.Of(WeightsKey, run.BestPath, 0).Sha256;
        if (File.Exists(path) && Read(path, weights, autoencoder) is { } kept) return kept;
        if (training is null || training.Count == 0) return new AnomalyModel(null, null);
        var model = Fit(autoencoder, training);
        model.Write(path, weights);
        return model;
    }

    /// <summary>Scores of jets, shape [scores, jets].</summary>
    public double[][] Of(ReconstructedJets jets)
    {
        double[][] plain = ReconstructionScores.Of(Reconstruction, jets.Original, jets.Reconstructed);
        int n = jets.Original.JetCount;
        var ranks = new double[n];
        for (int jet = 0; jet < n; jet++) ranks[jet] = rank?.Of(Log(MassOf(jets.Original, jet)), Log(plain[0][jet])) ?? double.NaN;
        double[] densities = density?.Of(jets) ?? [.. Enumerable.Repeat(double.NaN, n)];
        return [plain[0], ranks, densities, .. plain.Skip(1)];
    }

    /// <summary>Jet mass [GeV]: as the file states it, else of the constituents.</summary>
    internal static double MassOf(JetBatch jets, int jet) => jets.JetColumns.GetValueOrDefault("mass")?[jet] ?? jets.Jet(jet).Mass;

    private static double Log(double value) => Math.Log(Math.Max(Smallest, value));

    private static string Described(ReconstructionScore score) => Figures.Markup.ToPlain(score.Unit is null ? score.Title : $"{score.Title} [{score.Unit}]");

    private void Write(string path, string weights)
    {
        List<WeightTensor> tensors = [WeightTensor.FromDouble(MassName, [rank!.Positions.Length], rank.Positions.ToArray()), WeightTensor.FromDouble(ScoreName, [rank.Values.Length], rank.Values.ToArray())];
        tensors.AddRange(density!.ToWeights());
        Safetensors.Write(path, tensors, new Dictionary<string, string> { ["content"] = "anomaly scores", [WeightsKey] = weights });
    }

    // Null where the file was fitted to other weights: those of an earlier epoch, or of another run.
    private static AnomalyModel? Read(string path, string weights, IAutoencoder autoencoder)
    {
        var tensors = Safetensors.ReadAll(path);
        if (tensors.Metadata.GetValueOrDefault(WeightsKey) != weights) return null;
        try
        {
            return new AnomalyModel(new ConditionalRank(tensors[MassName].ToDouble(), tensors[ScoreName].ToDouble(), Neighbours), LatentDensity.Read(tensors, autoencoder));
        }
        catch (ArgumentException e)
        {
            throw new InputDataException($"What was learned of the scores cannot be read: {e.Message}", path, "The file is damaged or of another run.", "Delete it and evaluate the run again.", e);
        }
    }
}
