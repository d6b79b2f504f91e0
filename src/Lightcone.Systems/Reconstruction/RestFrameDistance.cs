using Lightcone.Kinematics;

namespace Lightcone.Systems.Reconstruction;

/// <summary>The frame in which a jet is at rest, reached by a pure boost.</summary>
internal readonly struct RestFrame
{
    private readonly double u0, ux, uy, uz;

    private RestFrame(double u0, double ux, double uy, double uz) => (this.u0, this.ux, this.uy, this.uz) = (u0, ux, uy, uz);

    /// <summary>Rest frame of a jet, as if its mass were at least the floor: a jet without mass has none.</summary>
    /// <param name="jet">Four-momentum of the jet.</param>
    /// <param name="floor">Smallest mass, in the unit of the momentum; positive.</param>
    public static RestFrame Of(FourMomentum jet, double floor)
    {
        double mass = Math.Max(jet.Mass, floor), x = jet.Px / mass, y = jet.Py / mass, z = jet.Pz / mass;
        return new(Math.Sqrt(1 + x * x + y * y + z * z), x, y, z);
    }

    /// <summary>Takes vectors to this frame. The matrix of a boost is symmetric: the same call takes gradients back.</summary>
    /// <param name="from">Vectors (E, px, py, pz), row-major, shape [n, 4].</param>
    /// <param name="to">The same in this frame; may be the same memory.</param>
    public void Boost(ReadOnlySpan<double> from, Span<double> to)
    {
        double share = 1 / (1 + u0);
        for (int i = 0; i + 3 < from.Length; i += 4)
        {
            double e = from[i], x = from[i + 1], y = from[i + 2], z = from[i + 3], along = ux * x + uy * y + uz * z, shift = share * along - e;
            (to[i], to[i + 1], to[i + 2], to[i + 3]) = (u0 * e - along, x + ux * shift, y + uy * shift, z + uz * shift);
        }
    }
}

/// <summary>
/// A distance taken where the true jet is at rest. Squared differences d of two momenta are there d₀² + |d|² = 2(d·u)² − d·d with u = P/M of the true
/// jet: a Lorentz invariant, so that a boost or rotation of both jets changes nothing as long as M is above the floor. Momenta are boosted in float64
/// first, because the invariant form loses γ² of its digits.
/// </summary>
/// <param name="inner">The distance taken there.</param>
/// <param name="floor">Mass below which a jet counts as that heavy, in the unit of the momenta.</param>
/// <param name="perMass">Whether the distance is divided by the square of the true jet's mass.</param>
internal sealed class RestFrameDistance(JetDistance inner, double floor, bool perMass = false) : JetDistance
{
    private double[] first = [], second = [], slopes = [];

    /// <inheritdoc/>
    public override double Of(ReadOnlySpan<double> reconstructed, ReadOnlySpan<double> truth, Span<double> gradient)
    {
        if (first.Length < reconstructed.Length) (first, slopes) = (new double[reconstructed.Length], new double[reconstructed.Length]);
        if (second.Length < truth.Length) second = new double[truth.Length];
        Span<double> x = first.AsSpan(0, reconstructed.Length), y = second.AsSpan(0, truth.Length), slope = slopes.AsSpan(0, reconstructed.Length);
        var jet = RelativeCoordinates.Sum(truth);
        var frame = RestFrame.Of(jet, floor);
        double scale = perMass ? Math.Pow(Math.Max(jet.Mass, floor), -2) : 1;
        frame.Boost(reconstructed, x);
        frame.Boost(truth, y);
        slope.Clear();
        double value = inner.Of(x, y, slope);
        frame.Boost(slope, slope);
        for (int i = 0; i < slope.Length; i++) gradient[i] += scale * slope[i];
        return scale * value;
    }
}
