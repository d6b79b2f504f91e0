using System.Security.Cryptography;
using System.Runtime.InteropServices;
using Lightcone.Formats;
using Lightcone.Jets;

namespace Lightcone.Tests.Formats;

/// <summary>Every layout gives the jets that its writer put in; numbers come from the data folder's own documentation.</summary>
public class ReadingTests
{
    private static JetBatch ReadAll(IJetSource source) => source.Read(0, (int)source.Count);

    [Fact]
    public void Compact_test_file_has_its_documented_jets()
    {
        using var source = FormatCatalogue.Open(SharedData.Path("top", "test.h5"));
        var jets = ReadAll(source);
        Assert.Equal("lightcone compact v1", source.Schema.Layout);
        Assert.Equal(["QCD dijet", "hadronic top"], source.Schema.Classes);
        Assert.Equal(16000, jets.JetCount);
        Assert.Equal(690535, jets.ConstituentCount);
        Assert.Equal(8000, jets.Labels!.Count(l => l == 1));
        // Median masses 70.4 and 176.4 GeV, rounded to one digit.
        Assert.Equal(70.4, MedianMass(jets, 0), 0.051);
        Assert.Equal(176.4, MedianMass(jets, 1), 0.051);
        for (int jet = 0; jet < jets.JetCount; jet++)
        {
            // Stored as float32 of the float64 sum: half a unit in the last place is 6e-8 relative.
            Assert.Equal(jets.JetColumns["pt"][jet], jets.Jet(jet).Pt, 6.1e-8 * jets.JetColumns["pt"][jet]);
            Assert.Equal(jets.JetColumns["mass"][jet], jets.Jet(jet).Mass, 3e-5);
        }
    }

    [Fact]
    public void Any_range_of_rows_equals_the_same_rows_of_the_whole_file()
    {
        string[][] files =
        [
            ["top", "val.h5"], ["top", "lgn_layout_test1000.h5"], ["public", "layouts", "lgn_layout.h5"],
            ["public", "jets", "toplandscape_1200.npz"], ["public", "layouts", "energyflow_qg_layout.npz"], ["jetnet", "w.hdf5"],
        ];
        foreach (string[] file in files)
        {
            string path = SharedData.Path(file);
            using var whole = FormatCatalogue.Open(path);
            var jets = ReadAll(whole);
            using var source = FormatCatalogue.Open(path);
            int n = jets.JetCount;
            foreach (var (first, count) in new[] { (0, 1), (n - 1, 1), (n / 3, n / 4), (n / 2, 0), (3, 5), (2, 3), (0, n) })
            {
                var part = source.Read(first, count);
                var expected = jets.Select([.. Enumerable.Range(first, count)]);
                Assert.Equal(expected.Offsets, part.Offsets);
                Assert.Equal(expected.Momenta, part.Momenta);
                Assert.Equal(expected.Labels ?? [], part.Labels ?? []);
                if (count > 0) Assert.Equal(expected.Rows, part.Rows);
            }
        }
    }

    [Fact]
    public void Lgn_layout_holds_the_jets_of_the_compact_file()
    {
        using var lgn = FormatCatalogue.Open(SharedData.Path("top", "lgn_layout_test1000.h5"));
        using var compact = FormatCatalogue.Open(SharedData.Path("top", "test.h5"));
        AssertSameJets(compact.Read(0, 1000), ReadAll(lgn));
    }

    [Fact]
    public void Public_lgn_values_hash_as_published()
    {
        using var source = FormatCatalogue.Open(SharedData.Path("public", "layouts", "lgn_layout.h5"));
        var jets = ReadAll(source);
        Assert.Equal(1833, jets.ConstituentCount);
        Assert.Equal(29958.614076340455, jets.Momenta.Sum(), 1e-8);
        Assert.Equal(10, jets.Labels!.Sum());
    }

