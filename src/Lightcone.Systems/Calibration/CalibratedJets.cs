using Lightcone.Statistics;

namespace Lightcone.Systems.Calibration;

/// <summary>Intervals of all jets by one method.</summary>
/// <param name="Method">Name of the method.</param>
/// <param name="Validated">How its coverage was fixed; null where it was not.</param>
/// <param name="Lower">For each of <see cref="CalibratedJets.Levels"/>, the lower ends [GeV].</param>
/// <param name="Upper">The upper ends [GeV].</param>
internal sealed record MethodIntervals(string Method, string? Validated, double[][] Lower, double[][] Upper);

/// <summary>Jets as a calibration sees them. Transverse momenta in GeV, deviations of their logarithm.</summary>
internal sealed class CalibratedJets
{
    /// <summary>Levels of the intervals.</summary>
    public static readonly double[] Levels = [Interval.OneSigma, 0.90, 0.95];

    /// <summary>Calibrated transverse momentum of each jet [GeV].</summary>
    public required double[] Value { get; init; }

    /// <summary>Standard deviation of its logarithm, in other words the relative resolution of each jet.</summary>
    public required double[] Spread { get; init; }

    /// <summary>Transverse momentum as measured [GeV].</summary>
    public required double[] Measured { get; init; }

    /// <summary>Whether an estimate, with two deviations, leaves the spectrum of the training.</summary>
    public required bool[] AtEdge { get; init; }

    /// <summary>Whether the likelihood is larger at another place than at the value (ansatz only).</summary>
    public required bool[] Ambiguous { get; init; }

    /// <summary>Intervals by every method.</summary>
    public required IReadOnlyList<MethodIntervals> Methods { get; init; }

    /// <summary>Position of the method whose intervals are given out.</summary>
    public required int Recommended { get; init; }

    /// <summary>Number of jets.</summary>
    public int Count => Value.Length;
}
