using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lightcone.Evaluation;

/// <summary>
/// What an evaluation found, as <c>evaluation.json</c> keeps it (schema <see cref="SchemaName"/>): numbers with intervals, references, gates, warnings,
/// the sample, the model, and how all of it was made. A report is a pure function of this file and the figures beside it.
/// Fields that this version does not know are kept when a file is rewritten.
/// </summary>
public sealed record EvaluationDocument
{
    /// <summary>The only schema this version reads and writes.</summary>
    public const string SchemaName = "lightcone/evaluation-1";

    /// <summary>Largest file that is read, bytes; an evaluation is a few tens of kilobytes.</summary>
    public const long LargestFile = 32 << 20;

    /// <summary>Name and version of the format.</summary>
    public string Schema { get; init; } = SchemaName;

    /// <summary>System that was evaluated: "lorentznet".</summary>
    public required string System { get; init; }

    /// <summary>Name of the run.</summary>
    public required string Run { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTime Created { get; init; }

    /// <summary>Kind of question: "tagging", "unfolding", …</summary>
    public required string Question { get; init; }

    /// <summary>The answer in one sentence with its number.</summary>
    public required string Answer { get; init; }

    /// <summary>"Simulation", "Simulation (toy)", "Data", "Data and simulation"; from the data card.</summary>
    public required string Statement { get; init; }

    /// <summary>The jets behind the numbers.</summary>
    public required EvaluationSample Sample { get; init; }

    /// <summary>The network behind the numbers.</summary>
    public required EvaluationModel Model { get; init; }

    /// <summary>Everything measured. Ids are stable: comparisons and tests key on them.</summary>
    public IReadOnlyList<EvaluationNumber> Numbers { get => field ?? []; init; }

    /// <summary>Numbers of others to compare with.</summary>
    public IReadOnlyList<EvaluationReference> References { get => field ?? []; init; }

    /// <summary>Requirements with their outcome.</summary>
    public IReadOnlyList<EvaluationGate> Gates { get => field ?? []; init; }

    /// <summary>Reports of uncertainty tests, kept as they are.</summary>
    public IReadOnlyList<JsonElement> Uq { get => field ?? []; init; }

    /// <summary>What a reader must know before quoting a number, worst first.</summary>
    public IReadOnlyList<EvaluationWarning> Warnings { get => field ?? []; init; }

    /// <summary>Figures drawn from this evaluation, most important first.</summary>
    public IReadOnlyList<EvaluationFigure> Figures { get => field ?? []; init; }

    /// <summary>How it was made.</summary>
    public required EvaluationProvenance Provenance { get; init; }

    /// <summary>Fields of later versions, kept.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }

    /// <summary>The number with this id, or null.</summary>
    public EvaluationNumber? Number(string id) => Numbers.FirstOrDefault(n => n.Id == id);

    /// <summary>The document as indented JSON text with "\n" line ends.</summary>
    /// <exception cref="ArgumentException">An id stands twice, or a number is not finite.</exception>
    public string ToJson()
    {
        RequireConsistent();
        return JsonSerializer.Serialize(this, EvaluationJson.Readable.EvaluationDocument) + "\n";
    }

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <param name="json">The text.</param>
    /// <param name="where">Name of the file, for the error.</param>
    /// <exception cref="InputDataException">The text is no evaluation of this schema.</exception>
    public static EvaluationDocument Parse(string json, string where)
    {
        EvaluationDocument? document;
        try
        {
            document = JsonSerializer.Deserialize(json, EvaluationJson.Readable.EvaluationDocument);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException)
        {
            throw Broken($"The evaluation cannot be read: {e.Message}", where, "The file was cut short, edited by hand, or is not an evaluation.", e);
        }

        if (document is not null && document.HasHoles())
        {
            throw Broken("A list of the evaluation has a null entry.", where, "The file was edited by hand.", null);
        }

        return document is null ? throw Broken("The evaluation is empty.", where, "The file holds only `null`.", null)
            : document.Schema != SchemaName ? throw Broken($"The evaluation has the schema '{document.Schema}'; this version reads '{SchemaName}'.", where, "It was written by another version of Lightcone.", null)
            : document;
    }

    /// <summary>Writes the file in one piece: it is there whole or not at all.</summary>
    /// <exception cref="ArgumentException">An id stands twice, or a number is not finite.</exception>
    /// <exception cref="MachineException">The disk is full, or the folder cannot be written.</exception>
    public void Write(string path) => AtomicFile.WriteText(path, ToJson());

    /// <summary>Reads a file.</summary>
    /// <exception cref="InputDataException">The file is missing, too large, or no evaluation of this schema.</exception>
    public static EvaluationDocument Read(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (file.Exists && file.Length > LargestFile)
            {
                throw Broken($"The evaluation has {file.Length} bytes; at most {LargestFile} are read.", path, "It is another kind of file.", null);
            }

            return Parse(File.ReadAllText(path), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Broken($"The evaluation cannot be opened: {e.Message}", path, "The run was not evaluated yet, or the folder is another one.", e);
        }
    }

    private static InputDataException Broken(string what, string where, string cause, Exception? inner) =>
        new(what, where, cause, "Run `lightcone evaluate` on the run again.", inner);

    private void RequireConsistent()
    {
        string? twice = Numbers.GroupBy(n => n.Id).FirstOrDefault(g => g.Count() > 1)?.Key;
        if (twice is not null)
        {
            throw new ArgumentException($"The number '{twice}' stands twice in the evaluation.");
        }

        EvaluationNumber? broken = Numbers.FirstOrDefault(n => !Finite(n.Value) || !Finite(n.Lower) || !Finite(n.Upper));
        if (broken is not null)
        {
            throw new ArgumentException($"The number '{broken.Id}' is not finite; a missing number is null with a reason.");
        }
    }

    private bool HasHoles() =>
        new IReadOnlyList<object?>[] { Numbers, References, Gates, Warnings, Figures, Sample.Files, Sample.Classes, Sample.Checks }.Any(list => list.Contains(null));

    private static bool Finite(double? value) => value is null || double.IsFinite(value.Value);
}
