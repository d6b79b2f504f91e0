using Lightcone.Jets;
using Lightcone.Systems.Calibration.Ansatz;
using Lightcone.Systems.Calibration.Bodies;
using Lightcone.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Calibration;

/// <summary>Training of a calibration: of an ansatz in two phases, of a baseline in one.</summary>
internal sealed class CalibrationTask : ITrainingTask
{
    private readonly CalibrationRecipe recipe;
    private readonly CalibrationNetwork network;
    private readonly TruthSpectrum spectrum;
    private double progress;

    public CalibrationTask(CalibrationRecipe recipe, CalibrationNetwork network)
    {
        (this.recipe, this.network) = (recipe, network);
        spectrum = TruthSpectrum.Of(recipe.Prior, network.Scales.Centre);
    }

    /// <inheritdoc/>
    public NetworkState Network => network.State;

    /// <inheritdoc/>
    public string Criterion => recipe.Objective == CalibrationObjective.Ansatz ? "information" : "loss";

    /// <inheritdoc/>
    public bool LargerIsBetter => recipe.Objective == CalibrationObjective.Ansatz;

    /// <inheritdoc/>
    public IReadOnlyList<double>? RateShares(double progress)
    {
        this.progress = progress;
        if (network.Pretrained is not { } body) return null;
        double rate = progress < recipe.FreezeShare ? 0 : recipe.BodyRate;
        body.Moves = rate > 0;
        return [.. network.State.Parameters.Select(p => p.Name.StartsWith(Mpm.Network.Encoder.Prefix, StringComparison.Ordinal) ? rate : 1)];
    }

    /// <inheritdoc/>
    public Tensor Loss(JetBatch batch)
    {
        using var scope = NewDisposeScope();
        double[] truth = JetQuantities.Truth(batch, recipe.Target);
        if (!spectrum.IsAsSampled) (batch, truth) = Weighing(batch, truth);
        var events = network.Events(batch);
        var targets = network.ScaledTargets(truth);
        var weights = Weights(truth);
        bool first = progress < recipe.PretrainingShare;
        if (network.Ansatz is not { } ansatz)
            return network.Regression!.Loss(network.Regression.Outputs(events, training: true), targets, weights, warmUp: first).MoveToOuterDisposeScope();
        var terms = ansatz.Terms(events, training: true);
        if (first) return AnsatzLosses.Pretraining(ansatz, terms, targets).MoveToOuterDisposeScope();
        double penalty = recipe.Settings.Penalty((progress - recipe.PretrainingShare) / (1 - recipe.PretrainingShare));
        return AnsatzLosses.Main(ansatz, terms, targets, weights, recipe.Settings, penalty).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void AfterBackward() => network.AfterBackward();

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, double> Validate(IEnumerable<JetBatch> batches)
    {
        var all = JetBatch.Concatenate([.. batches]);
        double[] truth = JetQuantities.Truth(all, recipe.Target);
        if (network.Ansatz is not null)
        {
            using var likelihood = network.Likelihood(all);
            double[] logs = Array.ConvertAll(truth, Math.Log);
            var information = MutualInformation.Of(t => likelihood.LogRatio(t), logs, 1, recipe.Seed);
            double[] sigma = likelihood.Deviations();
            return new Dictionary<string, double>
            {
                ["information"] = information.Nats,
                ["displacement"] = likelihood.Displacements().Average(),
                ["sigma"] = sigma.Average(),
            };
        }

        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var outputs = network.Regression!.Outputs(network.Events(all), training: false);
        return new Dictionary<string, double> { ["loss"] = network.Regression.Loss(outputs, network.ScaledTargets(truth), null, warmUp: false).to(ScalarType.Float64).item<double>() };
    }

    /// <inheritdoc/>
    public void Dispose() => network.Dispose();

    private Tensor? Weights(double[] truth) => spectrum.IsAsSampled ? null : tensor(Array.ConvertAll(truth, z => (float)spectrum.Weight(z)));

    // Jets of no weight leave the batch: among them a rotation may pair no two that have one, and the mean over shuffled pairs is of nothing.
    private (JetBatch Batch, double[] Truth) Weighing(JetBatch batch, double[] truth)
    {
        int[] kept = [.. Enumerable.Range(0, truth.Length).Where(i => (float)spectrum.Weight(truth[i]) > 0)];
        if (kept.Length < 2)
            throw new InputDataException("No jet of a batch has a weight above zero.", $"--set prior={recipe.Prior}", "The spectrum lies outside the sample, or batches are small.", "Choose a spectrum within the sample's, or a larger batchSize.");
        return kept.Length == truth.Length ? (batch, truth) : (batch.Select(kept), [.. kept.Select(i => truth[i])]);
    }
}
