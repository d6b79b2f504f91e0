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

    private static ScoreColumn[] Columns { get; } = [new("score", [], "larger is more like signal"), new("logits", [2], "before the soft-max"), new("jet", [3, 4], "four-momenta [GeV]")];

    private static ScoreBatch Scores(int first, int jets) => new()
    {
        Rows = [.. Enumerable.Range(first, jets).Select(i => (long)i)],
        Columns =
        [
            [.. Enumerable.Range(first, jets).Select(i => i / 70000f)],
            [.. Enumerable.Range(first, jets).SelectMany(i => new[] { -i, i / 2f })],
            [.. Enumerable.Range(first, jets).SelectMany(i => Enumerable.Range(0, 12).Select(k => i + k / 16f))],
        ],
        Labels = [.. Enumerable.Range(first, jets).Select(i => i % 2)],
    };

    [Fact]
    public void Scores_come_back_in_the_order_of_the_input_and_in_the_shape_of_their_column()
    {
        const int n = 70000;
        ScoreWriter.Write(folder["scores.h5"], n, Columns, labelled: true, Enumerable.Range(0, 70).Select(b => Scores(1000 * b, 1000)), new Dictionary<string, string> { ["model"] = "a test" });
        using var file = H5File.OpenRead(folder["scores.h5"]);
        Assert.Equal(Enumerable.Range(0, n).Select(i => (long)i), file.Dataset("row").Read<long[]>());
        Assert.Equal(Enumerable.Range(0, n).Select(i => i / 70000f), file.Dataset("score").Read<float[]>());
        Assert.Equal([(ulong)n, 2UL], file.Dataset("logits").Space.Dimensions);
        Assert.Equal([-69999f, 69999 / 2f], file.Dataset("logits").Read<float[]>()[^2..]);
        Assert.Equal([(ulong)n, 3UL, 4UL], file.Dataset("jet").Space.Dimensions);
        Assert.Equal(Enumerable.Range(0, n).SelectMany(i => Enumerable.Range(0, 12).Select(k => i + k / 16f)), file.Dataset("jet").Read<float[]>());
        Assert.Equal("four-momenta [GeV]", file.Dataset("jet").Attribute("description").Read<string>());
        Assert.Equal(1, file.Dataset("label").Read<int[]>()[^1]);
    }

    [Fact]
    public void Scores_that_do_not_fit_their_columns_leave_no_file()
    {
        var good = Scores(0, 10);
        foreach (var wrong in new[]
                 {
                     good with { Columns = [good.Columns[0], good.Columns[1], good.Columns[2][1..]] }, good with { Columns = [good.Columns[0], good.Columns[1]] },
                     good with { Labels = [1] }, good with { Labels = null }, good with { Rows = [1, 2, 3] },
                 })
            Assert.Throws<ArgumentException>(() => ScoreWriter.Write(folder["scores.h5"], 10, Columns, labelled: true, [wrong]));
        Assert.Throws<InvalidOperationException>(() => ScoreWriter.Write(folder["scores.h5"], 11, Columns, labelled: true, [good]));
        foreach (ScoreColumn[] wrong in (ScoreColumn[][])
                 [
                     [], [new("logits", [2], "")], [new("score", [1], "")], [Columns[0], Columns[0]], [Columns[0], new("row", [], "")], [Columns[0], new("label", [], "")], [Columns[0], new("", [], "")],
                     [Columns[0], new("a/b", [], "")], [Columns[0], new("jet", [0], "")], [Columns[0], new("jet", [1 << 16, 1 << 16], "")],
                 ])
            Assert.Throws<ArgumentException>(() => ScoreWriter.Write(folder["scores.h5"], 10, wrong, labelled: false, []));
        Assert.False(File.Exists(folder["scores.h5"]));
    }
}
