namespace Lightcone.Systems.LorentzNet.Kernels;

/// <summary>Where the edges of one tile begin in the batch's arrays.</summary>
internal readonly unsafe struct EdgeTile(EdgeProblem problem, long edge, int lanes)
{
    /// <summary>psi(|x_i − x_j|²), zero in empty lanes.</summary>
    public readonly float* Norm = problem.Norm + edge;

    /// <summary>psi(x_i·x_j), zero in empty lanes.</summary>
    public readonly float* Product = problem.Product + edge;

    /// <summary>Gate w, zero in empty lanes.</summary>
    public readonly float* Gate = problem.Gate + edge;

    /// <summary>Stretch s of the difference x_i − x_j, zero in empty lanes.</summary>
    public readonly float* Stretch = problem.Stretch + edge;

    /// <summary>Which units of the position layer are open, one bit an edge, [channels][registers]; null if nobody will ask.</summary>
    public readonly ushort* Open = problem.Open == null ? null : problem.Open + (edge / lanes * problem.Channels);

    /// <summary>Gradient of <see cref="Norm"/>.</summary>
    public readonly float* NormGradient = problem.NormGradient + edge;

    /// <summary>Gradient of <see cref="Product"/>.</summary>
    public readonly float* ProductGradient = problem.ProductGradient + edge;
}
