using CsCheck;
using Lightcone.Randomness;
using Lightcone.Statistics;

namespace Lightcone.Tests.Statistics;

public sealed class KMeansTests
{
    private static float[] Points(int count, int dimensions, ulong seed)
    {
        var random = new RandomStream(seed, "k-means points", 0, 0);
        return [.. Enumerable.Range(0, count * dimensions).Select(_ => (float)random.NextGaussian())];
    }

    /// <summary>The first centroid at the smallest distance, one after the other.</summary>
    private static int[] SlowAssign(float[] points, float[] centroids, int dimensions)
    {
        var clusters = new int[points.Length / dimensions];
        for (int i = 0; i < clusters.Length; i++)
        {
            float smallest = float.PositiveInfinity;
            for (int c = 0; c < centroids.Length / dimensions; c++)
            {
                float distance = 0;
                for (int k = 0; k < dimensions; k++)
                {
                    float difference = points[i * dimensions + k] - centroids[c * dimensions + k];
                    distance += difference * difference;
                }

                if (distance < smallest) (smallest, clusters[i]) = (distance, c);
            }
        }

        return clusters;
    }

    private static int[] Assigned(KMeans clusters, float[] points)
    {
        var assigned = new int[points.Length / clusters.Dimensions];
        clusters.Assign(points, assigned);
        return assigned;
    }

    /// <summary>Sum over points of the squared distance to the nearest centroid.</summary>
    private static double Spread(KMeans clusters, float[] points)
    {
        int[] assigned = Assigned(clusters, points);
        int d = clusters.Dimensions;
        return Enumerable.Range(0, points.Length).Sum(i => Math.Pow((double)points[i] - clusters.Centroids[assigned[i / d] * d + i % d], 2));
    }

    [Fact]
    public void Every_point_goes_where_the_double_loop_sends_it() => Gen.Select(Gen.Int[1, 9], Gen.Int[1, 70], Gen.UInt).Sample((dimensions, clusters, seed) =>
    {
        float[] centroids = Points(clusters, dimensions, seed), points = Points(60, dimensions, seed + 1UL);
        Assert.Equal(SlowAssign(points, centroids, dimensions), Assigned(new KMeans(centroids, dimensions), points));
    }, iter: 500);

    [Fact]
    public void Of_equally_near_centroids_the_first_wins() => Gen.Select(Gen.Int[1, 3], Gen.Int[1, 70], Gen.UInt).Sample((dimensions, clusters, seed) =>
    {
        // Whole numbers from −1 to 1: most distances are equal and all are exact.
        float[] Grid(int count, ulong s) => [.. Points(count, dimensions, s).Select(x => MathF.Round(Math.Clamp(x, -1, 1)))];
        float[] centroids = Grid(clusters, seed), points = Grid(40, seed + 1UL);
        Assert.Equal(SlowAssign(points, centroids, dimensions), Assigned(new KMeans(centroids, dimensions), points));
    }, iter: 500);

    [Fact]
    public void The_cluster_of_a_point_does_not_depend_on_its_neighbours()
    {
        var clusters = new KMeans(Points(300, 7, 1), 7);
        float[] points = Points(1000, 7, 2);
        int[] together = Assigned(clusters, points);
        for (int i = 0; i < together.Length; i++) Assert.Equal(together[i], Assigned(clusters, points[(7 * i)..(7 * i + 7)])[0]);
    }

    [Fact]
    public void A_centroid_is_its_own_nearest_however_far_from_the_origin()
    {
        float[] centroids = [.. Points(200, 7, 3).Select(x => 1e4f + x)];
        Assert.Equal(Enumerable.Range(0, 200), Assigned(new KMeans(centroids, 7), centroids));
    }

    [Fact]
    public void A_point_that_is_not_finite_belongs_to_the_first_cluster()
    {
        var clusters = new KMeans(Points(40, 2, 4), 2);
        Assert.Equal([0, 0, 0], Assigned(clusters, [float.NaN, 1, 1, float.PositiveInfinity, float.NegativeInfinity, 0]));
        Assert.Equal([0], Assigned(clusters, [float.MaxValue, 0])); // the squared distance overflows
    }

