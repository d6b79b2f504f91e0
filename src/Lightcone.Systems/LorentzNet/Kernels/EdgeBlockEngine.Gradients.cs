using System.Numerics;
using System.Runtime.CompilerServices;

namespace Lightcone.Systems.LorentzNet.Kernels;

/// <content>Parameter gradients: sums over chunks, and the shares of mean and variance.</content>
public sealed unsafe partial class EdgeBlockEngine
{
    /// <summary>Rows of float64 sums of the batch: Σ dy, Σ dy·ẑ, gradients of both first-layer columns.</summary>
    private double[] _total = [], _withDeviation = [], _normColumn = [], _productColumn = [];

    /// <summary>Adds all chunks' sums into the first one's, in order.</summary>
    private void AddGradients()
    {
        if (_chunks.Count == 0) new Span<byte>(_gradientsAt, (int)_gradientSize).Clear();
        int doubles = 2 * _channels, floats = (int)((_gradientSize - ((nuint)doubles * sizeof(double))) / sizeof(float));
        var total = new Span<double>(_gradientsAt, doubles);
        var totalFloats = new Span<float>(_gradientsAt + (doubles * sizeof(double)), floats);
        for (int chunk = 1; chunk < _chunks.Count; chunk++)
        {
            byte* part = _gradientsAt + ((nuint)chunk * _gradientSize);
            AddTo(total, new ReadOnlySpan<double>(part, doubles));
            AddTo(totalFloats, new ReadOnlySpan<float>(part + (doubles * sizeof(double)), floats));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddTo<T>(Span<T> sum, ReadOnlySpan<T> part)
        where T : struct, INumber<T>
    {
        int k = 0;
        for (; k + Vector<T>.Count <= sum.Length; k += Vector<T>.Count)
            (new Vector<T>(sum[k..]) + new Vector<T>(part[k..])).CopyTo(sum[k..]);
        for (; k < sum.Length; k++) sum[k] += part[k];
    }

    /// <summary>
    /// What the batch's mean and variance do to the gradients. With ẑ = r(z − mean), k1 = Σ dy / E and k2 = Σ dy·ẑ / E, the gradient of z is
    /// g·r·(dy − k1 − k2·ẑ); its sums over edges follow from sums over nodes.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ShareStatistics()
    {
        int channels = _channels;
        if (_total.Length != channels)
            (_total, _withDeviation, _normColumn, _productColumn) = (new double[channels], new double[channels], new double[channels], new double[channels]);
        var memory = _problem.Memory;
        var all = GradientsOf(0);
        var s = StatisticsGradient.At(_statistics.Of<double>(StatisticsGradient.Rows * channels), channels);
        bool batch = _problem.Settings.BatchStatistics && memory.Edges > 0;
        fixed (double* sumsAt = memory.Sums)
        {
            var sums = EdgeStatistics.At(sumsAt, channels);
            for (int c = 0; c < channels; c++)
            {
                double r = memory.InverseDeviation[c], mean = memory.Mean[c], u = _problem.NormColumn[c], v = _problem.ProductColumn[c];
                double scale = _problem.NormalisationWeight[c] * r;
                double total = all.Total[c], withNorm = SumOfLanes(all.WithNorm, c), withProduct = SumOfLanes(all.WithProduct, c);
                double withDeviation = r * (all.WithNodes[c] - (mean * total) + (u * withNorm) + (v * withProduct));
                // Stored statistics are constants; a NaN of one jet must not reach the others through them.
                double k1 = batch ? total / memory.Edges : 0, k2 = batch ? withDeviation / memory.Edges : 0;
                double deviationNorm = r * (sums.WithNorm[c] + (u * sums.Edge[2]) + (v * sums.Edge[4]) - (mean * sums.Edge[0]));
                double deviationProduct = r * (sums.WithProduct[c] + (u * sums.Edge[4]) + (v * sums.Edge[3]) - (mean * sums.Edge[1]));
                (_total[c], _withDeviation[c]) = (total, withDeviation);
                _normColumn[c] = scale * (withNorm - (k1 * sums.Edge[0]) - (k2 * deviationNorm));
                _productColumn[c] = scale * (withProduct - (k1 * sums.Edge[1]) - (k2 * deviationProduct));
                (s.Scale[c], s.Mean[c], s.InverseDeviation[c]) = (scale, mean, r);
                (s.MeanShare[c], s.DeviationShare[c], s.NormWeight[c], s.ProductWeight[c]) = (k1, k2, u, v);
                (s.NormPull[c], s.ProductPull[c]) = (scale * r * k2 * u, scale * r * k2 * v);
                s.NormConstant += (scale * u * k1) - (s.NormPull[c] * mean);
                s.ProductConstant += (scale * v * k1) - (s.ProductPull[c] * mean);
                s.NormNorm += s.NormPull[c] * u;
                s.NormProduct += s.NormPull[c] * v;
                s.ProductProduct += s.ProductPull[c] * v;
            }
        }

        _statisticsGradient = s;
    }

    private void WriteGradients(in EdgeBlockInputs inputs, in EdgeBlockGradients gradients)
    {
        var all = GradientsOf(0);
        int width = _problem.Width;
        gradients.GateBias[0] = (float)SumOfLanes(all.GateBias, 0);
        for (int c = 0; c < _channels; c++)
        {
            gradients.NormalisationWeight[c] = (float)_withDeviation[c];
            gradients.NormalisationBias[c] = (float)_total[c];
            gradients.NormWeight[c] = (float)_normColumn[c];
            gradients.ProductWeight[c] = (float)_productColumn[c];
            gradients.MessageBias[c] = (float)SumOfLanes(all.MessageBias, c);
            gradients.GateWeight[c] = (float)SumOfLanes(all.GateWeight, c);
            new ReadOnlySpan<float>(all.MessageWeight + (c * width), _channels).CopyTo(gradients.MessageWeight.Slice(c * _channels, _channels));
            if (_problem.MovesNodes) WritePosition(inputs, gradients, c, all.PositionWeight + (c * width), SumOfLanes(all.PositionBias, c));
        }
    }

    /// <summary>
    /// One channel of the position layer. With P = Σ ds·[open]·(gate·message) and B = Σ ds·[open], its gradients are output·P and output·B, and
    /// the output's Σ ds·hidden = weight·P + bias·B, because an open unit is linear.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void WritePosition(in EdgeBlockInputs inputs, in EdgeBlockGradients gradients, int channel, float* sums, double bias)
    {
        float output = inputs.PositionOutput[channel];
        var weight = inputs.PositionWeight.Slice(channel * _channels, _channels);
        double hidden = inputs.PositionBias[channel] * bias;
        var row = gradients.PositionWeight.Slice(channel * _channels, _channels);
        for (int k = 0; k < row.Length; k++)
        {
            hidden += weight[k] * (double)sums[k];
            row[k] = output * sums[k];
        }

        gradients.PositionBias[channel] = (float)(output * bias);
        gradients.PositionOutput[channel] = (float)hidden;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private double SumOfLanes(float* rows, int channel)
    {
        double sum = 0;
        for (int lane = 0; lane < _kernels.Lanes; lane++) sum += rows[(channel * _kernels.Lanes) + lane];
        return sum;
    }
}
