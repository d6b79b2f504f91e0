using Lightcone.Systems.Calibration.Ansatz;
using Lightcone.Systems.Networks;
using Lightcone.Training;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Calibration.Toys;

/// <summary>
/// Regression of targets by least squares, the baseline: it learns the mean of the target given the event, E[z|x], which depends on the spectrum it was trained on.
/// </summary>
internal sealed class MeanNetwork : IDisposable
{
    private readonly NetworkState state = new();
    private readonly DenseStack stack;
    private readonly TargetScale scale;
    private readonly (double Mean, double Deviation)[] quantityScales;

    private MeanNetwork(CalibrationTable table, int hidden)
    {
        (scale, quantityScales) = (TargetScale.Fit(table.Targets, table.Dimension), TableAnsatz.QuantityScales(table));
        stack = new DenseStack(state, "mean", [table.Width, hidden, hidden, hidden, table.Dimension], Activation.Relu);
    }

    /// <summary>Trains on a table with the settings of an ansatz of equal size.</summary>
    public static MeanNetwork Fit(CalibrationTable table, TableRecipe recipe)
    {
        TableAnsatz.CheckWeights(table);
        TableTraining.SeedWeights(recipe.Seed);
        var network = new MeanNetwork(table, recipe.Hidden);
        using var quantities = TableAnsatz.Scaled(table, network.quantityScales);
        using var targets = TableAnsatz.ScaledTargets(table, network.scale);
        using var weights = table.Weights is { } w ? tensor(Array.ConvertAll(w, x => (float)x)) : null;
        new TableTraining { Rows = table.Count, Epochs = recipe.Epochs, BatchSize = recipe.BatchSize, LearningRate = recipe.LearningRate, Seed = recipe.Seed, Stop = recipe.Stop }.Run(network.state, (rows, _) =>
        {
            var index = tensor(Array.ConvertAll(rows, r => (long)r));
            var miss = (network.stack.Apply(quantities.index_select(0, index)) - targets.index_select(0, index)).Squared().sum(dim: 1);
            if (weights is null) return miss.mean();
            var own = weights.index_select(0, index);
            return (miss * own).sum() / own.sum();
        });
        return network;
    }

    /// <summary>Estimates of some events, shape [n, d].</summary>
    public double[] Predict(CalibrationTable events)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        double[] scaled = stack.Apply(TableAnsatz.Scaled(events, quantityScales)).to(ScalarType.Float64).data<double>().ToArray();
        return [.. scaled.Select((s, i) => scale.Restored(s, i % scale.Dimension))];
    }

    /// <inheritdoc/>
    public void Dispose() => state.Dispose();
}
