using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Lightcone.Systems.Lgae.Kernels;

/// <summary>
/// The messages in the engine's own operations: jets padded to the longest, every pair of nodes computed twice. Geometry is float64, the rest has
/// the type of X0.
/// </summary>
internal sealed class EagerRadialMessages : RadialMessages
{
    /// <inheritdoc/>
    public override (Tensor Y0, Tensor Y1) Apply(RadialInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        inputs.Check();
        using var scope = NewDisposeScope();
        if (inputs.Offsets[^1] == 0) return (zeros_like(inputs.X0).MoveToOuterDisposeScope(), zeros_like(inputs.X1).MoveToOuterDisposeScope());
        var (rows, places, length) = Places(inputs);
        var filters = Radial(inputs, rows, places, length);
        long channels = inputs.X0.shape[2];
        var y0 = Sum(filters.narrow(1, 0, channels), inputs.X0, rows, length);
        var y1 = Sum(filters.narrow(1, channels, channels), inputs.X1, rows, length);
        return (y0.MoveToOuterDisposeScope(), y1.MoveToOuterDisposeScope());
    }

    // Row of each node among jets · length padded ones; 1 where a padded row is a node and 0 elsewhere, [jets, length]; length of the longest jet.
    private static (Tensor Rows, Tensor Places, int Length) Places(RadialInputs inputs)
    {
        int length = 0;
        for (int jet = 0; jet < inputs.Jets; jet++) length = Math.Max(length, inputs.Offsets[jet + 1] - inputs.Offsets[jet]);
        var rows = new long[inputs.Offsets[^1]];
        var places = new double[checked(inputs.Jets * length)];
        for (int jet = 0; jet < inputs.Jets; jet++)
            for (int node = inputs.Offsets[jet]; node < inputs.Offsets[jet + 1]; node++)
                places[rows[node] = ((long)jet * length) + node - inputs.Offsets[jet]] = 1;
        var device = inputs.X0.device;
        return (tensor(rows, device: device), tensor(places, [inputs.Jets, length], dtype: inputs.X0.dtype, device: device), length);
    }

    // f of every ordered pair of nodes, [jets, 2C, length, length]; zero on the diagonal and where there is no node.
    private static Tensor Radial(RadialInputs inputs, Tensor rows, Tensor places, int length)
    {
        var momenta = Padded(inputs.Momenta, rows, inputs.Jets * (long)length).reshape(inputs.Jets, length, 4);
        var difference = momenta.unsqueeze(2) - momenta.unsqueeze(1);
        var metric = tensor((double[])[1, -1, -1, -1], device: momenta.device);
        var interval = (difference * difference * metric).sum(dim: -1);

        // A sign that is never zero: x is smooth in d, and sgn(d) and |d| would lose its slope at d = 0.
        var sign = interval.detach().signbit().to(ScalarType.Float64).Times(-2).Plus(1);
        var x = ((interval * sign).Times(1 / inputs.IntervalScale).log1p() * sign).Times(1 / 8.0).to(inputs.X0.dtype);
        var terms = ((x.unsqueeze(-1) - inputs.Centres) * inputs.Rates).Squared().Plus(1).reciprocal();
        var pairs = places.unsqueeze(2) * places.unsqueeze(1) * eye(length, dtype: x.dtype, device: x.device).Times(-1).Plus(1);
        return (linear(terms, inputs.Weight, inputs.Bias) * pairs.unsqueeze(-1)).permute(0, 3, 1, 2);
    }

    // Σ_j f_ij[c] X[j, a, c] of every node, one product of matrices a jet and channel.
    private static Tensor Sum(Tensor filter, Tensor x, Tensor rows, int length)
    {
        long jets = filter.shape[0], components = x.shape[1], channels = x.shape[2];
        var padded = Padded(x, rows, jets * length).reshape(jets, length, components, channels).permute(0, 3, 1, 2);
        var sums = bmm(filter.reshape(jets * channels, length, length), padded.reshape(jets * channels, length, components));
        return sums.reshape(jets, channels, length, components).permute(0, 2, 3, 1).reshape(jets * length, components, channels).index_select(0, rows);
    }

    private static Tensor Padded(Tensor nodes, Tensor rows, long count) =>
        zeros([count, .. nodes.shape[1..]], dtype: nodes.dtype, device: nodes.device).PlusRows(rows, nodes);
}
