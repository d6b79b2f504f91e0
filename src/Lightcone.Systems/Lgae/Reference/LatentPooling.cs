using Lightcone.Training.Engine;
using static TorchSharp.torch;

namespace Lightcone.Systems.Lgae.Reference;

/// <summary>From the latents of all slots, [τ, 2, d, B, N], to that of the jet, [τ', 2, d, B]. Planes are pooled apart from each other, as published.</summary>
internal static class LatentPooling
{
    /// <summary>Pools scalars (d = 1) or vectors (d = 4).</summary>
    public static Tensor Pool(ReferencePooling pooling, Tensor slots) => pooling switch
    {
        ReferencePooling.Mean => slots.mean([4]),
        ReferencePooling.Min => Smallest(slots),
        ReferencePooling.Max => Largest(slots),
        ReferencePooling.MinBesideMax => cat([Smallest(slots), Largest(slots)], 0),
        ReferencePooling.MinPlusMax => Smallest(slots).Plus(Largest(slots)).Times(0.5),
        _ => throw new ArgumentOutOfRangeException(nameof(pooling)),
    };

    private static Tensor Smallest(Tensor slots) => Picked(slots, Measure(slots, ofScalar: s => s).argmin(3));

    // The published code compares the squares of scalars here, but not above.
    private static Tensor Largest(Tensor slots) => Picked(slots, Measure(slots, ofScalar: s => s.Squared()).argmax(3));

    // What is compared: m² = E² − (√Σp²)², rounding of the root included, or a function of the scalar.
    private static Tensor Measure(Tensor slots, Func<Tensor, Tensor> ofScalar)
    {
        var values = slots.detach();
        if (values.shape[2] == 1) return ofScalar(values.select(2, 0));
        return values.select(2, 0).Squared() - values.narrow(2, 1, 3).Squared().sum(dim: 2).sqrt().Squared();
    }

    private static Tensor Picked(Tensor slots, Tensor index) =>
        slots.gather(4, index.unsqueeze(2).unsqueeze(4).expand(-1, -1, slots.shape[2], -1, 1)).squeeze(4);
}
