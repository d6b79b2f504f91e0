using Lightcone.Statistics;
using Lightcone.Weights;

namespace Lightcone.Systems.Reconstruction;

/// <summary>
/// How unusual a jet's latent invariants are for its mass: −ln p(invariants | ln(m/pT)) under a Gaussian mixture of the training jets. Given the mass, because
/// a density in the mass itself only says how rare the mass is.
/// </summary>
internal sealed class LatentDensity
{
    private const int Components = 8, MostDirections = 8;
    private const ulong Seed = 1;
    private const double SmallestMass = 1, SmallestPt = 1;

    private readonly int[] columns;
    private readonly double[] centre, spread;
    private readonly GaussianMixture joint, mass;

    private LatentDensity(int[] columns, double[] centre, double[] spread, GaussianMixture joint) =>
        (this.columns, this.centre, this.spread, this.joint, mass) = (columns, centre, spread, joint, joint.Marginal(1));

    /// <summary>Fits the density.</summary>
    public static LatentDensity Fit(Sample sample)
    {
        int[] columns = Varying(sample);
        int dimension = columns.Length + 1, n = sample.Masses.Count;
        var centre = new double[dimension];
        var spread = new double[dimension];
        var points = new double[n * dimension];
        for (int k = 0; k < dimension; k++)
        {
            for (int i = 0; i < n; i++) points[i * dimension + k] = k == 0 ? sample.Masses[i] : sample.Latents[i][columns[k - 1]];
            for (int i = 0; i < n; i++) centre[k] += points[i * dimension + k] / n;
            for (int i = 0; i < n; i++) spread[k] += Math.Pow(points[i * dimension + k] - centre[k], 2) / n;
            spread[k] = Math.Sqrt(spread[k]) is > 0 and var s ? s : 1;
            for (int i = 0; i < n; i++) points[i * dimension + k] = Squeezed(points[i * dimension + k], centre[k], spread[k]);
        }

        return new LatentDensity(columns, centre, spread, GaussianMixture.Fit(points, dimension, Math.Min(Components, n), Seed));
    }

    /// <summary>−ln p of every jet; larger for rarer ones.</summary>
    public double[] Of(ReconstructedJets jets)
    {
        int n = jets.Original.JetCount, latents = n == 0 ? 0 : jets.Latents.Length / n;
        var values = new double[n];
        var point = new double[columns.Length + 1];
        for (int jet = 0; jet < n; jet++)
        {
            point[0] = Squeezed(LogMass(jets, jet), centre[0], spread[0]);
            for (int k = 0; k < columns.Length; k++) point[k + 1] = Squeezed(jets.Latents[jet * latents + columns[k]], centre[k + 1], spread[k + 1]);
            values[jet] = mass.LogDensity(point.AsSpan(0, 1)) - joint.LogDensity(point);
        }

        return values;
    }

    /// <summary>The density as tensors of a file.</summary>
    public IEnumerable<WeightTensor> ToWeights()
    {
        yield return WeightTensor.FromDouble("density.columns", [columns.Length], Array.ConvertAll(columns, c => (double)c));
        yield return WeightTensor.FromDouble("density.centre", [centre.Length], centre);
        yield return WeightTensor.FromDouble("density.spread", [spread.Length], spread);
        double[] mixture = joint.ToArray();
        yield return WeightTensor.FromDouble("density.mixture", [joint.Components, mixture.Length / joint.Components], mixture);
    }

    /// <summary>Reads what <see cref="ToWeights"/> gave.</summary>
    /// <exception cref="ArgumentException">The tensors are those of another autoencoder.</exception>
    public static LatentDensity Read(WeightSet tensors, IAutoencoder autoencoder)
    {
        int[] columns = Array.ConvertAll(tensors["density.columns"].ToDouble(), c => c >= 0 && c < autoencoder.LatentNumbers && c == Math.Floor(c) ? (int)c : throw new ArgumentException($"There is no latent number {c}."));
        double[] centre = tensors["density.centre"].ToDouble(), spread = tensors["density.spread"].ToDouble();
        if (centre.Length != columns.Length + 1 || spread.Length != centre.Length || spread.Any(s => !(s > 0)) || centre.Concat(spread).Any(v => !double.IsFinite(v))) throw new ArgumentException("The density's scales do not fit its columns.");
        var mixture = tensors["density.mixture"];
        return new LatentDensity(columns, centre, spread, GaussianMixture.FromArray(mixture.ToDouble(), centre.Length, mixture.Shape.Length == 2 && mixture.Shape[0] is > 0 and < 1024 ? (int)mixture.Shape[0] : 0));
    }

    // Tails that no Gaussian has are drawn in.
    private static double Squeezed(double value, double centre, double spread) => Math.Asinh((value - centre) / spread);

    private static double LogMass(ReconstructedJets jets, int jet)
    {
        var p = jets.Original.Jet(jet);
        return Math.Log(Math.Max(SmallestMass, p.Mass) / Math.Max(SmallestPt, p.Pt));
    }

    // The columns that vary most in their own spread cannot be ranked; the first ones that vary at all are taken.
    private static int[] Varying(Sample sample) =>
        [.. sample.Columns.Where(c => sample.Latents.Any(l => l[c] != sample.Latents[0][c])).Take(MostDirections)];

    /// <summary>Latent numbers of training jets.</summary>
    /// <param name="latentNumbers">Numbers a jet.</param>
    /// <param name="columns">Those that the density looks at.</param>
    internal sealed class Sample(int latentNumbers, IReadOnlyList<int> columns)
    {
        /// <summary>Those that the density looks at.</summary>
        public IReadOnlyList<int> Columns { get; } = columns;

        /// <summary>ln(m/pT) of each jet.</summary>
        public List<double> Masses { get; } = [];

        /// <summary>Latent numbers of each jet.</summary>
        public List<float[]> Latents { get; } = [];

        /// <summary>Takes a batch.</summary>
        public void Add(ReconstructedJets jets)
        {
            for (int jet = 0; jet < jets.Original.JetCount; jet++)
            {
                Masses.Add(LogMass(jets, jet));
                Latents.Add(jets.Latents.AsSpan(jet * latentNumbers, latentNumbers).ToArray());
            }
        }
    }
}
