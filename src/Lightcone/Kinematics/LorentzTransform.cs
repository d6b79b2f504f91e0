namespace Lightcone.Kinematics;

/// <summary>A proper Lorentz transformation: boosts, rotations and their products, acting on (E, px, py, pz).</summary>
public sealed class LorentzTransform
{
    private readonly double[] matrix;

    private LorentzTransform(double[] matrix) => this.matrix = matrix;

    /// <summary>The transformation that changes nothing.</summary>
    public static LorentzTransform Identity { get; } = new([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);

    /// <summary>The 16 matrix elements, row by row, order (E, px, py, pz).</summary>
    public ReadOnlySpan<double> Matrix => matrix;

    /// <summary>Takes 16 matrix elements, row by row, as they are; whether they preserve the metric is <see cref="MetricViolation"/>'s to say.</summary>
    public static LorentzTransform FromMatrix(ReadOnlySpan<double> elements) =>
        elements.Length == 16 ? new(elements.ToArray()) : throw new ArgumentException("A Lorentz transformation has 16 matrix elements.", nameof(elements));

    /// <summary>Active boost with velocity (βx, βy, βz); |β| must be below 1.</summary>
    public static LorentzTransform Boost(double betaX, double betaY, double betaZ)
    {
        double beta2 = betaX * betaX + betaY * betaY + betaZ * betaZ;
        if (!(beta2 < 1)) throw new ArgumentOutOfRangeException(nameof(betaX), $"|β|² = {beta2} is not below 1.");
        double gamma = 1 / Math.Sqrt(1 - beta2);
        double k = gamma * gamma / (1 + gamma); // (γ − 1)/β² without the division by a small β²
        return new([
            gamma, gamma * betaX, gamma * betaY, gamma * betaZ,
            gamma * betaX, 1 + k * betaX * betaX, k * betaX * betaY, k * betaX * betaZ,
            gamma * betaY, k * betaY * betaX, 1 + k * betaY * betaY, k * betaY * betaZ,
            gamma * betaZ, k * betaZ * betaX, k * betaZ * betaY, 1 + k * betaZ * betaZ]);
    }

    /// <summary>Rotation by <paramref name="angle"/> [rad] about the axis (x, y, z), right-handed. The axis need not be normalised, but not zero.</summary>
    public static LorentzTransform Rotation(double x, double y, double z, double angle)
    {
        double length = Math.Sqrt(x * x + y * y + z * z);
        if (!(length > 0)) throw new ArgumentException("The rotation axis is zero.", nameof(x));
        (x, y, z) = (x / length, y / length, z / length);
        double c = Math.Cos(angle), s = Math.Sin(angle), d = 1 - c;
        return new([
            1, 0, 0, 0,
            0, c + d * x * x, d * x * y - s * z, d * x * z + s * y,
            0, d * y * x + s * z, c + d * y * y, d * y * z - s * x,
            0, d * z * x - s * y, d * z * y + s * x, c + d * z * z]);
    }

    /// <summary>The transformation that applies <paramref name="first"/> and then this one.</summary>
    public LorentzTransform After(LorentzTransform first)
    {
        var product = new double[16];
        for (int r = 0; r < 4; r++)
            for (int c = 0; c < 4; c++)
                for (int k = 0; k < 4; k++)
                    product[4 * r + c] += matrix[4 * r + k] * first.matrix[4 * k + c];
        return new(product);
    }

    /// <summary>Transforms one four-momentum.</summary>
    public FourMomentum Apply(FourMomentum p) => new(Row(0, p), Row(1, p), Row(2, p), Row(3, p));

    /// <summary>Transforms every vector of a [n, 4] row-major buffer in place.</summary>
    public void Apply(Span<double> momenta)
    {
        for (int i = 0; i + 3 < momenta.Length; i += 4)
        {
            var q = Apply(new FourMomentum(momenta[i], momenta[i + 1], momenta[i + 2], momenta[i + 3]));
            (momenta[i], momenta[i + 1], momenta[i + 2], momenta[i + 3]) = (q.E, q.Px, q.Py, q.Pz);
        }
    }

    /// <summary>Largest element of |ΛᵀηΛ − η|: 0 up to rounding for a Lorentz transformation.</summary>
    public double MetricViolation
    {
        get
        {
            double worst = 0;
            for (int a = 0; a < 4; a++)
                for (int b = 0; b < 4; b++)
                {
                    double sum = 0;
                    for (int k = 0; k < 4; k++) sum += (k == 0 ? 1 : -1) * matrix[4 * k + a] * matrix[4 * k + b];
                    worst = Math.Max(worst, Math.Abs(sum - (a != b ? 0 : a == 0 ? 1 : -1)));
                }
            return worst;
        }
    }

    private double Row(int r, FourMomentum p) => matrix[4 * r] * p.E + matrix[4 * r + 1] * p.Px + matrix[4 * r + 2] * p.Py + matrix[4 * r + 3] * p.Pz;
}
