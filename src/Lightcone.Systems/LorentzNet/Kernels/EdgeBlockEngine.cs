using Lightcone.Systems.Kernels;

namespace Lightcone.Systems.LorentzNet.Kernels;

/// <summary>
/// The edge part of a LorentzNet block (arXiv:2201.08187 eqs. 3.1 to 3.4), forward and backward, on the processor: float64 geometry,
/// float32 network, batch normalisation over all edges of the batch. Working memory is kept between calls, so one engine serves all
/// blocks of a network in turn; calls from several threads wait for one another. Results have the same bits for any number of threads.
/// </summary>
public sealed unsafe partial class EdgeBlockEngine : IDisposable
{
    private readonly Lock _turn = new();
    private readonly EdgeKernels _kernels;
    private readonly JetChunks<EdgeScratch> _chunks;
    private readonly EdgeProblem _problem = new();
    private readonly NativeBuffer _constants = new(), _edges = new(), _edgeGradients = new(), _starts = new(), _sums = new(), _gradients = new(), _statistics = new();
    private readonly Action<int, EdgeScratch> _gatherStatistics, _gatherInvariants, _forward, _backward, _backwardStatistics;
    private readonly Action _forwardPass, _backwardPass;
    private readonly int _channels;
    private StatisticsGradient _statisticsGradient;

    /// <summary>An engine for H channels (a multiple of four) that uses so many threads.</summary>
    /// <param name="channels">Hidden channels H.</param>
    /// <param name="threads">Threads at work; the results do not depend on it.</param>
    /// <param name="widestBits">Widest registers to use: 512, 256 or 128 bits. The last bits of results depend on the width.</param>
    /// <exception cref="UsageException">H is not a positive multiple of four, or there is no thread.</exception>
    public EdgeBlockEngine(int channels, int threads = 1, int widestBits = 512)
    {
        if (channels <= 0 || channels % 4 != 0)
            throw Wrong($"{channels} hidden channels cannot be packed", "EdgeBlockEngine.channels", "a number that is no multiple of four", "choose a multiple of four");
        if (threads <= 0)
            throw Wrong($"{threads} threads cannot work", "EdgeBlockEngine.threads", "a wrong setting", "choose one or more");
        _channels = channels;
        _kernels = EdgeKernels.Best(widestBits);
        _problem.Channels = channels;
        _problem.Width = _kernels.Width(channels);
        _chunks = new JetChunks<EdgeScratch>(threads, () => new EdgeScratch(channels, _kernels.Lanes, _kernels.Tile, _problem.Width));
        Threads = threads;
        (_forwardPass, _backwardPass) = (ForwardPass, BackwardPass);
        _gatherStatistics = (chunk, scratch) =>
            _kernels.Statistics(_problem, scratch, SumsOf(chunk), _chunks.From(chunk), _chunks.To(chunk));
        _gatherInvariants = (chunk, scratch) => _kernels.Invariants(_problem, scratch, _chunks.From(chunk), _chunks.To(chunk));
        _forward = (chunk, scratch) => _kernels.Forward(_problem, scratch, _chunks.From(chunk), _chunks.To(chunk));
        _backward = (chunk, scratch) =>
        {
            new Span<byte>(_gradientsAt + ((nuint)chunk * _gradientSize), (int)_gradientSize).Clear();
            _kernels.Backward(_problem, scratch, GradientsOf(chunk), _chunks.From(chunk), _chunks.To(chunk));
        };
        _backwardStatistics = (chunk, scratch) =>
            _kernels.BackwardStatistics(_problem, scratch, _statisticsGradient, _chunks.From(chunk), _chunks.To(chunk));
    }

    /// <summary>Hidden channels H.</summary>
    public int Channels => _channels;

    /// <summary>Threads at work.</summary>
    public int Threads { get; }

    /// <summary>Bits of the registers in use.</summary>
    public int RegisterBits => 32 * _kernels.Lanes;

    /// <summary>
    /// Bytes that a forward pass keeps for its backward pass: about 25 an edge (its two invariants, gate and stretch, and which units of
    /// the position layer were open). Everything else of an edge is computed again.
    /// </summary>
    public long KeptBytes(ReadOnlySpan<int> offsets)
    {
        long edges = 0;
        for (int jet = 0; jet + 1 < offsets.Length; jet++)
            edges += DiagonalCursor.PaddedEdges(offsets[jet + 1] - offsets[jet], _kernels.Lanes, _kernels.Tile);
        return BytesOf(offsets[^1], edges);
    }

