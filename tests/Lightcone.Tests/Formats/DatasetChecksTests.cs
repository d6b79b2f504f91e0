using Lightcone.Formats;
using Lightcone.Formats.Checks;
using Lightcone.Formats.Compact;
using Lightcone.Jets;

namespace Lightcone.Tests.Formats;

/// <summary>Each trap is found, named and placed; sound files pass.</summary>
public sealed class DatasetChecksTests : IDisposable
{
    private static readonly JetSchema TwoClasses = new() { Layout = "test", Classes = ["QCD", "top"] };

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>Jets whose constituents are given as (E, px, py, pz).</summary>
    private static JetBatch Jets(params double[][][] jets)
    {
        var offsets = new int[jets.Length + 1];
        for (int i = 0; i < jets.Length; i++) offsets[i + 1] = offsets[i] + jets[i].Length;
        return new JetBatch
        {
            Rows = [.. Enumerable.Range(0, jets.Length).Select(i => 100L + i)],
            Offsets = offsets,
            Momenta = [.. jets.SelectMany(j => j).SelectMany(c => c)],
            Labels = [.. Enumerable.Range(0, jets.Length).Select(i => i % 2)],
        };
    }

    private static DatasetFinding[] Findings(JetCheck check, JetBatch jets)
    {
        check.Look(jets);
        return [.. check.Findings()];
    }

    [Fact]
    public void An_energy_below_the_momentum_is_placed()
    {
        var found = Findings(new EnergyCheck(), Jets([[5, 3, 4, 0]], [[5, 3, 4, 0], [3, 5, 4, 0]]));
        var failure = Assert.Single(found, f => f.Status == FindingStatus.Fail);
        Assert.Equal(("energy", "jet 101, constituent 1"), (failure.Check, failure.Where));
    }

    [Fact]
    public void Float32_rounding_is_explained_and_no_failure()
    {
        // (float)0.1 three ways: E rounded down against p rounded up.
        double e = (float)Math.Sqrt(3 * 0.1 * 0.1), p = MathF.BitIncrement((float)0.1);
        var found = Findings(new EnergyCheck(), Jets([[e, p, p, p]]));
        Assert.DoesNotContain(found, f => f.Status == FindingStatus.Fail);
        Assert.Contains(found, f => f is { Status: FindingStatus.Note, Check: "energy" } && f.Text.Contains("float32", StringComparison.Ordinal));
    }

    [Fact]
    public void A_value_that_is_not_a_number_is_placed() =>
        Assert.Contains(Findings(new EnergyCheck(), Jets([[5, 3, 4, 0]], [[5, 3, double.NaN, 0]])), f => f is { Status: FindingStatus.Fail, Check: "finite", Where: "jet 101, constituent 0" });

    [Theory]
    [InlineData(true, FindingStatus.Fail)]
    [InlineData(false, FindingStatus.Note)]
    public void Disorder_fails_only_where_the_layout_promises_order(bool promised, FindingStatus expected)
    {
        var found = Assert.Single(Findings(new OrderCheck(promised, "f.h5"), Jets([[5, 3, 4, 0], [13, 5, 12, 0]])));
        Assert.Equal(expected, found.Status);
        Assert.Contains("5.0 < 13.0 GeV", found.Text);
    }

    [Fact]
    public void Units_of_mev_are_recognised()
    {
        Assert.Equal(FindingStatus.Fail, Assert.Single(Findings(new UnitCheck(), Jets([[600e3, 600e3, 0, 0]]))).Status);
        Assert.Equal(FindingStatus.Fail, Assert.Single(Findings(new UnitCheck(), Jets([[0.6, 0.6, 0, 0]]))).Status);
        Assert.Equal(FindingStatus.Pass, Assert.Single(Findings(new UnitCheck(), Jets([[600, 600, 0, 0]]))).Status);
    }

    [Fact]
    public void A_jet_that_occurs_twice_is_found_within_and_across_files()
    {
        var check = new DuplicateCheck();
        check.Begin("train.h5");
        check.Look(Jets([[5, 3, 4, 0]], [[13, 5, 12, 0]], [[5, 3, 4, 0]]));
        var own = Assert.Single(check.Findings(), f => f.Status == FindingStatus.Fail);
        Assert.Equal(("duplicates", "jets 100 and 102"), (own.Check, own.Where));
        check.Begin("test.h5");
        check.Look(Jets([[17, 8, 15, 0]], [[13, 5, 12, 0]]));
        var leak = Assert.Single(check.Findings(), f => f.Status == FindingStatus.Fail);
        Assert.Equal(("leakage", "jet 101, and jet 101 of train.h5"), (leak.Check, leak.Where));
    }

