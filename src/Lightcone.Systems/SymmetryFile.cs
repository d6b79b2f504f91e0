using System.Text.Json;
using System.Text.Json.Nodes;
using Lightcone.Training.Runs;

namespace Lightcone.Systems;

/// <summary>The outcome of <c>check symmetry</c> as the run keeps it: symmetry.json.</summary>
public static class SymmetryFile
{
    private const string Name = "symmetry.json";

    /// <summary>Writes it.</summary>
    public static void Write(Run run, SymmetryReport report) =>
        AtomicFile.WriteText(Path.Combine(run.Folder, Name), ToJson(run, report).ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n");

    /// <summary>Reads it; null where the check was never made.</summary>
    /// <exception cref="InputDataException">The file is damaged.</exception>
    public static SymmetryReport? Read(Run run)
    {
        string path = Path.Combine(run.Folder, Name);
        if (!File.Exists(path)) return null;
        try
        {
            var json = JsonNode.Parse(File.ReadAllText(path))!;
            return new SymmetryReport((string?)json["subject"] ?? "", (int)json["jets"]!,
                json["frames"]!.AsArray().Select(f => new SymmetryFrame((string)f!["name"]!, (double)f["gamma"]!, (double)f["angle"]!, (string?)f["group"] ?? "")).ToList(),
                json["variants"]!.AsArray().Select(v => new SymmetryVariant((string)v!["name"]!, (double)v["largestOutput"]!, v["largestChange"]!.AsArray().Select(c => (double)c!).ToList())).ToList(),
                json["gates"]!.AsArray().Select(g => new SymmetryGate((string)g!["name"]!, (double)g["measured"]!, (double)g["limit"]!)).ToList());
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or NullReferenceException)
        {
            throw new InputDataException($"The symmetry check cannot be read: {e.Message}", path, "The file was cut or edited.", $"Make it again: lightcone check symmetry {run.Folder}", e);
        }
    }

    /// <summary>The report as JSON.</summary>
    public static JsonObject ToJson(Run run, SymmetryReport report) => new()
    {
        ["run"] = run.Name,
        ["subject"] = report.Subject,
        ["jets"] = report.Jets,
        ["frames"] = new JsonArray([.. report.Frames.Select(f => new JsonObject { ["name"] = f.Name, ["gamma"] = f.Gamma, ["angle"] = f.Angle, ["group"] = f.Group })]),
        ["variants"] = new JsonArray([.. report.Variants.Select(v => new JsonObject
        {
            ["name"] = v.Name,
            ["largestOutput"] = v.LargestOutput,
            ["largestChange"] = new JsonArray([.. v.LargestChange.Select(c => JsonValue.Create(c))]),
        })]),
        ["gates"] = new JsonArray([.. report.Gates.Select(g => new JsonObject { ["name"] = g.Name, ["measured"] = g.Measured, ["limit"] = g.Limit, ["result"] = g.Passed ? "pass" : "fail" })]),
    };
}
