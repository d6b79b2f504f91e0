using Lightcone.Training;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Reconstruction;

/// <summary>What is added to a loss to keep weights small.</summary>
internal static class Regularisation
{
    /// <summary>The loss plus <see cref="AutoencoderRecipe.L1"/> times the sum of all absolute weights, also of those that the loss does not depend on.</summary>
    public static Tensor WithL1(this Tensor loss, AutoencoderRecipe recipe, NetworkState state) => recipe.L1 > 0 ? loss.Plus(AbsoluteSum(state).Times(recipe.L1)) : loss;

    /// <summary>Σ|θ| over all parameters; both planes of complex ones.</summary>
    public static Tensor AbsoluteSum(NetworkState state) => cat([.. state.Parameters.Select(p => p.Tensor.reshape(-1))], 0).abs().sum();
}
