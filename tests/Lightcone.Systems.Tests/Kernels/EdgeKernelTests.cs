using System.Runtime.Intrinsics;
using Lightcone.Systems.Kernels;
using Lightcone.Systems.LorentzNet.Kernels;

namespace Lightcone.Systems.Tests.Kernels;

public sealed unsafe class EdgeKernelTests
{
    [Fact]
    public void Every_ordered_pair_of_a_jet_occurs_once_on_the_cyclic_diagonals()
    {
        for (int nodes = 2; nodes < 40; nodes++)
        {
            var seen = new HashSet<(int, int)>();
            var cursor = new DiagonalCursor(nodes, 4);
            for (int e = 0; e < DiagonalCursor.PaddedEdges(nodes, 4, 16); e += 4, cursor.Advance(4))
            {
                var real = cursor.RealEdges<Wide128, Vector128<float>, Vector128<double>>().AsInt32();
                for (int lane = 0; lane < 4; lane++)
                {
                    if (real[lane] == 0) continue;
                    int period = DiagonalCursor.PeriodOf(nodes, 4), receiver = (cursor.Receiver + lane) % period;
                    int sender = (lane < cursor.LanesBeforeWrap ? cursor.Sender : cursor.SenderAfterWrap) + lane;
                    Assert.InRange(sender, 0, (2 * nodes) - 1);
                    Assert.True(receiver < nodes && receiver != sender % nodes && seen.Add((receiver, sender % nodes)));
                }
            }

            Assert.Equal(nodes * (nodes - 1), seen.Count);
        }
    }

    [Fact]
    public void Exponential_logarithm_and_sigmoid_keep_float32_precision()
    {
        double exponential = 0, logarithm = 0, sigmoid = 0;
        for (int k = 0; k < 100_000; k++)
        {
            float x = (float)(-86 + (172.0 * k / 100_000)), y = (float)(1 + Math.Exp(-8 + (38.0 * k / 100_000)));
            exponential = Math.Max(exponential, Math.Abs((Functions.Exponential(Vector128.Create(x))[0] / Math.Exp(x)) - 1));
            sigmoid = Math.Max(sigmoid, Math.Abs(Functions.Sigmoid(Vector128.Create(x))[0] - (1 / (1 + Math.Exp(-(double)x)))));
            logarithm = Math.Max(logarithm, Math.Abs(Functions.Logarithm(Vector128.Create(y))[0] - Math.Log(y)) / Math.Log(y));
        }

        Assert.InRange(exponential, 0, 1.5e-7);
        Assert.InRange(sigmoid, 0, 1.5e-7);
        Assert.InRange(logarithm, 0, 1.5e-7);
        Assert.Equal(-Math.Log(3.5), Functions.SignedLogarithm(Vector128.Create(-2.5f))[0], 1e-6);
        Assert.True(float.IsNaN(Functions.SignedLogarithm(Vector128.Create(float.NaN))[0]));
    }

    [Fact]
    public void Closed_form_mean_and_variance_agree_with_a_pass_over_edges()
    {
        const int channels = 8;
        var random = new Random(3);
        int[] jets = [2, 5, 19, 1, 30];
        var memory = new double[EdgeStatistics.Size(channels)];
        var first = new double[channels];
        var second = new double[channels];
        double u = 0.3, v = -0.7;
        long edges = 0;
        fixed (double* at = memory)
        {
            var sums = EdgeStatistics.At(at, channels);
            foreach (int nodes in jets)
            {
                float[] a = Numbers(random, nodes * channels), b = Numbers(random, nodes * channels);
                float[] norm = new float[nodes * nodes], product = new float[nodes * nodes];
                double[] nodeNorm = new double[nodes], nodeProduct = new double[nodes];
                for (int i = 0; i < nodes; i++)
                {
                    for (int j = 0; j < nodes; j++)
                    {
                        if (i == j) continue;
                        int ij = (i * nodes) + j;
                        norm[ij] = i < j ? random.NextSingle() - 2 : norm[(j * nodes) + i];
                        product[ij] = i < j ? random.NextSingle() + 3 : product[(j * nodes) + i];
                        nodeNorm[i] += norm[ij];
                        nodeProduct[i] += product[ij];
                        edges++;
                        for (int c = 0; c < channels; c++)
                        {
                            double z = a[(i * channels) + c] + (double)b[(j * channels) + c] + (u * norm[ij]) + (v * product[ij]);
                            first[c] += z;
                            second[c] += z * z;
                        }
                    }
                }

                Array.Resize(ref norm, (norm.Length + 3) / 4 * 4);
                Array.Resize(ref product, norm.Length);
                fixed (float* aAt = a, bAt = b, normAt = norm, productAt = product)
                fixed (double* nodeNormAt = nodeNorm, nodeProductAt = nodeProduct)
                {
                    sums.AddNodes(aAt, bAt, nodeNormAt, nodeProductAt, nodes, channels);
                    sums.AddEdges<Wide128, Vector128<float>, Vector128<double>>(normAt, productAt, norm.Length);
                }
            }

            for (int c = 0; c < channels; c++)
            {
                var (mean, variance) = sums.Moments(c, u, v);
                double expected = first[c] / edges;
                Assert.Equal(1, mean / expected, 1e-12);
                // The difference of second moment and squared mean loses their ratio to the variance, here about a hundred.
                Assert.Equal(1, variance / ((second[c] / edges) - (expected * expected)), 1e-12 * second[c] / edges / variance);
            }
        }
    }

    [Fact]
    public void Chunks_cover_every_jet_once_whatever_the_jets()
    {
        var random = new Random(1);
        using var chunks = new JetChunks<EdgeScratch>(1, () => new EdgeScratch(4, 4, 16, 4));
        for (int trial = 0; trial < 200; trial++)
        {
            var offsets = new int[random.Next(0, 40) + 1];
            for (int jet = 1; jet < offsets.Length; jet++) offsets[jet] = offsets[jet - 1] + random.Next(0, trial % 2 == 0 ? 3 : 60);
            fixed (int* at = offsets) chunks.Cut(at, offsets.Length - 1);
            int covered = 0;
            for (int chunk = 0; chunk < chunks.Count; chunk++)
            {
                Assert.Equal(covered, chunks.From(chunk));
                Assert.True(chunks.To(chunk) > covered);
                covered = chunks.To(chunk);
            }

            Assert.Equal(offsets.Length - 1, covered);
            Assert.InRange(chunks.Count, 0, JetChunks.Most);
        }
    }

    private static float[] Numbers(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.3f)];

    private static class Functions
    {
        public static Vector128<float> Exponential(Vector128<float> x) => ElementFunctions<Wide128, Vector128<float>, Vector128<double>>.Exponential(x);

        public static Vector128<float> Logarithm(Vector128<float> x) => ElementFunctions<Wide128, Vector128<float>, Vector128<double>>.Logarithm(x);

        public static Vector128<float> Sigmoid(Vector128<float> x) => ElementFunctions<Wide128, Vector128<float>, Vector128<double>>.Sigmoid(x);

        public static Vector128<float> SignedLogarithm(Vector128<float> x) =>
            ElementFunctions<Wide128, Vector128<float>, Vector128<double>>.SignedLogarithm(x);
    }
}
