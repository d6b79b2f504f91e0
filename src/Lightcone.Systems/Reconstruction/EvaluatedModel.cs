using Lightcone.Jets;

namespace Lightcone.Systems.Reconstruction;

/// <summary>What one autoencoder did with the test jets: scores of all of them, and how well jets of the background were rebuilt.</summary>
/// <param name="name">Name in figures and tables, plain.</param>
/// <param name="autoencoder">The autoencoder; not owned.</param>
/// <param name="anomaly">What turns its reconstructions into scores.</param>
internal sealed class EvaluatedModel(string name, IAutoencoder autoencoder, AnomalyModel anomaly)
{
    private readonly List<double>[] scores = [.. AnomalyModel.Scores.Select(_ => new List<double>())];

    /// <summary>Name in figures and tables, plain.</summary>
    public string Name { get; } = name;

    /// <summary>The autoencoder.</summary>
    public IAutoencoder Autoencoder => autoencoder;

    /// <summary>Values of one of <see cref="AnomalyModel.Scores"/>, a jet each.</summary>
    public IReadOnlyList<double> Score(int score) => scores[score];

    /// <summary>Residuals of the background's jets and constituents.</summary>
    public Residuals Residuals { get; } = new();

    /// <summary>Takes a batch.</summary>
    /// <param name="jets">The jets.</param>
    /// <param name="isBackground">Whether a class is background.</param>
    public ReconstructedJets Add(JetBatch jets, Func<int, bool> isBackground)
    {
        var rebuilt = autoencoder.Reconstruct(jets);
        foreach (var (list, values) in scores.Zip(anomaly.Of(rebuilt))) list.AddRange(values);
        for (int jet = 0; jet < jets.JetCount; jet++)
            if (isBackground(jets.Labels![jet])) Residuals.Add(rebuilt, jet);
        return rebuilt;
    }
}
