namespace Lightcone.Formats.Checks;

/// <summary>How a finding is to be taken.</summary>
public enum FindingStatus
{
    /// <summary>As it should be.</summary>
    Pass,

    /// <summary>Worth knowing; nothing is wrong.</summary>
    Note,

    /// <summary>Likely a trap for who uses the file.</summary>
    Warn,

    /// <summary>The file should not be used like this.</summary>
    Fail,
}

/// <summary>One thing that was looked at, and what came out. A failure has the four parts of an error.</summary>
/// <param name="Status">How it is to be taken.</param>
/// <param name="Check">Short name of what was looked at, for machines: <c>energy</c>, <c>order</c>, ….</param>
/// <param name="Text">What was found, in one line.</param>
/// <param name="Where">Entry of the file and row, where there is one.</param>
/// <param name="LikelyCause">The likely cause, where something is wrong.</param>
/// <param name="WhatToDo">What to do next, where something is wrong.</param>
public sealed record DatasetFinding(FindingStatus Status, string Check, string Text, string? Where = null, string? LikelyCause = null, string? WhatToDo = null);

/// <summary>What the jets of one class look like.</summary>
/// <param name="Name">The class.</param>
/// <param name="Jets">Number of jets.</param>
/// <param name="MassQuantiles">Jet mass at 16, 50 and 84 % [GeV].</param>
/// <param name="MeanMultiplicity">Constituents a jet, mean.</param>
/// <param name="MedianPt">Jet transverse momentum at 50 % [GeV].</param>
public sealed record ClassSummary(string Name, long Jets, IReadOnlyList<double> MassQuantiles, double MeanMultiplicity, double MedianPt);

/// <summary>Everything that <c>dataset check</c> says of one file.</summary>
public sealed record DatasetReport
{
    /// <summary>The file.</summary>
    public required string Path { get; init; }

    /// <summary>Its layout; empty where it could not be opened.</summary>
    public string Layout { get; init; } = "";

    /// <summary>Facts from the file.</summary>
    public IReadOnlyDictionary<string, string> Facts { get; init; } = new Dictionary<string, string>();

    /// <summary>Number of jets that were looked at.</summary>
    public long Jets { get; init; }

    /// <summary>Number of constituents of these jets.</summary>
    public long Constituents { get; init; }

    /// <summary>Most constituents of a jet.</summary>
    public int LongestJet { get; init; }

    /// <summary>One entry a class; one entry named <c>all</c> where there are no labels.</summary>
    public IReadOnlyList<ClassSummary> Classes { get; init; } = [];

    /// <summary>What was found, in the order of the checks.</summary>
    public required IReadOnlyList<DatasetFinding> Findings { get; init; }

    /// <summary>Whether no check failed.</summary>
    public bool Usable => Findings.All(f => f.Status != FindingStatus.Fail);
}
