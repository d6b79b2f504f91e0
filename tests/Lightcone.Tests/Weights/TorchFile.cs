using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Lightcone.Weights;

namespace Lightcone.Tests.Weights;

/// <summary>Writes PyTorch weight files for tests, sound ones and hostile ones.</summary>
internal static class TorchFile
{
    public static byte[] Zip(byte[] pickle, IEnumerable<byte[]> storages, CompressionLevel level = CompressionLevel.NoCompression)
    {
        using var buffer = new MemoryStream();
        using (var zip = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(zip, "archive/data.pkl", pickle, level);
            int key = 0;
            foreach (byte[] storage in storages) Add(zip, $"archive/data/{key++}", storage, level);
            Add(zip, "archive/version", "3\n"u8.ToArray(), level);
        }
        return buffer.ToArray();
    }

    public static byte[] StateDictionary(params WeightTensor[] tensors)
    {
        var pickle = new Pickle().Op(0x80, 2).Global("collections", "OrderedDict").Op(')', 'R', 'q', 0, '(');
        for (int i = 0; i < tensors.Length; i++)
            pickle.Text(tensors[i].Name).Tensor(StorageName(tensors[i].Type), $"{i}", tensors[i].Length, 0, tensors[i].Shape, Contiguous(tensors[i].Shape));
        return Zip(pickle.Op('u', '.').Bytes, tensors.Select(t => t.Data.ToArray()));
    }

    public static long[] Contiguous(long[] shape)
    {
        var strides = new long[shape.Length];
        long stride = 1;
        for (int axis = shape.Length - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= shape[axis];
        }
        return strides;
    }

    private static string StorageName(WeightType type) => type switch
    {
        WeightType.F64 => "DoubleStorage",
        WeightType.F32 => "FloatStorage",
        WeightType.F16 => "HalfStorage",
        WeightType.BF16 => "BFloat16Storage",
        WeightType.I64 => "LongStorage",
        WeightType.I32 => "IntStorage",
        WeightType.I16 => "ShortStorage",
        WeightType.I8 => "CharStorage",
        WeightType.U8 => "ByteStorage",
        _ => "BoolStorage",
    };

    private static void Add(ZipArchive zip, string name, byte[] content, CompressionLevel level)
    {
        using var stream = zip.CreateEntry(name, level).Open();
        stream.Write(content);
    }

    /// <summary>Pickle opcodes, one after another.</summary>
    internal sealed class Pickle
    {
        private readonly MemoryStream buffer = new();

        public byte[] Bytes => buffer.ToArray();

        public Pickle Op(params int[] bytes)
        {
            foreach (int b in bytes) buffer.WriteByte((byte)b);
            return this;
        }

        public Pickle Repeat(int count, params int[] bytes)
        {
            for (int i = 0; i < count; i++) Op(bytes);
            return this;
        }

        public Pickle Global(string module, string name)
        {
            buffer.Write(Encoding.UTF8.GetBytes($"c{module}\n{name}\n"));
            return this;
        }

        public Pickle Text(string text)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            return Op('X').Word(bytes.Length).Raw(bytes);
        }

        public Pickle Raw(byte[] bytes)
        {
            buffer.Write(bytes);
            return this;
        }

        public Pickle Word(int value)
        {
            Span<byte> word = stackalloc byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(word, value);
            buffer.Write(word);
            return this;
        }

        public Pickle Integer(long value)
        {
            var bytes = new byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
            return Op(0x8A, 8).Raw(bytes);
        }

        public Pickle Integers(long[] values)
        {
            Op('(');
            foreach (long value in values) Integer(value);
            return Op('t');
        }

        public Pickle Tensor(string storage, string key, long count, long offset, long[] shape, long[] strides) =>
            Global("torch._utils", "_rebuild_tensor_v2").Op('(', '(').Text("storage").Global("torch", storage).Text(key).Text("cuda:0").Integer(count).Op('t', 'Q')
                .Integer(offset).Integers(shape).Integers(strides).Op(0x89).Global("collections", "OrderedDict").Op(')', 'R', 't', 'R');
    }
}
