using System.Text.Json;
using Lightcone.Jets;
using Lightcone.Systems.Calibration.Ansatz;

namespace Lightcone.Systems.Calibration;

/// <summary>
/// How jets become numbers for a calibration: scales of quantities, and the straight line through the logarithm of the true transverse momentum from which networks count. Fitted once on the training
/// jets and kept with the run. Anything a likelihood may be is still reached; only the numbers are of order one.
/// </summary>
internal sealed class CalibrationScales
{
    private const string Format = "lightcone calibration scales 1";
    private const int LargestFile = 1 << 20, JetsAtOnce = 4096, MostJets = 1_000_000;
    private const double LargestNumber = 1e9, SmallestUnit = 1e-18; // a whisper of what a fit gives at least; below, float32 overflows

    private CalibrationScales(string[] names, (double, double)[] quantities, double[] anchor, TargetScale target, double centre) =>
        (Names, Quantities, Anchor, Target, Centre) = (names, quantities, anchor, target, centre);

    /// <summary>Names of the quantities.</summary>
    public string[] Names { get; }

    /// <summary>Mean and deviation of each.</summary>
    public (double Mean, double Deviation)[] Quantities { get; }

    /// <summary>The line: coefficients of the scaled quantities, then the offset; it gives the target in units of the ansatz.</summary>
    public double[] Anchor { get; }

    /// <summary>Scale of ln(pT/GeV) of the truth; its unit is the spread about the line.</summary>
    public TargetScale Target { get; }

    /// <summary>Median of the truth [GeV]: z₀ of changed spectra.</summary>
    public double Centre { get; }

    /// <summary>Fits to training jets, evenly chosen where there are more than a million.</summary>
    /// <exception cref="InputDataException">A quantity is constant or not a number, or there is no truth.</exception>
    public static CalibrationScales Fit(IJetSource jets, CalibrationRecipe recipe)
    {
        string[] names = recipe.QuantityNames;
        if (names.Length == 0) throw new UsageException("A calibration wants one quantity at least.", "--set quantities", "The list is empty.", "Leave it out, or name some: --set quantities=pt,abs_eta.");
        var columns = names.Select(_ => new List<double>()).ToArray();
        var truth = new List<double>();
        long every = Math.Max(1, jets.Count / MostJets);
        for (long first = 0; first < jets.Count; first += JetsAtOnce * every)
        {
            var batch = jets.Read(first, (int)Math.Min(JetsAtOnce, jets.Count - first));
            truth.AddRange(JetQuantities.Truth(batch, recipe.Target).Select(z => Math.Log(z)));
            for (int q = 0; q < names.Length; q++) columns[q].AddRange(JetQuantities.Of(batch, names[q]));
        }

        var scales = columns.Select((c, q) => TargetScale.Moments([.. c], names[q])).ToArray();
        var target = TargetScale.Fit(truth.ToArray(), 1);
        double[] line = Line(columns, scales, truth, target.Means[0]);
        double squares = 0;
        for (int i = 0; i < truth.Count; i++)
        {
            double miss = truth[i] - target.Means[0] - line[^1];
            for (int q = 0; q < names.Length; q++) miss -= line[q] * (columns[q][i] - scales[q].Mean) / scales[q].Deviation;
            squares += miss * miss;
        }

        // Where the line is exact, the spread of the truth itself is the unit.
        double unit = Math.Max(Math.Sqrt(squares / truth.Count), 1e-6 * target.Units[0]);
        return new(names, scales, [.. line.Select(c => c / unit)], target with { Units = [unit] }, Math.Exp(Statistics.Quantile.Of(truth.ToArray(), 0.5)));
    }

    /// <summary>Scaled quantities of jets, row-major [jets, quantities], and where the line puts each jet.</summary>
    public (float[] Quantities, float[] Anchors) Apply(JetBatch jets)
    {
        var (values, anchors) = (new float[jets.JetCount * Names.Length], new float[jets.JetCount]);
        double[][] columns = [.. Names.Select(n => JetQuantities.Of(jets, n))];
        for (int jet = 0; jet < jets.JetCount; jet++)
        {
            double anchor = Anchor[^1];
            for (int q = 0; q < Names.Length; q++)
            {
                double scaled = (columns[q][jet] - Quantities[q].Mean) / Quantities[q].Deviation;
                values[jet * Names.Length + q] = (float)scaled;
                anchor += Anchor[q] * scaled;
            }

            anchors[jet] = (float)anchor;
        }

        return (values, anchors);
    }

