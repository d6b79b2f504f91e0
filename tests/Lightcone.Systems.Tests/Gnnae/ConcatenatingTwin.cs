using Lightcone.Training;

namespace Lightcone.Tests.Gnnae;

/// <summary>
/// GNNAE as the paper writes it, one jet after the other and one edge after the other: x_i, x_j and their squared distance stand in one vector, nodes are
/// padded with zeros to the width of the layer, every layer is a loop. What the fast network must agree with.
/// </summary>
internal sealed class ConcatenatingTwin(NetworkState state, bool jetLevel, bool reference, int latent)
{
    private const int Steps = 3, Width = 30;

    private readonly Dictionary<string, double[]> values = state.Parameters.ToDictionary(p => p.Name, p => GnnaeCases.Values(p.Tensor));

    /// <summary>Latent numbers of one jet, [latent] or [nodes · latent].</summary>
    public double[] Encode(double[][] nodes)
    {
        var x = Network("encoder", nodes, activatesOutput: reference || !jetLevel);
        if (!jetLevel) return [.. x.SelectMany(n => Linear("encoder.mix_layer", n))];
        return [.. Enumerable.Range(0, latent).Select(k => nodes.Length == 0 ? 0 : x.Average(n => n[k]))];
    }

    /// <summary>So many nodes from latent numbers.</summary>
    public double[][] Decode(double[] latents, int nodes)
    {
        double[][] x = jetLevel
            ? [.. Linear("decoder.linear", latents).Chunk(Width).Take(nodes)]
            : [.. latents.Chunk(latent).Select(l => Linear("decoder.linear", l))];
        return Network("decoder", x, activatesOutput: reference);
    }

    private double[][] Network(string name, double[][] nodes, bool activatesOutput)
    {
        double[][] x = [.. nodes.Select(n => (double[])[.. n, .. new double[Width - n.Length]])];
        for (int step = 0; step < Steps; step++)
        {
            bool last = step == Steps - 1;
            var next = new double[x.Length][];
            for (int i = 0; i < x.Length; i++)
            {
                var sum = new double[30];
                for (int j = 0; j < x.Length; j++)
                {
                    double distance = x[i].Zip(x[j]).Sum(p => Math.Pow(p.Second - p.First + 1e-16, 2));
                    double[] message = Layers($"{name}.edge_net.{step}", [.. x[i], .. x[j], distance], activatesLast: true);
                    for (int k = 0; k < sum.Length; k++) sum[k] += message[k];
                }

                next[i] = Layers($"{name}.node_net.{step}", [.. sum, .. x[i]], activatesLast: !last || activatesOutput);
            }

            x = next;
        }

        return x;
    }

    private double[] Layers(string name, double[] x, bool activatesLast)
    {
        int layers = values.Keys.Count(k => k.StartsWith(name + ".", StringComparison.Ordinal) && k.EndsWith("weight", StringComparison.Ordinal));
        for (int layer = 0; layer < layers; layer++)
        {
            x = Linear($"{name}.{layer}", x);
            if (layer < layers - 1 || activatesLast) x = Array.ConvertAll(x, v => v > 0 ? v : 0.2 * v);
        }

        return x;
    }

    private double[] Linear(string name, double[] x)
    {
        double[] weight = values[name + ".weight"], result = [.. values[name + ".bias"]];
        Assert.Equal(x.Length * result.Length, weight.Length);
        for (int o = 0; o < result.Length; o++)
            for (int k = 0; k < x.Length; k++)
                result[o] += weight[o * x.Length + k] * x[k];
        return result;
    }
}
