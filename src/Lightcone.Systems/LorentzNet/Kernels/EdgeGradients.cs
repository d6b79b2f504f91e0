namespace Lightcone.Systems.LorentzNet.Kernels;

/// <summary>
/// Sums of parameter gradients over the jets of one chunk. Numbers a channel are kept as one register of partial sums each
/// ([channels][lanes]) until the chunk ends.
/// </summary>
internal unsafe struct EdgeGradients
{
    /// <summary>Second layer, [channels][width].</summary>
    public float* MessageWeight;

    /// <summary>Position layer without its output weights: Σ ds·[open]·(gate·message)ᵀ, [channels][width].</summary>
    public float* PositionWeight;

    public float* MessageBias;
    public float* GateWeight;

    /// <summary>Σ ds·[open].</summary>
    public float* PositionBias;

    /// <summary>Σ dz·nrm.</summary>
    public float* WithNorm;

    /// <summary>Σ dz·dot.</summary>
    public float* WithProduct;

    /// <summary>One register.</summary>
    public float* GateBias;

    /// <summary>Σ dz over edges, [channels].</summary>
    public double* Total;

    /// <summary>Σ dz·(a_i + b_j) over edges, [channels].</summary>
    public double* WithNodes;

    /// <summary>Bytes of one.</summary>
    public static nuint Size(int channels, int width, int lanes) =>
        (nuint)((((2 * channels * width) + (5 * channels * lanes) + 16) * sizeof(float)) + (2 * channels * sizeof(double)) + 63) / 64 * 64;

    /// <summary>Lays one over memory.</summary>
    public static EdgeGradients At(byte* memory, int channels, int width, int lanes)
    {
        var total = (double*)memory;
        var floats = (float*)(total + (2 * channels));
        float* rows = floats + (2 * channels * width);
        int row = channels * lanes;
        return new()
        {
            Total = total,
            WithNodes = total + channels,
            MessageWeight = floats,
            PositionWeight = floats + (channels * width),
            MessageBias = rows,
            GateWeight = rows + row,
            PositionBias = rows + (2 * row),
            WithNorm = rows + (3 * row),
            WithProduct = rows + (4 * row),
            GateBias = rows + (5 * row),
        };
    }
}
