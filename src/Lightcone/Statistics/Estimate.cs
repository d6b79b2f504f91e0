using System.Globalization;

namespace Lightcone.Statistics;

/// <summary>How the coverage of an uncertainty was tested.</summary>
/// <param name="Method">What made the intervals: "deep ensemble, split conformal".</param>
/// <param name="Sample">What they were tested on, disjoint from training and calibration: "test sample of the toy".</param>
/// <param name="Coverage">What was counted.</param>
/// <param name="Band">Covered fraction with its Clopper–Pearson interval.</param>
/// <param name="Accepted">Whether a method with the nominal coverage would show this count.</param>
public sealed record Validation(string Method, string Sample, CoverageCount Coverage, Interval Band, bool Accepted)
{
    /// <summary>Level of band and acceptance.</summary>
    public const double BandLevel = 0.99;

    /// <summary>Judges a count: against the binomial law, or for conformal intervals against that of their shared calibration sample.</summary>
    /// <param name="method">What made the intervals.</param>
    /// <param name="sample">What they were tested on.</param>
    /// <param name="coverage">What was counted.</param>
    /// <param name="law">Law of the calibration sample of conformal intervals.</param>
    public static Validation Of(string method, string sample, CoverageCount coverage, ConformalLaw? law = null) =>
        new(method, sample, coverage, coverage.Fraction(BandLevel), coverage.Count > 0 && (law?.Accepts(coverage, BandLevel) ?? coverage.Accepts(BandLevel)));

    /// <summary>"split conformal on test jets: covered 0.9012 [0.8932, 0.9087] of 10000, claimed 0.9"; says so when the test failed.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{(Accepted ? "" : "validation failed: ")}{Method} on {Sample}: covered {Band.Value:0.####} [{Band.Lower:0.####}, {Band.Upper:0.####}] of {Coverage.Count}, claimed {Coverage.Nominal:0.####}");
}

/// <summary>A number with its uncertainty, and whether that uncertainty was ever tested.</summary>
/// <param name="Uncertainty">Value and interval.</param>
/// <param name="Unit">Unit: "GeV"; null for a pure number.</param>
/// <param name="Validation">How the coverage was tested; null when it was not.</param>
public sealed record Estimate(Interval Uncertainty, string? Unit = null, Validation? Validation = null)
{
    /// <summary>The value.</summary>
    public double Value => Uncertainty.Value;

    /// <summary>"91.19 +0.42 −0.37 GeV (68.27 %; not validated)": two digits of the smaller error decide how many are printed.</summary>
    public override string ToString()
    {
        double below = Value - Uncertainty.Lower, above = Uncertainty.Upper - Value;
        string unit = Unit is null ? "" : " " + Unit;
        return string.Create(CultureInfo.InvariantCulture, $"{Number(below, above)}{unit} ({100 * Uncertainty.Level:0.##} %; {Validation?.ToString() ?? "not validated"})");
    }

    private string Number(double below, double above)
    {
        if (!double.IsFinite(Value)) return "no value";
        double smaller = Math.Min(Math.Abs(below), Math.Abs(above));
        if (!double.IsFinite(below) || !double.IsFinite(above)) return string.Create(CultureInfo.InvariantCulture, $"{Value:G6} in [{Uncertainty.Lower:G6}, {Uncertainty.Upper:G6}]");
        int decimals = smaller > 0 ? Math.Clamp(1 - (int)Math.Floor(Math.Log10(smaller)), 0, 15) : 6;
        string format = "F" + decimals.ToString(CultureInfo.InvariantCulture);
        string Text(double x) => x.ToString(format, CultureInfo.InvariantCulture);
        return Text(below) == Text(above) ? $"{Text(Value)} ± {Text(above)}" : $"{Text(Value)} +{Text(above)} −{Text(below)}";
    }
}
