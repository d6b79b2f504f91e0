using System.Runtime.CompilerServices;
using Lightcone.Systems.Kernels;

namespace Lightcone.Systems.LorentzNet.Kernels;

/// <content>The stages of both passes and the sums between them.</content>
public sealed unsafe partial class EdgeBlockEngine
{
    private double* _sumsAt;
    private byte* _gradientsAt;
    private nuint _gradientSize;

    private void ForwardPass()
    {
        if (_problem.Settings.BatchStatistics)
        {
            _sumsAt = _sums.Of<double>((long)JetChunks.Most * EdgeStatistics.Size(_channels));
            new Span<double>(_sumsAt, _chunks.Count * EdgeStatistics.Size(_channels)).Clear();
            _chunks.ForEach(_gatherStatistics);
            AddSums();
        }
        else
        {
            _chunks.ForEach(_gatherInvariants);
        }

        Normalisation();
        Fold();
        _chunks.ForEach(_forward);
    }

    private void BackwardPass()
    {
        Fold();
        _gradientSize = EdgeGradients.Size(_channels, _problem.Width, _kernels.Lanes);
        _gradientsAt = _gradients.Bytes(JetChunks.Most * _gradientSize);
        _chunks.ForEach(_backward);
        AddGradients();
        ShareStatistics();
        _chunks.ForEach(_backwardStatistics);
    }

    private EdgeStatistics SumsOf(int chunk) => EdgeStatistics.At(_sumsAt + ((nint)chunk * EdgeStatistics.Size(_channels)), _channels);

    private EdgeGradients GradientsOf(int chunk) =>
        EdgeGradients.At(_gradientsAt + ((nuint)chunk * _gradientSize), _channels, _problem.Width, _kernels.Lanes);

    /// <summary>Adds the chunks' sums in order.</summary>
    private void AddSums()
    {
        double[] sums = _problem.Memory.Sums;
        for (int chunk = 0; chunk < _chunks.Count; chunk++)
        {
            double* part = _sumsAt + ((nint)chunk * sums.Length);
            for (int k = 0; k < sums.Length; k++) sums[k] += part[k];
        }
    }

    /// <summary>Finds the mean and deviation to use and moves the running statistics.</summary>
    private void Normalisation()
    {
        var (settings, memory) = (_problem.Settings, _problem.Memory);
        bool batch = settings.BatchStatistics && memory.Edges > 0;
        fixed (double* sumsAt = memory.Sums)
        {
            var sums = EdgeStatistics.At(sumsAt, _channels);
            for (int c = 0; c < _channels; c++)
            {
                double mean = _problem.RunningMean[c], variance = _problem.RunningVariance[c];
                if (batch)
                {
                    (mean, variance) = sums.Moments(c, _problem.NormColumn[c], _problem.ProductColumn[c]);
                    double unbiased = variance * memory.Edges / (memory.Edges - 1.0), keep = 1 - settings.Momentum;
                    _problem.RunningMean[c] = (float)((keep * _problem.RunningMean[c]) + (settings.Momentum * mean));
                    _problem.RunningVariance[c] = (float)((keep * _problem.RunningVariance[c]) + (settings.Momentum * unbiased));
                }

                memory.Mean[c] = mean;
                memory.InverseDeviation[c] = 1 / Math.Sqrt(variance + settings.Epsilon);
            }
        }
    }

    /// <summary>Folds the normalisation into the first layer and packs the others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Fold()
    {
        var memory = _problem.Memory;
        int square = _channels * _channels;
        float* at = _constants.Of<float>((6 * _channels) + (5 * square));
        float* Next(int count)
        {
            float* here = at;
            at += count;
            return here;
        }

        _problem.Scale = Next(_channels);
        _problem.Shift = Next(_channels);
        _problem.NormWeight = Next(_channels);
        _problem.ProductWeight = Next(_channels);
        _problem.Zeros = Next(_channels);
        _problem.Ones = Next(_channels);
        for (int c = 0; c < _channels; c++)
        {
            double scale = _problem.NormalisationWeight[c] * memory.InverseDeviation[c];
            _problem.Scale[c] = (float)scale;
            _problem.Shift[c] = (float)(_problem.NormalisationBias[c] - (scale * memory.Mean[c]));
            _problem.NormWeight[c] = (float)(scale * _problem.NormColumn[c]);
            _problem.ProductWeight[c] = (float)(scale * _problem.ProductColumn[c]);
            _problem.Zeros[c] = 0;
            _problem.Ones[c] = 1;
        }

        _problem.MessageWeight = Next(square);
        _problem.MessageWeightBack = Next(square);
        _kernels.Pack(_problem.MessageMatrix, _problem.MessageWeight, _channels, transposed: false);
        _kernels.Pack(_problem.MessageMatrix, _problem.MessageWeightBack, _channels, transposed: true);
        if (!_problem.MovesNodes) return;
        _problem.PositionWeight = Next(square);
        _problem.PositionWeightBack = Next(square);
        _kernels.Pack(_problem.PositionMatrix, _problem.PositionWeight, _channels, transposed: false);
        float* scaled = Next(square);
        for (int o = 0; o < _channels; o++)
            for (int k = 0; k < _channels; k++) scaled[(o * _channels) + k] = _problem.PositionMatrix[(o * _channels) + k] * _problem.PositionOutput[o];
        _kernels.Pack(scaled, _problem.PositionWeightBack, _channels, transposed: true);
    }

    private long BytesOf(int nodes, long edges) =>
        checked((2 * sizeof(double) * RoundedUp(nodes)) + (4 * sizeof(float) * edges) + (sizeof(ushort) * (edges / _kernels.Lanes) * _channels));

    /// <summary>Nodes in whole cache lines.</summary>
    private static long RoundedUp(int nodes) => (nodes + 7L) / 8 * 8;

    /// <summary>Lays the numbers an edge and a node over the batch; without memory to keep them in, over the engine's own.</summary>
    private void PlaceEdges(ReadOnlySpan<int> offsets, byte* kept)
    {
        int jets = _problem.Jets;
        long edges = 0, real = 0;
        _problem.EdgeStart = _starts.Of<long>(jets + 1);
        for (int jet = 0; jet < jets; jet++)
        {
            int count = offsets[jet + 1] - offsets[jet];
            _problem.EdgeStart[jet] = edges;
            edges += DiagonalCursor.PaddedEdges(count, _kernels.Lanes, _kernels.Tile);
            real += (long)count * (count - 1);
        }

        _problem.EdgeStart[jets] = edges;
        _problem.Memory.Edges = real;
        _problem.NormGradient = _edgeGradients.Of<float>(2 * edges);
        _problem.ProductGradient = _problem.NormGradient + edges;
        byte* memory = kept == null ? _edges.Bytes((nuint)BytesOf(offsets[^1], edges)) : kept;
        _problem.NodeNorm = (double*)memory;
        _problem.NodeProduct = _problem.NodeNorm + RoundedUp(offsets[^1]);
        _problem.Norm = (float*)(_problem.NodeProduct + RoundedUp(offsets[^1]));
        _problem.Product = _problem.Norm + edges;
        _problem.Gate = _problem.Product + edges;
        _problem.Stretch = _problem.Gate + edges;
        _problem.Open = kept == null ? null : (ushort*)(_problem.Stretch + edges);
    }
}
