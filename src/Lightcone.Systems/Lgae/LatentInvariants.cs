using Lightcone.Jets;

namespace Lightcone.Systems.Lgae;

/// <summary>Background jets with their latent representation, and two jets to walk between.</summary>
/// <param name="Jets">The jets.</param>
/// <param name="Output">What the network made of them.</param>
/// <param name="Ends">Two jets; null for none.</param>
/// <param name="EndNames">Names of the two.</param>
internal sealed record LatentSample(JetBatch Jets, LgaeOutput Output, JetBatch? Ends, (string From, string To) EndNames);

/// <summary>How the latent representation goes with the jet: Pearson r of its invariants and of the sum of its four-vectors with properties of the jet.</summary>
internal sealed class LatentInvariants
{
    private const double Smallest = 1e-12;

    private readonly List<string> rows = [];
    private readonly List<double[]> correlations = [];

    /// <summary>Measures them.</summary>
    public LatentInvariants(LgaeRecipe recipe, LatentSample sample)
    {
        int n = sample.Jets.JetCount, scalars = sample.Output.Scalars.Length / n, vectors = sample.Output.Vectors.Length / (4 * n);
        double[][] properties = [.. Enumerable.Range(0, Columns.Count).Select(_ => new double[n])];
        JetMassSquared = new double[n];
        for (int jet = 0; jet < n; jet++)
        {
            var p = sample.Jets.Jet(jet);
            JetMassSquared[jet] = Math.Max(Smallest, p.MassSquared);
            double[] row = [p.E, p.Px, p.Py, p.Pz, p.Mass, sample.Jets.Multiplicity(jet)];
            for (int k = 0; k < row.Length; k++) properties[k][jet] = row[k];
        }

        double strongest = -1;
        for (int v = 0; v < vectors; v++)
        {
            double[] mass2 = Enumerable.Range(0, n).Select(jet => MassSquared(sample.Output.Vectors, 4 * (jet * vectors + v))).ToArray();
            double[] root = Array.ConvertAll(mass2, m => Math.Sign(m) * Math.Sqrt(Math.Abs(m)));
            Add($"*m*(*z*_{{{v + 1}}})", root, properties);
            double strength = double.IsNaN(correlations[^1][4]) ? 0 : Math.Abs(correlations[^1][4]);
            if (!(strength > strongest)) continue;
            strongest = strength;
            BestMassSquared = Array.ConvertAll(mass2, m => Math.Max(Smallest, Math.Abs(m)));
            NameOfBest = $"*z*_{{{v + 1}}}";
        }

        for (int s = 0; s < scalars; s++) Add($"*s*_{{{s + 1}}}", Enumerable.Range(0, n).Select(jet => sample.Output.Scalars[jet * scalars + s]).ToArray(), properties);
        string[] components = ["*E*", "*p*_{x}", "*p*_{y}", "*p*_{z}"];
        for (int k = 0; k < 4; k++)
            Add($"{components[k]}(Σ*z*)", Enumerable.Range(0, n).Select(jet => Enumerable.Range(0, vectors).Sum(v => sample.Output.Vectors[4 * (jet * vectors + v) + k])).ToArray(), properties);
    }

    /// <summary>Names of the jet's properties, markup.</summary>
    public static IReadOnlyList<string> Columns { get; } = ["*E*", "*p*_{x}", "*p*_{y}", "*p*_{z}", "*m*", "*n*"];

    /// <summary>Names of the latent quantities, markup.</summary>
    public IReadOnlyList<string> Rows => rows;

    /// <summary>Pearson r by row and column.</summary>
    public IReadOnlyList<IReadOnlyList<double>> Correlations => correlations;

    /// <summary>Squared mass of each jet [GeV²].</summary>
    public double[] JetMassSquared { get; }

    /// <summary>Size of the squared mass of the latent four-vector that goes best with the jet's mass [GeV²].</summary>
    public double[] BestMassSquared { get; } = [];

    /// <summary>Name of that four-vector, markup.</summary>
    public string NameOfBest { get; } = "";

    /// <summary>Pearson's correlation coefficient; NaN where one side does not vary.</summary>
    internal static double Pearson(double[] x, double[] y)
    {
        double mx = x.Average(), my = y.Average(), xx = 0, yy = 0, xy = 0;
        for (int i = 0; i < x.Length; i++) (xx, yy, xy) = (xx + (x[i] - mx) * (x[i] - mx), yy + (y[i] - my) * (y[i] - my), xy + (x[i] - mx) * (y[i] - my));
        return xx > 0 && yy > 0 ? xy / Math.Sqrt(xx * yy) : double.NaN;
    }

    private void Add(string name, double[] values, double[][] properties)
    {
        rows.Add(name);
        correlations.Add([.. properties.Select(p => Pearson(values, p))]);
    }

    private static double MassSquared(double[] v, int at) => v[at] * v[at] - v[at + 1] * v[at + 1] - v[at + 2] * v[at + 2] - v[at + 3] * v[at + 3];
}
