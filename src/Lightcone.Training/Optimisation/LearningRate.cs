namespace Lightcone.Training.Optimisation;

/// <summary>Shape of the learning rate over a training.</summary>
public enum LearningRateShape
{
    /// <summary>The base rate throughout.</summary>
    Constant,

    /// <summary>
    /// Linear warm-up over five epochs, cosine cycles that restart at epochs 4 (for its length 4), 8 and 16, and a halving in each of the last three:
    /// the schedule of the published LorentzNet trainings (arXiv:2201.08187, §4.1), defined for 35 epochs and stretched to others.
    /// </summary>
    WarmRestarts,

    /// <summary>Linear warm-up over the first tenth, then one cosine to zero.</summary>
    Cosine,

    /// <summary>Linear warm-up over the recipe's share of the steps, then one cosine to zero, both changing at every step.</summary>
    CosineBySteps,
}

/// <summary>Learning rate of an epoch, constant within it, or of a step.</summary>
public static class LearningRate
{
    private const int PublishedEpochs = 35;

    /// <summary>Learning rate in epoch <paramref name="epoch"/> (from 0) of <paramref name="epochs"/>.</summary>
    public static double Of(LearningRateShape shape, double baseRate, int epoch, int epochs) => shape switch
    {
        LearningRateShape.Constant => baseRate,
        LearningRateShape.WarmRestarts => WarmRestarts(baseRate, epochs == PublishedEpochs ? epoch : Stretched(epoch, epochs)),
        LearningRateShape.Cosine => Cosine(baseRate, epoch, epochs),
        _ => throw new ArgumentOutOfRangeException(nameof(shape), shape, "This shape has no rate of an epoch."),
    };

    /// <summary>Learning rate of step <paramref name="step"/> (from 0) of <paramref name="steps"/>, of the shape <see cref="LearningRateShape.CosineBySteps"/>.</summary>
    public static double OfStep(double baseRate, double warmUpShare, long step, long steps)
    {
        double warmUp = Math.Round(warmUpShare * steps);
        return step < warmUp ? baseRate * (step + 1) / (warmUp + 1) : Annealed(baseRate, step - warmUp, steps - warmUp);
    }

    private static double WarmRestarts(double baseRate, double epoch) => epoch switch
    {
        < 5 => baseRate * Math.Min(1, (epoch + 1) / 5),
        < 8 => Annealed(baseRate, epoch - 4, 4),
        < 16 => Annealed(baseRate, epoch - 8, 8),
        < 32 => Annealed(baseRate, epoch - 16, 16),
        _ => Annealed(baseRate, 15, 16) / Math.Pow(2, Math.Floor(epoch) - 31),
    };

    private static double Annealed(double baseRate, double t, double length) => baseRate / 2 * (1 + Math.Cos(Math.PI * t / length));

    private static double Cosine(double baseRate, int epoch, int epochs)
    {
        double warmUp = Math.Max(1, epochs / 10.0);
        return epoch < warmUp ? baseRate * (epoch + 1) / Math.Ceiling(warmUp) : Annealed(baseRate, epoch - warmUp, epochs - warmUp + 1);
    }

    // A shorter training runs through the same shape: epoch k of n stands where the middle of its share of the 35 epochs stands.
    private static double Stretched(int epoch, int epochs) => (epoch + 0.5) * PublishedEpochs / epochs - 0.5;
}
