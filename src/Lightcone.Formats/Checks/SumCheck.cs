using System.Globalization;
using Lightcone.Jets;

namespace Lightcone.Formats.Checks;

/// <summary>Whether the jet's momentum that the file states is the sum of its constituents.</summary>
internal sealed class SumCheck(JetSchema schema) : JetCheck
{
    private const double Exact = 1e-5;
    private const double Coarse = 2e-3;

    private readonly string? column = schema.JetColumns.Contains("pt") ? "pt" : schema.JetColumns.Contains("jet_pt") ? "jet_pt" : null;
    private double worst, carried, worstMass;
    private long jets, worstJet;

    internal override void Look(JetBatch batch)
    {
        if (column is null) return;
        float[] stated = batch.JetColumns[column];
        float[]? masses = batch.JetColumns.GetValueOrDefault("mass");
        for (int jet = 0; jet < batch.JetCount; jet++)
        {
            var sum = batch.Jet(jet);
            double difference = Math.Abs(sum.Pt - stated[jet]) / Math.Max(stated[jet], 1e-30);
            if (!(difference <= worst)) (worst, worstJet) = (double.IsNaN(difference) ? double.PositiveInfinity : difference, batch.Rows[jet]);
            if (masses is not null) worstMass = Math.Max(worstMass, Math.Abs(sum.Mass - masses[jet]));
            carried += stated[jet] > 0 ? sum.Pt / stated[jet] : 0;
            jets++;
        }
    }

    internal override IEnumerable<DatasetFinding> Findings()
    {
        if (column is null || jets == 0) yield break;
        double share = carried / jets;
        if (worst <= Exact)
            yield return Pass("sum", Text($"jet four-momentum = sum of constituents (worst {worst:0.#e+0} relative in pt{(schema.JetColumns.Contains("mass") ? string.Create(CultureInfo.InvariantCulture, $", {worstMass:0.#e+0} GeV in mass") : "")})"));
        else if (worst <= Coarse)
            yield return new(FindingStatus.Note, "sum", Text($"jets/{column} differs from the sum of constituents by up to {worst:0.#e+0}: one of the two was rounded"));
        else if (share is > 0.8 and < 1.02)
            yield return new(FindingStatus.Note, "sum", Text($"the stored constituents carry {100 * share:0.0} % of jets/{column} on average: it belongs to the full jet, before constituents were cut or rounded"));
        else
            yield return new(FindingStatus.Fail, "sum", Text($"the constituents' sum is {100 * share:0.#} % of the stated jet pt on average"), Text($"{column}, jet {worstJet}"),
                "jets and constituents have different units, or belong to different jets", "check offsets and units where the file is made");
    }
}
