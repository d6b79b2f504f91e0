namespace Lightcone.Tests.Figures;

/// <summary>Pictures that were looked at and checked in.</summary>
internal static class Golden
{
    public static string Folder { get; } = Path.Combine(Repository.Root, "tests", "Lightcone.Tests", "Figures", "Golden");

    /// <summary>Set by whoever means to replace the pictures and then looks at them.</summary>
    public static bool Rewrite { get; } = Environment.GetEnvironmentVariable("LIGHTCONE_REWRITE_GOLDEN") == "1";
}