    /// <summary>The file of a run, written where it is missing.</summary>
    public static CalibrationScales Prepared(string path, IJetSource training, CalibrationRecipe recipe)
    {
        if (File.Exists(path)) return Read(path, recipe);
        var scales = Fit(training, recipe);
        AtomicFile.WriteText(path, scales.ToJson());
        return scales;
    }

    /// <summary>Reads the file of a run.</summary>
    /// <exception cref="InputDataException">It is missing, damaged or of another recipe.</exception>
    public static CalibrationScales Read(string path, CalibrationRecipe recipe)
    {
        if (!File.Exists(path) || new FileInfo(path).Length > LargestFile) throw new InputDataException("The run has no scales, or a file that is too long.", path, "A file was lost when the run was copied.", "Copy the whole folder.");
        var scales = Parse(File.ReadAllText(path), path);
        return scales.Names.SequenceEqual(recipe.QuantityNames) ? scales : throw new InputDataException(
            $"The scales are of {string.Join(", ", scales.Names)}, the recipe of {recipe.Quantities}.", path, "The recipe was edited, or files of two runs were mixed.", "Copy the whole folder of one run, or train anew in another folder.");
    }

    /// <summary>The text form: JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(new Text(Format, Names, [.. Quantities.Select(q => new[] { q.Mean, q.Deviation })], Anchor,
        [Target.Means[0], Target.Units[0], Target.Lows[0], Target.Highs[0], Target.SparseBelow[0], Target.SparseAbove[0]], Centre), Layout);

    /// <summary>Reads the text form.</summary>
    /// <exception cref="InputDataException">It is none.</exception>
    public static CalibrationScales Parse(string json, string where)
    {
        try
        {
            var text = JsonSerializer.Deserialize<Text>(json, Layout) ?? throw new JsonException("It is empty.");
            if (text.Format != Format) throw new JsonException($"Its format is “{text.Format}”.");
            if (text.Names.Length is 0 or > 1000 || text.Quantities.Length != text.Names.Length || text.Anchor.Length != text.Names.Length + 1) throw new JsonException("It is not complete.");
            if (text.Quantities.Any(q => q is not [>= -LargestNumber and <= LargestNumber, >= SmallestUnit and <= LargestNumber]) || text.Anchor.Any(a => !(Math.Abs(a) <= LargestNumber))) throw new JsonException("A scale is none.");
            if (text.Target is not [_, >= SmallestUnit, _, _, _, _] || text.Target.Any(t => !(Math.Abs(t) <= LargestNumber)) || text.Target[3] < text.Target[2] || text.Target[5] < text.Target[4] || !(text.Centre > 0 && text.Centre <= LargestNumber)) throw new JsonException("The scale of the target is none.");
            double[] t = text.Target;
            return new(text.Names, [.. text.Quantities.Select(q => (q[0], q[1]))], text.Anchor, new TargetScale([t[0]], [t[1]], [t[2]], [t[3]], [t[4]], [t[5]]), text.Centre);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or NullReferenceException or ArgumentNullException)
        {
            throw new InputDataException($"The scales cannot be read: {e.Message}", where, "The file is damaged, or of another version.", "Start from the original run again.", e);
        }
    }

    private static readonly JsonSerializerOptions Layout = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true };

    // Least squares of (truth − mean) on the scaled quantities and 1; a whisper of a ridge keeps equal quantities solvable.
    private static double[] Line(List<double>[] columns, (double Mean, double Deviation)[] scales, List<double> truth, double mean)
    {
        int width = columns.Length + 1;
        var (matrix, right, row) = (new double[width * width], new double[width], new double[width]);
        for (int i = 0; i < truth.Count; i++)
        {
            for (int q = 0; q < columns.Length; q++) row[q] = (columns[q][i] - scales[q].Mean) / scales[q].Deviation;
            row[^1] = 1;
            for (int a = 0; a < width; a++)
            {
                right[a] += row[a] * (truth[i] - mean);
                for (int b = 0; b < width; b++) matrix[a * width + b] += row[a] * row[b];
            }
        }

        for (int a = 0; a < width; a++) matrix[a * width + a] += 1e-9 * truth.Count;
        return SymmetricMatrix.Times(SymmetricMatrix.InverseFromCholesky(SymmetricMatrix.Cholesky(matrix, width), width), right);
    }

    private sealed record Text(string Format, string[] Names, double[][] Quantities, double[] Anchor, double[] Target, double Centre);
}
