using Lightcone.Formats.Compact;
using Lightcone.Jets;

namespace Lightcone.Formats.Checks;

/// <summary>Looks for the traps of jet files: reads every jet once, in bounded memory, and explains what it finds.</summary>
public static class DatasetChecks
{
    private const int BatchSize = 4096;

    /// <summary>Checks files one after the other; jets that two of them share are reported with the later one.</summary>
    /// <param name="paths">The files, for example those of a train, a validation and a test split.</param>
    /// <param name="options">What the files do not say.</param>
    /// <param name="progress">Is told the share of jets done, over all files.</param>
    /// <param name="cancellation">Stops the checks.</param>
    /// <exception cref="InputDataException">A file cannot be opened at all.</exception>
    /// <exception cref="UsageException">There is no such file.</exception>
    public static IReadOnlyList<DatasetReport> Run(IReadOnlyList<string> paths, FormatOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        var duplicates = new DuplicateCheck();
        var reports = new List<DatasetReport>();
        for (int i = 0; i < paths.Count; i++)
        {
            using var source = FormatCatalogue.Open(paths[i], options);
            duplicates.Begin(paths[i]);
            double before = i;
            reports.Add(Run(paths[i], source, duplicates, share => progress?.Report((before + share) / paths.Count), cancellation));
        }
        return reports;
    }

    private static DatasetReport Run(string path, IJetSource source, DuplicateCheck duplicates, Action<double> progress, CancellationToken cancellation)
    {
        var schema = source.Schema;
        bool compact = source is ICompactOrigin;
        var table = new ClassTable(schema);
        // A layout that others fill, or that keeps the generator's order, promises nothing.
        bool ordered = compact || source is TopLandscape.TopLandscapeSource;
        JetCheck[] checks =
        [
            new CoordinateCheck(), new EnergyCheck(), new OrderCheck(ordered, path), new SumCheck(schema), duplicates, new UnitCheck(),
            new ParticleCheck(schema), new ContentCheck(schema, source as PaddedSource, ClassFiles.ClassOf(path, source)), table,
        ];
        DatasetFinding? broken = null;
        try
        {
            for (long at = 0; at < source.Count; at += BatchSize)
            {
                cancellation.ThrowIfCancellationRequested();
                int count = (int)Math.Min(BatchSize, source.Count - at);
                var batch = source is ICompactOrigin origin ? origin.ReadWithCoordinates(at, count) : source.Read(at, count);
                foreach (var check in checks) check.Look(batch);
                progress((double)(at + count) / source.Count);
            }
        }
        catch (InputDataException e)
        {
            broken = new(FindingStatus.Fail, "readable", e.Message, e.Where.StartsWith(path, StringComparison.Ordinal) ? e.Where[path.Length..].TrimStart(',', ' ') : e.Where, e.LikelyCause, e.WhatToDo);
        }
        return new DatasetReport
        {
            Path = path,
            Layout = schema.Layout,
            Facts = schema.Facts,
            Jets = table.Jets,
            Constituents = table.Constituents,
            LongestJet = table.LongestJet,
            Classes = table.Summaries(),
            Findings = broken is null ? [.. checks.SelectMany(c => c.Findings())] : [broken],
        };
    }
}
