using Lightcone.Jets;
using Lightcone.Systems.Reconstruction;
using Lightcone.Training;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Gnnae;

/// <summary>GNNAE's training: the distance between jets and their reconstructions, best epoch by its value on the validation jets.</summary>
internal sealed class GnnaeTask(GnnaeRecipe recipe) : ITrainingTask
{
    private readonly GnnaeNetwork network = new(recipe);

    /// <inheritdoc/>
    public NetworkState Network => network.State;

    /// <inheritdoc/>
    public string Criterion => "loss";

    /// <inheritdoc/>
    public bool LargerIsBetter => false;

    /// <inheritdoc/>
    public Tensor Loss(JetBatch batch)
    {
        using var scope = NewDisposeScope();
        return Distance(batch).WithL1(recipe, network.State).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void AfterBackward()
    {
    }

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

    // A mean over the jets of the batch.
    private Tensor Distance(JetBatch batch)
    {
        using var jets = GnnaeInputs.Of(batch, recipe);
        var nodes = network.Decode(network.Encode(jets.Nodes, jets.Mask), jets.Slots, jets.Mask);
        // The mask is the truth's own tensor: the pair is not disposed, the caller's scope and the jets own its parts.
        return ReconstructionLosses.Of(recipe, new PaddedJets(jets.Momenta(nodes, recipe), jets.Truth.Mask), jets.Truth);
    }
}
