using Lightcone.Systems.Networks;

namespace Lightcone.Systems.Uncertainty;

/// <summary>How a small network on table rows is made and trained.</summary>
internal sealed record RegressionRecipe
{
    /// <summary>Widths of the hidden layers.</summary>
    public int[] Hidden { get; init; } = [64, 64];

    /// <summary>What stands between layers.</summary>
    public Activation Activation { get; init; } = Activation.Elu;

    /// <summary>Passes over the rows.</summary>
    public int Epochs { get; init; } = 30;

    /// <summary>First passes that train the mean alone, by squared error: a variance learned beside a mean that is still far off explains the distance as noise.</summary>
    public int WarmUpEpochs { get; init; } = 5;

    /// <summary>Rows of a step.</summary>
    public int BatchSize { get; init; } = 500;

    /// <summary>Learning rate at the beginning of its cosine.</summary>
    public double LearningRate { get; init; } = 3e-3;

    /// <summary>Seed of weights, order and draws.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Asked to stop.</summary>
    public CancellationToken Stop { get; init; }

    /// <summary>Sizes of a stack of layers.</summary>
    public int[] Sizes(int inputs, int outputs) => [inputs, .. Hidden, outputs];

    /// <summary>The training of a number of rows.</summary>
    public TableTraining Training(int rows) => new()
    {
        Rows = rows, Epochs = Epochs, BatchSize = BatchSize, LearningRate = LearningRate, ClipGradient = 0, Seed = Seed, Stop = Stop,
    };
}
