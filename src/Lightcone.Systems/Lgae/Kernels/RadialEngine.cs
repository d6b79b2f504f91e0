using Lightcone.Systems.Kernels;

namespace Lightcone.Systems.Lgae.Kernels;

/// <summary>
/// <see cref="RadialMessages"/> on the processor, forward and backward: float64 geometry, the rest float32, parameter gradients summed in float64.
/// f of a pair is computed once a pass and never kept between passes. Working memory is kept between calls, so one engine serves all steps of a network
/// in turn; calls from several threads wait for one another. Results have the same bits for any number of threads.
/// </summary>
internal sealed unsafe class RadialEngine : IDisposable
{
    /// <summary>Most channels and most terms, lest sizes overflow.</summary>
    public const int Most = 1024;

    private readonly Lock _turn = new();
    private readonly RadialProblem _problem = new();
    private readonly JetChunks<RadialScratch> _chunks;
    private readonly NativeBuffer _constants = new(), _sums = new();
    private readonly Action<int, RadialScratch> _forward, _backward;
    private readonly int _bits;
    private RadialKernels _kernels = RadialKernels.For(1);
    private double* _sumsAt;

    /// <summary>An engine that uses so many threads.</summary>
    /// <param name="threads">Threads at work; the results do not depend on it.</param>
    /// <param name="bits">Bits of a register to use; 0 to choose by the channels. The last bits of results depend on it.</param>
    public RadialEngine(int threads, int bits = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        _bits = bits;
        _chunks = new JetChunks<RadialScratch>(threads, () => new RadialScratch(_problem));
        _forward = (chunk, scratch) => _kernels.Forward(_problem, scratch, _chunks.From(chunk), _chunks.To(chunk));
        _backward = (chunk, scratch) => _kernels.Backward(_problem, scratch, SumsOf(chunk), _chunks.From(chunk), _chunks.To(chunk));
    }

    /// <summary>Y0 and Y1, shaped like X0 and X1.</summary>
    /// <exception cref="UsageException">Offsets or lengths do not fit.</exception>
    public void Forward(in RadialOperands operands, Span<float> y0, Span<float> y1)
    {
        Check(operands);
        CheckLength(y0.Length, operands.X0.Length, nameof(y0));
        CheckLength(y1.Length, operands.X1.Length, nameof(y1));
        lock (_turn)
        {
            fixed (float* y0At = y0, y1At = y1)
            {
                _problem.Filters[0] = new FilterNodes { Y = y0At };
                _problem.Filters[1] = new FilterNodes { Y = y1At };
                Run(operands, _forward);
            }
        }
    }

    /// <summary>Every gradient, overwritten, given those of Y0 and Y1.</summary>
    /// <exception cref="UsageException">Offsets or lengths do not fit.</exception>
    public void Backward(in RadialOperands operands, ReadOnlySpan<float> y0, ReadOnlySpan<float> y1, in RadialGradients gradients)
    {
        Check(operands);
        CheckGradients(operands, y0, y1, gradients);
        lock (_turn)
        {
            fixed (float* y0At = y0, y1At = y1, x0At = gradients.X0, x1At = gradients.X1)
            fixed (double* momenta = gradients.Momenta)
            {
                _problem.Filters[0] = new FilterNodes { YGradient = y0At, XGradient = x0At };
                _problem.Filters[1] = new FilterNodes { YGradient = y1At, XGradient = x1At };
                _problem.MomentaGradient = momenta;
                Run(operands, _backward);
                WriteGradients(gradients);
                _problem.MomentaGradient = null;
            }
        }
    }

    /// <summary>Frees the working memory.</summary>
    public void Dispose()
    {
        _chunks.Dispose();
        _constants.Dispose();
        _sums.Dispose();
    }

    private void Run(in RadialOperands operands, Action<int, RadialScratch> work)
    {
        fixed (int* offsets = operands.Offsets)
        fixed (double* momenta = operands.Momenta)
        fixed (float* rates = operands.Rates, centres = operands.Centres, weight = operands.Weight, bias = operands.Bias, x0 = operands.X0, x1 = operands.X1)
        {
            var p = _problem;
            (p.Channels, p.Terms, p.Jets, p.IntervalScale) = (operands.Channels, operands.Terms, operands.Offsets.Length - 1, operands.IntervalScale);
            (p.Filters[0].Depth, p.Filters[1].Depth) = (operands.Depth0, operands.Depth1);
            _kernels = RadialKernels.For(p.Channels, _bits);
            (p.Row, p.TermRow) = (2 * RoundedUp(p.Channels), RoundedUp(p.Terms));
            p.Offsets = offsets;
            p.Momenta = momenta;
            p.Filters[0].X = x0;
            p.Filters[1].X = x1;
            Place(rates, centres, weight, bias);
            _chunks.Cut(offsets, p.Jets);
            long sums = JetChunks.Most * RadialSums.Size(p);
            _sumsAt = _sums.Of<double>(sums);
            new Span<byte>(_sumsAt, checked((int)(sums * sizeof(double)))).Clear();
            _chunks.ForEach(work);
        }
    }

    private int RoundedUp(int count) => (count + _kernels.Lanes - 1) / _kernels.Lanes * _kernels.Lanes;

