using Lightcone.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Training;

/// <summary>
/// The named tensors of a network: parameters, which are trained, and buffers, which are only carried along (running statistics).
/// It owns them; they live until it is disposed. Names are those of the weight files.
/// </summary>
public sealed class NetworkState : IDisposable
{
    private readonly List<(string Name, Tensor Tensor)> parameters = [];
    private readonly List<(string Name, Tensor Tensor)> buffers = [];
    private readonly HashSet<string> withoutDecay = [];
    private readonly Dictionary<string, Tensor> byName = [];
    private readonly HashSet<Tensor> adopted = new(ReferenceEqualityComparer.Instance);

    /// <summary>Creates an empty state; <paramref name="dtype"/> is the element type of everything added later.</summary>
    public NetworkState(ScalarType dtype = ScalarType.Float32) => DType = dtype;

    /// <summary>Element type of parameters and buffers.</summary>
    public ScalarType DType { get; private set; }

    /// <summary>The trained tensors in order of creation.</summary>
    public IReadOnlyList<(string Name, Tensor Tensor)> Parameters => parameters;

    /// <summary>The carried tensors in order of creation.</summary>
    public IReadOnlyList<(string Name, Tensor Tensor)> Buffers => buffers;

    /// <summary>Number of trained numbers.</summary>
    public long ParameterCount => parameters.Sum(p => p.Tensor.numel());

    /// <summary>Whether weight decay pulls a trained tensor towards 0.</summary>
    public bool Decays(string name) => !withoutDecay.Contains(name);

    /// <summary>A tensor by its name.</summary>
    public Tensor this[string name] => byName[name];

    /// <summary>Adds a trained tensor; takes ownership of <paramref name="initial"/>.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="initial">Its first value.</param>
    /// <param name="decays">Whether weight decay pulls it towards 0; scales, offsets and learned tokens had better stay.</param>
    public void AddParameter(string name, Tensor initial, bool decays = true)
    {
        Add(parameters, name, initial, trained: true);
        if (!decays) withoutDecay.Add(name);
    }

    /// <summary>Adds a carried tensor; takes ownership of <paramref name="initial"/>.</summary>
    public void AddBuffer(string name, Tensor initial) => Add(buffers, name, initial, trained: false);

    /// <summary>Adds all tensors of another state, which goes on owning them, under names that begin with <paramref name="prefix"/>: a network within a network.</summary>
    /// <exception cref="ArgumentException">Its element type is another.</exception>
    public void Adopt(string prefix, NetworkState part)
    {
        if (part.DType != DType) throw new ArgumentException("The part has another element type.", nameof(part));
        foreach (var (name, tensor) in part.parameters)
        {
            parameters.Add((prefix + name, tensor));
            if (!part.Decays(name)) withoutDecay.Add(prefix + name);
        }

        buffers.AddRange(part.buffers.Select(b => (prefix + b.Name, b.Tensor)));
        foreach (var (name, tensor) in part.byName)
        {
            byName.Add(prefix + name, tensor);
            adopted.Add(tensor);
        }
    }

    /// <summary>
    /// Adds the weight [outputs, inputs] and bias [outputs] of a linear layer, both uniform in ±1/√inputs, drawn in float32 in the order weight, bias,
    /// from the global generator: the sequence of PyTorch's own layer.
    /// </summary>
    public void AddLinear(string name, int inputs, int outputs, bool bias = true)
    {
        double bound = 1 / Math.Sqrt(inputs);
        AddParameter($"{name}.weight", Uniform([outputs, inputs], bound));
        if (bias) AddParameter($"{name}.bias", Uniform([outputs], bound));
    }

    /// <summary>Adds weight 1, bias 0, running mean 0 and running variance 1 of a batch norm over <paramref name="channels"/> channels.</summary>
    public void AddBatchNorm(string name, int channels)
    {
        AddParameter($"{name}.weight", ones(channels));
        AddParameter($"{name}.bias", zeros(channels));
        AddBuffer($"{name}.running_mean", zeros(channels));
        AddBuffer($"{name}.running_var", ones(channels));
    }

    /// <summary>Draws a float32 tensor uniform in ±<paramref name="bound"/> from the global generator.</summary>
    public static Tensor Uniform(long[] shape, double bound)
    {
        using var _ = no_grad();
        return nn.init.uniform_(empty(shape), -bound, bound);
    }

    /// <summary>Copies every parameter and buffer into weights that can be written.</summary>
    public IEnumerable<WeightTensor> ToWeights(string prefix = "") =>
        parameters.Concat(buffers).Select(t => TensorConversion.ToWeight(prefix + t.Name, t.Tensor));

    /// <summary>Overwrites every tensor with the one of the same name; each must be present with the same shape.</summary>
    /// <exception cref="InputDataException">A tensor is missing or has another shape.</exception>
    public void Load(WeightSet weights, string prefix = "")
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (name, tensor) in parameters.Concat(buffers)) TensorConversion.CopyInto(tensor, weights, prefix + name);
    }

    /// <summary>Overwrites the parameters whose names begin with <paramref name="begin"/>, and leaves all others as they are.</summary>
    /// <exception cref="InputDataException">A tensor is missing or has another shape.</exception>
    public void LoadPart(WeightSet weights, string begin)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (name, tensor) in parameters)
            if (name.StartsWith(begin, StringComparison.Ordinal)) TensorConversion.CopyInto(tensor, weights, name);
    }

    /// <summary>Copies values from a state with the same tensors.</summary>
    public void CopyFrom(NetworkState other)
    {
        using var _ = no_grad();
        foreach (var (name, tensor) in parameters.Concat(buffers)) tensor.copy_(other[name]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in byName.Values)
        {
            if (adopted.Contains(tensor)) continue;
            tensor.grad?.Dispose();
            tensor.Dispose();
        }

        byName.Clear();
        parameters.Clear();
        buffers.Clear();
    }

    private void Add(List<(string, Tensor)> list, string name, Tensor initial, bool trained)
    {
        Tensor tensor;
        using (no_grad()) tensor = initial.dtype == DType ? initial : initial.to(DType);
        if (!ReferenceEquals(tensor, initial)) initial.Dispose();
        tensor.DetachFromDisposeScope();
        tensor.requires_grad = trained;
        list.Add((name, tensor));
        byName.Add(name, tensor);
    }
}
