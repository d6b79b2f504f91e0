using Lightcone.Statistics;
using Lightcone.Training.Runs;
using Lightcone.Weights;

namespace Lightcone.Systems.Mpm;

/// <summary>
/// Median score of training jets against their number of particles. What is left of a score when it is taken off does not tell the number: without it a likelihood finds jets with many particles
/// and little else.
/// </summary>
internal sealed class MultiplicityCorrection
{
    private const string FileName = "multiplicity.safetensors", NumberName = "particles", MedianName = "median", WeightsKey = "weights";
    private const int JetsPerPoint = 100, MostPoints = 30;

    private readonly double[] numbers, medians;

    private MultiplicityCorrection(double[] numbers, double[] medians) => (this.numbers, this.medians) = (numbers, medians);

    /// <summary>Fits medians to jets in groups of about equal size and of neighbouring numbers of particles; null without jets.</summary>
    /// <param name="scores">Scores of jets of which particles could be hidden.</param>
    /// <param name="multiplicities">Their numbers of particles.</param>
    public static MultiplicityCorrection? Fit(IReadOnlyList<double> scores, IReadOnlyList<int> multiplicities)
    {
        if (scores.Count == 0) return null;
        int[] order = [.. Enumerable.Range(0, scores.Count).OrderBy(i => multiplicities[i])];
        int least = Math.Max(1, Math.Max(Math.Min(JetsPerPoint, order.Length), order.Length / MostPoints));
        List<double> numbers = [], medians = [];
        for (int first = 0; first < order.Length;)
        {
            int end = Math.Min(first + least, order.Length);
            if (order.Length - end < least) end = order.Length; // what is left joins the last group
            while (end < order.Length && multiplicities[order[end]] == multiplicities[order[end - 1]]) end++;
            int[] group = order[first..end];
            numbers.Add(group.Average(i => multiplicities[i]));
            medians.Add(Quantile.Of([.. group.Select(i => scores[i])], 0.5));
            first = end;
        }

        return new([.. numbers], [.. medians]);
    }

    /// <summary>A score without the median score of jets with as many particles.</summary>
    public double Apply(double score, int multiplicity) => score - Median(multiplicity);

    /// <summary>Median score of jets with so many particles: linear between the groups, constant outside.</summary>
    public double Median(int multiplicity)
    {
        int above = Array.FindIndex(numbers, n => n >= multiplicity);
        if (above <= 0) return above < 0 ? medians[^1] : medians[0];
        double share = (multiplicity - numbers[above - 1]) / (numbers[above] - numbers[above - 1]);
        return medians[above - 1] + share * (medians[above] - medians[above - 1]);
    }

    /// <summary>What a run keeps; null where nothing was fitted to its present weights.</summary>
    /// <exception cref="InputDataException">The file is damaged.</exception>
    public static MultiplicityCorrection? Read(Run run)
    {
        string path = Path.Combine(run.Folder, FileName);
        if (!File.Exists(path)) return null;
        var tensors = Safetensors.ReadAll(path);
        if (tensors.Metadata.GetValueOrDefault(WeightsKey) != HashOf(run)) return null;
        double[] numbers = tensors[NumberName].ToDouble(), medians = tensors[MedianName].ToDouble();
        if (numbers.Length == 0 || numbers.Length != medians.Length || numbers.Concat(medians).Any(x => !double.IsFinite(x)) || numbers.Zip(numbers.Skip(1)).Any(n => n.First >= n.Second))
            throw new InputDataException("What was learned of the score and the number of particles cannot be read.", path, "The file is damaged.", "Delete it and evaluate the run again with --signals.");
        return new(numbers, medians);
    }

    /// <summary>Keeps it with a run, bound to the run's present weights.</summary>
    public void Write(Run run) => Safetensors.Write(
        Path.Combine(run.Folder, FileName), [WeightTensor.FromDouble(NumberName, [numbers.Length], numbers), WeightTensor.FromDouble(MedianName, [medians.Length], medians)],
        new Dictionary<string, string> { ["content"] = "median score against the number of particles", [WeightsKey] = HashOf(run) });

    private static string HashOf(Run run) => DataFile.Of(WeightsKey, run.BestPath, 0).Sha256;
}
