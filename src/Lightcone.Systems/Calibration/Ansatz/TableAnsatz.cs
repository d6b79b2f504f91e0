using Lightcone.Systems.Calibration.Bodies;
using Lightcone.Systems.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Calibration.Ansatz;

/// <summary>Events as rows of numbers with their targets.</summary>
/// <param name="Quantities">What was measured, row-major [n, f].</param>
/// <param name="Targets">What is true, row-major [n, d].</param>
/// <param name="Width">f.</param>
/// <param name="Dimension">d.</param>
internal sealed record CalibrationTable(double[] Quantities, double[] Targets, int Width, int Dimension)
{
    /// <summary>Weights of the events; null for equal ones.</summary>
    public double[]? Weights { get; init; }

    /// <summary>Number of events, n.</summary>
    public int Count => Targets.Length / Dimension;

    /// <summary>Some of the events.</summary>
    public CalibrationTable Select(IReadOnlyList<int> rows)
    {
        var (quantities, targets) = (new double[rows.Count * Width], new double[rows.Count * Dimension]);
        for (int i = 0; i < rows.Count; i++)
        {
            Quantities.AsSpan(rows[i] * Width, Width).CopyTo(quantities.AsSpan(i * Width));
            Targets.AsSpan(rows[i] * Dimension, Dimension).CopyTo(targets.AsSpan(i * Dimension));
        }

        return new(quantities, targets, Width, Dimension) { Weights = Weights is null ? null : [.. rows.Select(r => Weights[r])] };
    }
}

/// <summary>How an ansatz on rows is trained: the recipe of the toys.</summary>
internal sealed record TableRecipe
{
    /// <summary>Hidden numbers a layer; three layers, ReLU.</summary>
    public int Hidden { get; init; } = 32;

    /// <summary>Passes of the first phase, which begins from the posterior mean and its spread; 0 leaves it out.</summary>
    public int PretrainingEpochs { get; init; } = 5;

    /// <summary>Passes of the main phase.</summary>
    public int Epochs { get; init; } = 80;

    /// <summary>Events a step.</summary>
    public int BatchSize { get; init; } = 2048;

    /// <summary>Learning rate at the top.</summary>
    public double LearningRate { get; init; } = 2e-3;

    /// <summary>Loss, shuffles and the weight of |D|².</summary>
    public AnsatzSettings Settings { get; init; } = new();

    /// <summary>How the curvature is written.</summary>
    public CurvatureForm Curvature { get; init; }

    /// <summary>What stands between layers. Smooth ones make a smooth curvature.</summary>
    public Activation Activation { get; init; } = Activation.Silu;

    /// <summary>Seed of weights and order.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Asked to stop.</summary>
    public CancellationToken Stop { get; init; }
}

/// <summary>A Gaussian Ansatz on rows of numbers.</summary>
internal sealed class TableAnsatz : IDisposable
{
    private const int RowsAtOnce = 1 << 15;

    private readonly (double Mean, double Deviation)[] quantityScales;

    private TableAnsatz(AnsatzNetwork network, TargetScale scale, (double, double)[] quantityScales) => (Network, Scale, this.quantityScales) = (network, scale, quantityScales);

    /// <summary>The network.</summary>
    public AnsatzNetwork Network { get; }

    /// <summary>Scale of the targets.</summary>
    public TargetScale Scale { get; }

    /// <summary>Trains on a table.</summary>
    /// <exception cref="InputDataException">A column is constant or not finite, weights are negative or sum to 0, or the training diverges.</exception>
    public static TableAnsatz Fit(CalibrationTable table, TableRecipe recipe)
    {
        CheckWeights(table);
        var scale = TargetScale.Fit(table.Targets, table.Dimension);
        var scales = QuantityScales(table);
        TableTraining.SeedWeights(recipe.Seed);
        var network = new AnsatzNetwork(new AnsatzShape { Dimension = table.Dimension, Hidden = recipe.Hidden, Curvature = recipe.Curvature, Activation = recipe.Activation }, (_, _) => new QuantitiesBody(table.Width));
        var ansatz = new TableAnsatz(network, scale, scales);
        try
        {
            ansatz.Train(table, recipe);
            return ansatz;
        }
        catch
        {
            ansatz.Dispose();
            throw;
        }
    }

