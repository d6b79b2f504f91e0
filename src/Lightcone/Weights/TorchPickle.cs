using System.Buffers.Binary;
using System.Text;

namespace Lightcone.Weights;

/// <summary>
/// Reads the pickle of a PyTorch state dictionary (protocol 2) and can build nothing but texts, numbers, tuples, lists, dictionaries with text keys
/// and references to tensors. No name in the pickle is ever looked up among types or functions: it is compared with a fixed list.
/// </summary>
internal sealed class TorchPickle
{
    private const int LargestPickle = 64 << 20; // about 160 bytes a tensor: 400,000 tensors
    private const int LargestStack = 1 << 16, LargestMemo = 1 << 20, MostMarks = 256, MostContainers = 1 << 20, LargestRank = 64;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);
    private static readonly PickleTuple EmptyTuple = new([]);

    private readonly byte[] bytes;
    private readonly string path;
    private readonly List<object?> stack = [];
    private readonly List<int> marks = [];
    private readonly Dictionary<uint, object?> memo = [];
    private int at;
    private int containers;

    private TorchPickle(byte[] bytes, string path) => (this.bytes, this.path) = (bytes, path);

    /// <summary>Numbers in one archive entry.</summary>
    public sealed record Storage(string Key, WeightType Type, long Count);

    /// <summary>A contiguous tensor that begins at a number of a storage.</summary>
    public sealed record TensorReference(Storage Storage, long Offset, long[] Shape);

    private enum Callable
    {
        OrderedDictionary,
        RebuildTensor,
    }

    private sealed class PickleTuple(object?[] items)
    {
        public object?[] Items { get; } = items;
    }

    /// <summary>The named tensors of a state dictionary, in its order.</summary>
    /// <exception cref="InputDataException">The pickle is damaged, asks for anything else, or is no state dictionary.</exception>
    public static List<KeyValuePair<string, TensorReference>> Read(byte[] bytes, string path)
    {
        var pickle = new TorchPickle(bytes, path);
        if (bytes.Length > LargestPickle) throw pickle.Refused($"it has {bytes.Length} bytes, more than {LargestPickle}");
        if (pickle.Run() is not OrderedDictionary<string, object?> root) throw pickle.NoStateDictionary("it holds something else than a dictionary");
        var tensors = new List<KeyValuePair<string, TensorReference>>(root.Count);
        foreach (var (name, value) in root)
            tensors.Add(new(name, value as TensorReference ?? throw pickle.NoStateDictionary($"its entry '{name}' is no tensor")));
        return tensors;
    }

    private object? Run()
    {
        while (true)
        {
            byte opcode = NextByte();
            if (opcode == '.')
            {
                if (stack.Count != 1 || marks.Count != 0 || at != bytes.Length) throw Refused("it ends with values left over");
                return stack[0];
            }
            Execute(opcode);
        }
    }

    private void Execute(byte opcode)
    {
        switch (opcode)
        {
            case 0x80: Protocol(); break;
            case (byte)'N': Push(null); break;
            case 0x88: Push(true); break;
            case 0x89: Push(false); break;
            case (byte)'K': Push((long)NextByte()); break;
            case (byte)'M': Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Next(2))); break;
            case (byte)'J': Push((long)BinaryPrimitives.ReadInt32LittleEndian(Next(4))); break;
            case 0x8A: Push(LongInteger()); break;
            case (byte)'G': Push(BinaryPrimitives.ReadDoubleBigEndian(Next(8))); break;
            case (byte)'X': Push(Text(NextLength())); break;
            case (byte)')': Push(EmptyTuple); break;
            case 0x85: Push(Tuple(1)); break;
            case 0x86: Push(Tuple(2)); break;
            case 0x87: Push(Tuple(3)); break;
            case (byte)'t': Push(Tuple(AboveMark())); break;
            case (byte)']': Push(Counted(new List<object?>())); break;
            case (byte)'a': Append(1); break;
            case (byte)'e': Append(AboveMark()); break;
            case (byte)'}': Push(Counted(new OrderedDictionary<string, object?>())); break;
            case (byte)'s': SetItems(2); break;
            case (byte)'u': SetItems(AboveMark()); break;
            case (byte)'(': Mark(); break;
            case (byte)'q': Remember(NextByte()); break;
            case (byte)'r': Remember(BinaryPrimitives.ReadUInt32LittleEndian(Next(4))); break;
            case (byte)'h': Recall(NextByte()); break;
            case (byte)'j': Recall(BinaryPrimitives.ReadUInt32LittleEndian(Next(4))); break;
            case (byte)'c': Push(Global()); break;
            case (byte)'Q': Push(Persistent()); break;
            case (byte)'R': Push(Reduce()); break;
            case (byte)'b': Build(); break;
            default: throw Refused($"it uses opcode 0x{opcode:X2}, which no file of weights needs");
        }
    }

    private void Protocol()
    {
        byte protocol = NextByte();
        if (protocol != 2 || at != 2) throw Refused($"it declares protocol {protocol}; PyTorch writes 2, once, at the beginning");
    }

    private object Global()
    {
        string module = Line(), name = Line();
        return (module, name) switch
        {
            ("collections", "OrderedDict") => Callable.OrderedDictionary,
            ("torch._utils", "_rebuild_tensor_v2") => Callable.RebuildTensor,
            ("torch", "DoubleStorage") => WeightType.F64,
            ("torch", "FloatStorage") => WeightType.F32,
            ("torch", "HalfStorage") => WeightType.F16,
            ("torch", "BFloat16Storage") => WeightType.BF16,
            ("torch", "LongStorage") => WeightType.I64,
            ("torch", "IntStorage") => WeightType.I32,
            ("torch", "ShortStorage") => WeightType.I16,
            ("torch", "CharStorage") => WeightType.I8,
            ("torch", "ByteStorage") => WeightType.U8,
            ("torch", "BoolStorage") => WeightType.Bool,
            _ => throw Refused($"it names {module}.{name}, which is not needed to hold tensors"),
        };
    }

    private Storage Persistent()
    {
        // ('storage', type, key, device, count); the device is ignored: everything is read into main memory.
        if (Pop() is not PickleTuple { Items: ["storage", WeightType type, string key, string, long count] } || count < 0)
            throw Refused("it refers to something else than a storage of numbers");
        return new Storage(key, type, count);
    }

    private object Reduce()
    {
        if (Pop() is not PickleTuple { Items: var arguments }) throw Refused("it calls something without a tuple of arguments");
        return (Pop(), arguments) switch
        {
            (Callable.OrderedDictionary, []) => Counted(new OrderedDictionary<string, object?>()),
            (Callable.RebuildTensor, [Storage storage, long offset, PickleTuple size, PickleTuple strides, bool, OrderedDictionary<string, object?> { Count: 0 }]) =>
                Tensor(storage, offset, Integers(size), Integers(strides)),
            _ => throw Refused("it calls something else than an empty dictionary or a tensor"),
        };
    }

    private TensorReference Tensor(Storage storage, long offset, long[] shape, long[] strides)
    {
        if (WeightTensor.ByteCount(storage.Type, shape) is not { } byteCount) throw Refused("a tensor has an impossible shape");
        long count = byteCount / WeightTensor.SizeOf(storage.Type);
        if (offset < 0 || count > storage.Count || offset > storage.Count - count) throw Refused($"a tensor reaches beyond its storage '{storage.Key}'");
        if (strides.Length != shape.Length) throw Refused("a tensor has not as many strides as axes");
        long expected = 1;
        for (int axis = shape.Length - 1; axis >= 0 && count > 0; axis--)
        {
            if (shape[axis] != 1 && strides[axis] != expected) throw Refused($"a tensor of storage '{storage.Key}' is not contiguous; save it after contiguous()");
            expected *= shape[axis];
        }
        return new(storage, offset, shape);
    }

    private long[] Integers(PickleTuple tuple)
    {
        if (tuple.Items.Length > LargestRank) throw Refused($"a tensor has more than {LargestRank} axes");
        return Array.ConvertAll(tuple.Items, item => item is long number and >= 0 ? number : throw Refused("a shape or stride is no count"));
    }

    private void Build()
    {
        // A state dictionary carries its modules' version numbers as an attribute; nothing here depends on them.
        if (Pop() is not OrderedDictionary<string, object?> state || Peek() is not OrderedDictionary<string, object?> || state.Keys.Any(k => k != "_metadata"))
            throw Refused("it sets attributes of something else than a state dictionary");
    }

    private void SetItems(int count)
    {
        if (count % 2 != 0) throw Refused("it sets a key without a value");
        var items = Take(count);
        if (Peek() is not OrderedDictionary<string, object?> dictionary) throw Refused("it sets an entry of something that is no dictionary");
        for (int i = 0; i < items.Length; i += 2)
        {
            if (items[i] is not string key || !dictionary.TryAdd(key, items[i + 1])) throw Refused("a dictionary has a key twice or one that is no text");
        }
    }

    private void Append(int count)
    {
        var items = Take(count);
        if (Peek() is not List<object?> list) throw Refused("it appends to something that is no list");
        list.AddRange(items);
    }

    private void Mark()
    {
        if (marks.Count == MostMarks) throw Refused($"it nests deeper than {MostMarks}");
        marks.Add(stack.Count);
    }

    private int AboveMark()
    {
        if (marks.Count == 0) throw Refused("it closes a group that it never opened");
        int count = stack.Count - marks[^1];
        marks.RemoveAt(marks.Count - 1);
        return count;
    }

    private PickleTuple Tuple(int count) => Counted(new PickleTuple(Take(count)));

    private T Counted<T>(T container)
    {
        if (++containers > MostContainers) throw Refused($"it builds more than {MostContainers} containers");
        return container;
    }

    private void Push(object? value)
    {
        if (stack.Count == LargestStack) throw Refused($"it stacks more than {LargestStack} values");
        stack.Add(value);
    }

    private object? Pop() => Take(1)[0];

    private object? Peek() => stack.Count > Floor ? stack[^1] : throw Refused("it takes a value that it never pushed");

    private object?[] Take(int count)
    {
        if (count > stack.Count - Floor) throw Refused("it takes a value that it never pushed");
        var items = stack.GetRange(stack.Count - count, count).ToArray();
        stack.RemoveRange(stack.Count - count, count);
        return items;
    }

    /// <summary>Values below an open group belong to what encloses it.</summary>
    private int Floor => marks.Count == 0 ? 0 : marks[^1];

    private void Remember(uint index)
    {
        if (memo.Count == LargestMemo && !memo.ContainsKey(index)) throw Refused($"it remembers more than {LargestMemo} values");
        memo[index] = Peek();
    }

    private void Recall(uint index) => Push(memo.TryGetValue(index, out object? value) ? value : throw Refused($"it recalls value {index}, which it never remembered"));

    private long LongInteger()
    {
        int length = NextByte();
        if (length > 8) throw Refused("it holds an integer of more than 64 bits");
        var little = Next(length);
        long value = length > 0 && (little[^1] & 0x80) != 0 ? -1 : 0;
        for (int i = length - 1; i >= 0; i--) value = (value << 8) | little[i];
        return value;
    }

    private string Line()
    {
        int length = bytes.AsSpan(at).IndexOf((byte)'\n');
        if (length is < 0 or > 256) throw Refused("it names something without end");
        string line = Text(length);
        at++;
        return line;
    }

    private string Text(int length)
    {
        try
        {
            return StrictUtf8.GetString(Next(length));
        }
        catch (ArgumentException e)
        {
            throw Refused("it holds text that is not UTF-8", e);
        }
    }

    private int NextLength()
    {
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(Next(4));
        return length <= bytes.Length - at ? (int)length : throw Refused("it ends early");
    }

    private byte NextByte() => Next(1)[0];

    private ReadOnlySpan<byte> Next(int count)
    {
        if (count > bytes.Length - at) throw Refused("it ends early");
        at += count;
        return bytes.AsSpan(at - count, count);
    }

    private InputDataException NoStateDictionary(string what) => new(
        $"The PyTorch file holds no plain state dictionary: {what}.", $"{path}, data.pkl",
        "a whole module or a training checkpoint was saved", "save the network's weights alone: torch.save(model.state_dict(), path)");

    private InputDataException Refused(string what, Exception? inner = null) => new(
        $"The pickle of the PyTorch file was refused: {what}.", $"{path}, data.pkl, byte {at}",
        "the file is damaged, was made to run code when loaded, or holds more than weights",
        "save the network's weights alone (torch.save(model.state_dict(), path)), or convert them to safetensors", inner);
}
