namespace Lightcone.Systems.LorentzNet.Kernels;

/// <content>Parameter gradients: sums over chunks, and the shares of mean and variance.</content>
public sealed unsafe partial class EdgeBlockEngine
{
    /// <summary>Rows of float64 sums of the batch: Σ dy, Σ dy·ẑ, gradients of both first-layer columns.</summary>
    private double[] _total = [], _withDeviation = [], _normColumn = [], _productColumn = [];

    /// <summary>
    /// What the batch's mean and variance do to the gradients. With ẑ = r(z − mean), k1 = Σ dy / E and k2 = Σ dy·ẑ / E, the gradient of z is
    /// g·r·(dy − k1 − k2·ẑ); its sums over edges follow from sums over nodes.
    /// </summary>
    private void ShareStatistics()
    {
        int channels = _channels;
        if (_total.Length != channels)
            (_total, _withDeviation, _normColumn, _productColumn) = (new double[channels], new double[channels], new double[channels], new double[channels]);
        var memory = _problem.Memory;
        var s = StatisticsGradient.At(_statistics.Of<double>(StatisticsGradient.Rows * channels), channels);
        double share = _problem.Settings.BatchStatistics && memory.Edges > 0 ? 1.0 / memory.Edges : 0;
        fixed (double* sumsAt = memory.Sums)
        {
            var sums = EdgeStatistics.At(sumsAt, channels);
            for (int c = 0; c < channels; c++)
            {
                double r = memory.InverseDeviation[c], mean = memory.Mean[c], u = _problem.NormColumn[c], v = _problem.ProductColumn[c];
                double scale = _problem.NormalisationWeight[c] * r;
                var (total, withNodes, withNorm, withProduct) = (0.0, 0.0, 0.0, 0.0);
                for (int chunk = 0; chunk < _chunks.Count; chunk++)
                {
                    var part = GradientsOf(chunk);
                    total += part.Total[c];
                    withNodes += part.WithNodes[c];
                    withNorm += SumOfLanes(part.WithNorm, c);
                    withProduct += SumOfLanes(part.WithProduct, c);
                }

                double withDeviation = r * (withNodes - (mean * total) + (u * withNorm) + (v * withProduct));
                double k1 = share * total, k2 = share * withDeviation;
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

    private void WriteGradients(in EdgeBlockGradients gradients)
    {
        for (int c = 0; c < _channels; c++)
        {
            gradients.NormalisationWeight[c] = (float)_withDeviation[c];
            gradients.NormalisationBias[c] = (float)_total[c];
            gradients.NormWeight[c] = (float)_normColumn[c];
            gradients.ProductWeight[c] = (float)_productColumn[c];
            var (messageBias, gateWeight, positionBias, positionOutput) = (0.0, 0.0, 0.0, 0.0);
            for (int chunk = 0; chunk < _chunks.Count; chunk++)
            {
                var part = GradientsOf(chunk);
                messageBias += SumOfLanes(part.MessageBias, c);
                gateWeight += SumOfLanes(part.GateWeight, c);
                positionBias += SumOfLanes(part.PositionBias, c);
                positionOutput += SumOfLanes(part.PositionOutput, c);
            }

            gradients.MessageBias[c] = (float)messageBias;
            gradients.GateWeight[c] = (float)gateWeight;
            if (!_problem.MovesNodes) continue;
            gradients.PositionBias[c] = (float)positionBias;
            gradients.PositionOutput[c] = (float)positionOutput;
        }

        double gateBias = 0;
        for (int chunk = 0; chunk < _chunks.Count; chunk++) gateBias += SumOfLanes(GradientsOf(chunk).GateBias, 0);
        gradients.GateBias[0] = (float)gateBias;
        WriteMatrix(gradients.MessageWeight, position: false);
        if (_problem.MovesNodes) WriteMatrix(gradients.PositionWeight, position: true);
    }

    private void WriteMatrix(Span<float> target, bool position)
    {
        int width = _problem.Width;
        target.Clear();
        for (int chunk = 0; chunk < _chunks.Count; chunk++)
        {
            var part = GradientsOf(chunk);
            float* source = position ? part.PositionWeight : part.MessageWeight;
            for (int o = 0; o < _channels; o++)
            {
                var row = target.Slice(o * _channels, _channels);
                for (int k = 0; k < row.Length; k++) row[k] += source[(o * width) + k];
            }
        }
    }

    private double SumOfLanes(float* rows, int channel)
    {
        double sum = 0;
        for (int lane = 0; lane < _kernels.Lanes; lane++) sum += rows[(channel * _kernels.Lanes) + lane];
        return sum;
    }
}
