using Lightcone.Jets;

namespace Lightcone.Formats.Compact;

/// <summary>What must be known of a source before the first byte is written: sizes, and whether constituents have masses.</summary>
internal sealed class CompactSurvey
{
    // m² of massless constituents in float32 is noise of a few 10⁻⁷ E²; a pion of 100 GeV has 2·10⁻⁶ E².
    private const double MassNoise = 1e-6;

    private CompactSurvey(long[] offsets) => Offsets = offsets;

    /// <summary>First constituent of each jet, then their number.</summary>
    internal long[] Offsets { get; }

    internal long Constituents => Offsets[^1];

    internal bool Massive { get; private set; }

    internal bool Labelled { get; private set; } = true;

    internal static CompactSurvey Of(IJetSource source, long first, long count, int batchSize, CancellationToken cancellation)
    {
        if (count >= Array.MaxLength - 1) throw new UsageException($"{count} jets are too many for one file", "selection of rows", "the offsets of a file are kept in memory", "write several files with --first and --count");
        var survey = new CompactSurvey(new long[count + 1]);
        for (long at = first; at < first + count; at += batchSize)
        {
            cancellation.ThrowIfCancellationRequested();
            var batch = source.Read(at, (int)Math.Min(batchSize, first + count - at));
            for (int jet = 0; jet < batch.JetCount; jet++) survey.Offsets[at - first + jet + 1] = survey.Offsets[at - first + jet] + batch.Multiplicity(jet);
            survey.Labelled &= batch.Labels is not null;
            for (int c = 0; c < batch.ConstituentCount && !survey.Massive; c++)
            {
                var p = batch.Constituent(c);
                survey.Massive = p.MassSquared > MassNoise * p.E * p.E;
            }
        }
        if (survey.Constituents == 0) throw new InputDataException("the jets have no constituents at all", "selection of rows", "all momenta of the file are zero", "look at the file with lightcone dataset inspect");
        return survey;
    }
}
