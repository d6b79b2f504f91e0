using static TorchSharp.torch;

namespace Lightcone.Systems.Lgae.Reference;

/// <summary>
/// Features of all slots, one tensor an irrep, shape [C, 2, d, M]: channels, planes (0 real, 1 imaginary), Cartesian components, M = jets · slots with the jet slow.
/// A plane axis of length 1 holds a real feature. The innermost axis is long and contiguous, so that products of components run at the speed of memory.
/// </summary>
internal sealed class Features
{
    private readonly Dictionary<Irrep, Tensor> parts = [];
    private readonly List<Irrep> order = [];

    /// <summary>The irreps in order of addition, which is that of the weight columns.</summary>
    public IReadOnlyList<Irrep> Order => order;

    /// <summary>The part of an irrep.</summary>
    public Tensor this[Irrep irrep] => parts[irrep];

    /// <summary>Appends an irrep.</summary>
    public void Add(Irrep irrep, Tensor part)
    {
        order.Add(irrep);
        parts.Add(irrep, part);
    }

    /// <summary>Whether there is such a part.</summary>
    public bool Contains(Irrep irrep) => parts.ContainsKey(irrep);
}
