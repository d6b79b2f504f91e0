using Lightcone.Systems;
using Lightcone.Jets;
using Lightcone.Randomness;
using Lightcone.Systems.LorentzNet;
using Lightcone.Tests.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Tests.LorentzNet;

[Collection(SeededGenerator.Name)]
public sealed class GradientTests
{
    /// <summary>A batch of everything: beams alone, one constituent, two, and long jets.</summary>
    private static readonly JetBatch Mixed = ToyJets.Make([0, 1, 2, 3, 40, 17, 1, 8, 64, 5], 31);

    [Fact]
    public void Fused_gradients_are_as_close_to_float64_as_those_of_the_slow_twin()
    {
        var exact = Networks.AllDouble(Networks.Small);
        var eager = Networks.Small with { Kernel = KernelChoice.Eager };
        using LorentzNetNetwork truthNetwork = Networks.Loud(exact), fusedNetwork = Networks.Loud(Networks.Small), eagerNetwork = Networks.Loud(eager);
        var truth = Networks.Gradients(truthNetwork, exact, Mixed);
        var fused = Networks.Gradients(fusedNetwork, Networks.Small, Mixed);
        var slow = Networks.Gradients(eagerNetwork, eager, Mixed);
        double scale = truth.Values.Max(g => g.Max(Math.Abs));
        foreach (string name in truth.Keys)
        {
            // A tensor's gradient is a sum over all edges of products that are larger than the sum: float32 leaves some 1e-6 of the largest entry of the whole gradient.
            double fusedError = Networks.LargestDifference(truth[name], fused[name]), slowError = Networks.LargestDifference(truth[name], slow[name]);
            TestContext.Current.TestOutputHelper?.WriteLine($"{name}: largest {truth[name].Max(Math.Abs):E2}, fused off by {fusedError:E2}, eager by {slowError:E2}");
            Assert.True(fusedError <= Math.Max(2 * slowError, 1e-5 * scale), $"{name}: fused {fusedError:E2}, eager {slowError:E2}, scale {scale:E2}");
        }
    }

    [Theory]
    [InlineData(BatchNormRows.Real)]
    [InlineData(BatchNormRows.All)]
    public void Float64_gradients_agree_with_finite_differences(BatchNormRows rows)
    {
        var recipe = Networks.AllDouble(Networks.Small) with { BatchNormRows = rows };
        using var network = Networks.Loud(recipe);
        var jets = ToyJets.Make([0, 1, 4, 9, 6, 12], 41);
        var gradients = Networks.Gradients(network, recipe, jets);
        double largest = gradients.Values.Max(g => g.Max(Math.Abs));
        foreach (var (name, parameter) in network.State.Parameters)
        {
            double[] direction = Direction(name, gradients[name].Length), start = Networks.Values(parameter);
            double expected = gradients[name].Zip(direction).Sum(p => p.First * p.Second), loss = LossAt(0);
            // The kink of a ReLU may lie within the largest step, but not within all of them.
            var quotients = ((double[])[1e-6, 2e-7, 5e-8]).Select(step => (Step: step, Value: (LossAt(+step) - LossAt(-step)) / (2 * step))).ToList();
            LossAt(0);
            // 1e-6 of the slope, and what the rounding of the two losses (a few units in their last place) leaves when it is divided by the step.
            Assert.True(quotients.Any(q => Math.Abs(q.Value - expected) <= 1e-6 * Math.Abs(expected) + 4 * Math.ScaleB(1, -52) * Math.Max(1, loss) / q.Step),
                $"{name}: {string.Join(", ", quotients)} against {expected:R}");

            double LossAt(double distance)
            {
                using var noGrad = no_grad();
                using var scope = NewDisposeScope();
                parameter.copy_(tensor(start.Zip(direction).Select(p => p.First + distance * p.Second).ToArray(), parameter.shape));
                return Networks.Loss(network, recipe, jets).item<double>();
            }
        }

        Assert.True(largest > 0.05, "the gradient is too small for this test to mean much");
    }

    [Theory]
    [InlineData(KernelChoice.Auto)]
    [InlineData(KernelChoice.Eager)]
    public void Quark_gluon_jets_of_one_constituent_train_without_any_edge(KernelChoice kernel)
    {
        var recipe = Networks.Small with { Inputs = LorentzNetInputs.QuarkGluon, Kernel = kernel };
        using var network = Networks.Loud(recipe);
        var before = network.State.Buffers.ToDictionary(b => b.Name, b => Networks.Values(b.Tensor));
        var gradients = Networks.Gradients(network, recipe, ToyJets.Make([1, 1, 1, 1, 1, 1], 51, identities: true));
        foreach (var (name, values) in gradients)
        {
            Assert.All(values, v => Assert.True(double.IsFinite(v), name));
            if (name.Contains("phi_e") || name.Contains("phi_x") || name.Contains("phi_m")) Assert.All(values, v => Assert.Equal(0, v));
        }

        Assert.Contains(gradients["embedding.weight"], v => v != 0);
        foreach (var (name, tensor) in network.State.Buffers)
            if (name.Contains("phi_e")) Assert.Equal(before[name], Networks.Values(tensor));
            else Assert.NotEqual(before[name], Networks.Values(tensor));
    }

