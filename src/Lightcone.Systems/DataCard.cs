using System.Globalization;
using Lightcone.Evaluation;
using Lightcone.Figures.Catalogue;
using Lightcone.Jets;
using Lightcone.Training.Runs;

namespace Lightcone.Systems;

/// <summary>What a report says of the jets, from their schema.</summary>
internal static class DataCard
{
    /// <summary>The sample of an evaluation.</summary>
    public static EvaluationSample Of(JetSchema schema, IReadOnlyList<DataFile> files, IReadOnlyList<int> labels) => new()
    {
        Name = string.Join(' ', new[] { schema.Facts.GetValueOrDefault("dataset"), schema.Facts.GetValueOrDefault("split") }.OfType<string>()) is { Length: > 0 } name
            ? name
            : string.Join(", ", files.Select(f => Path.GetFileName(f.Path))),
        Files = [.. files.Select(f => new SampleFile(Path.GetFileName(f.Path), f.Sha256, f.Jets, f.Jets))],
        Classes = [.. Enumerable.Range(0, Math.Max(2, schema.Classes.Count)).Select(c => new SampleClass(ClassName(schema, c), labels.Count(l => l == c)))],
        Selection = schema.Facts.GetValueOrDefault("selection"),
        Units = schema.Facts.GetValueOrDefault("units"),
        Generator = schema.Facts.GetValueOrDefault("generator"),
        Licence = schema.Facts.GetValueOrDefault("licence"),
    };

    /// <summary>What stands above the figures.</summary>
    public static FigureHeader Header(string label, Run run, JetSchema schema, EvaluationSample sample)
    {
        var conditions = new List<string>();
        if (schema.Facts.TryGetValue("centre_of_mass_energy_gev", out string? energy) && double.TryParse(energy, NumberStyles.Float, CultureInfo.InvariantCulture, out double gev) && gev > 0)
            conditions.Add(string.Create(CultureInfo.InvariantCulture, $"√*s* = {gev / 1000:0.##} TeV"));
        return new FigureHeader { Label = label, Statement = schema.Statement, Conditions = conditions, Run = run.Name, Sample = sample.Name };
    }

    /// <summary>Name of a class; its number where the file does not name it.</summary>
    public static string ClassName(JetSchema schema, int label) => label < schema.Classes.Count ? schema.Classes[label] : $"class {label}";
}
