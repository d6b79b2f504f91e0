namespace Lightcone.Jets;

/// <summary>What a source of jets holds and where it comes from; the data card of a report is made from it.</summary>
public sealed record JetSchema
{
    /// <summary>Name of the file layout, as <c>dataset inspect</c> prints it (for example <c>lightcone compact v1</c>).</summary>
    public required string Layout { get; init; }

    /// <summary>Name of each class, in the order of the label; empty when there are no labels.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <summary>Names of the further columns a constituent.</summary>
    public IReadOnlyList<string> ConstituentColumns { get; init; } = [];

    /// <summary>Names of the further columns a jet.</summary>
    public IReadOnlyList<string> JetColumns { get; init; } = [];

    /// <summary>Kind of sample, printed on every figure: <c>Simulation</c>, <c>Simulation (toy)</c>, <c>Data</c> or <c>Data and simulation</c>.</summary>
    public string Statement { get; init; } = "Simulation";

    /// <summary>Free facts from the file's attributes: dataset, split, generator, seeds, selection, centre-of-mass energy, …</summary>
    public IReadOnlyDictionary<string, string> Facts { get; init; } = new Dictionary<string, string>();
}
