using Lightcone.Statistics;

namespace Lightcone.Tests.Statistics;

/// <summary>Slopes and correlations.</summary>
public sealed class StraightLineTests
{
    [Fact]
    public void A_line_has_its_slope_and_full_correlation()
    {
        double[] x = [1, 2, 4, 7], up = [5, 8, 14, 23], down = [-1, -2, -4, -7]; // 3 x + 2, −x
        Assert.Equal(3, StraightLine.Slope(x, up), 1e-14);
        Assert.Equal(1, StraightLine.Correlation(x, up), 1e-14);
        Assert.Equal(-1, StraightLine.Correlation(x, down), 1e-14);
    }

    [Fact]
    public void Columns_worked_out_by_hand_agree()
    {
        double[] x = [0, 1, 2], y = [0, 1, 0]; // Σ(x−1)² = 2, Σ(x−1)(y−⅓) = 0, Σ(y−⅓)² = ⅔
        Assert.Equal(0, StraightLine.Slope(x, y), 1e-15);
        double[] z = [0, 1, 1]; // Σ(x−1)(z−⅔) = 1, Σ(z−⅔)² = ⅔
        Assert.Equal(0.5, StraightLine.Slope(x, z), 1e-15);
        Assert.Equal(1 / Math.Sqrt(2 * 2.0 / 3), StraightLine.Correlation(x, z), 1e-15);
    }

    [Fact]
    public void A_column_that_does_not_vary_has_neither()
    {
        Assert.True(double.IsNaN(StraightLine.Slope([1, 1], [0, 1])));
        Assert.True(double.IsNaN(StraightLine.Correlation([0, 1], [2, 2])));
    }

    [Fact]
    public void Columns_of_unequal_length_are_refused() => Assert.Throws<ArgumentException>(() => StraightLine.Slope([1, 2], [1]));
}
