using Lightcone.Jets;

namespace Lightcone.Formats.Checks;

/// <summary>Stored coordinates of compact files: azimuths in [−π, π], transverse momenta not negative.</summary>
internal sealed class CoordinateCheck : JetCheck
{
    // Azimuths are rounded to a grid of at most 2⁻¹⁰ in the shared samples.
    private const double Slack = 1.0 / 1024;

    private long outside, negative, firstOutside = -1, firstNegative = -1, rows;

    internal override void Look(JetBatch batch)
    {
        if (!batch.ConstituentColumns.TryGetValue("phi", out float[]? phi) || !batch.ConstituentColumns.TryGetValue("pt", out float[]? pt)) return;
        rows += batch.JetCount;
        for (int c = 0; c < phi.Length; c++)
        {
            if (Math.Abs(phi[c]) > Math.PI + Slack && outside++ == 0) firstOutside = batch.Rows[JetOf(batch, c)];
            if (pt[c] < 0 && negative++ == 0) firstNegative = batch.Rows[JetOf(batch, c)];
        }
    }

    internal override IEnumerable<DatasetFinding> Findings()
    {
        if (rows == 0) yield break;
        yield return Pass("offsets", "offsets rise, first 0, last = number of constituents");
        if (outside > 0) yield return new(FindingStatus.Warn, "phi", Text($"{outside} azimuths lie outside [-pi, pi]"), Text($"constituents/phi, jet {firstOutside}"), "azimuths relative to the jet, or in degrees", "check how phi was filled");
        else yield return Pass("phi", "|phi| <= pi");
        if (negative > 0) yield return new(FindingStatus.Fail, "pt", Text($"{negative} transverse momenta are negative"), Text($"constituents/pt, jet {firstNegative}"), "the column is not pt", "check how pt was filled");
    }
}
