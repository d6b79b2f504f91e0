using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lightcone.Evaluation;

/// <summary>Reads and writes evaluations without reflection, so that it works in ahead-of-time compiled programs.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(EvaluationDocument))]
[JsonSerializable(typeof(UqReport))]
internal sealed partial class EvaluationJson : JsonSerializerContext
{
    /// <summary>Indented, Greek letters as they are. The text never enters HTML without encoding.</summary>
    public static EvaluationJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        NewLine = "\n",
        RespectNullableAnnotations = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
