namespace Lightcone.Systems.LorentzNet.Kernels;

/// <summary>What distinguishes one LorentzNet block from another (arXiv:2201.08187 section 3.2).</summary>
public sealed record EdgeBlockSettings
{
    /// <summary>Hidden channels H, a multiple of four.</summary>
    public required int Channels { get; init; }

    /// <summary>Whether the block moves the four-momenta; the last block does not.</summary>
    public bool MovesNodes { get; init; } = true;

    /// <summary>The factor c of the displacement (eq. 3.4), for example 0.005.</summary>
    public double PositionStep { get; init; }

    /// <summary>Bound of each component of a displacement, or infinity for none. A bound breaks Lorentz symmetry.</summary>
    public double Clamp { get; init; } = double.PositiveInfinity;

    /// <summary>Whether edges are normalised by this batch's mean and variance (training) or by the running ones.</summary>
    public bool BatchStatistics { get; init; }

    /// <summary>ε of the batch normalisation.</summary>
    public double Epsilon { get; init; } = 1e-5;

    /// <summary>Weight of this batch in the running statistics.</summary>
    public double Momentum { get; init; } = 0.1;
}

/// <summary>
/// Inputs of the edge part of a block, row-major. Nodes of all jets are packed; edges are all ordered pairs of different nodes of a jet.
/// </summary>
public readonly ref struct EdgeBlockInputs
{
    /// <summary>First node of each jet, then the number of nodes, [jets + 1].</summary>
    public required ReadOnlySpan<int> Offsets { get; init; }

    /// <summary>a = W_i h: the receiver's part of the first layer, [nodes, H].</summary>
    public required ReadOnlySpan<float> Receiver { get; init; }

    /// <summary>b = W_j h: the sender's part of the first layer, [nodes, H].</summary>
    public required ReadOnlySpan<float> Sender { get; init; }

    /// <summary>Column of the first layer's weight for psi(|x_i − x_j|²), [H].</summary>
    public required ReadOnlySpan<float> NormWeight { get; init; }

    /// <summary>Column of the first layer's weight for psi(x_i·x_j), [H].</summary>
    public required ReadOnlySpan<float> ProductWeight { get; init; }

    /// <summary>Four-momenta (E, px, py, pz) [GeV], [nodes, 4].</summary>
    public required ReadOnlySpan<double> Momenta { get; init; }

    /// <summary>Weight of the normalisation, [H].</summary>
    public required ReadOnlySpan<float> NormalisationWeight { get; init; }

    /// <summary>Bias of the normalisation, [H].</summary>
    public required ReadOnlySpan<float> NormalisationBias { get; init; }

    /// <summary>Second layer of phi_e, [H, H].</summary>
    public required ReadOnlySpan<float> MessageWeight { get; init; }

    /// <summary>Its bias, [H].</summary>
    public required ReadOnlySpan<float> MessageBias { get; init; }

    /// <summary>phi_m, [H].</summary>
    public required ReadOnlySpan<float> GateWeight { get; init; }

    /// <summary>Its bias, [1].</summary>
    public required ReadOnlySpan<float> GateBias { get; init; }

    /// <summary>First layer of phi_x, [H, H]; empty where nodes do not move.</summary>
    public ReadOnlySpan<float> PositionWeight { get; init; }

    /// <summary>Its bias, [H].</summary>
    public ReadOnlySpan<float> PositionBias { get; init; }

    /// <summary>Second layer of phi_x, [H].</summary>
    public ReadOnlySpan<float> PositionOutput { get; init; }
}

/// <summary>Where gradients go; each has the shape of the input of the same name.</summary>
public readonly ref struct EdgeBlockGradients
{
    /// <summary>[nodes, H].</summary>
    public required Span<float> Receiver { get; init; }

    /// <summary>[nodes, H].</summary>
    public required Span<float> Sender { get; init; }

    /// <summary>[H].</summary>
    public required Span<float> NormWeight { get; init; }

    /// <summary>[H].</summary>
    public required Span<float> ProductWeight { get; init; }

    /// <summary>[nodes, 4].</summary>
    public required Span<double> Momenta { get; init; }

    /// <summary>[H].</summary>
    public required Span<float> NormalisationWeight { get; init; }

    /// <summary>[H].</summary>
    public required Span<float> NormalisationBias { get; init; }

    /// <summary>[H, H].</summary>
    public required Span<float> MessageWeight { get; init; }

    /// <summary>[H].</summary>
    public required Span<float> MessageBias { get; init; }

    /// <summary>[H].</summary>
    public required Span<float> GateWeight { get; init; }

    /// <summary>[1].</summary>
    public required Span<float> GateBias { get; init; }

    /// <summary>[H, H]; empty where nodes do not move.</summary>
    public Span<float> PositionWeight { get; init; }

    /// <summary>[H].</summary>
    public Span<float> PositionBias { get; init; }

    /// <summary>[H].</summary>
    public Span<float> PositionOutput { get; init; }
}

/// <summary>What a forward pass leaves for its backward pass: the normalisation it used, nothing of an edge.</summary>
public sealed class EdgeBlockMemory
{
    internal EdgeBlockMemory(int channels)
    {
        Mean = new double[channels];
        InverseDeviation = new double[channels];
        Sums = new double[EdgeStatistics.Size(channels)];
    }

    internal double[] Mean { get; }

    internal double[] InverseDeviation { get; }

    /// <summary>The batch's sums (<see cref="EdgeStatistics"/>); only with batch statistics.</summary>
    internal double[] Sums { get; }

    /// <summary>Edges of the batch.</summary>
    internal long Edges { get; set; }
}
