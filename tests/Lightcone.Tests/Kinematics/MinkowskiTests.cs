using CsCheck;
using Lightcone.Kinematics;
using PureHDF;
using PureHDF.VOL.Native;

namespace Lightcone.Tests.Kinematics;

public sealed class MinkowskiTests
{
    private static NativeFile Reference()
    {
        string? path = Repository.Shared is null ? null : Path.Combine(Repository.Shared, "reference", "lorentznet", "eval.h5");
        Assert.SkipUnless(File.Exists(path), "the reference vectors are not beside the repository");
        return H5File.OpenRead(path!);
    }

    private static FourMomentum[] Vectors(IH5Dataset dataset)
    {
        double[] numbers = dataset.Read<double[]>();
        return [.. Enumerable.Range(0, numbers.Length / 4).Select(i => new FourMomentum(numbers[4 * i], numbers[4 * i + 1], numbers[4 * i + 2], numbers[4 * i + 3]))];
    }

    [Theory]
    [InlineData("top")]
    [InlineData("top_massive")]
    public void Mass_scalars_equal_the_reference_down_to_the_rounding_noise(string group)
    {
        using var file = Reference();
        var momenta = Vectors(file.Dataset($"{group}/Pmu_with_beams"));
        double[] scalars = file.Dataset($"{group}/scalars_after_psi_f64").Read<double[]>();
        for (int i = 0; i < momenta.Length; i++)
        {
            double stored = scalars[2 * i] + scalars[2 * i + 1]; // constituents fill the first column, beams the second
            Assert.Equal(stored, Minkowski.Psi(Minkowski.MassScalar(momenta[i])), 4e-16 * (1 + stored));
        }
    }

    [Fact]
    public void Norms_and_products_of_pairs_equal_the_reference()
    {
        using var file = Reference();
        var x = Vectors(file.Dataset("top/blocks/Pmu"));
        int[] i = file.Dataset("top/blocks/edge_i").Read<int[]>(), j = file.Dataset("top/blocks/edge_j").Read<int[]>();
        double[] norms = file.Dataset("top/blocks/f64/norm0").Read<double[]>(), products = file.Dataset("top/blocks/f64/dot0").Read<double[]>();
        for (int e = 0; e < i.Length; e++)
        {
            Assert.Equal(norms[e], Minkowski.Psi(Minkowski.SquaredNorm(x[i[e]] - x[j[e]])), 1e-10 * norms.Max(Math.Abs));
            Assert.Equal(products[e], Minkowski.Psi(Minkowski.Product(x[i[e]], x[j[e]])), 1e-10 * products.Max(Math.Abs));
        }
    }

    [Fact]
    public void A_massless_constituent_rounded_to_float32_has_the_noise_of_its_energy()
    {
        // Specification: about 5e-3 GeV for energies of 10 to 100 GeV. √(2E δE) with δE ≈ 2⁻²⁵E is 2⁻¹² E = 2.4e-4 E.
        var massless = FourMomentum.FromPtEtaPhiMass(30, 0.7, 1.1, 0);
        double scalar = Minkowski.MassScalar(massless.RoundedToSingle());
        Assert.InRange(scalar, 1e-6, 3 * massless.E * Math.Pow(2, -12));
        Assert.True(Minkowski.MassScalar(massless) < 1e-4 * scalar + 1e-5, "without the rounding to float32 the noise is that of float64");
    }

    [Fact]
    public void Psi_is_odd_rising_and_keeps_signs() => Gen.Select(Gen.Double[-1e6, 1e6], Gen.Double[-1e6, 1e6]).Sample((a, b) =>
    {
        Assert.Equal(-Minkowski.Psi(a), Minkowski.Psi(-a));
        if (Math.Abs(a) > 1e-15) Assert.Equal(Math.Sign(a), Math.Sign(Minkowski.Psi(a))); // below, |p| + 1 is 1
        if (a < b) Assert.True(Minkowski.Psi(a) <= Minkowski.Psi(b));
    }, iter: 2_000);

    [Fact]
    public void The_beam_of_unit_mass_has_the_scalar_of_the_paper_and_nothing_has_none()
    {
        Assert.Equal(Math.Log(2), Minkowski.Psi(Minkowski.MassScalar(new FourMomentum(Math.Sqrt(2), 0, 0, 1))), 1e-15);
        Assert.Equal(0, Minkowski.Psi(0));
        Assert.True(double.IsNaN(Minkowski.Psi(double.NaN)));
    }

    [Fact]
    public void The_expressions_agree_with_the_physical_ones_within_rounding() => Gen.Double[-100, 100].Array[8].Sample(x =>
    {
        FourMomentum a = new(x[0], x[1], x[2], x[3]), b = new(x[4], x[5], x[6], x[7]);
        Assert.Equal(a.Dot(b), Minkowski.Product(a, b), 1e-11); // eight roundings of terms up to 4·10⁴
        Assert.Equal(a.Dot(a), Minkowski.SquaredNorm(a), 1e-11);
        Assert.Equal(Minkowski.Product(a, b), Minkowski.Product(b, a));
    }, iter: 2_000);
}
