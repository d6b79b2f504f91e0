namespace Lightcone.Formats;

/// <summary>What a user knows about a file that the file does not say.</summary>
public sealed record FormatOptions
{
    /// <summary>Names of the classes in the order of the label, where the layout does not state them; empty: the layout's own or <c>class 0</c>, <c>class 1</c>, ….</summary>
    public IReadOnlyList<string> ClassNames { get; init; } = [];

    /// <summary>Seed of the jets' azimuths in layouts that do not state them (JetNet).</summary>
    public ulong AzimuthSeed { get; init; } = 1;
}
