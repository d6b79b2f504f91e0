using Lightcone.Jets;
using Lightcone.Training;
using static TorchSharp.torch;

namespace Lightcone.Systems.Lgae;

/// <summary>The autoencoder's training: jets against their reconstruction, best epoch by validation loss (arXiv:2212.07347, appendix).</summary>
internal sealed class LgaeTask(LgaeRecipe recipe) : ITrainingTask
{
    private readonly LgaeCore core = LgaeCore.For(recipe);

    /// <inheritdoc/>
    public NetworkState Network => core.State;

    /// <inheritdoc/>
    public string Criterion => "loss";

    /// <inheritdoc/>
    public bool LargerIsBetter => false;

    /// <inheritdoc/>
    public Tensor Loss(JetBatch batch) => core.Loss(batch);

    /// <inheritdoc/>
    public void AfterBackward() => core.AfterBackward();

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, double> Validate(IEnumerable<JetBatch> batches)
    {
        using var noGrad = no_grad();
        double sum = 0, weight = 0;
        foreach (var batch in batches)
        {
            var (s, w) = core.Validation(batch);
            (sum, weight) = (sum + s, weight + w);
        }

        return new Dictionary<string, double> { ["loss"] = sum / weight };
    }

    /// <inheritdoc/>
    public void Dispose() => core.Dispose();
}
