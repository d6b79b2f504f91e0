using Lightcone.Systems.Mpm.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Tests.Mpm;

/// <summary>Random queries, keys and values of some jets and a random gradient of the result; float64 tensors of numbers that float32 holds.</summary>
internal sealed class AttentionCase
{
    public AttentionCase(int[] multiplicities, int channels, int heads, ulong seed = 1)
    {
        (Channels, Heads) = (channels, heads);
        Offsets = new int[multiplicities.Length + 1];
        for (int jet = 0; jet < multiplicities.Length; jet++) Offsets[jet + 1] = Offsets[jet] + multiplicities[jet];
        using var random = new Generator(seed);
        Tensor Normal(int width) => randn([Offsets[^1], width], generator: random).to(ScalarType.Float64);
        (Qkv, Gradient) = (Normal(3 * channels * heads), Normal(channels * heads));
    }

    private AttentionCase(AttentionCase of, int[] jets)
    {
        (Channels, Heads) = (of.Channels, of.Heads);
        var rows = tensor(of.Rows(jets));
        (Qkv, Gradient) = (of.Qkv.index_select(0, rows), of.Gradient.index_select(0, rows));
        Offsets = new int[jets.Length + 1];
        for (int k = 0; k < jets.Length; k++) Offsets[k + 1] = Offsets[k] + of.Offsets[jets[k] + 1] - of.Offsets[jets[k]];
    }

    public int Channels { get; }

    public int Heads { get; }

    public int[] Offsets { get; }

    public Tensor Qkv { get; }

    public Tensor Gradient { get; }

    /// <summary>The case of some jets in some order.</summary>
    public AttentionCase Jets(int[] jets) => new(this, jets);

    /// <summary>Rows of some jets.</summary>
    public long[] Rows(int[] jets) => [.. jets.SelectMany(jet => Enumerable.Range(Offsets[jet], Offsets[jet + 1] - Offsets[jet])).Select(row => (long)row)];

    /// <summary>Result and gradient of the slow twin in float64.</summary>
    public Dictionary<string, Tensor> Slow() => Run(qkv => EagerAttention.Apply(qkv, Offsets, Heads), ScalarType.Float64);

    /// <summary>Result and gradient of the kernels, as float64.</summary>
    public Dictionary<string, Tensor> Fast(int bits = 0, int threads = 1) => Run(qkv => FusedAttention.Apply(qkv, Offsets, Heads, bits, threads), ScalarType.Float32);

    private Dictionary<string, Tensor> Run(Func<Tensor, Tensor> attention, ScalarType type)
    {
        var qkv = Qkv.to(type).detach().requires_grad_();
        var attended = attention(qkv);
        autograd.backward([attended], [Gradient.to(type)]);
        PackedAttention.ThrowIfBackwardFailed();
        return new() { ["attended"] = attended.detach().to(ScalarType.Float64), ["gradient"] = qkv.grad!.to(ScalarType.Float64) };
    }
}
