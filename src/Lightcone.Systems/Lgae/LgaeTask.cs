using Lightcone.Jets;
using Lightcone.Systems.Reconstruction;
using Lightcone.Training;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Lgae;

/// <summary>The autoencoder's training: jets against their reconstruction in the recipe's frame, best epoch by validation loss (arXiv:2212.07347, appendix).</summary>
internal sealed class LgaeTask(LgaeRecipe recipe) : ITrainingTask
{
    private readonly LgaeNetwork network = new(recipe);

    /// <inheritdoc/>
    public NetworkState Network => network.State;

    /// <inheritdoc/>
    public string Criterion => "loss";

    /// <inheritdoc/>
    public bool LargerIsBetter => false;

    /// <inheritdoc/>
    public Tensor Loss(JetBatch batch)
    {
        var loss = Distance(batch);
        if (recipe.L1 > 0)
            foreach (var (_, parameter) in network.State.Parameters) loss = loss.Plus(parameter.abs().sum().Times(recipe.L1));
        return loss;
    }

    /// <inheritdoc/>
    public void AfterBackward() => network.AfterBackward();

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, double> Validate(IEnumerable<JetBatch> batches)
    {
        using var noGrad = no_grad();
        double sum = 0;
        long jets = 0;
        foreach (var batch in batches)
        {
            using var scope = NewDisposeScope();
            sum += batch.JetCount * Distance(batch).to(ScalarType.Float64).item<double>();
            jets += batch.JetCount;
        }

        return new Dictionary<string, double> { ["loss"] = sum / jets };
    }

    /// <inheritdoc/>
    public void Dispose() => network.Dispose();

    private Tensor Distance(JetBatch batch)
    {
        using var scope = NewDisposeScope();
        using var inputs = LgaeInputs.Of(batch, recipe);
        var rebuilt = network.Decode(network.Encode(inputs), inputs.Offsets);
        var reconstructed = PaddedJets.OfNodes(rebuilt, inputs.Offsets);
        var truth = PaddedJets.OfNodes(inputs.Momenta.to(network.Type), inputs.Offsets);
        return ReconstructionLosses.Chamfer(reconstructed, truth).MoveToOuterDisposeScope();
    }
}
