namespace Lightcone.Tests;

/// <summary>Where the tests find the repository and, where it exists, the reference data beside it.</summary>
internal static class Repository
{
    /// <summary>The folder that holds Lightcone.slnx.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The folder of specifications, reference vectors and samples beside the repository; null on machines without it.</summary>
    public static string? Shared { get; } = FindShared();

    private static string FindRoot()
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, "Lightcone.slnx"))) return folder;
        throw new InvalidOperationException("The tests do not run inside the repository: no folder above them holds Lightcone.slnx.");
    }

    private static string? FindShared()
    {
        string folder = Path.GetFullPath(Path.Combine(Root, "..", "shared"));
        return Directory.Exists(folder) ? folder : null;
    }
}
