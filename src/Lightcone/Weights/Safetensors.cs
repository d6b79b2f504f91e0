using System.Buffers.Binary;

namespace Lightcone.Weights;

/// <summary>
/// A weight file in the safetensors layout: 8 bytes length, a JSON header, the tensors back to back. Opening checks the whole header against the
/// file's length; tensors are read one at a time, when asked for.
/// </summary>
public sealed class Safetensors : IDisposable
{
    /// <summary>Longest header that is read, as in the format's reference implementation [bytes].</summary>
    private const int LongestHeader = 100_000_000;

    private readonly FileStream stream;
    private readonly string path;
    private readonly SafetensorsHeader header;
    private readonly Dictionary<string, SafetensorsHeader.Entry> byName;
    private readonly long dataStart;

    private Safetensors(FileStream stream, string path, SafetensorsHeader header, long dataStart)
    {
        (this.stream, this.path, this.header, this.dataStart) = (stream, path, header, dataStart);
        byName = header.Entries.ToDictionary(e => e.Name);
    }

    /// <summary>Names of the tensors, in the order of the header.</summary>
    public IEnumerable<string> Names => header.Entries.Select(e => e.Name);

    /// <summary>Free text of the file.</summary>
    public IReadOnlyDictionary<string, string> Metadata => header.Metadata;

    /// <summary>Opens a file and checks its header; no tensor is read.</summary>
    /// <exception cref="InputDataException">The file is missing, damaged or not in this layout.</exception>
    public static Safetensors Open(string path)
    {
        var stream = WeightFile.Open(path);
        try
        {
            return Open(stream, path);
        }
        catch (Exception e)
        {
            stream.Dispose();
            if (e is IOException) throw SafetensorsHeader.Damaged(path, e.Message, e);
            throw;
        }
    }

    /// <summary>Reads all tensors of a file.</summary>
    /// <exception cref="InputDataException">The file is missing, damaged or not in this layout.</exception>
    public static WeightSet ReadAll(string path)
    {
        using var file = Open(path);
        return new(file.Names.Select(file.Read).ToList(), path, file.Metadata);
    }

    /// <summary>Reads one tensor.</summary>
    /// <exception cref="InputDataException">There is none of that name, or the file shrank.</exception>
    public WeightTensor Read(string name)
    {
        if (!byName.TryGetValue(name, out var entry))
            throw new InputDataException($"There is no tensor '{name}'.", path, "the weights belong to another network", "name the network that the weights were trained with");
        if (entry.End - entry.Begin > Array.MaxLength)
            throw new InputDataException($"Tensor '{name}' has {entry.End - entry.Begin} bytes, more than one array holds.", path, "the network is larger than this program supports", "split the tensor");
        var data = new byte[entry.End - entry.Begin];
        try
        {
            stream.Position = dataStart + entry.Begin;
            stream.ReadExactly(data);
        }
        catch (IOException e)
        {
            throw SafetensorsHeader.Damaged(path, $"tensor '{name}' cannot be read: {e.Message}", e);
        }
        return new(name, entry.Type, entry.Shape, data);
    }

    /// <summary>Writes tensors in the given order, but the widest numbers first, so that all are aligned. The file appears whole or not at all.</summary>
    /// <exception cref="MachineException">The file cannot be written.</exception>
    public static void Write(string path, IEnumerable<WeightTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var ordered = tensors.OrderByDescending(t => WeightTensor.SizeOf(t.Type)).ToList();
        byte[] header = SafetensorsHeader.Format(ordered, metadata ?? new Dictionary<string, string>());
        AtomicFile.Write(path, stream =>
        {
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            stream.Write(length);
            stream.Write(header);
            foreach (var tensor in ordered) stream.Write(tensor.Data.Span);
        });
    }

    /// <inheritdoc/>
    public void Dispose() => stream.Dispose();

    private static Safetensors Open(FileStream stream, string path)
    {
        Span<byte> prefix = stackalloc byte[8];
        if (stream.Length < prefix.Length) throw SafetensorsHeader.Damaged(path, "the file is shorter than 8 bytes");
        stream.ReadExactly(prefix);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > LongestHeader || (long)length > stream.Length - prefix.Length)
            throw SafetensorsHeader.Damaged(path, $"the header claims {length} bytes, the file has {stream.Length - prefix.Length} behind its first 8");
        var text = new byte[length];
        stream.ReadExactly(text);
        long dataStart = prefix.Length + text.Length;
        return new(stream, path, SafetensorsHeader.Parse(text, stream.Length - dataStart, path), dataStart);
    }
}
