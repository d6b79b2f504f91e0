using CsCheck;
using Lightcone.Kinematics;

namespace Lightcone.Tests.Kinematics;

public sealed class LorentzTransformTests
{
    private const double Rounding = 1.1102230246251565e-16; // 2⁻⁵³: relative error of one operation

    private static readonly Gen<FourMomentum> Momenta = Gen.Select(Gen.Double[-2, 3], Gen.Double[-4, 4], Gen.Double[-Math.PI, Math.PI], Gen.Double[0, 200])
        .Select((logPt, eta, phi, mass) => FourMomentum.FromPtEtaPhiMass(Math.Pow(10, logPt), eta, phi, mass));

    private static readonly Gen<(double X, double Y, double Z)> Directions = Gen.Select(Gen.Double[-1, 1], Gen.Double[-Math.PI, Math.PI])
        .Select((cosine, phi) => (Math.Sqrt(1 - cosine * cosine) * Math.Cos(phi), Math.Sqrt(1 - cosine * cosine) * Math.Sin(phi), cosine));

    /// <summary>Speeds up to 0.99999: evenly in rapidity.</summary>
    private static readonly Gen<(double X, double Y, double Z)> Velocities =
        Gen.Select(Directions, Gen.Double[0, 6]).Select((d, y) => (Math.Tanh(y) * d.X, Math.Tanh(y) * d.Y, Math.Tanh(y) * d.Z));

    private static double GammaSquared((double X, double Y, double Z) b) => 1 / (1 - b.X * b.X - b.Y * b.Y - b.Z * b.Z);

    private static LorentzTransform BoostOf((double X, double Y, double Z) b) => LorentzTransform.Boost(b.X, b.Y, b.Z);

    [Fact]
    public void A_boost_preserves_the_metric_to_rounding() => Velocities.Sample(b =>
        // Elements reach γ, an element of ΛᵀηΛ sums four products of them with about four roundings each.
        Assert.InRange(BoostOf(b).MetricViolation, 0, 16 * Rounding * GammaSquared(b)), iter: 10_000);

    [Fact]
    public void A_rotation_preserves_the_metric_and_the_energy() => Gen.Select(Directions, Gen.Double[-10, 10], Momenta).Sample((axis, angle, p) =>
    {
        var rotation = LorentzTransform.Rotation(axis.X, axis.Y, axis.Z, angle);
        Assert.InRange(rotation.MetricViolation, 0, 16 * Rounding);
        var q = rotation.Apply(p);
        Assert.Equal(p.E, q.E);
        Assert.Equal(p.P, q.P, 16 * Rounding * p.P);
    }, iter: 10_000);

    [Fact]
    public void Products_of_vectors_survive_every_transformation() => Gen.Select(Velocities, Directions, Gen.Double[-4, 4], Momenta, Momenta).Sample((b, axis, angle, p, q) =>
    {
        var lambda = BoostOf(b).After(LorentzTransform.Rotation(axis.X, axis.Y, axis.Z, angle));
        // A product is a difference of terms up to E₁E₂ before and E₁'E₂' after; each vector carries the matrix's error of about 16 roundings of γ·2E.
        double scale = 64 * Rounding * GammaSquared(b) * p.E * q.E * 4;
        Assert.Equal(p.Dot(q), lambda.Apply(p).Dot(lambda.Apply(q)), scale);
    }, iter: 10_000);

    [Fact]
    public void A_boost_and_its_opposite_cancel() => Gen.Select(Velocities, Momenta).Sample((b, p) =>
    {
        var back = LorentzTransform.Boost(-b.X, -b.Y, -b.Z).Apply(BoostOf(b).Apply(p));
        double tolerance = 64 * Rounding * GammaSquared(b) * p.E * 4;
        Assert.Equal(p.E, back.E, tolerance);
        Assert.Equal(p.Px, back.Px, tolerance);
        Assert.Equal(p.Py, back.Py, tolerance);
        Assert.Equal(p.Pz, back.Pz, tolerance);
    }, iter: 10_000);

    [Fact]
    public void A_boost_takes_a_resting_mass_to_the_boosts_velocity() => Velocities.Sample(b =>
    {
        var moving = BoostOf(b).Apply(new FourMomentum(2, 0, 0, 0));
        Assert.Equal(b.X, moving.Px / moving.E, 4 * Rounding);
        Assert.Equal(b.Y, moving.Py / moving.E, 4 * Rounding);
        Assert.Equal(b.Z, moving.Pz / moving.E, 4 * Rounding);
    }, iter: 2_000);

    [Fact]
    public void Composition_acts_as_one_after_the_other() => Gen.Select(Velocities, Velocities, Momenta).Sample((a, b, p) =>
    {
        var (together, apart) = (BoostOf(a).After(BoostOf(b)).Apply(p), BoostOf(a).Apply(BoostOf(b).Apply(p)));
        double tolerance = 32 * Rounding * Math.Sqrt(GammaSquared(a) * GammaSquared(b)) * 4 * p.E * 4;
        Assert.Equal(apart.E, together.E, tolerance);
        Assert.Equal(apart.Pz, together.Pz, tolerance);
    }, iter: 2_000);

    [Fact]
    public void A_boost_along_the_beam_shifts_the_rapidity() => Gen.Select(Momenta, Gen.Double[-2, 2]).Sample((p, shift) =>
    {
        var q = LorentzTransform.Boost(0, 0, Math.Tanh(shift)).Apply(p);
        // The rapidity's error is that of E − |pz| relative to it, before and after; tanh loses 1/(1 − β²) more.
        double loss = p.E / (p.E - Math.Abs(p.Pz)) + q.E / (q.E - Math.Abs(q.Pz)) + Math.Pow(Math.Cosh(shift), 2);
        Assert.Equal(p.Rapidity + shift, q.Rapidity, 16 * Rounding * loss);
        Assert.Equal(p.Pt, q.Pt);
    }, iter: 10_000);

    [Fact]
    public void A_rotation_is_right_handed()
    {
        var x = LorentzTransform.Rotation(0, 0, 5, Math.PI / 2).Apply(new FourMomentum(1, 1, 0, 0));
        Assert.Equal(1, x.Py, Rounding);
        Assert.Equal(0, x.Px, Rounding);
    }

    [Fact]
    public void A_whole_buffer_is_transformed_as_its_vectors_are()
    {
        var boost = LorentzTransform.Boost(0.1, -0.2, 0.3);
        double[] buffer = [5, 1, 2, 3, 7, -1, 0, 2];
        var expected = new[] { boost.Apply(new FourMomentum(5, 1, 2, 3)), boost.Apply(new FourMomentum(7, -1, 0, 2)) };
        boost.Apply(buffer.AsSpan());
        Assert.Equal(expected, (FourMomentum[])[new FourMomentum(buffer[0], buffer[1], buffer[2], buffer[3]), new FourMomentum(buffer[4], buffer[5], buffer[6], buffer[7])]);
        Assert.Equal(expected[0], LorentzTransform.FromMatrix(boost.Matrix).Apply(new FourMomentum(5, 1, 2, 3)));
        Assert.Equal(new FourMomentum(5, 1, 2, 3), LorentzTransform.Identity.Apply(new FourMomentum(5, 1, 2, 3)));
    }

    [Fact]
    public void What_is_no_boost_or_axis_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => LorentzTransform.Boost(0, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => LorentzTransform.Boost(0, 0, double.NaN));
        Assert.Throws<ArgumentException>(() => LorentzTransform.Rotation(0, 0, 0, 1));
        Assert.Throws<ArgumentException>(() => LorentzTransform.FromMatrix([1, 2, 3]));
    }
}