    [Fact]
    public void Separated_groups_are_found_whole()
    {
        // Sixteen groups on a grid of step 20 with unit widths: no start of k-means++ over distances 400 apart misses more than Lloyd's steps repair, for this seed.
        float[] points = Points(4000, 2, 5);
        for (int i = 0; i < 4000; i++) (points[2 * i], points[2 * i + 1]) = (points[2 * i] + 20 * (i % 4), points[2 * i + 1] + 20 * (i / 4 % 4));
        var clusters = KMeans.Fit(points, 2, 16, 20, new RandomStream(1, "k-means", 0, 0));
        int[] assigned = Assigned(clusters, points);
        for (int i = 0; i < 4000; i++) Assert.Equal(assigned[i % 16], assigned[i]);
        Assert.Equal(16, assigned.Distinct().Count());
        foreach (int group in Enumerable.Range(0, 16))
        {
            var mean = Enumerable.Range(0, 250).Select(j => points[2 * (16 * j + group)]).Average(x => (double)x);
            Assert.Equal(mean, clusters.Centroids[2 * assigned[group]], 1e-5); // float32 rounding of numbers up to 60
        }
    }

    [Fact]
    public void Steps_lower_the_spread_until_centroids_are_the_means_of_their_points()
    {
        float[] points = Points(3000, 3, 6);
        var stream = new RandomStream(2, "k-means", 0, 0);
        double[] spreads = [.. new[] { 0, 1, 2, 5, 20 }.Select(steps => Spread(KMeans.Fit(points, 3, 30, steps, stream), points))];
        for (int i = 1; i < spreads.Length; i++) Assert.True(spreads[i] < spreads[i - 1], string.Join(" ", spreads));

        var still = KMeans.Fit(points, 3, 30, 500, stream);
        Assert.Equal(still.Centroids, KMeans.Fit(points, 3, 30, 1000, stream).Centroids);
        int[] assigned = Assigned(still, points);
        for (int c = 0; c < 30; c++)
            for (int k = 0; k < 3; k++)
                Assert.Equal(Enumerable.Range(0, 3000).Where(i => assigned[i] == c).Average(i => (double)points[3 * i + k]), still.Centroids[3 * c + k], 1e-6);
    }

    [Fact]
    public void The_start_is_spread_by_distance()
    {
        // 999 points together and one far away: it is drawn second with probability 1 − 999/10⁸ or more, while a uniform draw finds it once in a thousand.
        float[] points = new float[1000];
        for (int i = 0; i < 999; i++) points[i] = i * 1e-3f;
        points[999] = 1e4f;
        Assert.Contains(1e4f, KMeans.Fit(points, 1, 2, 0, new RandomStream(3, "k-means", 0, 0)).Centroids);
    }

    [Fact]
    public void Equal_streams_give_equal_clusters_and_others_do_not()
    {
        float[] points = Points(2000, 4, 7);
        float[] Found(ulong seed) => [.. KMeans.Fit(points, 4, 25, 3, new RandomStream(seed, "k-means", 0, 0)).Centroids];
        Assert.Equal(Found(1), Found(1));
        Assert.NotEqual(Found(1), Found(2));
    }

    [Fact]
    public void Fewer_different_points_than_clusters_are_no_failure()
    {
        float[] points = [.. Enumerable.Repeat<float[]>([1, 1, 5, 5], 20).SelectMany(p => p)];
        var clusters = KMeans.Fit(points, 2, 6, 10, new RandomStream(1, "k-means", 0, 0));
        Assert.Equal(0, Spread(clusters, points));
        Assert.Equal(2, Assigned(clusters, points).Distinct().Count());
    }

    [Fact]
    public void Stored_centroids_assign_as_the_fitted_ones()
    {
        float[] points = Points(500, 5, 8);
        var fitted = KMeans.Fit(points, 5, 40, 5, new RandomStream(1, "k-means", 0, 0));
        var stored = new KMeans([.. fitted.Centroids], 5);
        Assert.Equal((40, 5), (stored.Clusters, stored.Dimensions));
        Assert.Equal(Assigned(fitted, points), Assigned(stored, points));
    }

    [Fact]
    public void Points_and_centroids_that_do_not_fit_are_refused()
    {
        var stream = new RandomStream(1, "k-means", 0, 0);
        Assert.Throws<ArgumentException>(() => new KMeans([], 2));
        Assert.Throws<ArgumentException>(() => new KMeans([1, 2, 3], 2));
        Assert.Throws<ArgumentException>(() => new KMeans([1, float.NaN], 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => new KMeans([1], 0));
        Assert.Throws<ArgumentException>(() => new KMeans([1, 2], 2).Assign(new float[4], new int[1]));
        Assert.Throws<ArgumentException>(() => KMeans.Fit([1, 2, 3], 1, 4, 1, stream));
        Assert.Throws<ArgumentException>(() => KMeans.Fit([1, float.PositiveInfinity], 1, 1, 1, stream));
        Assert.Throws<ArgumentOutOfRangeException>(() => KMeans.Fit([1, 2], 1, 0, 1, stream));
        Assert.Throws<ArgumentOutOfRangeException>(() => KMeans.Fit([1, 2], 1, 1, -1, stream));
    }
}
