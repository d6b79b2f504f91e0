using Lightcone.Statistics;

namespace Lightcone.Systems.Calibration.Morphing;

/// <summary>
/// The map that gives simulated values the distribution of measured ones, h = F_data⁻¹ ∘ F_sim: in one dimension optimal transport as well. It books every difference of the truth's spectra as one of the
/// detector (arXiv:2205.05084), so it is never given out without its <see cref="MorphingEnvelope"/>.
/// </summary>
public sealed class QuantileMorphing
{
    private const int Knots = 400, FewestValues = 100;

    private readonly double[] from, to;

    private QuantileMorphing(double[] from, double[] to) => (this.from, this.to) = (from, to);

    /// <summary>Least value that the map knows; below it values move as this one does.</summary>
    public double Low => from[0];

    /// <summary>Largest value that the map knows.</summary>
    public double High => from[^1];

    /// <summary>Fits the map.</summary>
    /// <param name="simulated">Simulated values.</param>
    /// <param name="weights">Their weights, not negative; empty for equal ones.</param>
    /// <param name="measured">Measured values.</param>
    /// <exception cref="InputDataException">There are fewer than a hundred of either, one is not a number, or the weights are none.</exception>
    public static QuantileMorphing Fit(ReadOnlySpan<double> simulated, ReadOnlySpan<double> weights, ReadOnlySpan<double> measured)
    {
        if (simulated.Length < FewestValues || measured.Length < FewestValues)
            throw new InputDataException($"{simulated.Length} simulated and {measured.Length} measured values are too few for a map.", "the samples", "Very small files.", $"Give {FewestValues} of each at least.");
        double[] source = simulated.ToArray(), own = weights.IsEmpty ? [.. Enumerable.Repeat(1.0, source.Length)] : weights.ToArray(), target = measured.ToArray();
        if (source.Concat(target).Any(v => !double.IsFinite(v))) throw new InputDataException("A value is not a number.", "the samples", "A damaged file.", "Check them: lightcone dataset check FILE");
        if (own.Length != source.Length || own.Any(w => !(w >= 0 && double.IsFinite(w))) || own.Sum() <= 0)
            throw new InputDataException("The weights are negative, not finite, or sum to zero.", "the simulated sample", "A spectrum that lies outside the sample.", "Choose a spectrum that the sample has.");
        Array.Sort(source, own);
        Array.Sort(target);
        double[] levels = [.. Enumerable.Range(0, Knots).Select(k => (k + 0.5) / Knots)];
        return new(Weighted(source, own, levels), [.. levels.Select(l => Quantile.OfSorted(target, l))]);
    }

    /// <summary>Where the map puts a value.</summary>
    public double Apply(double value)
    {
        if (value <= from[0]) return value + to[0] - from[0];
        if (value >= from[^1]) return value + to[^1] - from[^1];
        int right = Array.BinarySearch(from, value);
        if (right < 0) right = ~right;
        if (right == 0) return to[0];
        double width = from[right] - from[right - 1];
        return width > 0 ? to[right - 1] + (value - from[right - 1]) / width * (to[right] - to[right - 1]) : to[right];
    }

    private static double[] Weighted(double[] sorted, double[] weights, double[] levels)
    {
        var quantiles = new double[levels.Length];
        double total = weights.Sum(), sum = 0;
        for (int i = 0, k = 0; k < levels.Length; i++)
        {
            if (i == sorted.Length)
            {
                for (; k < levels.Length; k++) quantiles[k] = sorted[^1];
                break;
            }

            sum += weights[i];
            for (; k < levels.Length && sum >= levels[k] * total; k++) quantiles[k] = sorted[i];
        }

        return quantiles;
    }
}

/// <summary>One spectrum of an envelope.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Largest">Largest |h − nominal h| over the central nine tenths of the simulated values.</param>
public sealed record MorphingVariation(string Name, double Largest);

/// <summary>A map with what other spectra of the simulated truth would have made of it: the systematic that belongs to it.</summary>
/// <param name="Nominal">The map under the spectrum as simulated.</param>
/// <param name="Variations">Spectra, with how far their maps lie away.</param>
/// <param name="Statement">What the map is valid for.</param>
public sealed record MorphingEnvelope(QuantileMorphing Nominal, IReadOnlyList<MorphingVariation> Variations, string Statement)
{
    private const int Points = 50;
    private const double LargestWeight = 20;

    /// <summary>Largest variation.</summary>
    public double Largest => Variations.Max(v => v.Largest);

    /// <summary>Fits the map under the spectrum as simulated and under changed ones: flat between the 1 and 99 % quantiles, shifted by a deviation up and down, halved.</summary>
    /// <param name="simulated">Simulated values.</param>
    /// <param name="truth">Their truths.</param>
    /// <param name="measured">Measured values.</param>
    /// <exception cref="InputDataException">See <see cref="QuantileMorphing.Fit"/>.</exception>
    public static MorphingEnvelope Fit(double[] simulated, double[] truth, double[] measured)
    {
        if (truth.Length != simulated.Length) throw new ArgumentException("Every simulated value wants its truth.", nameof(truth));
        var nominal = QuantileMorphing.Fit(simulated, [], measured);
        double low = Quantile.Of(simulated, 0.05), high = Quantile.Of(simulated, 0.95);
        var variations = Spectra(truth).Select(s =>
        {
            var map = QuantileMorphing.Fit(simulated, s.Weights, measured);
            return new MorphingVariation(s.Name, Enumerable.Range(0, Points).Max(i => Math.Abs(map.Apply(At(i)) - nominal.Apply(At(i)))));
        }).ToList();
        return new(nominal, variations, "derived under the simulated spectrum of the truth; valid for samples whose spectrum agrees with it within the envelope");

        double At(int i) => low + (high - low) * i / (Points - 1);
    }

    private static IEnumerable<(string Name, double[] Weights)> Spectra(double[] truth)
    {
        double mean = truth.Average(), deviation = SampleDeviation.Of(truth), low = Quantile.Of(truth, 0.01), high = Quantile.Of(truth, 0.99), middle = Quantile.Of(truth, 0.5);
        var density = Histogram.Uniform(low, high, 50);
        density.Fill(truth);
        double[] heights = density.Density();
        int Bin(double z) => Math.Clamp((int)((z - low) / (high - low) * heights.Length), 0, heights.Length - 1);
        yield return ("flat", Weights(z => z < low || z > high ? 0 : 1 / Math.Max(heights[Bin(z)], 1e-12)));
        // A Gaussian of the sample's mean and width, shifted: the ratio of two Gaussians is an exponential.
        yield return ("up by a deviation", Weights(z => Math.Exp((z - mean) / deviation - 0.5)));
        yield return ("down by a deviation", Weights(z => Math.Exp(-(z - mean) / deviation - 0.5)));
        yield return ("lower half", Weights(z => z <= middle ? 1 : 0));

        double[] Weights(Func<double, double> of)
        {
            double[] weights = Array.ConvertAll(truth, z => of(z));
            double average = weights.Average();
            return Array.ConvertAll(weights, w => Math.Min(LargestWeight, w / average));
        }
    }
}
