using Lightcone.Formats;

namespace Lightcone.Cli.Commands;

/// <summary>Opens the jets that come with a checkout, each with its reader.</summary>
internal static class DoctorFormats
{
    /// <summary>One finding for all samples; none where no samples lie.</summary>
    public static IEnumerable<DoctorFinding> Check()
    {
        if (Samples() is not { Length: > 0 } files) yield break;
        long jets = 0;
        var damaged = new List<DoctorFinding>();
        foreach (string file in files)
        {
            try
            {
                using var source = FormatCatalogue.Open(file);
                jets += source.Count;
                if (source.Count > 0) source.Read(0, 1);
            }
            catch (LightconeException e)
            {
                damaged.Add(new(DoctorStatus.Fail, $"a shipped sample does not open: {Path.GetFileName(file)}: {e.Message}", "restore samples/data from the checkout"));
            }
        }

        if (damaged.Count == 0)
            yield return new(DoctorStatus.Pass, $"the readers open the {files.Length} shipped {(files.Length == 1 ? "sample" : "samples")}, {jets} jets");
        foreach (var finding in damaged) yield return finding;
    }

    // The program lies in a checkout, or the command was started in one.
    private static string[] Samples()
    {
        foreach (string start in (string[])[AppContext.BaseDirectory, Environment.CurrentDirectory])
            for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            {
                string samples = Path.Combine(folder.FullName, "samples", "data");
                if (File.Exists(Path.Combine(folder.FullName, "Lightcone.slnx")) && Directory.Exists(samples))
                    return [.. Directory.GetFiles(samples).Where(f => Path.GetExtension(f) is ".h5" or ".npz").Order(StringComparer.Ordinal)];
            }

        return [];
    }
}
