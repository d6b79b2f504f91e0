using System.IO.Compression;

namespace Lightcone.Weights;

/// <summary>
/// Reads the weights in a file that PyTorch's <c>torch.save(model.state_dict())</c> wrote (1.6 or newer: an uncompressed zip). Tensors of any device
/// come to main memory; names stay as they are. Nothing in the file can make code run: a pickle that asks for more
/// than tensors is refused.
/// </summary>
public static class TorchArchive
{
    private const int MostEntries = 1 << 20;

    /// <summary>Reads all tensors.</summary>
    /// <exception cref="InputDataException">The file is missing, damaged, of another kind, or asks for anything but tensors.</exception>
    public static WeightSet Read(string path)
    {
        using var stream = WeightFile.Open(path);
        try
        {
            using var zip = new ZipArchive(stream, ZipArchiveMode.Read);
            return Read(zip, stream.Length, path);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or NotSupportedException or ArgumentException or OverflowException)
        {
            throw Damaged(path, e.Message.TrimEnd('.'), e);
        }
    }

    private static WeightSet Read(ZipArchive zip, long fileLength, string path)
    {
        var entries = Entries(zip, fileLength, path);
        string[] pickles = [.. entries.Keys.Where(name => name.EndsWith("/data.pkl", StringComparison.Ordinal) && name.Count(c => c == '/') == 1)];
        if (pickles is not [var pickle]) throw Damaged(path, $"it holds {pickles.Length} pickles of weights instead of one");
        string folder = pickle[..^"data.pkl".Length];
        if (entries.TryGetValue(folder + "byteorder", out var order) && (order.Length != 6 || !Bytes(order, path).AsSpan().SequenceEqual("little"u8)))
            throw Damaged(path, "its numbers are not little-endian");

        var storages = new Dictionary<string, (TorchPickle.Storage Storage, byte[] Data)>();
        var tensors = new List<WeightTensor>();
        foreach (var (name, tensor) in TorchPickle.Read(Bytes(entries[pickle], path), path))
        {
            var storage = tensor.Storage;
            if (!storages.TryGetValue(storage.Key, out var known))
            {
                if (!entries.TryGetValue($"{folder}data/{storage.Key}", out var entry)) throw Damaged(path, $"the numbers of tensor '{name}' are missing");
                storages[storage.Key] = known = (storage, NumbersOf(storage, entry, path));
            }
            if (known.Storage != storage) throw Damaged(path, $"storage '{storage.Key}' is described in two ways");
            int size = WeightTensor.SizeOf(storage.Type);
            long byteCount = WeightTensor.ByteCount(storage.Type, tensor.Shape)!.Value; // the pickle reader checked shape and offset against the storage
            tensors.Add(new(name, storage.Type, tensor.Shape, known.Data.AsMemory((int)(tensor.Offset * size), (int)byteCount)));
        }
        return new(tensors, path);
    }

    /// <summary>The entries by name. Their lengths together stay below the file's, so no entry expands and none shares bytes with many others.</summary>
    private static Dictionary<string, ZipArchiveEntry> Entries(ZipArchive zip, long fileLength, string path)
    {
        if (zip.Entries.Count > MostEntries) throw Damaged(path, $"it has {zip.Entries.Count} entries");
        var entries = new Dictionary<string, ZipArchiveEntry>();
        long total = 0;
        foreach (var entry in zip.Entries)
        {
            if (entry.IsEncrypted || entry.CompressedLength != entry.Length || entry.Length < 0 || entry.Length > fileLength - total)
                throw Damaged(path, $"its entry '{entry.FullName}' is packed or longer than the file");
            total += entry.Length;
            if (!entries.TryAdd(entry.FullName, entry)) throw Damaged(path, $"its entry '{entry.FullName}' stands there twice");
        }
        return entries;
    }

    private static byte[] NumbersOf(TorchPickle.Storage storage, ZipArchiveEntry entry, string path)
    {
        if (storage.Count > entry.Length || storage.Count * WeightTensor.SizeOf(storage.Type) != entry.Length)
            throw Damaged(path, $"storage '{storage.Key}' should hold {storage.Count} numbers of type {storage.Type} but has {entry.Length} bytes");
        return Bytes(entry, path);
    }

    private static byte[] Bytes(ZipArchiveEntry entry, string path)
    {
        if (entry.Length > Array.MaxLength) throw Damaged(path, $"its entry '{entry.FullName}' has {entry.Length} bytes, more than one array holds");
        var bytes = new byte[entry.Length];
        using (var stream = entry.Open()) stream.ReadExactly(bytes);
        if (Crc32.Of(bytes) != entry.Crc32) throw Damaged(path, $"the checksum of its entry '{entry.FullName}' is wrong");
        return bytes;
    }

    private static InputDataException Damaged(string path, string what, Exception? inner = null) => new(
        $"Not a PyTorch file of weights that can be used: {what}.", path,
        "the file was cut or changed in transfer, or was written by PyTorch before 1.6 or by another program",
        "fetch it again and compare its checksum, or save it anew with torch.save(model.state_dict(), path)", inner);
}
