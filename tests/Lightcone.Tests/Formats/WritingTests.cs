using Lightcone.Formats;
using Lightcone.Formats.Compact;
using Lightcone.Formats.Scores;
using Lightcone.Jets;
using PureHDF;

namespace Lightcone.Tests.Formats;

public sealed class WritingTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static JetBatch ReadAll(IJetSource source) => source.Read(0, (int)source.Count);

    private JetBatch RoundTrip(string path, CompactWriteOptions? options = null)
    {
        using var source = FormatCatalogue.Open(path);
        CompactWriter.Write(source, folder["out.h5"], options);
        using var written = FormatCatalogue.Open(folder["out.h5"]);
        Assert.Equal("lightcone compact v1", written.Schema.Layout);
        Assert.Equal(source.Schema.Classes, written.Schema.Classes);
        return ReadAll(written);
    }

    [Fact]
    public void A_compact_file_survives_a_copy_bit_for_bit()
    {
        foreach (string path in new[] { Fixture.Path("compact.h5"), SharedData.Path("top", "val.h5"), SharedData.Path("jetclass", "val.h5") })
        {
            using var source = FormatCatalogue.Open(path);
            var expected = ReadAll(source);
            var actual = RoundTrip(path, new CompactWriteOptions { BatchSize = 777 });
            Assert.Equal(expected.Offsets, actual.Offsets);
            Assert.Equal(expected.Momenta, actual.Momenta);
            Assert.Equal(expected.Labels, actual.Labels);
            foreach (var (name, values) in expected.ConstituentColumns) Assert.Equal(values, actual.ConstituentColumns[name]);
            foreach (var (name, values) in expected.JetColumns) Assert.Equal(values, actual.JetColumns[name]);
            using var written = FormatCatalogue.Open(folder["out.h5"]);
            foreach (var (name, value) in source.Schema.Facts) Assert.Equal(value, written.Schema.Facts[name]);
        }
    }

    [Theory]
    [InlineData("lgn.h5")]
    [InlineData("table_blosc.h5")]
    [InlineData("small.npz")]
    [InlineData("energyflow.npz")]
    public void Any_layout_converts_to_compact_within_float32(string name)
    {
        using var source = FormatCatalogue.Open(Fixture.Path(name));
        var expected = ReadAll(source);
        var actual = RoundTrip(Fixture.Path(name));
        Assert.Equal(expected.Offsets, actual.Offsets);
        Assert.Equal(expected.Labels, actual.Labels);
        for (int c = 0; c < expected.ConstituentCount; c++)
        {
            // Half a unit of float32 in pt, eta and phi: up to 6e-8 each, and eta (below 2.5) enters through cosh with a factor of at most |eta|.
            double tolerance = 3e-7 * expected.Constituent(c).E;
            var (e, a) = (expected.Constituent(c), actual.Constituent(c));
            Assert.Equal(e.E, a.E, tolerance);
            Assert.Equal(e.Px, a.Px, tolerance);
            Assert.Equal(e.Py, a.Py, tolerance);
            Assert.Equal(e.Pz, a.Pz, tolerance);
        }
    }

    [Fact]
    public void A_slice_keeps_its_rows_and_falling_pt_orders_them()
    {
        string path = Fixture.Path("energyflow.npz");
        using var source = FormatCatalogue.Open(path);
        var expected = source.Read(2, 3);
        var actual = RoundTrip(path, new CompactWriteOptions { First = 2, Count = 3, Order = ConstituentOrder.FallingPt, Facts = new Dictionary<string, string> { ["split"] = "test" } });
        Assert.Equal(expected.Offsets, actual.Offsets);
        for (int jet = 0; jet < 3; jet++)
        {
            var range = expected.Offsets[jet]..expected.Offsets[jet + 1];
            float[] pt = [.. Enumerable.Range(range.Start.Value, range.End.Value - range.Start.Value).Select(c => (float)actual.Constituent(c).Pt)];
            Assert.Equal(pt.OrderDescending(), pt);
            Assert.Equal(expected.ConstituentColumns["pid"][range].Order(), actual.ConstituentColumns["pid"][range].Order());
        }
    }

    [Fact]
    public void Rounding_keeps_the_asked_bits_and_jets_match_their_rounded_constituents()
    {
        var jets = RoundTrip(Fixture.Path("lgn.h5"), new CompactWriteOptions { PtMantissaBits = 13, AngleGridBits = 12 });
        using var file = H5File.OpenRead(folder["out.h5"]);
        foreach (float pt in file.Dataset("constituents/pt").Read<float[]>()) Assert.Equal(0u, BitConverter.SingleToUInt32Bits(pt) & 0x3FF);
        foreach (float eta in file.Dataset("constituents/eta").Read<float[]>()) Assert.Equal(0, eta * 4096 % 1);
        for (int jet = 0; jet < jets.JetCount; jet++) Assert.Equal((float)jets.Jet(jet).Mass, jets.JetColumns["mass"][jet]);
    }

    [Fact]
    public void Other_readers_find_the_documented_types()
    {
        RoundTrip(Fixture.Path("compact.h5"));
        using var file = H5File.OpenRead(folder["out.h5"]);
        Assert.Equal("lightcone compact v1", file.Attribute("layout").Read<string>());
        Assert.Equal(4, file.Dataset("constituents/pt").Type.Size);
        Assert.Equal(1, file.Dataset("constituents/pid").Type.Size);
        Assert.Equal(1, file.Dataset("jets/label").Type.Size);
        Assert.Equal(8, file.Dataset("jets/offset").Type.Size);
        Assert.Equal("GeV", file.Dataset("constituents/pt").Attribute("unit").Read<string>());
    }

    [Fact]
    public void A_failed_or_cancelled_write_leaves_nothing()
    {
        using var source = FormatCatalogue.Open(Fixture.Path("compact.h5"));
        using var cancelled = new CancellationTokenSource();
        var stop = new StopAt(cancelled);
        Assert.ThrowsAny<OperationCanceledException>(() => CompactWriter.Write(source, folder["out.h5"], new CompactWriteOptions { BatchSize = 1 }, stop, cancelled.Token));
        Assert.False(File.Exists(folder["out.h5"]));
        Assert.False(File.Exists(folder["out.h5.tmp"]));
        Assert.Throws<UsageException>(() => CompactWriter.Write(source, folder["out.h5"], new CompactWriteOptions { First = 5, Count = 100 }));
        Assert.Throws<MachineException>(() => CompactWriter.Write(source, "/dev/full/out.h5"));
        Assert.False(File.Exists(folder["out.h5"]));
    }

    private sealed class StopAt(CancellationTokenSource source) : IProgress<long>
    {
        public void Report(long value)
        {
            if (value == 3) source.Cancel();
        }
    }

    [Fact]
    public void Scores_come_back_in_the_order_of_the_input()
    {
        const int n = 70000;
        var batches = Enumerable.Range(0, 70).Select(b => new ScoreBatch
        {
            Rows = [.. Enumerable.Range(1000 * b, 1000).Select(i => (long)i)],
            Scores = [.. Enumerable.Range(1000 * b, 1000).Select(i => i / 70000f)],
            Logits = [.. Enumerable.Range(1000 * b, 1000).SelectMany(i => new[] { -i, i / 2f })],
            Labels = [.. Enumerable.Range(1000 * b, 1000).Select(i => i % 2)],
        });
        ScoreWriter.Write(folder["scores.h5"], n, 2, labelled: true, batches, new Dictionary<string, string> { ["model"] = "a test" });
        using var file = H5File.OpenRead(folder["scores.h5"]);
        Assert.Equal(Enumerable.Range(0, n).Select(i => (long)i), file.Dataset("row").Read<long[]>());
        Assert.Equal(Enumerable.Range(0, n).Select(i => i / 70000f), file.Dataset("score").Read<float[]>());
        Assert.Equal([(ulong)n, 2UL], file.Dataset("logits").Space.Dimensions);
        Assert.Equal([-69999f, 69999 / 2f], file.Dataset("logits").Read<float[]>()[^2..]);
        Assert.Equal(1, file.Dataset("label").Read<int[]>()[^1]);
    }
}
