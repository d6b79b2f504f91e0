using System.Buffers.Binary;
using System.Text;
using CsCheck;
using Lightcone.Weights;

namespace Lightcone.Tests.Weights;

public sealed class SafetensorsTests
{
    private static readonly WeightTensor[] Sample =
    [
        WeightTensor.FromSingle("a.weight", [2, 3], [1, 2, 3, 4, 5, 6.5f]),
        WeightTensor.FromDouble("Größe", [2], [-1, 1e300]),
        WeightTensor.FromInt64("count", [], [long.MinValue]),
        new("flags", WeightType.Bool, [3], new byte[] { 0, 1, 1 }),
        new("none", WeightType.F32, [0, 5], Array.Empty<byte>()),
        new("half", WeightType.F16, [2], new byte[] { 0, 0x3C, 0, 0xC0 }),
    ];

    private static byte[] FileOf(string header, int dataLength)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        var file = new byte[8 + text.Length + dataLength];
        BinaryPrimitives.WriteInt64LittleEndian(file, text.Length);
        text.CopyTo(file, 8);
        return file;
    }

    private static WeightSet Read(byte[] file)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["weights.safetensors"], file);
        return Safetensors.ReadAll(folder["weights.safetensors"]);
    }

    private static byte[] Written(IEnumerable<WeightTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        using var folder = new TemporaryFolder();
        Safetensors.Write(folder["weights.safetensors"], tensors, metadata);
        return File.ReadAllBytes(folder["weights.safetensors"]);
    }

    [Fact]
    public void What_was_written_is_read_back_bit_for_bit()
    {
        var set = Read(Written(Sample, new Dictionary<string, string> { ["origin"] = "a \"test\"\n", ["größe"] = "1" }));
        Assert.Equal("a \"test\"\n", set.Metadata["origin"]);
        Assert.Equal("1", set.Metadata["größe"]);
        Assert.Equal(Sample.Length, set.Count);
        foreach (var expected in Sample)
        {
            Assert.Equal(expected.Type, set[expected.Name].Type);
            Assert.Equal(expected.Shape, set[expected.Name].Shape);
            Assert.Equal(expected.Data.ToArray(), set[expected.Name].Data.ToArray());
        }
    }

    [Fact]
    public void Any_tensors_survive_a_round_trip() =>
        Gen.Select(Gen.Enum<WeightType>(), Gen.Long[0, 4].Array[0, 4], Gen.Byte.Array[4 * 4 * 4 * 4 * 8]).Array[0, 8].Sample(specs =>
        {
            var tensors = specs.Select((s, i) => new WeightTensor($"t{i}", s.Item1, s.Item2,
                s.Item3.AsMemory(0, (int)s.Item2.Aggregate(1L, (a, b) => a * b) * WeightTensor.SizeOf(s.Item1)))).ToList();
            var set = Read(Written(tensors));
            Assert.Equal(tensors.Count, set.Count);
            foreach (var t in tensors) Assert.True(t.Data.Span.SequenceEqual(set[t.Name].Data.Span));
        }, iter: 200);

    [Fact]
    public void Numbers_are_aligned_to_their_size()
    {
        byte[] file = Written(Sample);
        Assert.Equal(0, BinaryPrimitives.ReadInt64LittleEndian(file) % 8);
        Assert.Equal(0, (file.AsSpan().IndexOf(Sample[1].Data.Span) - 8) % 8);
    }

    [Fact]
    public void Tensors_are_read_one_at_a_time()
    {
        using var folder = new TemporaryFolder();
        Safetensors.Write(folder["w"], [WeightTensor.FromSingle("large", [1 << 20], new float[1 << 20]), WeightTensor.FromSingle("small", [1], [7])]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        using (var file = Safetensors.Open(folder["w"])) Assert.Equal([7f], file.Read("small").ToSingle());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Fact]
    public void A_failed_write_leaves_the_old_file_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["sub"]);
        string path = Path.Combine(folder["sub"], "w");
        Safetensors.Write(path, Sample[..1]);
        byte[] old = File.ReadAllBytes(path);
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(path, stream =>
        {
            stream.WriteByte(1);
            throw new InvalidOperationException("stopped midway");
        }));
        Assert.Equal(old, File.ReadAllBytes(path));
        Assert.Single(Directory.GetFiles(folder["sub"]));
        Assert.Throws<MachineException>(() => Safetensors.Write(Path.Combine(path, "below a file"), Sample));
    }

    [Fact]
    public void A_missing_file_and_a_missing_tensor_are_explained()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("absent", Assert.Throws<InputDataException>(() => Safetensors.Open(folder["absent"])).Where);
        Safetensors.Write(folder["w"], Sample);
        using var file = Safetensors.Open(folder["w"]);
        Assert.Contains("'b'", Assert.Throws<InputDataException>(() => file.Read("b")).Message);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("[]", 0)]
    [InlineData("{}", 1)] // bytes that no tensor owns
    [InlineData("{} x", 0)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 3)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", 4)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", 4)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}", 4)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[1,5]}}", 5)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904],\"data_offsets\":[0,0]}}", 0)] // the byte count wraps to 0
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1e300],\"data_offsets\":[0,4]}}", 4)]
    [InlineData("{\"a\":{\"dtype\":\"F4\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4)]
    [InlineData("{\"a\":{\"shape\":[1],\"data_offsets\":[0,4]}}", 4)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"x\":1}}", 4)]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}", 2)]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},\"b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}", 2)] // overlap
    [InlineData("{\"__metadata__\":{\"a\":1}}", 0)]
    [InlineData("{\"__metadata__\":{\"a\":\"\\ud800\"}}", 0)]
    [InlineData("{\"a\":[[[[[[[[[[[[1]]]]]]]]]]]]}", 0)]
    public void A_header_that_does_not_describe_the_file_is_refused(string header, int dataLength) => Assert.Throws<InputDataException>(() => Read(FileOf(header, dataLength)));

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(-1)]
    [InlineData(3)]
    [InlineData(99_999_999)]
    public void A_header_longer_than_the_file_is_refused_before_memory_is_taken(long length)
    {
        byte[] file = FileOf("{}", 0);
        BinaryPrimitives.WriteInt64LittleEndian(file, length);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<InputDataException>(() => Read(file));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused() => DamagedFiles.AssertEveryTruncationIsRefused(Written(Sample), path => Safetensors.ReadAll(path));

    [Fact]
    public void Ten_thousand_changed_files_are_read_or_refused() =>
        Assert.InRange(DamagedFiles.AssertMutationsAreReadOrRefused(Written(Sample), 10_000, path => Safetensors.ReadAll(path)), 5_000, 10_000);

    [Fact]
    public void A_name_used_twice_is_not_written() => Assert.Throws<ArgumentException>(() => Written([Sample[0], Sample[0]]));

    [Fact]
    public void A_tensor_needs_as_many_bytes_as_its_shape_says() => Assert.Throws<ArgumentException>(() => new WeightTensor("a", WeightType.F32, [3], new byte[8]));
}