    [Fact]
    public void Missing_classes_empty_jets_and_stored_padding_are_warned_of()
    {
        var jets = Jets([[5, 3, 4, 0]], [], [[5, 3, 4, 0], [0, 0, 0, 0]]);
        var found = Findings(new ContentCheck(TwoClasses with { Classes = ["QCD", "top", "W"] }, null, null), jets);
        Assert.Equal(["empty", "zero", "labels"], found.Select(f => f.Check));
        Assert.All(found, f => Assert.Equal(FindingStatus.Warn, f.Status));
        Assert.Equal("jet 101", found[0].Where);
        Assert.Equal("jet 102", found[1].Where);
        Assert.Contains("W", found[2].Text);
    }

    [Fact]
    public void A_stated_jet_that_is_not_its_constituents_fails()
    {
        var schema = TwoClasses with { JetColumns = ["pt"] };
        var jets = Jets([[5, 3, 4, 0]]);
        JetBatch With(float pt) => new() { Rows = jets.Rows, Offsets = jets.Offsets, Momenta = jets.Momenta, JetColumns = new Dictionary<string, float[]> { ["pt"] = [pt] } };
        Assert.Equal(FindingStatus.Pass, Assert.Single(Findings(new SumCheck(schema), With(5))).Status);
        Assert.Equal(FindingStatus.Note, Assert.Single(Findings(new SumCheck(schema), With(5.2f))).Status);
        Assert.Equal(FindingStatus.Fail, Assert.Single(Findings(new SumCheck(schema), With(5000))).Status);
    }

    [Fact]
    public void Sorting_on_conversion_cures_a_disordered_file()
    {
        double[][] light = [[5, 3, 4, 0], [130, 50, 120, 0], [13, 5, 12, 0]];
        using (var source = new InMemorySource(Jets(light, light.Reverse().Select(c => new[] { c[0], c[1], c[2] * -1, c[3] }).ToArray()), TwoClasses))
            CompactWriter.Write(source, folder["a.h5"]);
        var report = DatasetChecks.Run([folder["a.h5"]])[0];
        var failure = Assert.Single(report.Findings, f => f.Status == FindingStatus.Fail);
        Assert.Equal("order", failure.Check);
        Assert.Contains("--sort pt", failure.WhatToDo);
        using (var source = FormatCatalogue.Open(folder["a.h5"])) CompactWriter.Write(source, folder["b.h5"], new CompactWriteOptions { Order = ConstituentOrder.FallingPt });
        Assert.True(DatasetChecks.Run([folder["b.h5"]])[0].Usable);
    }

    [Fact]
    public void A_file_that_breaks_off_half_way_is_a_failure_with_its_place()
    {
        byte[] whole = File.ReadAllBytes(Fixture.Path("codecs_h5py_earliest.h5"));
        File.WriteAllBytes(folder["cut.h5"], whole[..(whole.Length / 2)]);
        Assert.Throws<InputDataException>(() => DatasetChecks.Run([folder["cut.h5"]]));
        using (var source = FormatCatalogue.Open(Fixture.Path("compact.h5"))) CompactWriter.Write(source, folder["bad.h5"]);
        byte[] bad = File.ReadAllBytes(folder["bad.h5"]);
        // The first zlib stream with a broken checksum.
        int at = bad.AsSpan().IndexOf((byte[])[0x78, 0xDA]);
        for (int i = 4; i < 12; i++) bad[at + i] ^= 0xFF;
        File.WriteAllBytes(folder["bad.h5"], bad);
        var report = DatasetChecks.Run([folder["bad.h5"]])[0];
        var failure = Assert.Single(report.Findings);
        Assert.Equal(("readable", FindingStatus.Fail), (failure.Check, failure.Status));
        Assert.False(report.Usable);
    }

    [Fact]
    public void Shipped_jets_pass_every_check_and_share_no_jet()
    {
        string[] paths = [.. new[] { "train", "val", "test" }.Select(s => Path.Combine(Repository.Root, "samples", "data", $"top-{s}.h5"))];
        var reports = DatasetChecks.Run(paths);
        Assert.All(reports, r => Assert.True(r.Usable));
        Assert.Equal([8000, 2000, 2000], reports.Select(r => r.Jets));
        Assert.Contains(reports[2].Findings, f => f is { Check: "leakage", Status: FindingStatus.Pass });
        Assert.True(paths.Sum(p => new FileInfo(p).Length) < 4_000_000);
        using var train = FormatCatalogue.OpenFolder(Path.Combine(Repository.Root, "samples", "data"), DataSplit.Train);
        Assert.Equal(8000, train.Count);
    }

    [Fact]
    public void Documented_figures_of_the_shared_test_set_come_out()
    {
        var report = DatasetChecks.Run([SharedData.Path("top", "test.h5")])[0];
        Assert.Equal([36.7, 70.4, 134.9], report.Classes[0].MassQuantiles.Select(m => Math.Round(m, 1)));
        Assert.Equal([163.5, 176.4, 191.4], report.Classes[1].MassQuantiles.Select(m => Math.Round(m, 1)));
        Assert.Equal((37.4, 48.9, 116), (Math.Round(report.Classes[0].MeanMultiplicity, 1), Math.Round(report.Classes[1].MeanMultiplicity, 1), report.LongestJet));
    }
}