    /// <summary>What it has learned of some events.</summary>
    public LearnedLikelihood Of(CalibrationTable events) => LearnedLikelihood.Of(Network, Scale, Parts(events));

    /// <inheritdoc/>
    public void Dispose() => Network.Dispose();

    /// <summary>Refuses weights that are none.</summary>
    internal static void CheckWeights(CalibrationTable table)
    {
        if (table.Count == 0) throw new InputDataException("There are no events to train on.", "the training table", "An empty file.", "Give some thousand events.");
        if (table.Weights is not { } weights) return;
        if (weights.Any(w => !(w >= 0 && double.IsFinite(w))) || weights.Sum() <= 0)
            throw new InputDataException("The weights are negative, not finite, or sum to zero.", "the training table", "Weights of a generator with subtractions, or of an empty selection.",
                "The likelihood is learned from densities, so weights must not be negative: give events with positive weights.");
    }

    /// <summary>Mean and deviation of each quantity.</summary>
    internal static (double Mean, double Deviation)[] QuantityScales(CalibrationTable table) =>
        [.. Enumerable.Range(0, table.Width).Select(f => TargetScale.Moments([.. Enumerable.Range(0, table.Count).Select(i => table.Quantities[i * table.Width + f])], $"quantity {f + 1}"))];

    /// <summary>Scaled quantities as a tensor, shape [n, f].</summary>
    internal static Tensor Scaled(CalibrationTable table, (double Mean, double Deviation)[] scales)
    {
        var scaled = new float[table.Quantities.Length];
        for (int i = 0; i < scaled.Length; i++) scaled[i] = (float)((table.Quantities[i] - scales[i % table.Width].Mean) / scales[i % table.Width].Deviation);
        return tensor(scaled, [table.Count, table.Width]);
    }

    /// <summary>Scaled targets as a tensor, shape [n, d].</summary>
    internal static Tensor ScaledTargets(CalibrationTable table, TargetScale scale)
    {
        var scaled = new float[table.Targets.Length];
        for (int i = 0; i < scaled.Length; i++) scaled[i] = (float)scale.Scaled(table.Targets[i], i % table.Dimension);
        return tensor(scaled, [table.Count, table.Dimension]);
    }

    private void Train(CalibrationTable table, TableRecipe recipe)
    {
        using var quantities = Scaled(table, quantityScales);
        using var targets = ScaledTargets(table, Scale);
        using var weights = table.Weights is { } w ? tensor(Array.ConvertAll(w, x => (float)x)) : null;
        var training = new TableTraining { Rows = table.Count, Epochs = recipe.Epochs, BatchSize = recipe.BatchSize, LearningRate = recipe.LearningRate, Seed = recipe.Seed, Stop = recipe.Stop };
        if (recipe.PretrainingEpochs > 0)
            (training with { Epochs = recipe.PretrainingEpochs, Cosine = false }).Run(Network.State, (rows, _) => AnsatzLosses.Pretraining(Network, Terms(rows, out var z, out var _), z));
        training.Run(Network.State, (rows, progress) =>
        {
            var terms = Terms(rows, out var z, out var w);
            return AnsatzLosses.Main(Network, terms, z, w, recipe.Settings, recipe.Settings.Penalty(progress));
        });

        AnsatzTerms Terms(int[] rows, out Tensor z, out Tensor? own)
        {
            var index = tensor(Array.ConvertAll(rows, r => (long)r));
            z = targets.index_select(0, index);
            own = weights?.index_select(0, index);
            return Network.Terms(new EventTensors { Count = rows.Length, Quantities = quantities.index_select(0, index) }, training: true);
        }
    }

    private IEnumerable<EventTensors> Parts(CalibrationTable events)
    {
        using var quantities = Scaled(events, quantityScales);
        for (int first = 0; first < events.Count; first += RowsAtOnce)
        {
            int rows = Math.Min(RowsAtOnce, events.Count - first);
            using var part = quantities.narrow(0, first, rows);
            yield return new EventTensors { Count = rows, Quantities = part };
        }
    }
}
