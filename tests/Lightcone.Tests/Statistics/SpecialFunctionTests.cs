using CsCheck;
using Lightcone.Statistics;
using MathNet.Numerics;
using MathNet.Numerics.Distributions;
using Ours = Lightcone.Statistics.SpecialFunctions;
using Theirs = MathNet.Numerics.SpecialFunctions;

namespace Lightcone.Tests.Statistics;

public sealed class SpecialFunctionTests
{
    private static readonly Gen<double> Parameters = Gen.Double[-2, 4].Select(e => Math.Pow(10, e));

    /// <summary>For parameters near 0.01 the roots leave the range of float64 (about p to the power 1/a).</summary>
    private static readonly Gen<double> NotTiny = Gen.Double[-1, 4].Select(e => Math.Pow(10, e));

    /// <summary>MathNet subtracts logarithms of gamma functions of the parameters: it carries an error of about that size times 1e-15.</summary>
    private static double Tolerance(double scale) => 1e-13 * (10 + scale);

    [Fact]
    public void Incomplete_beta_agrees_with_MathNet() => Gen.Select(Parameters, Parameters, Gen.Double[-8, 8]).Sample((a, b, z) =>
    {
        double mean = a / (a + b), width = Math.Sqrt(mean * (1 - mean) / (a + b + 1)), x = Math.Clamp(mean + z * width, 0, 1);
        Assert.Equal(Theirs.BetaRegularized(a, b, x), Ours.BetaRegularized(a, b, x), Tolerance(a + b));
    }, iter: 20_000);

    [Fact]
    public void Incomplete_gamma_agrees_with_MathNet() => Gen.Select(Parameters, Gen.Double[-8, 8]).Sample((a, z) =>
    {
        double x = Math.Max(0, a + z * Math.Sqrt(a));
        Assert.Equal(Theirs.GammaLowerRegularized(a, x), Ours.GammaLowerRegularized(a, x), Tolerance(a));
        Assert.Equal(1, Ours.GammaLowerRegularized(a, x) + Ours.GammaUpperRegularized(a, x), 1e-14);
    }, iter: 20_000);

    [Fact]
    public void Logarithm_of_gamma_agrees_with_MathNet_and_factorials()
    {
        Parameters.Sample(x => Assert.Equal(Theirs.GammaLn(x), Ours.LogGamma(x), 1e-13 * (1 + Math.Abs(Theirs.GammaLn(x)))), iter: 5_000);
        double factorial = 0;
        for (int n = 1; n < 170; n++) Assert.Equal(factorial += Math.Log(n), Ours.LogGamma(n + 1), 2e-14 * (1 + factorial));
    }

    [Fact]
    public void Inverses_undo_the_functions()
    {
        // Where the function is steep in p the root is exact, where it is flat p is: either distance may be at rounding.
        Gen.Select(NotTiny, NotTiny, Gen.Double[1e-9, 1 - 1e-9]).Sample((a, b, p) =>
        {
            double x = Ours.BetaRegularizedInverse(a, b, p);
            Assert.True(Math.Abs(Ours.BetaRegularized(a, b, x) - p) < 1e-11 || Ours.BetaRegularized(a, b, x * (1 - 1e-12)) < p && Ours.BetaRegularized(a, b, Math.Min(1, x * (1 + 1e-12))) > p,
                $"a {a} b {b} p {p}: x {x} gives {Ours.BetaRegularized(a, b, x)}");
        }, iter: 5_000);
        Gen.Select(NotTiny, Gen.Double[1e-9, 1 - 1e-9]).Sample((a, p) =>
            Assert.Equal(p, Ours.GammaLowerRegularized(a, Ours.GammaLowerRegularizedInverse(a, p)), 1e-11), iter: 5_000);
    }

    [Theory]
    [InlineData(0.5, 0)]
    [InlineData(0.975, 1.959963984540054)]
    [InlineData(0.8413447460685429, 1)]
    [InlineData(1e-300, -37.0471)]
    public void Normal_quantile_is_known_at_landmarks(double p, double z) => Assert.Equal(z, Ours.NormalQuantile(p), 1e-4 * (p < 1e-10 ? 1 : 1e-10));

    [Fact]
    public void Normal_distribution_agrees_with_MathNet() => Gen.Double[-8, 8].Sample(z =>
    {
        Assert.Equal(Normal.CDF(0, 1, z), Ours.NormalCdf(z), 1e-14);
        double p = Ours.NormalCdf(z);
        if (z < 5) Assert.Equal(z, Ours.NormalQuantile(p), 1e-9); // beyond, 1 − p has lost the digits
    }, iter: 5_000);

    [Fact]
    public void Normal_distribution_ends_at_infinity()
    {
        Assert.Equal([0, 0, 1, 1], new[] { double.NegativeInfinity, -60, 60, double.PositiveInfinity }.Select(Ours.NormalCdf));
        Assert.Equal([double.NegativeInfinity, double.PositiveInfinity], new[] { 0.0, 1 }.Select(Ours.NormalQuantile));
    }

    [Fact]
    public void Normal_quantile_undoes_the_distribution_in_both_tails() => Gen.Double[-16, -0.301].Sample(exponent =>
    {
        // A relative rounding of p moves the quantile by 1e-16 times p over the density, below 1; the distribution itself is good to 1e-13.
        double p = Math.Pow(10, exponent), z = Ours.NormalQuantile(p);
        Assert.Equal(p, Ours.NormalCdf(z), 2e-13 * p);
        if (p > 1e-3) Assert.Equal(-z, Ours.NormalQuantile(1 - p), 1e-12); // 1 − p keeps 1e-16 of a p that is 1e-3
    }, iter: 20_000);

    [Fact]
    public void Large_counts_keep_their_digits()
    {
        // The median of Gamma(a) is a − 1/3 + 8/(405 a) + 184/(25515 a²) + O(a⁻³), that of Beta(a, a) is ½.
        foreach (double a in new[] { 1e4, 1e6, 1e8 })
        {
            Assert.Equal(a - 1 / 3.0 + 8 / (405 * a) + 184 / (25515 * a * a), Ours.GammaLowerRegularizedInverse(a, 0.5), 4e-15 * a);
            Assert.Equal(0.5, Ours.BetaRegularizedInverse(a, a, 0.5), 1e-13);
        }
    }
}