    [Theory]
    [InlineData("toplandscape_1200.npz", 1200, 58296)]
    [InlineData("quarkgluon_1000.npz", 1000, 43572)]
    [InlineData("jetclass_500.npz", 500, 19550)]
    public void Small_archives_give_back_the_published_bytes(string name, int jets, int constituents)
    {
        string path = SharedData.Path("public", "jets", name);
        using var source = FormatCatalogue.Open(path);
        var batch = ReadAll(source);
        Assert.Equal((jets, constituents), (batch.JetCount, batch.ConstituentCount));
        var stored = new float[4 * constituents];
        for (int c = 0; c < constituents; c++)
        {
            var p = batch.Constituent(c);
            (stored[4 * c], stored[4 * c + 1], stored[4 * c + 2], stored[4 * c + 3]) = ((float)p.Px, (float)p.Py, (float)p.Pz, (float)p.E);
        }
        string hash = Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(stored.AsSpan())));
        Assert.Contains(hash, File.ReadAllText(path + ".expected.json"));
    }

    [Fact]
    public void Energyflow_particles_keep_pt_rapidity_and_identity()
    {
        using var source = FormatCatalogue.Open(SharedData.Path("public", "layouts", "energyflow_qg_layout.npz"));
        var jets = ReadAll(source);
        Assert.Equal(["gluon", "quark"], source.Schema.Classes);
        Assert.Equal([0, 1, 1, 0, 1], jets.Labels![..5]);
        Assert.All(jets.ConstituentColumns["pid"], id => Assert.Equal(22, id));
        double sum = 0;
        for (int c = 0; c < jets.ConstituentCount; c++)
        {
            var p = jets.Constituent(c);
            sum += p.Pt + p.Rapidity + p.Azimuth + 22;
        }
        // The sum of all four stored columns; azimuths may have been stored a turn away.
        double turns = (43873.3575568948 - sum) / (2 * Math.PI);
        Assert.Equal(Math.Round(turns), turns, 1e-6);
    }

    [Fact]
    public void Masses_by_identity_make_massive_constituents()
    {
        using var source = FormatCatalogue.Open(SharedData.Path("jetclass", "val.h5"));
        var jets = source.Read(0, 200);
        double[] masses = [0.13957, 0, 0, 0.000511, 0.10566];
        for (int c = 0; c < jets.ConstituentCount; c++)
        {
            var p = jets.Constituent(c);
            double mass = masses[(int)jets.ConstituentColumns["pid"][c]];
            // m² is the difference of two squares of E: 4 units in the last place of E².
            Assert.Equal(mass * mass, p.MassSquared, 1e-15 * p.E * p.E);
        }
    }

    [Fact]
    public void A_file_that_is_no_jet_file_is_refused_with_what_it_holds()
    {
        var error = Assert.Throws<InputDataException>(() => FormatCatalogue.Open(SharedData.Path("zjets", "val.h5")));
        Assert.Contains("muons", error.Message);
        Assert.Throws<InputDataException>(() => FormatCatalogue.Open(SharedData.Path("SHA256SUMS")));
        Assert.Throws<UsageException>(() => FormatCatalogue.Open(SharedData.Path("absent.h5")));
        Assert.Throws<UsageException>(() => FormatCatalogue.Open(SharedData.Path("top")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Beams_in_an_lgn_file_are_no_constituents(bool marked)
    {
        using var folder = new TemporaryFolder();
        var momenta = new double[1, 5, 4];
        double[][] rows = [[5, 3, 4, 0], [0, 0, 0, 0], [13, 5, 12, 0], [1.5, 0, 0, 1], [1.5, 0, 0, -1]];
        for (int slot = 0; slot < 5; slot++)
            for (int k = 0; k < 4; k++) momenta[0, slot, k] = rows[slot][k];
        var file = new PureHDF.H5File { ["Pmu"] = momenta, ["is_signal"] = new short[] { 1 } };
        if (marked) file["label"] = new short[1, 5] { { 1, 0, 1, -1, -1 } };
        file.Write(folder["beams.h5"]);
        using var source = FormatCatalogue.Open(folder["beams.h5"]);
        var jets = source.Read(0, 1);
        Assert.Equal([0, 2], jets.Offsets);
        Assert.Equal([5, 3, 4, 0, 13, 5, 12, 0], jets.Momenta);
        Assert.Equal([1], jets.Labels!);
        // The empty slot stands before a constituent.
        Assert.Equal(0, ((PaddedSource)source).FirstInnerPadding);
    }

    internal static void AssertSameJets(JetBatch expected, JetBatch actual)
    {
        Assert.Equal(expected.Offsets, actual.Offsets);
        Assert.Equal(expected.Labels, actual.Labels);
        // The public layouts were written in float32: half a unit in the last place (6e-8), and E then rounded up by as much as a unit (1.2e-7).
        for (int i = 0; i < expected.Momenta.Length; i++)
            Assert.Equal(expected.Momenta[i], actual.Momenta[i], 1.8e-7 * expected.Momenta[i / 4 * 4]);
    }

    private static double MedianMass(JetBatch jets, int label)
    {
        var masses = Enumerable.Range(0, jets.JetCount).Where(i => jets.Labels![i] == label).Select(i => jets.Jet(i).Mass).Order().ToArray();
        return (masses[(masses.Length - 1) / 2] + masses[masses.Length / 2]) / 2;
    }
}
