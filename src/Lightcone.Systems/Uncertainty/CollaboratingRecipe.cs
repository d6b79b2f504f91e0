namespace Lightcone.Systems.Uncertainty;

/// <summary>How Collaborating Networks are trained.</summary>
internal sealed record CollaboratingRecipe
{
    /// <summary>
    /// Whether a Gaussian network first brings the target to (y − m(x))/s(x). Then the distribution to be learned has one width everywhere, and probes are not wasted where it is narrow. Ours, not the paper's.
    /// </summary>
    public bool Pilot { get; init; } = true;

    /// <summary>Of the pilot.</summary>
    public RegressionRecipe PilotRecipe { get; init; } = new() { WarmUpEpochs = 3 };

    /// <summary>Both networks; its epochs are those in which both are trained.</summary>
    public RegressionRecipe Networks { get; init; } = new() { Hidden = [80, 60], Epochs = 40, LearningRate = 2e-3 };

    /// <summary>Passes that train the distribution alone, on probes spread evenly.</summary>
    public int FirstEpochs { get; init; } = 20;

    /// <summary>Points at which the distribution is tabulated.</summary>
    public int GridPoints { get; init; } = 400;
}
