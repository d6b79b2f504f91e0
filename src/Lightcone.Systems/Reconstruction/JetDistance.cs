namespace Lightcone.Systems.Reconstruction;

/// <summary>
/// A distance between a reconstructed and a true jet with its gradient, in float64. Jets are the momenta of their constituents (E, px, py, pz),
/// row-major, finite, of one constituent at least; the two may have different numbers of them. An object is a workspace: one thread uses it at a time.
/// </summary>
internal abstract class JetDistance
{
    /// <summary>The distance of one pair of jets.</summary>
    /// <param name="reconstructed">Reconstructed momenta, shape [n, 4].</param>
    /// <param name="truth">True momenta, shape [m, 4].</param>
    /// <param name="gradient">Derivative by every reconstructed number is added here, shape [n, 4]. The truth is data and gets none.</param>
    public abstract double Of(ReadOnlySpan<double> reconstructed, ReadOnlySpan<double> truth, Span<double> gradient);

    /// <summary>Squared Euclidean distance of constituent <paramref name="a"/> of x and <paramref name="b"/> of y.</summary>
    protected static double Squared(ReadOnlySpan<double> x, int a, ReadOnlySpan<double> y, int b)
    {
        double sum = 0;
        for (int k = 0; k < 4; k++)
        {
            double d = x[4 * a + k] - y[4 * b + k];
            sum += d * d;
        }

        return sum;
    }

    /// <summary>Adds the gradient of weight · |x_a − y_b|² by x_a.</summary>
    protected static void AddGradient(ReadOnlySpan<double> x, int a, ReadOnlySpan<double> y, int b, double weight, Span<double> gradient)
    {
        for (int k = 0; k < 4; k++) gradient[4 * a + k] += 2 * weight * (x[4 * a + k] - y[4 * b + k]);
    }
}

/// <summary>½ (mean over reconstructed of the squared distance to the nearest true constituent + the mean the other way round).</summary>
internal sealed class ChamferDistance : JetDistance
{
    private readonly NearestConstituents nearest = new();

    /// <inheritdoc/>
    public override double Of(ReadOnlySpan<double> reconstructed, ReadOnlySpan<double> truth, Span<double> gradient)
    {
        int n = reconstructed.Length / 4, m = truth.Length / 4;
        nearest.Find(reconstructed, truth);
        double toTruth = 0, toReconstructed = 0;
        for (int a = 0; a < n; a++)
        {
            int b = nearest.Second[a];
            toTruth += Squared(reconstructed, a, truth, b);
            AddGradient(reconstructed, a, truth, b, 0.5 / n, gradient);
        }

        for (int b = 0; b < m; b++)
        {
            int a = nearest.First[b];
            toReconstructed += Squared(reconstructed, a, truth, b);
            AddGradient(reconstructed, a, truth, b, 0.5 / m, gradient);
        }

        return 0.5 * (toTruth / n + toReconstructed / m);
    }
}

/// <summary>Mean square constituent by constituent, in the jets' order; one that the other jet lacks is compared with 0.</summary>
internal sealed class SlotDistance : JetDistance
{
    /// <inheritdoc/>
    public override double Of(ReadOnlySpan<double> reconstructed, ReadOnlySpan<double> truth, Span<double> gradient)
    {
        ReadOnlySpan<double> nothing = [0, 0, 0, 0];
        int n = reconstructed.Length / 4, m = truth.Length / 4, slots = Math.Max(n, m);
        double sum = 0;
        for (int slot = 0; slot < slots; slot++)
        {
            if (slot >= n)
            {
                sum += Squared(truth, slot, nothing, 0);
                continue;
            }

            var partner = slot < m ? truth.Slice(4 * slot, 4) : nothing;
            sum += Squared(reconstructed, slot, partner, 0);
            AddGradient(reconstructed, slot, partner, 0, 1.0 / slots, gradient);
        }

        return sum / slots;
    }
}

/// <summary>Mean square after the cheapest one-to-one assignment; a constituent that gets no partner is compared with 0.</summary>
internal sealed class MatchedDistance : JetDistance
{
    private readonly ConstituentMatching matching = new();

    /// <inheritdoc/>
    public override double Of(ReadOnlySpan<double> reconstructed, ReadOnlySpan<double> truth, Span<double> gradient)
    {
        ReadOnlySpan<double> nothing = [0, 0, 0, 0];
        int n = reconstructed.Length / 4, slots = Math.Max(n, truth.Length / 4);
        double mean = matching.MeanSquare(reconstructed, truth, 4);
        for (int a = 0; a < n; a++)
        {
            int b = matching.Partner[a];
            if (b >= 0) AddGradient(reconstructed, a, truth, b, 1.0 / slots, gradient);
            else AddGradient(reconstructed, a, nothing, 0, 1.0 / slots, gradient);
        }

        return mean;
    }
}

/// <summary>Squared difference of the jets' four-momenta, the sums over their constituents.</summary>
internal sealed class JetMomentumDistance : JetDistance
{
    /// <inheritdoc/>
    public override double Of(ReadOnlySpan<double> reconstructed, ReadOnlySpan<double> truth, Span<double> gradient)
    {
        double sum = 0;
        for (int k = 0; k < 4; k++)
        {
            double difference = Component(reconstructed, k) - Component(truth, k);
            sum += difference * difference;
            for (int i = k; i < gradient.Length; i += 4) gradient[i] += 2 * difference;
        }

        return sum;
    }

    private static double Component(ReadOnlySpan<double> momenta, int k)
    {
        double sum = 0;
        for (int i = k; i < momenta.Length; i += 4) sum += momenta[i];
        return sum;
    }
}

/// <summary>A distance plus a weight times another.</summary>
internal sealed class SumOfDistances(JetDistance first, double weight, JetDistance second) : JetDistance
{
    private double[] ofSecond = [];

    /// <inheritdoc/>
    public override double Of(ReadOnlySpan<double> reconstructed, ReadOnlySpan<double> truth, Span<double> gradient)
    {
        if (ofSecond.Length < gradient.Length) ofSecond = new double[gradient.Length];
        var other = ofSecond.AsSpan(0, gradient.Length);
        other.Clear();
        double value = first.Of(reconstructed, truth, gradient) + weight * second.Of(reconstructed, truth, other);
        for (int i = 0; i < gradient.Length; i++) gradient[i] += weight * other[i];
        return value;
    }
}
