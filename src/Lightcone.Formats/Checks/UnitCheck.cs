using Lightcone.Jets;
using Lightcone.Statistics;

namespace Lightcone.Formats.Checks;

/// <summary>Guesses from the jets' transverse momenta whether the file is in GeV.</summary>
internal sealed class UnitCheck : JetCheck
{
    // Jets of colliders lie between a few GeV and a few TeV.
    private const double Lowest = 3, Highest = 15_000;

    private readonly List<double> momenta = [];

    internal override void Look(JetBatch batch)
    {
        for (int jet = 0; jet < batch.JetCount && momenta.Count < 100_000; jet++)
            if (batch.Multiplicity(jet) > 0) momenta.Add(batch.Jet(jet).Pt);
    }

    internal override IEnumerable<DatasetFinding> Findings()
    {
        if (momenta.Count == 0) yield break;
        double median = Quantile.Of([.. momenta], 0.5);
        if (median is >= Lowest and <= Highest)
        {
            yield return Pass("units", Text($"momenta look like GeV (median jet pt {median:0.#})"));
            yield break;
        }
        string guess = median > Highest ? "MeV" : "TeV, or are divided by the jet's";
        yield return new(FindingStatus.Fail, "units", Text($"momenta look like {guess}: median jet pt {median:0.###e+0}; GeV are needed"), "jets",
            "the file was written in other units", median > Highest ? "divide momenta and masses by 1000 where the file is made" : "multiply momenta and masses where the file is made, or add the jet's momentum");
    }
}
