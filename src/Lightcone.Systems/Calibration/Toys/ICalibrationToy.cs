using Lightcone.Systems.Calibration.Ansatz;

namespace Lightcone.Systems.Calibration.Toys;

/// <summary>A problem whose likelihood is known in closed form.</summary>
internal interface ICalibrationToy
{
    /// <summary>Short name, as on the command line.</summary>
    string Name { get; }

    /// <summary>What it is.</summary>
    string Title { get; }

    /// <summary>Trains on fresh events and compares with what is exact.</summary>
    IReadOnlyList<ToyMeasure> Run(ToyOptions options);
}

/// <summary>What toys share.</summary>
internal static class ToyTools
{
    /// <summary>Trains as the options say.</summary>
    public static TableAnsatz Fit(CalibrationTable table, ToyOptions options) => Fit(table, options, new TableRecipe());

    /// <summary>Trains as the options say, and a recipe where they say nothing.</summary>
    public static TableAnsatz Fit(CalibrationTable table, ToyOptions options, TableRecipe recipe) => TableAnsatz.Fit(table, recipe with
    {
        PretrainingEpochs = options.Recipe.Pretraining ? 5 : 0, Epochs = options.Recipe.Epochs, Seed = options.Seed, Stop = options.Stop,
        Settings = new AnsatzSettings { Loss = options.Recipe.Loss, Shuffles = options.Recipe.Shuffles },
    });

    /// <summary>Root of the mean square.</summary>
    public static double Rms(IEnumerable<double> values) => Math.Sqrt(values.Average(v => v * v));

    /// <summary>Share of true answers.</summary>
    public static double Share(IEnumerable<bool> answers) => answers.Average(a => a ? 1.0 : 0.0);

    /// <summary>A table of one quantity and one target at chosen values of the quantity; targets are placeholders.</summary>
    public static CalibrationTable At(params double[] x) => new(x, new double[x.Length], 1, 1);

    /// <summary>Share of events whose profile interval holds the truth.</summary>
    public static double ProfileCoverage(LearnedLikelihood likelihood, double[] truth, double threshold)
    {
        double[] lambda = likelihood.Lambda(truth);
        return Share(lambda.Select(l => l <= threshold));
    }

    /// <summary>Positions whose value lies in [low, high).</summary>
    public static int[] Within(double[] values, double low, double high) => [.. Enumerable.Range(0, values.Length).Where(i => values[i] >= low && values[i] < high)];
}
