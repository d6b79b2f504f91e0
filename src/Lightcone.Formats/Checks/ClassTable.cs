using Lightcone.Jets;
using Lightcone.Statistics;

namespace Lightcone.Formats.Checks;

/// <summary>Mass, momentum and multiplicity of the jets of each class.</summary>
internal sealed class ClassTable(JetSchema schema) : JetCheck
{
    private readonly SortedDictionary<int, (List<double> Masses, List<double> Momenta, long Constituents)> classes = [];

    internal long Jets { get; private set; }

    internal long Constituents { get; private set; }

    internal int LongestJet { get; private set; }

    internal override void Look(JetBatch batch)
    {
        Jets += batch.JetCount;
        Constituents += batch.ConstituentCount;
        for (int jet = 0; jet < batch.JetCount; jet++)
        {
            int label = batch.Labels?[jet] ?? 0;
            if (!classes.TryGetValue(label, out var entry)) entry = ([], [], 0);
            var sum = batch.Jet(jet);
            entry.Masses.Add(sum.Mass);
            entry.Momenta.Add(sum.Pt);
            classes[label] = entry with { Constituents = entry.Constituents + batch.Multiplicity(jet) };
            LongestJet = Math.Max(LongestJet, batch.Multiplicity(jet));
        }
    }

    internal override IEnumerable<DatasetFinding> Findings() => [new(FindingStatus.Note, "longest", Text($"longest jet {LongestJet} constituents"))];

    internal IReadOnlyList<ClassSummary> Summaries() =>
    [
        .. classes.Select(c =>
        {
            double[] masses = [.. c.Value.Masses];
            return new ClassSummary(
                c.Key < schema.Classes.Count ? schema.Classes[c.Key] : schema.Classes.Count == 0 && c.Key == 0 ? "all" : Text($"class {c.Key}"),
                masses.Length,
                [Quantile.Of(masses, 0.16), Quantile.Of(masses, 0.5), Quantile.Of(masses, 0.84)],
                (double)c.Value.Constituents / masses.Length,
                Quantile.Of([.. c.Value.Momenta], 0.5));
        }),
    ];
}
