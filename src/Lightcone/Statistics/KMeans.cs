using System.Numerics;
using Lightcone.Randomness;

namespace Lightcone.Statistics;

/// <summary>Clusters of points around their means: each point belongs to the nearest centroid (Lloyd's algorithm, k-means++ start).</summary>
/// <remarks>
/// Distances are sums of squared differences in float32, each rounded in the same order on every machine, so that the cluster of a point depends on
/// neither its neighbours nor the width of the vectors. Of equally near centroids the first wins; a point that is not finite belongs to cluster 0.
/// </remarks>
public sealed class KMeans
{
    private readonly float[] centroids;
    private readonly float[] columns; // centroids by dimension, each filled up to whole vectors with centroids infinitely far away
    private readonly int stride;

    /// <summary>Clusters around given centroids.</summary>
    /// <param name="centroids">Centroids, row-major, shape [clusters, dimensions], finite.</param>
    /// <param name="dimensions">Numbers a centroid.</param>
    /// <exception cref="ArgumentException">There is no centroid, the last is incomplete, or a number is not finite.</exception>
    public KMeans(float[] centroids, int dimensions)
    {
        ArgumentNullException.ThrowIfNull(centroids);
        CheckPoints(centroids, dimensions, nameof(centroids));
        if (centroids.Length == 0) throw new ArgumentException("There is no centroid.", nameof(centroids));
        (this.centroids, Dimensions, Clusters) = ([.. centroids], dimensions, centroids.Length / dimensions);
        Centroids = Array.AsReadOnly(this.centroids);
        stride = WholeVectors(Clusters);
        columns = Columns(centroids, dimensions, stride, float.PositiveInfinity);
    }

    /// <summary>Number of clusters.</summary>
    public int Clusters { get; }

    /// <summary>Numbers a point.</summary>
    public int Dimensions { get; }

    /// <summary>Centroids, row-major, shape [clusters, dimensions].</summary>
    public IReadOnlyList<float> Centroids { get; }

    /// <summary>Finds clusters. The same points and stream give the same centroids on every machine.</summary>
    /// <param name="points">Points, row-major, shape [points, dimensions], finite.</param>
    /// <param name="dimensions">Numbers a point.</param>
    /// <param name="clusters">Number of clusters, at most the number of points. Where fewer points differ, centroids coincide.</param>
    /// <param name="iterations">Most steps of Lloyd's algorithm; fewer when the centroids stand still.</param>
    /// <param name="random">Draws the start, and a new centroid for each cluster that loses all its points.</param>
    /// <exception cref="ArgumentException">There are fewer points than clusters, the last is incomplete, or a number is not finite.</exception>
    public static KMeans Fit(ReadOnlySpan<float> points, int dimensions, int clusters, int iterations, RandomStream random)
    {
        CheckPoints(points, dimensions, nameof(points));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(clusters);
        ArgumentOutOfRangeException.ThrowIfNegative(iterations);
        int n = points.Length / dimensions;
        if (n < clusters) throw new ArgumentException($"{n} points for {clusters} clusters.", nameof(points));

        var found = new KMeans(Start(points, dimensions, clusters, ref random), dimensions);
        var owner = new int[n];
        for (int step = 0; step < iterations; step++)
        {
            found.Assign(points, owner);
            var next = Means(points, owner, dimensions, clusters, ref random);
            if (next.AsSpan().SequenceEqual(found.centroids)) break;
            found = new KMeans(next, dimensions);
        }

        return found;
    }

    /// <summary>The nearest centroid of each point.</summary>
    /// <param name="points">Points, row-major, shape [points, dimensions].</param>
    /// <param name="clusters">Index of the nearest centroid, shape [points].</param>
    /// <exception cref="ArgumentException">The last point is incomplete, or there is not one index a point.</exception>
    public void Assign(ReadOnlySpan<float> points, Span<int> clusters)
    {
        if (points.Length != (long)clusters.Length * Dimensions) throw new ArgumentException($"{points.Length} numbers are not {clusters.Length} points of {Dimensions}.", nameof(points));
        for (int i = 0; i < clusters.Length; i++) clusters[i] = Nearest(points.Slice(i * Dimensions, Dimensions));
    }

