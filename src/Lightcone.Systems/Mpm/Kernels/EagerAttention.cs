using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Mpm.Kernels;

/// <summary>The attention in the engine's own operations, one jet after the other, for any floating-point type: the slow twin of <see cref="FusedAttention"/>.</summary>
internal static class EagerAttention
{
    /// <inheritdoc cref="PackedAttention.Apply"/>
    public static Tensor Apply(Tensor qkv, int[] offsets, int heads)
    {
        using var scope = NewDisposeScope();
        long width = qkv.shape[1] / 3;
        double scale = 1 / Math.Sqrt(width / heads);
        var jets = new List<Tensor>();
        for (int jet = 0; jet + 1 < offsets.Length; jet++)
        {
            long first = offsets[jet], count = offsets[jet + 1] - first;
            if (count == 0) continue;
            var parts = qkv.narrow(0, first, count).view(count, 3, heads, width / heads).permute(1, 2, 0, 3); // [3, heads, tokens, channels]
            var scores = bmm(parts[0], parts[1].transpose(1, 2)).Times(scale);
            jets.Add(bmm(scores.softmax(-1), parts[2]).transpose(0, 1).reshape(count, width));
        }

        return (jets.Count == 0 ? qkv.narrow(1, 0, width) : cat(jets)).MoveToOuterDisposeScope();
    }
}
