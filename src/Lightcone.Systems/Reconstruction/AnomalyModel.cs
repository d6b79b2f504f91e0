using Lightcone.Jets;

namespace Lightcone.Systems.Reconstruction;

/// <summary>One number a jet that is larger for jets less like those trained on.</summary>
/// <param name="Column">Name in score files.</param>
/// <param name="Title">Title in tables and figures, markup.</param>
/// <param name="Description">What it is, with its unit.</param>
internal sealed record AnomalyScore(string Column, string Title, string Description);

/// <summary>The anomaly scores of an autoencoder.</summary>
internal sealed class AnomalyModel
{
    /// <summary>The reconstruction score that stands first: dimensionless, and best against the jet mass on validation jets (docs/results/lgae.md).</summary>
    public const string Headline = "transverse-mass-pt";

    private static readonly IReadOnlyList<ReconstructionScore> Reconstruction =
        [ReconstructionScores.Find(Headline)!, .. ReconstructionScores.All.Where(s => s.Id != Headline)];

    /// <summary>What <see cref="Of"/> gives, the headline score first.</summary>
    public static IReadOnlyList<AnomalyScore> Scores { get; } =
        [.. Reconstruction.Select((s, i) => new AnomalyScore(i == 0 ? "score" : s.Id.Replace('-', '_'), s.Title, s.Unit is null ? s.Title : $"{s.Title} [{s.Unit}]"))];

    /// <summary>Scores of jets, shape [scores, jets].</summary>
    public double[][] Of(ReconstructedJets jets) => ReconstructionScores.Of(Reconstruction, jets.Original, jets.Reconstructed);
}
