using Lightcone.Training;
using Lightcone.Training.Engine;
using static TorchSharp.torch;

namespace Lightcone.Systems.Lgae.Reference;

/// <summary>Losses of the published trainings. Padded slots are zero vectors and take part.</summary>
internal static class ReferenceLosses
{
    /// <summary>
    /// Chamfer loss (arXiv:2212.07347, §4.2): Σ_jets ½ (Σ_a min_b D_ab + Σ_b min_a D_ab), D_ab the Euclidean square over the four components. A sum over the batch, so that its
    /// size, other than that of further terms, grows with the batch.
    /// </summary>
    /// <param name="reconstruction">x, [B, N, 4].</param>
    /// <param name="target">y, [B, N, 4].</param>
    public static Tensor Chamfer(Tensor reconstruction, Tensor target)
    {
        Tensor nearestTarget, nearestReconstruction;
        using (no_grad())
        {
            using var scope = NewDisposeScope();
            Tensor x = reconstruction.detach().permute(2, 0, 1).contiguous().unsqueeze(3), y = target.permute(2, 0, 1).contiguous().unsqueeze(2);
            var distances = (x[0] - y[0]).Squared();
            for (int mu = 1; mu < 4; mu++)
            {
                var difference = x[mu] - y[mu];
                distances.PlusProductInPlace(difference, difference, 1);
            }
            (nearestTarget, nearestReconstruction) = (distances.argmin(2).MoveToOuterDisposeScope(), distances.argmin(1).MoveToOuterDisposeScope());
        }

        // Only the pairs that count enter the graph.
        return SquaredDistance(reconstruction, Picked(target, nearestTarget)).Plus(SquaredDistance(Picked(reconstruction, nearestReconstruction), target)).Times(0.5);
    }

    /// <summary>Mean over jets and components of the square of the difference of the jets' momenta.</summary>
    public static Tensor JetTerm(Tensor reconstruction, Tensor target) => (reconstruction.sum(dim: 1) - target.sum(dim: 1)).Squared().mean();

    /// <summary>Mean square of all differences, slot by slot.</summary>
    public static Tensor MeanSquare(Tensor reconstruction, Tensor target) => (reconstruction - target).Squared().mean();

    private static Tensor SquaredDistance(Tensor a, Tensor b) => (a - b).Squared().sum();

    private static Tensor Picked(Tensor vectors, Tensor index) => vectors.gather(1, index.unsqueeze(2).expand(-1, -1, 4));
}