    /// <summary>Compares with as many centroids at once as a vector holds: each lane keeps its first smallest distance, then the lanes are compared.</summary>
    private int Nearest(ReadOnlySpan<float> point)
    {
        var smallest = new Vector<float>(float.PositiveInfinity);
        var nearest = Vector<int>.Zero;
        var index = Vector<int>.Indices;
        for (int first = 0; first < stride; first += Vector<float>.Count, index += new Vector<int>(Vector<int>.Count))
        {
            var distance = Vector<float>.Zero;
            for (int k = 0, at = first; k < point.Length; k++, at += stride)
            {
                var difference = new Vector<float>(point[k]) - new Vector<float>(columns, at);
                distance += difference * difference;
            }

            var closer = Vector.LessThan(distance, smallest);
            smallest = Vector.ConditionalSelect(closer, distance, smallest);
            nearest = Vector.ConditionalSelect(closer, index, nearest);
        }

        float best = float.PositiveInfinity;
        int cluster = 0;
        for (int lane = 0; lane < Vector<float>.Count; lane++)
        {
            if (!(smallest[lane] < best || smallest[lane] == best && nearest[lane] < cluster)) continue;
            (best, cluster) = (smallest[lane], nearest[lane]);
        }

        return float.IsPositiveInfinity(best) ? 0 : cluster;
    }

    /// <summary>k-means++ (D. Arthur, S. Vassilvitskii, SODA 2007): each further centroid is a point drawn in proportion to the squared distance from those before.</summary>
    private static float[] Start(ReadOnlySpan<float> points, int dimensions, int clusters, ref RandomStream random)
    {
        int n = points.Length / dimensions, width = WholeVectors(n);
        var byDimension = Columns(points, dimensions, width, 0);
        var distances = new float[width]; // squared, to the nearest centroid so far
        Array.Fill(distances, float.MaxValue);
        var centroids = new float[clusters * dimensions];
        int chosen = random.NextInt(n);
        for (int c = 0; ; c++)
        {
            var centroid = points.Slice(chosen * dimensions, dimensions);
            centroid.CopyTo(centroids.AsSpan(c * dimensions));
            if (c + 1 == clusters) return centroids;
            Approach(distances, byDimension, centroid);
            chosen = Drawn(distances.AsSpan(0, n), ref random);
        }
    }

    /// <summary>Lowers each point's distance to the newest centroid where that is nearer.</summary>
    private static void Approach(float[] distances, float[] byDimension, ReadOnlySpan<float> centroid)
    {
        for (int i = 0; i < distances.Length; i += Vector<float>.Count)
        {
            var distance = Vector<float>.Zero;
            for (int k = 0, at = i; k < centroid.Length; k++, at += distances.Length)
            {
                var difference = new Vector<float>(byDimension, at) - new Vector<float>(centroid[k]);
                distance += difference * difference;
            }

            Vector.Min(distance, new Vector<float>(distances, i)).CopyTo(distances, i);
        }
    }

    /// <summary>An index in proportion to its weight; any where all weights are zero.</summary>
    private static int Drawn(ReadOnlySpan<float> weights, ref RandomStream random)
    {
        double total = 0;
        foreach (float weight in weights) total += weight;
        double at = random.NextDouble() * total;
        int last = -1; // rounding may leave a rest behind the last index of positive weight
        for (int i = 0; i < weights.Length; i++)
        {
            if (weights[i] == 0) continue;
            last = i;
            if ((at -= weights[i]) < 0) return i;
        }

        return last >= 0 ? last : random.NextInt(weights.Length);
    }

    private static float[] Means(ReadOnlySpan<float> points, int[] owner, int dimensions, int clusters, ref RandomStream random)
    {
        var sums = new double[clusters * dimensions];
        var counts = new int[clusters];
        for (int i = 0; i < owner.Length; i++)
        {
            counts[owner[i]]++;
            for (int k = 0; k < dimensions; k++) sums[owner[i] * dimensions + k] += points[i * dimensions + k];
        }

        var means = new float[sums.Length];
        for (int c = 0; c < clusters; c++)
        {
            var mean = means.AsSpan(c * dimensions, dimensions);
            if (counts[c] == 0) points.Slice(random.NextInt(owner.Length) * dimensions, dimensions).CopyTo(mean);
            else
                for (int k = 0; k < dimensions; k++) mean[k] = (float)(sums[c * dimensions + k] / counts[c]);
        }

        return means;
    }

    private static void CheckPoints(ReadOnlySpan<float> points, int dimensions, string name)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimensions);
        if (points.Length % dimensions != 0) throw new ArgumentException($"{points.Length} numbers are not whole points of {dimensions}.", name);
        foreach (float x in points)
            if (!float.IsFinite(x)) throw new ArgumentException("A coordinate is not finite.", name);
    }

    private static int WholeVectors(int count) => (count + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;

    /// <summary>Points by dimension, shape [dimensions, width], filled up behind the last point.</summary>
    private static float[] Columns(ReadOnlySpan<float> points, int dimensions, int width, float fill)
    {
        var columns = new float[checked(dimensions * width)];
        Array.Fill(columns, fill);
        for (int i = 0; i < points.Length; i++) columns[i % dimensions * width + i / dimensions] = points[i];
        return columns;
    }
}
