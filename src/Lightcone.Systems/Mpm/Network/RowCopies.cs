using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Mpm.Network;

/// <summary>Copies rows of a matrix into another order.</summary>
internal static class RowCopies
{
    /// <summary>Row <paramref name="index"/>[i] of a matrix as row i, shape [index, width]; a row may be copied any number of times.</summary>
    public static Tensor Of(Tensor index, Tensor source) => source.index_select(0, index);
}
