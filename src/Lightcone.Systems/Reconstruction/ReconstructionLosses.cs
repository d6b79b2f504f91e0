using System.Runtime.InteropServices;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Reconstruction;

/// <summary>
/// Distances between reconstructed and true jets, each a mean over the jets of a batch, so that neither its size nor its padding counts. A jet without
/// constituents on either side contributes 0. The truth is data: gradients reach the reconstruction only, and only once (they cannot be
/// differentiated again). Values and gradients are computed in float64 and rounded to the type of the reconstruction.
/// </summary>
internal static class ReconstructionLosses
{
    /// <summary>What a recipe minimises: its loss plus <see cref="AutoencoderRecipe.JetWeight"/> times the jet term, in units of <see cref="AutoencoderRecipe.MomentumUnit"/>.</summary>
    /// <returns>One number of the reconstruction's type; the caller's dispose scope owns it.</returns>
    public static Tensor Of(AutoencoderRecipe recipe, PaddedJets reconstructed, PaddedJets truth) => Mean(DistanceOf(recipe), reconstructed, truth);

    /// <summary>The distance that a recipe's loss is the mean of.</summary>
    public static JetDistance DistanceOf(AutoencoderRecipe recipe)
    {
        JetDistance distance = recipe.Loss switch
        {
            ReconstructionLoss.Chamfer or ReconstructionLoss.RestFrameChamfer or ReconstructionLoss.ScaleFreeChamfer => new ChamferDistance(),
            ReconstructionLoss.MeanSquare => new SlotDistance(),
            ReconstructionLoss.Hungarian => new MatchedDistance(),
            ReconstructionLoss.EnergyMover => new EnergyMoverDistance(),
            _ => throw new ArgumentOutOfRangeException(nameof(recipe), $"The loss {recipe.Loss} is unknown."),
        };
        if (recipe.JetWeight > 0) distance = new SumOfDistances(distance, recipe.JetWeight, new JetMomentumDistance());
        return recipe.Loss is ReconstructionLoss.RestFrameChamfer or ReconstructionLoss.ScaleFreeChamfer
            ? new RestFrameDistance(distance, recipe.RestMassFloor / recipe.MomentumUnit, perMass: recipe.Loss == ReconstructionLoss.ScaleFreeChamfer)
            : distance;
    }

    /// <summary>½ (mean over reconstructed of the squared distance to the nearest true constituent + the mean the other way round), a mean over jets.</summary>
    public static Tensor Chamfer(PaddedJets reconstructed, PaddedJets truth) => Mean(new ChamferDistance(), reconstructed, truth);

    /// <summary>The mean of a distance over the jets of a batch; not a number if a real constituent is not finite.</summary>
    public static Tensor Mean(JetDistance distance, PaddedJets reconstructed, PaddedJets truth)
    {
        using var scope = NewDisposeScope();
        var momenta = reconstructed.Momenta;
        using var pairs = new PaddedPairs(reconstructed, truth);
        var gradient = zeros(momenta.shape, dtype: ScalarType.Float64);
        double mean = pairs.Mean(distance, MemoryMarshal.Cast<byte, double>(gradient.bytes));

        // The difference is exactly 0: it carries the gradient and leaves the value alone.
        var carrier = (momenta - momenta.detach()) * gradient.to(momenta.dtype).to(momenta.device);
        return carrier.sum().Plus(mean).MoveToOuterDisposeScope();
    }
}
