using System.Text.Encodings.Web;
using System.Text.Json;

namespace Lightcone.Weights;

/// <summary>The JSON header of a safetensors file.</summary>
internal sealed class SafetensorsHeader
{
    private const string MetadataKey = "__metadata__";
    private const int LargestRank = 64; // PyTorch's own limit

    private SafetensorsHeader(List<Entry> entries, Dictionary<string, string> metadata) => (Entries, Metadata) = (entries, metadata);

    /// <summary>One tensor: its bytes are [Begin, End) of the data part.</summary>
    public readonly record struct Entry(string Name, WeightType Type, long[] Shape, long Begin, long End);

    public List<Entry> Entries { get; }

    public Dictionary<string, string> Metadata { get; }

    public static InputDataException Damaged(string path, string what, Exception? inner = null) => new(
        $"Not a safetensors file that can be used: {what}.", path, "the file was cut or changed in transfer, or is of another format", "fetch it again and compare its checksum", inner);

    /// <summary>Reads a header and checks that the tensors fill the data part without gap or overlap.</summary>
    public static SafetensorsHeader Parse(ReadOnlySpan<byte> json, long dataLength, string path)
    {
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 4 });
            var header = ParseObject(ref reader);
            CheckLayout(header.Entries, dataLength);
            return header;
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            // Besides malformed JSON: a token of the wrong kind and text that is not UTF-8 throw InvalidOperationException.
            throw Damaged(path, $"its header is wrong ({e.Message.TrimEnd('.')})", e);
        }
    }

    /// <summary>Writes a header for tensors that follow one another in the given order, padded with blanks to a multiple of 8 bytes.</summary>
    public static byte[] Format(IReadOnlyList<WeightTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (metadata.Count > 0)
            {
                json.WriteStartObject(MetadataKey);
                foreach (var (key, value) in metadata) json.WriteString(key, value);
                json.WriteEndObject();
            }
            var names = new HashSet<string> { MetadataKey };
            long at = 0;
            foreach (var tensor in tensors)
            {
                if (!names.Add(tensor.Name)) throw new ArgumentException($"The tensor name '{tensor.Name}' is used twice or reserved.", nameof(tensors));
                WriteEntry(json, tensor, at);
                at += tensor.Data.Length;
            }
            json.WriteEndObject();
        }
        while (buffer.Length % 8 != 0) buffer.WriteByte((byte)' ');
        return buffer.ToArray();
    }

    private static void WriteEntry(Utf8JsonWriter json, WeightTensor tensor, long at)
    {
        json.WriteStartObject(tensor.Name);
        json.WriteString("dtype", NameOf(tensor.Type));
        json.WriteStartArray("shape");
        foreach (long axis in tensor.Shape) json.WriteNumberValue(axis);
        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(at);
        json.WriteNumberValue(at + tensor.Data.Length);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static SafetensorsHeader ParseObject(ref Utf8JsonReader reader)
    {
        var entries = new List<Entry>();
        var metadata = new Dictionary<string, string>();
        var names = new HashSet<string>();
        Expect(ref reader, JsonTokenType.StartObject);
        while (Next(ref reader) != JsonTokenType.EndObject)
        {
            string name = reader.GetString()!;
            if (!names.Add(name)) throw new FormatException($"'{name}' stands there twice");
            if (name == MetadataKey) ParseMetadata(ref reader, metadata);
            else entries.Add(ParseEntry(ref reader, name));
        }
        if (reader.Read()) throw new FormatException("something follows the header's object");
        return new(entries, metadata);
    }

    private static void ParseMetadata(ref Utf8JsonReader reader, Dictionary<string, string> metadata)
    {
        Expect(ref reader, JsonTokenType.StartObject);
        while (Next(ref reader) != JsonTokenType.EndObject)
        {
            string key = reader.GetString()!;
            Expect(ref reader, JsonTokenType.String);
            if (!metadata.TryAdd(key, reader.GetString()!)) throw new FormatException($"metadata '{key}' stands there twice");
        }
    }

    private static Entry ParseEntry(ref Utf8JsonReader reader, string name)
    {
        WeightType? type = null;
        long[]? shape = null, offsets = null;
        Expect(ref reader, JsonTokenType.StartObject);
        while (Next(ref reader) != JsonTokenType.EndObject)
        {
            string field = reader.GetString()!;
            if (field == "dtype" && type is null)
            {
                Expect(ref reader, JsonTokenType.String);
                type = TypeOf(reader.GetString()!);
            }
            else if (field == "shape" && shape is null) shape = ParseNumbers(ref reader);
            else if (field == "data_offsets" && offsets is null) offsets = ParseNumbers(ref reader);
            else throw new FormatException($"tensor '{name}' has an unknown or repeated field '{field}'");
        }
        if (type is null || shape is null || offsets is not [var begin, var end] || begin > end)
            throw new FormatException($"tensor '{name}' does not state type, shape and a byte range");
        if (WeightTensor.ByteCount(type.Value, shape) != end - begin)
            throw new FormatException($"tensor '{name}' of type {type} and shape [{string.Join(", ", shape)}] does not need {end - begin} bytes");
        return new(name, type.Value, shape, begin, end);
    }

    private static long[] ParseNumbers(ref Utf8JsonReader reader)
    {
        var numbers = new List<long>();
        Expect(ref reader, JsonTokenType.StartArray);
        while (Next(ref reader) != JsonTokenType.EndArray)
        {
            if (numbers.Count == LargestRank || !reader.TryGetInt64(out long number) || number < 0) throw new FormatException("a list of sizes is too long or holds something else than counts");
            numbers.Add(number);
        }
        return [.. numbers];
    }

    private static void CheckLayout(List<Entry> entries, long dataLength)
    {
        long at = 0;
        foreach (var entry in entries.OrderBy(e => e.Begin).ThenBy(e => e.End))
        {
            if (entry.Begin != at) throw new FormatException($"tensor '{entry.Name}' begins at byte {entry.Begin} instead of {at}");
            at = entry.End;
        }
        if (at != dataLength) throw new FormatException($"the tensors need {at} bytes, the file holds {dataLength}");
    }

    private static JsonTokenType Next(ref Utf8JsonReader reader) =>
        reader.Read() ? reader.TokenType : throw new FormatException("the header ends early");

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType token)
    {
        if (Next(ref reader) != token) throw new FormatException($"{reader.TokenType} instead of {token}");
    }

    private static string NameOf(WeightType type) => type == WeightType.Bool ? "BOOL" : type.ToString();

    private static WeightType TypeOf(string name)
    {
        foreach (var type in Enum.GetValues<WeightType>())
            if (NameOf(type) == name) return type;
        throw new FormatException($"numbers of type '{name}' are not supported");
    }
}
