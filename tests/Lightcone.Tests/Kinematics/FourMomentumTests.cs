using CsCheck;
using Lightcone.Kinematics;

namespace Lightcone.Tests.Kinematics;

public sealed class FourMomentumTests
{
    private const double Rounding = 1.1102230246251565e-16;

    private static readonly Gen<(double Pt, double Eta, double Phi, double Mass)> Coordinates =
        Gen.Select(Gen.Double[-2, 3].Select(e => Math.Pow(10, e)), Gen.Double[-5, 5], Gen.Double[-3.14159, 3.14159], Gen.Double[0, 200]);

    [Fact]
    public void Coordinates_come_back() => Coordinates.Sample(c =>
    {
        var p = FourMomentum.FromPtEtaPhiMass(c.Pt, c.Eta, c.Phi, c.Mass);
        Assert.Equal(c.Pt, p.Pt, 8 * Rounding * c.Pt);
        Assert.Equal(c.Eta, p.Pseudorapidity, 16 * Rounding * (1 + Math.Abs(c.Eta))); // sinh, two products, asinh
        Assert.Equal(c.Phi, p.Azimuth, 8 * Rounding * Math.PI);
        var q = FourMomentum.FromPtRapidityPhiMass(c.Pt, c.Eta, c.Phi, c.Mass);
        Assert.Equal(c.Eta, q.Rapidity, 16 * Rounding * q.E / (q.E - Math.Abs(q.Pz)));
        Assert.Equal(c.Pt, q.Pt, 8 * Rounding * c.Pt);
    }, iter: 10_000);

    [Fact]
    public void The_mass_keeps_what_the_components_hold() => Coordinates.Sample(c =>
    {
        // E and the components are rounded: each shifts m² by one rounding of its own square. The expression adds a few of m² alone.
        var p = FourMomentum.FromPtEtaPhiMass(c.Pt, c.Eta, c.Phi, c.Mass);
        Assert.Equal(c.Mass * c.Mass, p.MassSquared, 16 * Rounding * p.E * p.E);
        Assert.False(double.IsNaN(p.Mass));
        if (c.Mass > 0.1 * p.E) Assert.Equal(c.Mass, p.Mass, 16 * Rounding * p.E * p.E / c.Mass);
    }, iter: 10_000);

    [Fact]
    public void The_mass_of_exact_components_is_exact_where_the_difference_of_squares_is_not()
    {
        // (2²⁸ + 1, 0, 0, 2²⁸): m² = 2²⁹ + 1, whose squares need 57 bits.
        var p = new FourMomentum((1L << 28) + 1, 0, 0, 1L << 28);
        Assert.Equal((1L << 29) + 1, p.MassSquared);
        Assert.NotEqual((1L << 29) + 1, p.E * p.E - p.Pz * p.Pz);
    }

    [Fact]
    public void Massless_momenta_have_equal_rapidity_and_pseudorapidity() => Coordinates.Sample(c =>
    {
        var p = FourMomentum.FromPtEtaPhiMass(c.Pt, c.Eta, c.Phi, 0);
        Assert.Equal(p.Pseudorapidity, p.Rapidity, 32 * Rounding * p.E / (p.E - Math.Abs(p.Pz)));
    }, iter: 5_000);

    [Fact]
    public void Along_the_beam_the_pseudorapidity_is_infinite_and_at_rest_zero()
    {
        Assert.Equal(double.PositiveInfinity, new FourMomentum(1, 0, 0, 1).Pseudorapidity);
        Assert.Equal(double.NegativeInfinity, new FourMomentum(1, 0, 0, -1).Pseudorapidity);
        Assert.Equal(0, new FourMomentum(1, 0, 0, 0).Pseudorapidity);
    }

    [Fact]
    public void Huge_and_tiny_momenta_neither_overflow_nor_vanish()
    {
        Assert.Equal(Math.Sqrt(3) * 1e200, new FourMomentum(2e200, 1e200, 1e200, 1e200).P, 1e185);
        Assert.Equal(Math.Sqrt(3) * 1e-200, new FourMomentum(2e-200, 1e-200, 1e-200, 1e-200).P, 1e-215);
    }

    [Fact]
    public void Differences_of_azimuth_are_the_short_way_round() => Gen.Select(Gen.Double[-20, 20], Gen.Double[-20, 20]).Sample((a, b) =>
    {
        double d = FourMomentum.DeltaPhi(a, b);
        Assert.InRange(d, -Math.PI, Math.PI);
        Assert.Equal(0, Math.IEEERemainder(a - b - d, 2 * Math.PI), 64 * Rounding * 2 * Math.PI);
    }, iter: 10_000);

    [Fact]
    public void A_half_turn_is_minus_pi_from_either_side()
    {
        Assert.Equal(-Math.PI, FourMomentum.DeltaPhi(Math.PI, 0));
        Assert.Equal(-Math.PI, FourMomentum.DeltaPhi(0, Math.PI));
    }

    [Fact]
    public void Sums_and_products_are_linear() => Gen.Select(Coordinates, Coordinates, Coordinates).Sample((a, b, c) =>
    {
        var (p, q, r) = (Make(a), Make(b), Make(c));
        Assert.Equal(p.Dot(r) + q.Dot(r), (p + q).Dot(r), 16 * Rounding * (p.E + q.E) * r.E);
        Assert.Equal(p.MassSquared + 2 * p.Dot(q) + q.MassSquared, (p + q).MassSquared, 32 * Rounding * (p.E + q.E) * (p.E + q.E));
        Assert.Equal(p - q, new FourMomentum(p.E - q.E, p.Px - q.Px, p.Py - q.Py, p.Pz - q.Pz));

        static FourMomentum Make((double Pt, double Eta, double Phi, double Mass) x) => FourMomentum.FromPtEtaPhiMass(x.Pt, x.Eta, x.Phi, x.Mass);
    }, iter: 5_000);
}
