namespace Lightcone.Tests;

/// <summary>Finds the checkout from the test's own output folder, and the folder of shared data beside it.</summary>
internal static class Repository
{
    /// <summary>The folder that holds Lightcone.slnx.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The folder of large shared data beside the checkout, or null where there is none: tests that need it then skip.</summary>
    public static string? Shared { get; } = Path.GetFullPath(Path.Combine(Root, "..", "shared")) is var path && Directory.Exists(path) ? path : null;

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Lightcone.slnx")))
                return folder.FullName;
        throw new InvalidOperationException("The tests run outside a checkout of Lightcone.");
    }
}
