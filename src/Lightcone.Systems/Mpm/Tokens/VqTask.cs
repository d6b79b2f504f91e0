using Lightcone.Jets;
using Lightcone.Systems.Mpm.Kernels;
using Lightcone.Systems.Mpm.Particles;
using Lightcone.Systems.Mpm.Targets;
using Lightcone.Training;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Lightcone.Systems.Mpm.Tokens;

/// <summary>Training of the tokenizer: the Huber distance (δ = 1) between features and what their codes rebuild, of all features that particles have alike, and the pulls between outputs and codes.</summary>
internal sealed class VqTask(TokenizerRecipe recipe, Preprocessing preprocessing) : ITrainingTask
{
    private readonly VqNetwork network = new(recipe);

    /// <inheritdoc/>
    public NetworkState Network => network.State;

    /// <inheritdoc/>
    public string Criterion => "reconstruction";

    /// <inheritdoc/>
    public bool LargerIsBetter => false;

    /// <inheritdoc/>
    public Tensor Loss(JetBatch batch)
    {
        using var scope = NewDisposeScope();
        var table = preprocessing.Apply(batch);
        if (table.ParticleCount == 0) throw NoParticles("the training file");
        var truth = new HiddenTruth(table, [.. Enumerable.Range(0, table.ParticleCount)], tokens: null, network.State.DType);
        var quantised = network.Quantiser.Apply(network.Encode(table, training: true), training: true);
        var rebuilt = network.Decode(quantised.Passed, Mpm.Network.MpmNetwork.Counts(table), training: true);
        var miss = smooth_l1_loss(rebuilt, truth.Features, nn.Reduction.None).mul(truth.Weights).sum().div(truth.Weights.sum());
        return miss.Plus(quantised.Loss).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void AfterBackward() => PackedAttention.ThrowIfBackwardFailed();

    /// <summary>The loss and its part of the features, and what makes a good tokenizer: shares of the variance that are kept, and how evenly codes are used.</summary>
    public IReadOnlyDictionary<string, double> Validate(IEnumerable<JetBatch> batches)
    {
        var quality = new TokenizerQuality(preprocessing, recipe.Codes);
        double distance = 0;
        foreach (var batch in batches)
        {
            var table = preprocessing.Apply(batch);
            var coded = network.Code(table);
            quality.Add(table, coded);
            foreach (float d in coded.Distances) distance += d;
        }

        if (quality.Particles == 0) throw NoParticles("the validation file");
        double pull = recipe.CommitWeight + (recipe.CodebookUpdate == CodebookUpdate.Gradient ? recipe.CodebookWeight : 0);
        return new Dictionary<string, double>
        {
            ["reconstruction"] = quality.Reconstruction,
            ["loss"] = quality.Reconstruction + pull * distance / quality.Particles,
            ["r2"] = Known(quality.MeanR2.Value),
            ["perplexity"] = quality.Perplexity,
            ["codes"] = (double)quality.Used / recipe.Codes,
        };
    }

    /// <inheritdoc/>
    public void Dispose() => network.Dispose();

    // A sample of which no feature varies keeps nothing of it.
    private static double Known(double r2) => double.IsFinite(r2) ? r2 : 0;

    private static InputDataException NoParticles(string where) =>
        new("There is no particle to give a token.", where, "Empty jets only.", "Check it: lightcone dataset inspect.");
}
