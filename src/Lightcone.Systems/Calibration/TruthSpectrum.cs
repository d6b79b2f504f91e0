using System.Globalization;

namespace Lightcone.Systems.Calibration;

/// <summary>A change of the truth's spectrum by weights w(z), as a recipe's <c>prior</c> names it.</summary>
internal sealed record TruthSpectrum(string Name, Func<double, double> Density)
{
    private const double LargestWeight = 20;

    /// <summary>Whether nothing changes.</summary>
    public bool IsAsSampled => Name == "none";

    /// <summary>Weight of a jet of this true transverse momentum.</summary>
    public double Weight(double z) => Math.Min(LargestWeight, Density(z));

    /// <summary>Reads a name.</summary>
    /// <param name="name">none, power:N, or window:A:B.</param>
    /// <param name="centre">z₀ [GeV], where a power law is 1.</param>
    /// <exception cref="UsageException">It is none of them.</exception>
    public static TruthSpectrum Of(string name, double centre)
    {
        string[] parts = name.Split(':');
        double[] numbers = [.. parts.Skip(1).Select(p => double.TryParse(p, NumberStyles.Float, CultureInfo.InvariantCulture, out double x) && double.IsFinite(x) ? x : double.NaN)];
        return (parts[0], numbers) switch
        {
            ("none", []) => new(name, _ => 1),
            ("power", [>= -20 and <= 20 and var power]) => new(name, z => Math.Pow(z / centre, power)),
            ("window", [>= 0 and var low, var high]) when high > low => new(name, z => z >= low && z < high ? 1 : 0),
            _ => throw new UsageException($"“{name}” is no spectrum.", "--set prior", "A misspelt name, or numbers that are none.", "Write none, power:N with N from −20 to 20, or window:A:B in GeV."),
        };
    }
}
