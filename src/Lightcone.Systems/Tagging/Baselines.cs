using System.Text.Json;
using System.Text.Json.Nodes;
using Lightcone.Evaluation;
using Lightcone.Figures.Catalogue;
using Lightcone.Statistics;
using Lightcone.Training.Runs;

namespace Lightcone.Systems.Tagging;

/// <summary>
/// Numbers that simpler methods reached on the same test file, from a <c>baselines.json</c> beside it (samples/data has one, with the script that made it).
/// They are used only when the file they name is the one evaluated.
/// </summary>
internal static class Baselines
{
    private const string Name = "baselines.json";
    private const long LargestFile = 1 << 20;
    private static readonly double[] Efficiencies = [0.3, 0.5];

    /// <summary>References for the tables and hollow points for the ROC figure; both empty where there is no such file.</summary>
    /// <exception cref="InputDataException">The file is damaged.</exception>
    public static (IReadOnlyList<EvaluationReference> References, IReadOnlyList<ReferencePoint> Points) Read(IReadOnlyList<DataFile> test, long backgrounds)
    {
        if (test.Count != 1 || Path.Combine(Path.GetDirectoryName(test[0].Path) ?? "", Name) is not { } path || !File.Exists(path)) return ([], []);
        try
        {
            if (new FileInfo(path).Length > LargestFile) throw new InvalidOperationException("it is too long");
            var json = JsonNode.Parse(File.ReadAllText(path))!;
            if (!((string)json["evaluated_on"]!).StartsWith(Path.GetFileName(test[0].Path) + " ", StringComparison.Ordinal)) return ([], []);
            var references = new List<EvaluationReference>();
            var points = new List<ReferencePoint>();
            foreach (var entry in json["baselines"]!.AsArray().Where(b => !((string)b!["name"]!).Contains("window", StringComparison.Ordinal)))
                Add(entry!, (string)json["made_by"]!, backgrounds, references, points);
            return (references, points);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException or FormatException or IOException)
        {
            throw new InputDataException($"The baselines cannot be read: {e.Message}", path, "The file was cut or edited.", "Restore it, or remove it: evaluations work without.", e);
        }
    }

    private static void Add(JsonNode baseline, string source, long backgrounds, List<EvaluationReference> references, List<ReferencePoint> points)
    {
        string name = (string)baseline["name"]!;
        double auc = (double)baseline["auc"]!, error = (double)baseline["auc_standard_error"]!;
        references.Add(new EvaluationReference { Number = "auc", Name = name, Value = auc, Lower = auc - error, Upper = auc + error, Source = source, SameSample = true });
        foreach (double efficiency in Efficiencies)
        {
            string at = efficiency.ToString(System.Globalization.CultureInfo.InvariantCulture);
            if (baseline[$"background_passing_at_{at}"] is not { } passing || (long)passing is < 1 || (long)passing > backgrounds) continue;
            var rejection = ClopperPearson.Of((long)passing, backgrounds).Reciprocal();
            references.Add(new EvaluationReference
            {
                Number = $"rejection@{at}", Name = name, Value = rejection.Value, Lower = rejection.Lower, Upper = rejection.Upper, Source = source, SameSample = true,
            });
            points.Add(new ReferencePoint(name, efficiency, rejection));
        }
    }
}
