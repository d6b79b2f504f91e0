namespace Lightcone.Cli;

/// <summary>Where the shipped jets lie: in the checkout the program was built in, or in the working folder.</summary>
internal static class SampleFolder
{
    private const string Relative = "samples/data";

    /// <summary>The folder; relative to the working folder if it is there.</summary>
    /// <exception cref="UsageException">The sample is nowhere.</exception>
    public static string Path
    {
        get
        {
            if (Directory.Exists(Relative)) return Relative;
            for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
                if (Directory.Exists(System.IO.Path.Combine(folder.FullName, Relative)))
                    return System.IO.Path.Combine(folder.FullName, Relative);
            throw new UsageException("The shipped sample was not found.", Relative, "The program was moved away from its checkout.", "Start it in a checkout, or give --data FOLDER.");
        }
    }
}
