namespace Lightcone.Cli;

/// <summary>Refuses what cannot be a folder of training data before the engine starts.</summary>
internal static class DataFolder
{
    /// <summary>The path itself; null stays null.</summary>
    /// <exception cref="UsageException">It is a file, or nothing.</exception>
    public static string? Checked(string? path)
    {
        if (path is null || Directory.Exists(path)) return path;
        throw File.Exists(path)
            ? new UsageException("A training needs a folder, not one file.", path, "one file cannot be train and validation set at once", "put train.h5 and val.h5 into a folder and name it: docs/how-to/your-files.md")
            : new UsageException("There is no such folder.", path, "the path is mistyped or relative to another folder", "check the path with ls");
    }
}
