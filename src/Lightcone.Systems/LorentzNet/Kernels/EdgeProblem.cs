namespace Lightcone.Systems.LorentzNet.Kernels;

/// <summary>Addresses and sizes of one call, shared by all threads. Everything here is owned by <see cref="EdgeBlockEngine"/> or its caller.</summary>
internal sealed unsafe class EdgeProblem
{
    public int Channels;
    public int Width;
    public int Jets;
    public EdgeBlockSettings Settings = null!;
    public EdgeBlockMemory Memory = null!;

    // Inputs.
    public float* Receiver;
    public float* Sender;
    public double* Momenta;
    public int* Offsets;
    public float* NormColumn;
    public float* ProductColumn;
    public float* NormalisationWeight;
    public float* NormalisationBias;
    public float* MessageMatrix;
    public float* MessageBias;
    public float* GateWeight;
    public float GateBias;
    public float* PositionMatrix;
    public float* PositionBias;
    public float* PositionOutput;

    // First layer with its normalisation folded in: z = scale·a + shift + scale·b + norm·nrm + product·dot.
    public float* Scale;
    public float* Shift;
    public float* NormWeight;
    public float* ProductWeight;
    public float* Zeros;
    public float* Ones;

    // Packed weights; the transposed ones carry gradients back.
    public float* MessageWeight;
    public float* MessageWeightBack;
    public float* PositionWeight;

    /// <summary>Transposed, and each column times the output weight of its channel.</summary>
    public float* PositionWeightBack;

    // Numbers an edge of the whole batch, in tiles of each jet, and numbers a node (EdgeMemoryLayout), then gradients that live for one call.
    public long* EdgeStart;
    public float* Norm;
    public float* Product;
    public float* Gate;
    public float* Stretch;
    public ushort* Open;
    public float* NormGradient;
    public float* ProductGradient;
    public double* NodeNorm;
    public double* NodeProduct;

    // Forward results; the running statistics are updated.
    public float* RunningMean;
    public float* RunningVariance;
    public float* Aggregate;
    public double* Moved;

    // Backward inputs and results.
    public float* AggregateGradient;
    public double* MovedGradient;
    public float* ReceiverGradient;
    public float* SenderGradient;
    public double* MomentaGradient;

    public bool MovesNodes => Settings.MovesNodes;
}