    private RadialSums SumsOf(int chunk) => RadialSums.At(_sumsAt + (chunk * RadialSums.Size(_problem)), _problem);

    /// <summary>Lays the radial function out in whole registers.</summary>
    private void Place(float* rates, float* centres, float* weight, float* bias)
    {
        var p = _problem;
        int floats = (3 * p.TermRow) + p.Row + (2 * p.TermRow * p.Row);
        float* at = _constants.Of<float>(floats);
        new Span<float>(at, floats).Clear();
        p.Rates = at;
        p.Centres = p.Rates + p.TermRow;
        p.Slopes = p.Centres + p.TermRow;
        p.Bias = p.Slopes + p.TermRow;
        p.Weight = p.Bias + p.Row;
        p.WeightBack = p.Weight + (p.TermRow * p.Row);
        for (int k = 0; k < p.Terms; k++) (p.Rates[k], p.Centres[k], p.Slopes[k]) = (rates[k], centres[k], -2 * rates[k] * rates[k]);
        for (int o = 0; o < 2 * p.Channels; o++)
        {
            int lane = LaneOf(o);
            p.Bias[lane] = bias[o];
            for (int k = 0; k < p.Terms; k++)
                p.Weight[(k * p.Row) + lane] = p.WeightBack[(lane * p.TermRow) + k] = weight[(o * p.Terms) + k];
        }
    }

    /// <summary>Where channel o of both filters stands in a row.</summary>
    private int LaneOf(int o) => o < _problem.Channels ? o : o - _problem.Channels + (_problem.Row / 2);

    /// <summary>Adds the chunks' sums in order.</summary>
    private void WriteGradients(in RadialGradients gradients)
    {
        var p = _problem;
        int size = (int)RadialSums.Size(p);
        for (int chunk = 1; chunk < _chunks.Count; chunk++)
            for (int k = 0; k < size; k++) _sumsAt[k] += _sumsAt[(chunk * (nint)size) + k];
        var sums = SumsOf(0);
        for (int o = 0; o < 2 * p.Channels; o++)
        {
            int lane = LaneOf(o);
            gradients.Bias[o] = (float)sums.Rows[lane];
            for (int k = 0; k < p.Terms; k++) gradients.Weight[(o * p.Terms) + k] = (float)sums.Weight[(k * p.Row) + lane];
        }

        for (int k = 0; k < p.Terms; k++)
        {
            double rate = p.Rates[k];
            gradients.Centres[k] = (float)(2 * rate * rate * sums.Rows[p.Row + k]);
            gradients.Rates[k] = (float)(-2 * rate * sums.Rows[p.Row + p.TermRow + k]);
        }
    }

    private static void Check(in RadialOperands operands)
    {
        RadialInputs.CheckOffsets(operands.Offsets);
        int channels = operands.Channels, terms = operands.Terms;
        if (channels is < 1 or > Most || terms is < 1 or > Most || operands.Depth0 < 0 || operands.Depth1 < 0)
            throw RadialInputs.Wrong($"{channels} channels and {terms} terms", nameof(RadialInputs.Weight), "sizes of another tensor", $"stay between 1 and {Most}, or use the eager messages");
        long nodes = operands.Offsets[^1];
        CheckLength(operands.Momenta.Length, 4 * nodes, nameof(operands.Momenta));
        CheckLength(operands.Rates.Length, terms, nameof(operands.Rates));
        CheckLength(operands.Centres.Length, terms, nameof(operands.Centres));
        CheckLength(operands.Weight.Length, 2L * channels * terms, nameof(operands.Weight));
        CheckLength(operands.Bias.Length, 2L * channels, nameof(operands.Bias));
        CheckLength(operands.X0.Length, checked(nodes * operands.Depth0 * channels), nameof(operands.X0));
        CheckLength(operands.X1.Length, checked(nodes * operands.Depth1 * channels), nameof(operands.X1));
    }

    private static void CheckGradients(in RadialOperands operands, ReadOnlySpan<float> y0, ReadOnlySpan<float> y1, in RadialGradients gradients)
    {
        CheckLength(y0.Length, operands.X0.Length, nameof(y0));
        CheckLength(y1.Length, operands.X1.Length, nameof(y1));
        CheckLength(gradients.X0.Length, operands.X0.Length, nameof(gradients.X0));
        CheckLength(gradients.X1.Length, operands.X1.Length, nameof(gradients.X1));
        CheckLength(gradients.Weight.Length, operands.Weight.Length, nameof(gradients.Weight));
        CheckLength(gradients.Bias.Length, operands.Bias.Length, nameof(gradients.Bias));
        CheckLength(gradients.Rates.Length, operands.Rates.Length, nameof(gradients.Rates));
        CheckLength(gradients.Centres.Length, operands.Centres.Length, nameof(gradients.Centres));
        if (!gradients.Momenta.IsEmpty) CheckLength(gradients.Momenta.Length, operands.Momenta.Length, nameof(gradients.Momenta));
    }

    private static void CheckLength(long length, long expected, string name)
    {
        if (length != expected)
            throw RadialInputs.Wrong($"{name} has {length} numbers where {expected} are needed", name, "offsets that changed after the forward pass", "leave them until after the backward pass");
    }
}