    [Theory]
    [InlineData(KernelChoice.Auto, BatchNormRows.Real)]
    [InlineData(KernelChoice.Auto, BatchNormRows.All)]
    [InlineData(KernelChoice.Eager, BatchNormRows.Real)]
    public void A_batch_of_jets_without_constituents_leaves_all_running_statistics_alone(KernelChoice kernel, BatchNormRows rows)
    {
        var recipe = Networks.Small with { Inputs = LorentzNetInputs.QuarkGluon, Kernel = kernel, BatchNormRows = rows };
        using var network = Networks.Loud(recipe);
        var before = network.State.Buffers.ToDictionary(b => b.Name, b => Networks.Values(b.Tensor));
        var gradients = Networks.Gradients(network, recipe, ToyJets.Make([0, 0, 0], 52, identities: true));
        Assert.All(gradients.Values.SelectMany(g => g), v => Assert.True(double.IsFinite(v)));
        foreach (var (name, tensor) in network.State.Buffers) Assert.Equal(before[name], Networks.Values(tensor));
    }

    [Theory]
    [InlineData(KernelChoice.Auto)]
    [InlineData(KernelChoice.Eager)]
    public void Running_statistics_over_edges_are_those_of_two_passes_over_all_edges(KernelChoice kernel)
    {
        using var scope = NewDisposeScope();
        var recipe = Networks.Small with { Kernel = kernel };
        using var network = Networks.Loud(recipe);
        double[] meanBefore = Networks.Values(network.State["LGEBs.0.phi_e.1.running_mean"]), varianceBefore = Networks.Values(network.State["LGEBs.0.phi_e.1.running_var"]);
        using var graph = JetGraph.Of(Mixed, recipe);
        using (no_grad()) network.Logits(graph, training: true);

        // The same float32 inputs of the edges, then everything in float64, edge by edge.
        var first = network.State["LGEBs.0.phi_e.0.weight"].detach();
        int h = recipe.Hidden;
        var features = nn.functional.linear(graph.Scalars, network.State["embedding.weight"], network.State["embedding.bias"]).detach();
        double[] a = Networks.Values(nn.functional.linear(features, first.narrow(1, 0, h))), b = Networks.Values(nn.functional.linear(features, first.narrow(1, h, h)));
        double[] u = Networks.Values(first.select(1, 2 * h)), v = Networks.Values(first.select(1, 2 * h + 1));
        var (_, norms, dots) = EagerEdgeBlock.Invariants(graph.Momenta, graph);
        double[] norm = Networks.Values(norms.to(ScalarType.Float32)), dot = Networks.Values(dots.to(ScalarType.Float32));
        long[] i = graph.Edges.I.data<long>().ToArray(), j = graph.Edges.J.data<long>().ToArray();
        double[] mean = Networks.Values(network.State["LGEBs.0.phi_e.1.running_mean"]), variance = Networks.Values(network.State["LGEBs.0.phi_e.1.running_var"]);
        for (int c = 0; c < h; c++)
        {
            double[] z = [.. Enumerable.Range(0, i.Length).Select(e => a[i[e] * h + c] + b[j[e] * h + c] + norm[e] * u[c] + dot[e] * v[c])];
            double average = z.Average(), unbiased = z.Sum(x => (x - average) * (x - average)) / (z.Length - 1);
            // A running number is a float32: one rounding of the result; the slow twin also sums thousands of float32 numbers, some 1e-6 of their size.
            double tolerance = kernel == KernelChoice.Auto ? 2e-7 : 2e-6, size = z.Max(Math.Abs);
            Assert.Equal(0.9 * meanBefore[c] + 0.1 * average, mean[c], tolerance * (0.1 * size + Math.Abs(mean[c])));
            Assert.Equal(0.9 * varianceBefore[c] + 0.1 * unbiased, variance[c], tolerance * (0.1 * size * size + variance[c]));
        }
    }

    [Fact]
    public void Padding_counts_in_training_only_where_all_rows_are_asked_for()
    {
        LorentzNetRecipe real = Networks.AllDouble(Networks.Small), all = real with { BatchNormRows = BatchNormRows.All };
        Assert.True(Math.Abs(Loss(real, [4, 1, 9]) - Loss(all, [4, 1, 9])) > 1e-6);
        Assert.Equal(Loss(real, [5, 5, 5]), Loss(all, [5, 5, 5])); // nothing is padded here

        static double Loss(LorentzNetRecipe recipe, int[] multiplicities)
        {
            using var scope = NewDisposeScope();
            using var network = Networks.Loud(recipe);
            return Networks.Loss(network, recipe, ToyJets.Make(multiplicities, 61)).item<double>();
        }
    }

    private static double[] Direction(string name, int length)
    {
        var random = new RandomStream(9, name, 0, 0);
        double[] direction = new double[length];
        for (int i = 0; i < length; i++) direction[i] = random.NextGaussian();
        double norm = Math.Sqrt(direction.Sum(d => d * d));
        return Array.ConvertAll(direction, d => d / norm);
    }
}
