using System.IO.Compression;
using Lightcone.Weights;

namespace Lightcone.Tests.Weights;

public sealed class TorchArchiveTests
{
    private static readonly WeightTensor[] Sample =
    [
        WeightTensor.FromSingle("module.a.weight", [2, 3], [1, 2, 3, 4, 5, 6.5f]),
        WeightTensor.FromDouble("module.a.bias", [2], [-1, 1e300]),
        WeightTensor.FromInt64("module.count", [], [long.MaxValue]),
        new("module.half", WeightType.F16, [1, 2], new byte[] { 0, 0x3C, 0, 0xC0 }),
        new("module.brain", WeightType.BF16, [2, 1], new byte[] { 0x80, 0x3F, 0, 0xC0 }),
        new("module.bytes", WeightType.U8, [3], new byte[] { 0, 128, 255 }),
        new("module.signed", WeightType.I8, [1], new byte[] { 255 }),
        new("module.flags", WeightType.Bool, [2], new byte[] { 0, 1 }),
        new("module.none", WeightType.F32, [0, 5], Array.Empty<byte>()),
    ];

    private static WeightSet Read(byte[] file)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["weights.pt"], file);
        return TorchArchive.Read(folder["weights.pt"]);
    }

    private static InputDataException Refusal(byte[] pickle, params byte[][] storages) => Assert.Throws<InputDataException>(() => Read(TorchFile.Zip(pickle, storages)));

    private static TorchFile.Pickle Begin() => new TorchFile.Pickle().Op(0x80, 2);

    [Fact]
    public void Tensors_of_every_type_come_back_with_name_shape_and_value()
    {
        var set = Read(TorchFile.StateDictionary(Sample));
        Assert.Equal(Sample.Select(t => t.Name), set.Select(t => t.Name));
        foreach (var expected in Sample)
        {
            var read = set[expected.Name];
            Assert.Equal(expected.Type, read.Type);
            Assert.Equal(expected.Shape, read.Shape);
            Assert.Equal(expected.Data.ToArray(), read.Data.ToArray());
        }
        Assert.Equal([1, -2], set["module.half"].ToDouble());
        Assert.Equal([1, -2], set["module.brain"].ToDouble());
        Assert.Equal([-1.0], set["module.signed"].ToDouble());
    }

    [Fact]
    public void A_prefix_can_be_removed_unless_names_collide()
    {
        var set = Read(TorchFile.StateDictionary(Sample)).WithoutPrefix("module.");
        Assert.True(set.Contains("a.weight") && !set.Contains("module.a.weight"));
        var colliding = new WeightSet([Sample[1], Sample[1].Named("a.bias")], "two networks");
        Assert.Throws<InputDataException>(() => colliding.WithoutPrefix("module."));
    }

    [Fact]
    public void A_missing_tensor_is_named() =>
        Assert.Contains("'b'", Assert.Throws<InputDataException>(() => Read(TorchFile.StateDictionary(Sample))["b"]).Message);

    [Fact]
    public void Tensors_that_share_a_storage_share_its_bytes()
    {
        var pickle = Begin().Op('}', '(').Text("head").Tensor("FloatStorage", "0", 4, 0, [3], [1]).Text("tail").Tensor("FloatStorage", "0", 4, 2, [2], [1]).Op('u', '.');
        var set = Read(TorchFile.Zip(pickle.Bytes, [WeightTensor.FromSingle("", [4], [1, 2, 3, 4]).Data.ToArray()]));
        Assert.Equal([1, 2, 3], set["head"].ToDouble());
        Assert.Equal([3, 4], set["tail"].ToDouble());
    }

    [Fact]
    public void The_attribute_with_module_versions_is_ignored_and_any_other_refused()
    {
        TorchFile.Pickle With(string attribute) => Begin().Op('}', '}').Text(attribute).Op('}', 's', 'b', '.');
        Assert.Empty(Read(TorchFile.Zip(With("_metadata").Bytes, [])));
        Refusal(With("__class__").Bytes);
    }

    [Theory]
    [InlineData("os", "system")]
    [InlineData("posix", "system")]
    [InlineData("builtins", "eval")]
    [InlineData("__builtin__", "exec")]
    [InlineData("subprocess", "Popen")]
    [InlineData("torch", "load")]
    [InlineData("torch.nn.modules.linear", "Linear")]
    [InlineData("System.Diagnostics", "Process")]
    public void A_pickle_that_would_run_code_is_refused_by_name(string module, string name)
    {
        var pickle = Begin().Global(module, name).Text("echo pwned").Op(0x85, 'R', '.');
        Assert.Contains($"{module}.{name}", Refusal(pickle.Bytes).Message);
    }

    [Theory]
    [InlineData(0x81)] // NEWOBJ
    [InlineData('o')] // OBJ
    [InlineData('i')] // INST
    [InlineData(0x82)] // EXT1
    [InlineData(0x93)] // STACK_GLOBAL
    [InlineData('0')] // POP
    [InlineData(0x00)]
    [InlineData(0xFF)]
    public void Opcodes_that_weights_do_not_need_are_refused_by_number(int opcode) =>
        Assert.Contains($"0x{opcode:X2}", Refusal(Begin().Op('}', opcode, '.').Bytes).Message);

    public static TheoryData<string, byte[]> Hostile => new()
    {
        { "nested tuples", Begin().Op(')').Repeat(2_000_000, 0x85).Op('.').Bytes },
        { "nested groups", Begin().Repeat(2_000_000, '(').Op('.').Bytes },
        { "a tall stack", Begin().Repeat(2_000_000, ')').Op('.').Bytes },
        { "many dictionaries", Begin().Op(']').Repeat(2_000_000, '}', 'a').Op('.').Bytes },
        { "a huge memo", Enumerable.Range(0, 1_100_000).Aggregate(Begin().Op('}'), (p, i) => p.Op('r').Word(i)).Op('.').Bytes },
        { "a text of 2 GB", Begin().Op('X').Word(int.MaxValue).Op('.').Bytes },
        { "a text of negative length", Begin().Op('X').Word(-1).Op('.').Bytes },
        { "a name without end", Begin().Op('c').Raw(new byte[1000]).Bytes },
        { "a dictionary in itself", Begin().Op('}', 'q', 0).Text("self").Op('h', 0, 's', '.').Bytes },
        { "a group closed twice", Begin().Op('(', 't', 't', '.').Bytes },
        { "values below an open group", Begin().Op('}').Text("a").Op(')', '(', 's', '.').Bytes },
        { "an unknown memory", Begin().Op('j').Word(-1).Op('.').Bytes },
        { "an integer of 255 bytes", Begin().Op(0x8A, 255).Raw(new byte[255]).Op('.').Bytes },
        { "another protocol", new TorchFile.Pickle().Op(0x80, 5, '}', '.').Bytes },
        { "no end", Begin().Op('}').Bytes },
        { "more after the end", Begin().Op('}', '.', '}', '.').Bytes },
        { "nothing", [] },
        { "a key twice", Begin().Op('}').Text("a").Op('N', 's').Text("a").Op('N', 's', '.').Bytes },
        { "a number as key", Begin().Op('}', 'K', 1, 'N', 's', '.').Bytes },
        { "a checkpoint around the weights", Begin().Op('}').Text("epoch").Op('K', 1, 's', '.').Bytes },
        { "a dictionary with arguments", Begin().Global("collections", "OrderedDict").Op(')', 0x85, 'R', '.').Bytes },
    };

    [Theory]
    [MemberData(nameof(Hostile), DisableDiscoveryEnumeration = true)]
    public void A_hostile_pickle_is_refused(string what, byte[] pickle) => Assert.NotEmpty(what + Refusal(pickle).WhatToDo);

    public static TheoryData<string, string, long, long, long[], long[]> ImpossibleTensors => new()
    {
        { "transposed", "0", 6, 0, [2, 3], [1, 2] },
        { "broadcast", "0", 6, 0, [1000, 6], [0, 1] },
        { "beyond its storage", "0", 6, 1, [6], [1] },
        { "at an offset that overflows", "0", 6, long.MaxValue, [6], [1] },
        { "at a negative offset", "0", 6, -1, [6], [1] },
        { "of negative length", "0", 6, 0, [-1], [1] },
        { "of a size that overflows", "0", 6, 0, [long.MaxValue, 4], [4, 1] },
        { "without strides", "0", 6, 0, [6], [] },
        { "of a storage that lies about its length", "0", 7, 0, [6], [1] },
        { "of a storage of negative length", "0", -6, 0, [0], [1] },
        { "of a storage that does not exist", "1", 6, 0, [6], [1] },
        { "of a storage outside the archive", "../../../etc/passwd", 6, 0, [6], [1] },
        { "of 65 axes", "0", 6, 0, [.. Enumerable.Repeat(1L, 65)], [.. Enumerable.Repeat(1L, 65)] },
    };

    [Theory]
    [MemberData(nameof(ImpossibleTensors), DisableDiscoveryEnumeration = true)]
    public void A_tensor_that_does_not_lie_whole_and_in_order_in_its_storage_is_refused(string what, string key, long count, long offset, long[] shape, long[] strides) =>
        Assert.NotEmpty(what + Refusal(Begin().Op('}').Text("w").Tensor("FloatStorage", key, count, offset, shape, strides).Op('s', '.').Bytes, new byte[24]).WhatToDo);

    [Fact]
    public void An_archive_that_expands_is_refused()
    {
        byte[] bomb = TorchFile.Zip(Begin().Op('}', '.').Bytes, [new byte[10_000_000]], CompressionLevel.Optimal);
        Assert.Contains("packed", Assert.Throws<InputDataException>(() => Read(bomb)).Message);
    }

    [Fact]
    public void A_changed_number_is_noticed_by_its_checksum()
    {
        byte[] file = TorchFile.StateDictionary(Sample);
        int at = file.AsSpan().IndexOf(Sample[0].Data.Span);
        file[at] ^= 1;
        Assert.Contains("checksum", Assert.Throws<InputDataException>(() => Read(file)).Message);
    }

    [Fact]
    public void A_file_that_is_no_archive_is_refused_with_advice() =>
        Assert.Contains("torch.save", Assert.Throws<InputDataException>(() => Read("not a zip"u8.ToArray())).WhatToDo);

    [Fact]
    public void A_file_cut_anywhere_is_refused() => DamagedFiles.AssertEveryTruncationIsRefused(TorchFile.StateDictionary(Sample[..3]), path => TorchArchive.Read(path));

    [Fact]
    public void Ten_thousand_changed_files_are_read_or_refused() =>
        Assert.InRange(DamagedFiles.AssertMutationsAreReadOrRefused(TorchFile.StateDictionary(Sample), 10_000, path => TorchArchive.Read(path)), 5_000, 10_000);

    [Fact]
    public void Ten_thousand_changed_pickles_are_read_or_refused()
    {
        // Changes of a whole file mostly end at the checksum: here the pickle is changed before it is packed.
        byte[] file = TorchFile.StateDictionary(Sample);
        using var zip = new ZipArchive(new MemoryStream(file));
        using var pickle = new MemoryStream();
        using (var entry = zip.GetEntry("archive/data.pkl")!.Open()) entry.CopyTo(pickle);
        using var folder = new TemporaryFolder();
        int refused = DamagedFiles.AssertMutationsAreReadOrRefused(pickle.ToArray(), 10_000, path =>
        {
            File.WriteAllBytes(folder["weights.pt"], TorchFile.Zip(File.ReadAllBytes(path), Sample.Select(t => t.Data.ToArray())));
            TorchArchive.Read(folder["weights.pt"]);
        });
        Assert.InRange(refused, 5_000, 10_000);
    }
}
