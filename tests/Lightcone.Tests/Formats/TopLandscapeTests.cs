using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Lightcone.Formats;
using Lightcone.Formats.TopLandscape;

namespace Lightcone.Tests.Formats;

public class TopLandscapeTests
{
    [Theory]
    [InlineData("public_layout_test1000_zlib.h5")]
    [InlineData("public_layout_test1000_blosc.h5")]
    public void Pandas_table_holds_the_jets_of_the_compact_file(string name)
    {
        using var table = FormatCatalogue.Open(SharedData.Path("top", name));
        using var compact = FormatCatalogue.Open(SharedData.Path("top", "test.h5"));
        Assert.Equal(["truthE", "truthPX", "truthPY", "truthPZ", "ttv"], table.Schema.JetColumns.Order(StringComparer.Ordinal));
        var jets = table.Read(0, 1000);
        ReadingTests.AssertSameJets(compact.Read(0, 1000), jets);
        Assert.All(jets.JetColumns["ttv"], v => Assert.Equal(1, v));
        // The true top has 173 GeV; background jets have no top.
        var tops = Enumerable.Range(0, 1000).Where(i => jets.Labels![i] == 1).ToArray();
        double mean = tops.Average(i => new Lightcone.Kinematics.FourMomentum(jets.JetColumns["truthE"][i], jets.JetColumns["truthPX"][i], jets.JetColumns["truthPY"][i], jets.JetColumns["truthPZ"][i]).Mass);
        Assert.Equal(173.1, mean, 0.1);
        Assert.All(Enumerable.Range(0, 1000).Except(tops), i => Assert.Equal(0, jets.JetColumns["truthE"][i]));
    }

    [Theory]
    [InlineData("toplandscape_layout.h5", 40)]
    [InlineData("toplandscape_layout_blosc.h5", 10)]
    public void Published_values_come_back_bit_for_bit(string name, int rows)
    {
        using var source = FormatCatalogue.Open(SharedData.Path("public", "layouts", name));
        var jets = source.Read(0, (int)source.Count);
        Assert.Equal(rows, jets.JetCount);
        var block = new float[rows * 804];
        for (int jet = 0; jet < rows; jet++)
            for (int k = 0; k < 4 * jets.Multiplicity(jet); k++) block[804 * jet + k] = (float)jets.Momenta[4 * jets.Offsets[jet] + k];
        if (rows == 40) Assert.Equal("a5e85b4e4215a91231dfbda48a534ab3e0d462dad73766b6c9033b483cef3b61", Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(block.AsSpan()))));
        Assert.Equal(218.36424255371094f, block[0]);
        Assert.Equal(rows == 40 ? 10 : 0, jets.Labels!.Sum());
    }

    [Fact]
    public void Column_names_are_read_from_a_pickle_without_running_it()
    {
        Assert.Equal(["E_0", "PX_0"], TableColumns.NamesIn("(lp0\nVE_0\np1\naVPX_0\np2\na."));
        Assert.Empty(TableColumns.NamesIn("cos\nsystem\n(S'echo'\ntR."));
    }

    [Fact]
    public void Ranges_that_cut_chunks_equal_the_whole()
    {
        using var source = FormatCatalogue.Open(SharedData.Path("top", "public_layout_test1000_zlib.h5"));
        var whole = source.Read(0, 1000);
        foreach (var (first, count) in new[] { (0, 1), (39, 2), (999, 1), (100, 333), (80, 40), (41, 38) })
        {
            var part = source.Read(first, count);
            var expected = whole.Select([.. Enumerable.Range(first, count)]);
            Assert.Equal(expected.Momenta, part.Momenta);
            Assert.Equal(expected.Offsets, part.Offsets);
            Assert.Equal(expected.Labels, part.Labels);
            Assert.Equal(expected.JetColumns["truthE"], part.JetColumns["truthE"]);
        }
    }
}
