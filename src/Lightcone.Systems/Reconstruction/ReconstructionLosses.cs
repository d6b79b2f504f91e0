using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Reconstruction;

/// <summary>
/// Distances between reconstructed and true jets, each a mean over the jets of a batch, so that neither its size nor its padding counts. A jet without
/// constituents on either side contributes 0.
/// </summary>
internal static class ReconstructionLosses
{
    private const double Far = 1e30;

    /// <summary>½ (mean over reconstructed of the squared distance to the nearest true constituent + the mean the other way round), a mean over jets.</summary>
    public static Tensor Chamfer(PaddedJets reconstructed, PaddedJets truth)
    {
        using var scope = NewDisposeScope();
        var distance = SquaredDistances(reconstructed.Momenta, truth.Momenta);
        var toTruth = distance.Plus(Barrier(truth.Mask).unsqueeze(1)).amin([2]);
        var toReconstructed = distance.Plus(Barrier(reconstructed.Mask).unsqueeze(2)).amin([1]);
        var sum = MaskedMean(toTruth, reconstructed.Mask).Plus(MaskedMean(toReconstructed, truth.Mask));
        return sum.mean().Times(0.5).MoveToOuterDisposeScope();
    }

    public static Tensor Of(AutoencoderRecipe recipe, PaddedJets reconstructed, PaddedJets truth)
    {
        var loss = recipe.Loss == ReconstructionLoss.MeanSquare ? MaskedMean((reconstructed.Momenta - truth.Momenta).Squared().sum(dim: 2), truth.Mask).mean() : Chamfer(reconstructed, truth);
        if (recipe.JetWeight > 0) loss = loss.Plus((reconstructed.Momenta.sum(dim: 1) - truth.Momenta.sum(dim: 1)).Squared().sum(dim: 1).mean().Times(recipe.JetWeight));
        return loss;
    }

    /// <summary>Euclidean squared distances of all pairs, shape [jets, reconstructed, true], from differences: no cancellation.</summary>
    internal static Tensor SquaredDistances(Tensor a, Tensor b) => (a.unsqueeze(2) - b.unsqueeze(1)).Squared().sum(dim: 3);

    private static Tensor Barrier(Tensor mask) => mask.Times(-Far).Plus(Far);

    private static Tensor MaskedMean(Tensor values, Tensor mask) => (values * mask).sum(dim: 1) / mask.sum(dim: 1).clamp_min(Arithmetic.One);
}