    /// <summary>
    /// Forward pass: the sum of gated messages of each node, [nodes, H], and the moved four-momenta, [nodes, 4]. With batch statistics
    /// the running mean and variance [H] are updated (by the unbiased variance), unless the batch has no edge.
    /// </summary>
    /// <param name="settings">The block's settings.</param>
    /// <param name="inputs">The inputs.</param>
    /// <param name="runningMean">Running mean, [H].</param>
    /// <param name="runningVariance">Running variance, [H].</param>
    /// <param name="aggregate">Takes the sums of messages.</param>
    /// <param name="moved">Takes the moved four-momenta.</param>
    /// <param name="kept">Takes what <see cref="Backward"/> reads again, <see cref="KeptBytes"/>; empty if there will be no backward pass.</param>
    /// <returns>What <see cref="Backward"/> needs beside the same inputs and <paramref name="kept"/>.</returns>
    /// <exception cref="UsageException">A span has the wrong length.</exception>
    public EdgeBlockMemory Forward(
        EdgeBlockSettings settings, in EdgeBlockInputs inputs, Span<float> runningMean, Span<float> runningVariance,
        Span<float> aggregate, Span<double> moved, Span<byte> kept = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        CheckInputs(settings, inputs);
        CheckLength(runningMean.Length, _channels, nameof(runningMean));
        CheckLength(runningVariance.Length, _channels, nameof(runningVariance));
        CheckLength(aggregate.Length, inputs.Receiver.Length, nameof(aggregate));
        CheckLength(moved.Length, inputs.Momenta.Length, nameof(moved));
        if (!kept.IsEmpty) CheckLength(kept.Length, KeptBytes(inputs.Offsets), nameof(kept));
        var memory = new EdgeBlockMemory(_channels);
        lock (_turn)
        {
            fixed (float* mean = runningMean, variance = runningVariance, aggregateAt = aggregate)
            fixed (double* movedAt = moved)
            {
                _problem.RunningMean = mean;
                _problem.RunningVariance = variance;
                _problem.Aggregate = aggregateAt;
                _problem.Moved = movedAt;
                Run(settings, inputs, memory, kept, _forwardPass);
            }
        }

        return memory;
    }

    /// <summary>
    /// Backward pass, for the inputs of a forward pass, what that pass returned and kept, and the gradients of its two results. Every gradient
    /// is overwritten. Derivatives follow automatic differentiation: ReLU'(0) = 0, psi'(0) = 0, a clamp passes gradients on its bounds.
    /// </summary>
    /// <exception cref="UsageException">A span has the wrong length.</exception>
    public void Backward(
        EdgeBlockSettings settings, in EdgeBlockInputs inputs, EdgeBlockMemory memory, ReadOnlySpan<byte> kept,
        ReadOnlySpan<float> aggregateGradient, ReadOnlySpan<double> movedGradient, in EdgeBlockGradients gradients)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(memory);
        CheckInputs(settings, inputs);
        CheckLength(aggregateGradient.Length, inputs.Receiver.Length, nameof(aggregateGradient));
        CheckLength(movedGradient.Length, inputs.Momenta.Length, nameof(movedGradient));
        CheckLength(kept.Length, KeptBytes(inputs.Offsets), nameof(kept));
        CheckGradients(settings, inputs, gradients);
        lock (_turn)
        {
            fixed (float* aggregateAt = aggregateGradient, receiver = gradients.Receiver, sender = gradients.Sender)
            fixed (double* movedAt = movedGradient, momenta = gradients.Momenta)
            {
                _problem.AggregateGradient = aggregateAt;
                _problem.MovedGradient = movedAt;
                _problem.ReceiverGradient = receiver;
                _problem.SenderGradient = sender;
                _problem.MomentaGradient = momenta;
                Run(settings, inputs, memory, kept, _backwardPass);
                WriteGradients(inputs, gradients);
            }
        }
    }

    /// <summary>Frees the working memory.</summary>
    public void Dispose()
    {
        _chunks.Dispose();
        foreach (var buffer in (ReadOnlySpan<NativeBuffer>)[_constants, _edges, _edgeGradients, _starts, _sums, _gradients, _statistics]) buffer.Dispose();
    }

    /// <summary>Pins the inputs for one pass and gives every kernel its addresses.</summary>
    private void Run(EdgeBlockSettings settings, in EdgeBlockInputs inputs, EdgeBlockMemory memory, ReadOnlySpan<byte> kept, Action pass)
    {
        fixed (byte* keptAt = kept)
        fixed (int* offsets = inputs.Offsets)
        fixed (double* momenta = inputs.Momenta)
        fixed (float* a = inputs.Receiver, b = inputs.Sender, u = inputs.NormWeight, v = inputs.ProductWeight)
        fixed (float* g = inputs.NormalisationWeight, beta = inputs.NormalisationBias, w3 = inputs.MessageWeight, b3 = inputs.MessageBias)
        fixed (float* wm = inputs.GateWeight, wx = inputs.PositionWeight, bx = inputs.PositionBias, wx2 = inputs.PositionOutput)
        {
            (_problem.Settings, _problem.Memory, _problem.Jets) = (settings, memory, inputs.Offsets.Length - 1);
            _problem.Offsets = offsets;
            _problem.Momenta = momenta;
            _problem.Receiver = a;
            _problem.Sender = b;
            _problem.NormColumn = u;
            _problem.ProductColumn = v;
            _problem.NormalisationWeight = g;
            _problem.NormalisationBias = beta;
            _problem.MessageMatrix = w3;
            _problem.MessageBias = b3;
            _problem.GateWeight = wm;
            _problem.GateBias = inputs.GateBias[0];
            _problem.PositionMatrix = wx;
            _problem.PositionBias = bx;
            _problem.PositionOutput = wx2;
            _chunks.Cut(offsets, _problem.Jets);
            PlaceEdges(inputs.Offsets, keptAt);
            pass();
        }
    }
}
