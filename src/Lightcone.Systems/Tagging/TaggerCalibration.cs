using System.Text.Json;
using Lightcone.Statistics;
using Lightcone.Training.Runs;

namespace Lightcone.Systems.Tagging;

/// <summary>
/// What was fitted to the logits of a tagger on its validation jets once the training had ended: the temperature that makes probabilities of them, and how far conformal sets of classes reach. One file
/// of a run. The same jets chose the best epoch, so they are a little easier for these weights than new jets are: the temperature comes out slightly low and the sets slightly small. How much that
/// matters, an evaluation on test jets shows.
/// </summary>
/// <param name="Classes">Number of classes.</param>
/// <param name="Scaling">The temperature, and the likelihood of the jets without and with it.</param>
/// <param name="Jets">Jets it was fitted on.</param>
/// <param name="SetOffset">1 − softmax probability up to which a class belongs to a set of level <see cref="SetLevel"/>; NaN where no set was fitted.</param>
internal sealed record TaggerCalibration(int Classes, TemperatureScaling Scaling, long Jets, double SetOffset)
{
    /// <summary>Name of the file in a run.</summary>
    public const string FileName = "temperature.json";

    /// <summary>Share of sets that should hold the true class.</summary>
    public const double SetLevel = 0.9;

    /// <summary>Fewest jets that a temperature is fitted on: with them its error is some tenths.</summary>
    public const int FewestJets = 100;

    private const string Format = "lightcone tagger temperature 1";
    private const int LargestFile = 1 << 16;
    private const double Least = 0.05, Most = 20; // the bounds of TemperatureScaling

    private static readonly JsonSerializerOptions Layout = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true };

    /// <summary>The temperature.</summary>
    public double Temperature => Scaling.Temperature;

    /// <summary>How it came about, as a report says it.</summary>
    public string Origin { get; init; } = $"fitted on {Figures.NumberText.Count(Jets)} validation jets";

    /// <summary>Conformal sets of classes from softmax probabilities; null where none were fitted.</summary>
    public ConformalSets? Sets => double.IsNaN(SetOffset) ? null : ConformalSets.LeastAmbiguousAt(SetOffset, Classes, Jets, SetLevel);

    /// <summary>
    /// Fits; null where the jets cannot tell: too few, all of one class, a logit that is not finite, or classes so well apart that no temperature is best. Sets look at probabilities without the
    /// temperature, so that nothing in their scores was fitted on these jets.
    /// </summary>
    /// <param name="logits">Row-major, shape [jets, classes].</param>
    /// <param name="labels">True class of each jet.</param>
    /// <param name="classes">Number of classes.</param>
    public static TaggerCalibration? Fit(double[] logits, int[] labels, int classes)
    {
        if (labels.Length < FewestJets || labels.Distinct().Count() < 2 || !Array.TrueForAll(logits, double.IsFinite)) return null;
        var scaling = TemperatureScaling.Fit(logits, labels, classes);
        return double.IsFinite(scaling.Error) ? new(classes, scaling, labels.Length, ConformalSets.LeastAmbiguous(Probabilities(logits, classes), labels, classes, SetLevel).Offset) : null;
    }

    /// <summary>What the temperatures of several members leave for their mean where nothing could be fitted to it: their average. Null unless all have one.</summary>
    public static TaggerCalibration? MeanOf(IReadOnlyList<TaggerCalibration?> members)
    {
        if (members.Any(m => m is null)) return null;
        var scaling = new TemperatureScaling(members.Average(m => m!.Temperature), double.NaN, double.NaN, double.NaN);
        return new(members[0]!.Classes, scaling, 0, double.NaN) { Origin = "mean of the members' temperatures: the validation jets could not be opened" };
    }

    /// <summary>Probabilities softmax(logits), shape [jets, classes].</summary>
    public static double[] Probabilities(double[] logits, int classes) => new TemperatureScaling(1, double.NaN, double.NaN, double.NaN).Apply(logits, classes);

    /// <summary>Puts the fit into a run, or takes an older one out where there is none.</summary>
    public static void Replace(Run run, TaggerCalibration? fitted)
    {
        if (fitted is null) File.Delete(PathOf(run));
        else fitted.Write(PathOf(run));
    }

    /// <summary>Reads the file of a run; null where it has none, as imported runs do.</summary>
    /// <param name="run">The run.</param>
    /// <param name="classes">Number of classes of its network.</param>
    /// <exception cref="InputDataException">The file is damaged, or of another run.</exception>
    public static TaggerCalibration? Read(Run run, int classes)
    {
        string path = PathOf(run);
        if (!File.Exists(path)) return null;
        try
        {
            if (new FileInfo(path).Length > LargestFile) throw new JsonException($"It is longer than {LargestFile} bytes.");
            var text = JsonSerializer.Deserialize<Text>(File.ReadAllText(path), Layout) ?? throw new JsonException("It is empty.");
            if (text.Format != Format) throw new JsonException($"Its format is “{text.Format}”.");
            if (text.Classes != classes) throw new JsonException($"It is of {text.Classes} classes; the run has {classes}.");
            bool sound = text is { Temperature: >= Least and <= Most, Error: > 0 and < Most, Jets: >= FewestJets, SetLevel: SetLevel, SetOffset: >= 0 and <= 1, NegativeLogLikelihoodBefore: >= 0, NegativeLogLikelihoodAfter: >= 0 }
                && double.IsFinite(text.NegativeLogLikelihoodBefore) && text.NegativeLogLikelihoodAfter <= text.NegativeLogLikelihoodBefore + 1e-9;
            if (!sound) throw new JsonException("A number of it is out of bounds.");
            return new(classes, new(text.Temperature, text.Error, text.NegativeLogLikelihoodBefore, text.NegativeLogLikelihoodAfter), text.Jets, text.SetOffset);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or IOException or UnauthorizedAccessException)
        {
            throw new InputDataException($"The run's temperature cannot be read: {e.Message}", path, "The file was cut, edited, or copied from another run.",
                "Copy the run again; or delete the file, and do without calibrated probabilities.", e);
        }
    }

    /// <summary>Writes the file.</summary>
    private void Write(string path) => AtomicFile.WriteText(path, JsonSerializer.Serialize(
        new Text(Format, Classes, Temperature, Scaling.Error, Jets, Scaling.Before, Scaling.After, SetLevel, SetOffset), Layout) + "\n");

    private static string PathOf(Run run) => Path.Combine(run.Folder, FileName);

    private sealed record Text(
        string Format, int Classes, double Temperature, double Error, long Jets, double NegativeLogLikelihoodBefore, double NegativeLogLikelihoodAfter, double SetLevel, double SetOffset);
}
