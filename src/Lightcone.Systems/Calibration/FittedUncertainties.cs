using System.Text.Json;
using Lightcone.Statistics;

namespace Lightcone.Systems.Calibration;

/// <summary>
/// What was fitted on jets that the training did not see, so that intervals cover: thresholds of the likelihood at fixed truth, conformal tails, a scale of the deviations; and the response curve of the
/// training jets. One file of a run.
/// </summary>
/// <param name="Jets">Jets it was fitted on.</param>
/// <param name="ScaleFactor">By how much deviations are too small.</param>
/// <param name="Tails">For each level, how many deviations below and above the value the interval reaches (conformal, two tails).</param>
/// <param name="QuantileOffsets">For each level, how far quantiles move outwards [ln]; empty unless quantiles were learned.</param>
/// <param name="ThresholdEdges">Inner edges of bins in ln(truth/GeV), rising; empty unless a likelihood was learned.</param>
/// <param name="Thresholds">For each level, the λ below which so many jets of each bin lie; empty unless a likelihood was learned.</param>
/// <param name="Curve">The response curve.</param>
/// <param name="Closure">Where estimates of largest likelihood lie at fixed truth; nothing for a baseline.</param>
/// <param name="Health">Checks that the calibration must pass, with what was measured.</param>
/// <param name="TrainingInformation">Mutual information on training jets [nats]; NaN for a baseline.</param>
internal sealed record FittedUncertainties(
    long Jets, double ScaleFactor, (double Below, double Above)[] Tails, (double Below, double Above)[] QuantileOffsets, double[] ThresholdEdges, double[][] Thresholds, ResponseCurve Curve,
    ClosureLine Closure, IReadOnlyList<HealthCheck> Health, double TrainingInformation)
{
    private const string Format = "lightcone fitted uncertainties 1";
    private const int LargestFile = 1 << 20, FewestOfBin = 500;
    private const double LargestLogarithm = 100; // of any momentum

    /// <summary>Name of the file in a run.</summary>
    public const string FileName = "uncertainty.json";

    private static readonly JsonSerializerOptions Layout = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true, NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>λ threshold of one level at a truth.</summary>
    public double Threshold(int level, double logTruth)
    {
        int bin = 0;
        while (bin < ThresholdEdges.Length && logTruth >= ThresholdEdges[bin]) bin++;
        return Thresholds[level][bin];
    }

    /// <summary>Two conformal tails, each with half of what may be missed, from pulls.</summary>
    public static (double Below, double Above)[] TailsOf(double[] pulls) => [.. CalibratedJets.Levels.Select(level =>
    {
        var zeros = new double[pulls.Length];
        var fitted = ConformalisedQuantiles.FitAsymmetric(zeros, zeros, pulls, level);
        return (fitted.OffsetBelow, fitted.OffsetAbove);
    })];

    /// <summary>Thresholds of λ in equally filled bins of the truth, by the conformal rank; infinite, so that intervals reach the edges of the support, where there is no jet.</summary>
    public static (double[] Edges, double[][] Thresholds) ThresholdsOf(double[] logTruth, double[] lambda)
    {
        int bins = Math.Max(1, logTruth.Length / FewestOfBin);
        int[] order = [.. Enumerable.Range(0, logTruth.Length).OrderBy(i => logTruth[i])];
        int[][] own = [.. Enumerable.Range(0, bins).Select(b => order[(int)((long)order.Length * b / bins)..(int)((long)order.Length * (b + 1) / bins)])];
        double[] edges = [.. own.Skip(1).Select(o => logTruth[o[0]])];
        return (edges, [.. CalibratedJets.Levels.Select(l => own.Select(o => o.Length == 0 ? double.PositiveInfinity : ConformalQuantile.Of(o.Select(i => lambda[i]).ToArray(), l)).ToArray())]);
    }

    /// <summary>Writes the file.</summary>
    public void Write(string path) => AtomicFile.WriteText(path, JsonSerializer.Serialize(new Text(Format, Jets, CalibratedJets.Levels, ScaleFactor, Pairs(Tails), Pairs(QuantileOffsets), ThresholdEdges, Thresholds,
        Curve.Knots, Curve.Levels, Curve.Responses, [Closure.Offset, Closure.Slope, Closure.Centre], [.. Health], TrainingInformation), Layout));

    /// <summary>Reads the file of a run.</summary>
    /// <exception cref="InputDataException">It is missing or damaged.</exception>
    public static FittedUncertainties Read(string path)
    {
        if (!File.Exists(path) || new FileInfo(path).Length > LargestFile)
            throw new InputDataException("The run has no fitted uncertainties, or a file that is too long.", path, "Its training has not ended, or a file was lost when the run was copied.", "Let it end: lightcone train --resume RUN; or copy the whole folder.");
        try
        {
            var text = JsonSerializer.Deserialize<Text>(File.ReadAllText(path), Layout) ?? throw new JsonException("It is empty.");
            if (text.Format != Format) throw new JsonException($"Its format is “{text.Format}”.");
            if (!text.Levels.SequenceEqual(CalibratedJets.Levels)) throw new JsonException("Its levels are others.");
            bool complete = text.Jets > 0 && text.Tails.Length == text.Levels.Length && text.Tails.Concat(text.QuantileOffsets).All(t => t is [_, _] && Known(t)) && text.QuantileOffsets.Length is 0 or 3
                && (text.Thresholds.Length == 0 || (text.Thresholds.Length == text.Levels.Length && Known(text.ThresholdEdges) && text.Thresholds.All(t => t.Length == text.ThresholdEdges.Length + 1 && Known(t))))
                && text.Knots.Length > 0 && text.CurveLevels.SequenceEqual(ResponseCurve.WantedLevels) && text.Responses.Length == text.Knots.Length && text.Responses.All(r => r.Length == text.CurveLevels.Length)
                && text.Knots.Concat(text.Responses.SelectMany(r => r)).All(double.IsFinite) && text.ScaleFactor > 0 && double.IsFinite(text.ScaleFactor) && text.Closure is [_, >= -ClosureLine.Steepest and <= ClosureLine.Steepest, _] && text.Closure.All(c => Math.Abs(c) <= LargestLogarithm)
                && text.Health.All(h => !string.IsNullOrWhiteSpace(h.Id) && !string.IsNullOrWhiteSpace(h.Name) && !string.IsNullOrWhiteSpace(h.Cure));
            if (!complete) throw new JsonException("It is not complete.");
            return new(text.Jets, text.ScaleFactor, Tuples(text.Tails), Tuples(text.QuantileOffsets), text.ThresholdEdges, text.Thresholds, new ResponseCurve(text.Knots, text.CurveLevels, text.Responses),
                new ClosureLine(text.Closure[0], text.Closure[1], text.Closure[2]), text.Health, text.TrainingInformation);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or NullReferenceException or ArgumentNullException)
        {
            throw new InputDataException($"The fitted uncertainties cannot be read: {e.Message}", path, "The file is damaged, or of another version.", "Copy the run again, or train anew.", e);
        }
    }

    // Infinite reaches are what few jets give; NaN is nothing.
    private static bool Known(double[] numbers) => !numbers.Any(double.IsNaN);

    private static double[][] Pairs((double Below, double Above)[] tuples) => [.. tuples.Select(t => new[] { t.Below, t.Above })];

    private static (double Below, double Above)[] Tuples(double[][] pairs) => [.. pairs.Select(p => (p[0], p[1]))];

    private sealed record Text(
        string Format, long Jets, double[] Levels, double ScaleFactor, double[][] Tails, double[][] QuantileOffsets, double[] ThresholdEdges, double[][] Thresholds, double[] Knots, double[] CurveLevels,
        double[][] Responses, double[] Closure, HealthCheck[] Health, double TrainingInformation);
}
