using Lightcone.Jets;

namespace Lightcone.Formats.Checks;

/// <summary>Constituents by falling pt inside each jet, where the layout promises it.</summary>
internal sealed class OrderCheck(bool promised, string path) : JetCheck
{
    // Near-equal momenta may swap by float32 rounding of their components.
    private const double Tolerance = 1e-6;

    private long unordered;
    private (long Jet, int Constituent, double Before, double After) first;

    internal override void Look(JetBatch batch)
    {
        for (int jet = 0; jet < batch.JetCount; jet++)
        {
            double previous = double.PositiveInfinity;
            for (int c = batch.Offsets[jet]; c < batch.Offsets[jet + 1]; c++)
            {
                double pt = batch.Constituent(c).Pt;
                if (pt > previous * (1 + Tolerance))
                {
                    if (unordered++ == 0) first = (batch.Rows[jet], c - batch.Offsets[jet], previous, pt);
                    break;
                }
                previous = pt;
            }
        }
    }

    internal override IEnumerable<DatasetFinding> Findings()
    {
        string example = Text($"jet {first.Jet}, constituents {first.Constituent - 1}, {first.Constituent}: {first.Before:0.0##} < {first.After:0.0##} GeV");
        if (unordered == 0) yield return Pass("order", "pt falls inside each jet");
        else if (!promised) yield return new(FindingStatus.Note, "order", Text($"constituents are not ordered by pt in {unordered} jets, as usual in this layout (first: {example})"));
        else
            yield return new(FindingStatus.Fail, "order", $"pt falls inside each jet: {example}" + (unordered > 1 ? Text($" ({unordered} jets)") : ""), Text($"jet {first.Jet}"),
                "the file was written without sorting", $"lightcone dataset convert {path} sorted.h5 --sort pt");
    }
}
