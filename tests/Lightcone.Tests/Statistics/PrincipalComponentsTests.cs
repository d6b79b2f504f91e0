using Lightcone.Randomness;
using Lightcone.Statistics;

namespace Lightcone.Tests.Statistics;

public sealed class PrincipalComponentsTests
{
    /// <summary>Points around a mean that vary in a few directions of a larger space.</summary>
    private static double[] LowRank(int points, int dimension, int rank, ulong seed)
    {
        var random = new RandomStream(seed, "low rank", 0, 0);
        double[][] directions = [.. Enumerable.Range(0, rank).Select(_ => Enumerable.Range(0, dimension).Select(_ => random.NextGaussian()).ToArray())];
        var data = new double[points * dimension];
        for (int i = 0; i < points; i++)
            for (int r = 0; r < rank; r++)
            {
                double size = random.NextGaussian() / (r + 1);
                for (int k = 0; k < dimension; k++) data[i * dimension + k] += size * directions[r][k] + (r == 0 ? k : 0);
            }

        return data;
    }

    private static double LargestError(PrincipalComponents components, double[] data, int kept)
    {
        double[] coordinates = new double[kept], rebuilt = new double[components.Dimension];
        double largest = 0;
        for (int i = 0; i < data.Length; i += components.Dimension)
        {
            components.Project(data.AsSpan(i, components.Dimension), coordinates);
            components.Reconstruct(coordinates, rebuilt);
            for (int k = 0; k < rebuilt.Length; k++) largest = Math.Max(largest, Math.Abs(rebuilt[k] - data[i + k]));
        }

        return largest;
    }

    private static double[][] Directions(PrincipalComponents components)
    {
        double[] origin = new double[components.Dimension], moved = new double[components.Dimension];
        components.Reconstruct([], origin);
        return [.. Enumerable.Range(0, components.Dimension).Select(c =>
        {
            var unit = new double[components.Dimension];
            unit[c] = 1;
            components.Reconstruct(unit, moved);
            return moved.Zip(origin, (m, o) => m - o).ToArray();
        })];
    }

    [Theory]
    [InlineData(12, 1)]
    [InlineData(12, 3)]
    [InlineData(40, 7)]
    public void Points_of_low_rank_are_rebuilt_from_that_many_coordinates_and_not_from_fewer(int dimension, int rank)
    {
        double[] data = LowRank(300, dimension, rank, 1);
        var components = PrincipalComponents.Fit(data, dimension);
        Assert.Equal(dimension, components.Dimension);
        // A direction is off by the rounding of the covariance over its own variance, which is 1/49 of the largest at least; room of a thousand.
        double size = data.Max(Math.Abs);
        Assert.InRange(LargestError(components, data, rank), 0, 1e-11 * size);
        Assert.True(LargestError(components, data, rank - 1) > 1e-2);
        for (int k = rank; k < dimension; k++) Assert.InRange(components.Variances[k], 0, 1e-13 * dimension * components.Variances[0]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(15)]
    [InlineData(90)]
    public void Directions_are_orthonormal_variances_fall_and_all_together_lose_nothing(int dimension)
    {
        double[] data = LowRank(200, dimension, dimension, 2);
        var components = PrincipalComponents.Fit(data, dimension);
        double[][] directions = Directions(components);
        double size = data.Max(Math.Abs);
        for (int a = 0; a < dimension; a++)
            for (int b = 0; b <= a; b++)
                Assert.Equal(a == b ? 1 : 0, directions[a].Zip(directions[b], (x, y) => x * y).Sum(), 1e-12 * Math.Max(1, size));
        Assert.Equal(components.Variances.OrderDescending(), components.Variances);
        Assert.InRange(LargestError(components, data, dimension), 0, 1e-12 * dimension * size);
        double[] total = [.. Enumerable.Range(0, dimension).Select(k => Variance(data.Where((_, i) => i % dimension == k)))];
        Assert.Equal(total.Sum(), components.Variances.Sum(), 1e-11 * total.Sum());
    }

    [Fact]
    public void The_variance_of_a_coordinate_is_the_one_stated()
    {
        double[] data = LowRank(500, 6, 6, 3), coordinates = new double[6];
        var components = PrincipalComponents.Fit(data, 6);
        var all = new List<double>[6];
        for (int c = 0; c < 6; c++) all[c] = [];
        for (int i = 0; i < data.Length; i += 6)
        {
            components.Project(data.AsSpan(i, 6), coordinates);
            for (int c = 0; c < 6; c++) all[c].Add(coordinates[c]);
        }

        for (int c = 0; c < 6; c++)
        {
            Assert.Equal(0, all[c].Average(), 1e-11);
            Assert.Equal(components.Variances[c], Variance(all[c]), 1e-11 * components.Variances[0]);
        }
    }

    [Fact]
    public void In_the_plane_the_directions_are_those_of_the_ellipse()
    {
        // Variances 9 and 1, turned by 30°.
        double c = Math.Sqrt(3) / 2, s = 0.5, far = 3 * Math.Sqrt(2), near = Math.Sqrt(2);
        double[] data = [far * c, far * s, -far * c, -far * s, -near * s, near * c, near * s, -near * c];
        var components = PrincipalComponents.Fit(data, 2);
        Assert.Equal(9, components.Variances[0], 1e-12);
        Assert.Equal(1, components.Variances[1], 1e-12);
        double[] first = Directions(components)[0];
        Assert.Equal(1, Math.Abs(first[0] * c + first[1] * s), 1e-12);
    }

    [Fact]
    public void Points_that_do_not_vary_are_their_mean()
    {
        var components = PrincipalComponents.Fit([1, 2, 3, 1, 2, 3], 3);
        Assert.Equal([0.0, 0, 0], components.Variances);
        var point = new double[3];
        components.Reconstruct([], point);
        Assert.Equal([1.0, 2, 3], point);
        Assert.Equal([9.0], PrincipalComponents.Fit([2, 8], 1).Variances);
    }

    [Fact]
    public void What_cannot_be_fitted_is_refused()
    {
        Assert.Throws<ArgumentException>(() => PrincipalComponents.Fit([], 2));
        Assert.Throws<ArgumentException>(() => PrincipalComponents.Fit([1], 2));
        Assert.Throws<ArgumentException>(() => PrincipalComponents.Fit([1, 2], 0));
        Assert.Throws<ArgumentException>(() => PrincipalComponents.Fit(new double[1000], 513));
        Assert.Throws<ArgumentException>(() => PrincipalComponents.Fit([1, 2, 3, double.NaN], 2));
        Assert.Throws<ArgumentException>(() => PrincipalComponents.Fit([1, 2, 3, double.PositiveInfinity], 2));
    }

    private static double Variance(IEnumerable<double> values)
    {
        double[] all = [.. values];
        double mean = all.Average();
        return all.Average(v => (v - mean) * (v - mean));
    }
}
