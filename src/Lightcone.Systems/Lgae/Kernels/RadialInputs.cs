using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Lgae.Kernels;

/// <summary>What the messages of one step are computed from. All tensors but the four-momenta share one floating-point type.</summary>
internal sealed record RadialInputs
{
    /// <summary>Most nodes a jet may have: a pair needs memory, and a wrong offset must not ask for all of it.</summary>
    public const int MostNodes = 1024;

    /// <summary>First node of each jet, then the number of nodes, [jets + 1]; not to be changed until after the backward pass.</summary>
    public required int[] Offsets { get; init; }

    /// <summary>Four-momenta (E, px, py, pz), [nodes, 4] float64, in the unit of √<see cref="IntervalScale"/>.</summary>
    public required Tensor Momenta { get; init; }

    /// <summary>s²: the squared interval at which the logarithm takes over, positive.</summary>
    public required double IntervalScale { get; init; }

    /// <summary>Rates c, [K]: inverse widths in x.</summary>
    public required Tensor Rates { get; init; }

    /// <summary>Centres x0, [K].</summary>
    public required Tensor Centres { get; init; }

    /// <summary>Weight W, [2C, K]; the first C rows make filter 0, the others filter 1.</summary>
    public required Tensor Weight { get; init; }

    /// <summary>Bias β, [2C].</summary>
    public required Tensor Bias { get; init; }

    /// <summary>What filter 0 sums, [nodes, A0, C].</summary>
    public required Tensor X0 { get; init; }

    /// <summary>What filter 1 sums, [nodes, A1, C].</summary>
    public required Tensor X1 { get; init; }

    /// <summary>Jets of the batch.</summary>
    internal int Jets => Offsets.Length - 1;

    /// <summary>Throws unless every shape, type and place fits; computes nothing.</summary>
    /// <exception cref="UsageException">Something does not fit.</exception>
    internal void Check()
    {
        CheckOffsets(Offsets);
        if (!(IntervalScale > 0) || !double.IsFinite(IntervalScale))
            throw Wrong($"the scale of intervals is {IntervalScale}", nameof(IntervalScale), "a setting of the wrong sign, or no number", "pass a positive number");
        CheckLive(X0, nameof(X0));
        var type = X0.dtype;
        if (type is not (ScalarType.Float32 or ScalarType.Float64))
            throw Wrong($"X0 holds {type} numbers", nameof(X0), "a tensor that was not converted", "pass float32 or float64");
        long nodes = Offsets[^1];
        CheckTensor(Momenta, nameof(Momenta), ScalarType.Float64, nodes, 4);
        CheckTensor(X0, nameof(X0), type, nodes, -1, -1);
        long channels = X0.shape[2];
        if (channels < 1) throw Wrong("there is no channel", nameof(X0), "an empty tensor", "pass one channel or more");
        CheckTensor(X1, nameof(X1), type, nodes, -1, channels);
        CheckTensor(Weight, nameof(Weight), type, 2 * channels, -1);
        long terms = Weight.shape[1];
        if (terms < 1) throw Wrong("the radial function has no term", nameof(Weight), "an empty tensor", "pass one term or more");
        CheckTensor(Bias, nameof(Bias), type, 2 * channels);
        CheckTensor(Rates, nameof(Rates), type, terms);
        CheckTensor(Centres, nameof(Centres), type, terms);
    }

    /// <summary>Throws unless the offsets start at zero, never fall, and leave every jet within <see cref="MostNodes"/>.</summary>
    /// <exception cref="UsageException">They do not.</exception>
    internal static void CheckOffsets(int[] offsets)
    {
        bool rising = offsets is { Length: > 0 } && offsets[0] == 0;
        for (int jet = 1; rising && jet < offsets!.Length; jet++) rising = offsets[jet] >= offsets[jet - 1];
        if (!rising) throw Wrong("jet offsets do not start at zero or fall", nameof(Offsets), "offsets of a slice, or counts in their place", "pass [0, n1, n1 + n2, …]");
        for (int jet = 0; jet + 1 < offsets!.Length; jet++)
        {
            int count = offsets[jet + 1] - offsets[jet];
            if (count > MostNodes)
                throw Wrong($"jet {jet} has {count} nodes, more than {MostNodes}", nameof(Offsets), "offsets of another batch", "cut the jet to its hardest constituents");
        }
    }

    internal static UsageException Wrong(string what, string where, string cause, string todo) => new(what, $"{nameof(RadialInputs)}.{where}", cause, todo);

    private static void CheckLive(Tensor tensor, string name)
    {
        if (tensor is null || tensor.IsInvalid)
            throw Wrong($"{name} is {(tensor is null ? "missing" : "disposed")}", name, "a tensor that left its dispose scope", "keep it alive until after the backward pass");
    }

    // −1 stands for any size.
    private void CheckTensor(Tensor tensor, string name, ScalarType type, params ReadOnlySpan<long> shape)
    {
        CheckLive(tensor, name);
        if (tensor.dtype != type || tensor.device_type != X0.device_type || tensor.device_index != X0.device_index || tensor.is_sparse)
            throw Wrong($"{name} holds {tensor.dtype} numbers on {tensor.device} where {type} on {X0.device} is needed", name, "a tensor that was not converted or moved with the others", "convert it");
        long[] actual = tensor.shape;
        bool fits = actual.Length == shape.Length;
        for (int k = 0; fits && k < shape.Length; k++) fits = shape[k] < 0 || actual[k] == shape[k];
        if (!fits)
            throw Wrong($"{name} has shape [{string.Join(", ", actual)}] where [{string.Join(", ", shape.ToArray()).Replace("-1", "any", StringComparison.Ordinal)}] is needed", name, "tensors of two batches or two networks", "pass the shape that its documentation states");
    }
}
