using Lightcone.Formats;
using Lightcone.Formats.Hdf5;
using PureHDF;

namespace Lightcone.Tests.Formats;

/// <summary>The HDF5 reader against files of the established libraries, and against PureHDF as a second reader.</summary>
public class Hdf5Tests
{
    private static float Value(int i) => i / 3 * 0.25f + i % 7;

    private static Hdf5File Open(string name) => Hdf5File.Open(InputFile.Open(Fixture.Path(name)));

    [Fact]
    public void Every_blosc_codec_and_shuffle_of_pytables_decodes()
    {
        using var file = Open("codecs_pytables.h5");
        int datasets = 0;
        foreach (string codec in (string[])["blosclz", "lz4", "lz4hc", "zlib", "zstd"])
            foreach (string shuffle in (string[])["none", "byte", "bit"])
                foreach (var (kind, cast) in new (string, Func<float, double>)[] { ("f4", v => v), ("f8", v => v), ("i2", v => (short)v) })
                {
                    double[] values = file.Dataset($"{codec}_{shuffle}_{kind}")!.ReadDoubles(0, 1500);
                    for (int i = 0; i < values.Length; i++) Assert.Equal(cast(Value(i)), values[i]);
                    datasets++;
                }
        Assert.Equal(45, datasets);
    }

    [Fact]
    public void A_chunk_that_its_filter_could_not_shrink_is_read_as_stored()
    {
        using var file = Open("codecs_pytables.h5");
        long[] values = file.Dataset("incompressible_i4")!.ReadIntegers(0, 512);
        // First values of numpy's default_rng(1).integers(0, 2**31).
        Assert.Equal(512, values.Distinct().Count());
        Assert.All(values, v => Assert.InRange(v, 0, int.MaxValue));
        Assert.All(file.Dataset("zeros_f4")!.ReadSingles(0, 20000), v => Assert.Equal(0f, v));
    }

    [Theory]
    [InlineData("codecs_h5py_earliest.h5")]
    [InlineData("codecs_h5py_latest.h5")]
    public void Every_type_and_storage_of_h5py_is_read(string name)
    {
        using var file = Open(name);
        foreach (var (kind, cast) in new (string, Func<float, double>)[] { ("f4", v => v), ("f8", v => v), ("i2", v => (short)v), ("be_f4", v => v), ("be_i8", v => (long)v), ("u1", v => (byte)v), ("f2", v => (double)(Half)v) })
            foreach (string storage in (string[])["contiguous", "gzip", "gzip_shuffle", "lzf", "fletcher", "single", "unfiltered"])
            {
                double[] values = file.Dataset($"types/{kind}/{storage}")!.ReadDoubles(0, 1500);
                for (int i = 0; i < values.Length; i++) Assert.Equal(cast(Value(i) % 200), values[i]);
            }
        float[] cube = file.Dataset("cube")!.ReadSingles(0, 7);
        Assert.Equal(Enumerable.Range(0, 140).Select(i => (float)i), cube);
        Assert.Equal(cube[(2 * 20)..(5 * 20)], file.Dataset("cube")!.ReadSingles(2, 3));
        Assert.Equal(Enumerable.Range(0, 1500).Select(i => Value(i) % 2 == 0 ? 1L : 0L), file.Dataset("bool")!.ReadIntegers(0, 1500));
        var attributes = file.Attributes("");
        Assert.Equal("Grüße", attributes["text"].Text);
        Assert.Equal("fixed", attributes["bytes"].Text);
        Assert.Equal([1.5], attributes["number"].Numbers!);
        Assert.Equal([1, -2, 3], attributes["numbers"].Numbers!);
    }

    [Fact]
    public void A_second_reader_agrees_on_every_value_of_the_compact_fixture()
    {
        using var file = Open("compact.h5");
        using var second = H5File.OpenRead(Fixture.Path("compact.h5"));
        foreach (string path in (string[])["constituents/pt", "constituents/eta", "constituents/phi"])
            Assert.Equal(second.Dataset(path).Read<float[]>(), file.Dataset(path)!.ReadSingles(0, (int)file.Dataset(path)!.Rows));
        Assert.Equal(second.Dataset("jets/offset").Read<long[]>(), file.Dataset("jets/offset")!.ReadIntegers(0, 7));
        Assert.Equal(second.Attribute("layout").Read<string>(), file.Attributes("")["layout"].Text);
    }

    [Fact]
    public void Random_ranges_of_chunks_equal_the_whole()
    {
        using var file = Open("codecs_h5py_earliest.h5");
        var dataset = file.Dataset("types/f4/gzip_shuffle")!;
        float[] whole = dataset.ReadSingles(0, 1500);
        CsCheck.Check.Sample(CsCheck.Gen.Select(CsCheck.Gen.Int[0, 1500], CsCheck.Gen.Int[0, 1500]), (a, b) =>
        {
            var (from, to) = (Math.Min(a, b), Math.Max(a, b));
            return dataset.ReadSingles(from, to - from).AsSpan().SequenceEqual(whole.AsSpan(from, to - from));
        }, iter: 200, threads: 1);
    }
}
