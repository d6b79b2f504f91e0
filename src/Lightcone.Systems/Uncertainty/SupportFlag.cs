using Lightcone.Statistics;

namespace Lightcone.Systems.Uncertainty;

/// <summary>Warns of inputs unlike those of the training: the Mahalanobis distance of a network's last hidden layer (arXiv:1807.03888) beyond a quantile of that of a calibration sample.</summary>
internal sealed class SupportFlag
{
    /// <summary>Share of the calibration sample that is not flagged.</summary>
    public const double CalibrationQuantile = 0.999;

    private const double Regularisation = 1e-6; // of the mean variance: dead features have none

    private readonly double[] mean;
    private readonly CholeskyFactor covariance;

    private SupportFlag(double[] mean, CholeskyFactor covariance) => (this.mean, this.covariance) = (mean, covariance);

    /// <summary>Largest squared distance that is not flagged.</summary>
    public double Threshold { get; private set; }

    /// <summary>Takes mean and covariance from training features and the threshold from calibration features, both row-major.</summary>
    public static SupportFlag Fit(double[] training, double[] calibration, int width)
    {
        int rows = training.Length / width;
        var mean = new double[width];
        for (int i = 0; i < training.Length; i++) mean[i % width] += training[i] / rows;
        var covariance = new double[width, width];
        for (int i = 0; i < rows; i++)
            for (int a = 0; a < width; a++)
                for (int b = 0; b <= a; b++) covariance[a, b] += (training[i * width + a] - mean[a]) * (training[i * width + b] - mean[b]) / rows;
        double trace = 0;
        for (int a = 0; a < width; a++) trace += covariance[a, a];
        for (int a = 0; a < width; a++) covariance[a, a] += Regularisation * trace / width;
        var flag = new SupportFlag(mean, new CholeskyFactor(covariance));
        flag.Threshold = Quantile.Of(flag.Distances(calibration), CalibrationQuantile);
        return flag;
    }

    /// <summary>Squared distances of features, row-major.</summary>
    public double[] Distances(double[] features)
    {
        var distances = new double[features.Length / mean.Length];
        var shifted = new double[mean.Length];
        for (int i = 0; i < distances.Length; i++)
        {
            for (int k = 0; k < shifted.Length; k++) shifted[k] = features[i * mean.Length + k] - mean[k];
            distances[i] = covariance.InverseForm(shifted);
        }

        return distances;
    }

    /// <summary>Which rows are unlike the training.</summary>
    public bool[] Flags(double[] features) => Array.ConvertAll(Distances(features), d => d > Threshold);
}
