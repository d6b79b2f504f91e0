using Lightcone.Statistics;

namespace Lightcone.Evaluation;

/// <summary>Coverage in one bin of a variable.</summary>
public sealed record UqBin
{
    /// <summary>What was binned.</summary>
    public required string Variable { get; init; }

    /// <summary>Lower edge.</summary>
    public required double Low { get; init; }

    /// <summary>Upper edge.</summary>
    public required double High { get; init; }

    /// <summary>Mean of the variable in the bin; null for an empty bin.</summary>
    public required double? Mean { get; init; }

    /// <summary>Entries in the bin.</summary>
    public required long N { get; init; }

    /// <summary>Entries whose interval holds the truth.</summary>
    public required long Covered { get; init; }

    /// <summary>Lower end of the Clopper–Pearson band at the level that all bins share.</summary>
    public required double Lo { get; init; }

    /// <summary>Upper end.</summary>
    public required double Hi { get; init; }

    internal static UqBin From(string variable, CoverageBin bin) => new()
    {
        Variable = variable,
        Low = bin.Low,
        High = bin.High,
        Mean = UqReport.Known(bin.Mean),
        N = bin.Coverage.Count,
        Covered = bin.Coverage.Covered,
        Lo = bin.Band.Lower,
        Hi = bin.Band.Upper,
    };
}

/// <summary>Widths of intervals that were scaled to equal coverage on the calibration sample; null for infinite ones.</summary>
public sealed record UqSharpness
{
    /// <summary>The scale; 1 is calibrated.</summary>
    public required double? Factor { get; init; }

    /// <summary>Mean width on the test sample.</summary>
    public required double? MeanWidth { get; init; }

    /// <summary>Median width.</summary>
    public required double? MedianWidth { get; init; }

    /// <summary>Unit; null for a pure number.</summary>
    public string? Unit { get; init; }
}

/// <summary>Test of the probability integral transform.</summary>
public sealed record UqPit
{
    private const int Bins = 20;

    /// <summary>Largest distance from the uniform distribution.</summary>
    public required double Distance { get; init; }

    /// <summary>Kolmogorov's p-value of it.</summary>
    public required double PValue { get; init; }

    /// <summary>χ² of the counts against a flat expectation.</summary>
    public required double ChiSquare { get; init; }

    /// <summary>Its degrees of freedom.</summary>
    public required int Degrees { get; init; }

    /// <summary>Its p-value.</summary>
    public required double ChiSquarePValue { get; init; }

    /// <summary>Entries in 20 bins of equal width, for the histogram.</summary>
    public IReadOnlyList<long> Counts { get => field ?? []; init; }

    internal static UqPit Of(ReadOnlySpan<double> pit)
    {
        var (distance, p) = ProbabilityTransform.Kolmogorov(pit);
        var (value, degrees, chiSquareP) = ProbabilityTransform.ChiSquare(pit, Bins);
        var counts = new long[Bins];
        foreach (double u in pit) counts[Math.Min((int)(u * Bins), Bins - 1)]++;
        return new() { Distance = distance, PValue = p, ChiSquare = value, Degrees = degrees, ChiSquarePValue = chiSquareP, Counts = counts };
    }
}
