using Lightcone.Formats;
using Lightcone.Formats.Checks;
using Lightcone.Jets;
using Lightcone.Kinematics;
using Lightcone.Randomness;
using Lightcone.Statistics;

namespace Lightcone.Tests.Formats;

/// <summary>Jets of JetNet files: four-momenta from relative coordinates, azimuths that only the row decides, and a named reason for every file that is none.</summary>
public sealed class JetNetTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static JetBatch ReadAll(string path, FormatOptions? options = null)
    {
        using var source = FormatCatalogue.Open(path, options);
        return source.Read(0, (int)source.Count);
    }

    private static double Azimuth(ulong seed, long row) => 2 * Math.PI * new RandomStream(seed, "jetnet azimuth", 0, row).NextDouble() - Math.PI;

    // Counts and quantiles (10, 50, 90 %) of the full jet's mass, and the mean sum of ptrel, from the data folder's own page; each is rounded to its last digit.
    [Theory]
    [InlineData("g", 8000, 74.8, 138.5, 271.1, 0.889)]
    [InlineData("q", 8000, 42.3, 82.6, 208.3, 0.968)]
    [InlineData("t", 4000, 147.1, 178.4, 247.5, 0.904)]
    [InlineData("w", 4000, 77.5, 83.2, 142.9, 0.978)]
    [InlineData("z", 4000, 84.2, 93.0, 129.9, 0.973)]
    public void A_shared_file_has_its_documented_jets(string name, int count, double low, double median, double high, double share)
    {
        using var source = FormatCatalogue.Open(SharedData.Path("jetnet", name + ".hdf5"));
        Assert.Equal(("JetNet", 30, count), (source.Schema.Layout, int.Parse(source.Schema.Facts["slots"]), (int)source.Count));
        var jets = source.Read(0, count);
        double[] masses = Array.ConvertAll(jets.JetColumns["mass"], m => (double)m);
        foreach (var (quantile, expected) in new[] { (0.1, low), (0.5, median), (0.9, high) }) Assert.Equal(expected, Quantile.Of(masses, quantile), 0.051);
        double stored = 0, around = 0;
        for (int jet = 0; jet < count; jet++)
        {
            double sum = 0;
            for (int c = jets.Offsets[jet]; c < jets.Offsets[jet + 1]; c++)
            {
                var p = jets.Constituent(c);
                sum += p.Pt;
                // E² and p² are sums of squares: a few units in the last place of E².
                Assert.Equal(0, p.E * p.E - (p.Pt2 + p.Pz * p.Pz), 4e-15 * p.E * p.E);
            }

            stored += sum / jets.JetColumns["pt"][jet];
            Assert.InRange(jets.Jet(jet).Pseudorapidity - jets.JetColumns["eta"][jet], -0.5, 0.5);
            around += Math.Cos(jets.Jet(jet).Azimuth);
        }

        Assert.Equal(share, stored / count, 5.1e-4);
        // The mean cosine of uniform angles has the standard deviation 1/√(2N); five of them.
        Assert.Equal(0, around / count, 5 / Math.Sqrt(2.0 * count));
    }

    [Fact]
    public void Relative_coordinates_become_massless_momenta_around_the_jets_axis()
    {
        var jets = ReadAll(JetNetFile.Write(folder["t.hdf5"]));
        Assert.Equal([0, 5, 8, 8, 9, 13, 15], jets.Offsets);
        Assert.Null(jets.Labels);
        Assert.Equal([800, 816, 0, 848, 864, 880], jets.JetColumns["pt"]);
        Assert.Equal([-1, -0.75f, 0, -0.25f, 0, 0.25f], jets.JetColumns["eta"]);
        Assert.Equal([80, 81, 0, 83, 84, 85], jets.JetColumns["mass"]);
        for (int jet = 0; jet < jets.JetCount; jet++)
            for (int c = 0; c < jets.Multiplicity(jet); c++)
            {
                double pt = 0.5 / (1 << c) * (800 + 16 * jet), eta = (c - 2) / 16.0 + jet / 4.0 - 1, phi = Azimuth(1, jet) + (2 * jet - c) / 32.0;
                var p = jets.Constituent(jets.Offsets[jet] + c);
                double tolerance = 1e-14 * p.E; // the wrapped angle is off by a few 2⁻⁵³ of a turn
                Assert.Equal(pt * Math.Cosh(eta), p.E, tolerance);
                Assert.Equal(pt * Math.Cos(phi), p.Px, tolerance);
                Assert.Equal(pt * Math.Sin(phi), p.Py, tolerance);
                Assert.Equal(pt * Math.Sinh(eta), p.Pz, tolerance);
            }
    }

    [Fact]
    public void A_jet_is_the_same_in_every_range_and_turns_with_the_seed_alone()
    {
        string path = JetNetFile.Write(folder["t.hdf5"]);
        var all = ReadAll(path);
        using var source = FormatCatalogue.Open(path);
        foreach (var (first, count) in new[] { (5, 1), (0, 2), (1, 4), (3, 0), (2, 1) })
        {
            var part = source.Read(first, count);
            var expected = all.Select([.. Enumerable.Range(first, count)]);
            Assert.Equal(expected.Offsets, part.Offsets);
            Assert.Equal(expected.Momenta, part.Momenta);
            if (count > 0) Assert.Equal(expected.Rows, part.Rows);
        }

        var turned = ReadAll(path, new FormatOptions { AzimuthSeed = 2 });
        for (int jet = 0; jet < all.JetCount; jet++)
            for (int c = all.Offsets[jet]; c < all.Offsets[jet + 1]; c++)
            {
                Assert.Equal(0, FourMomentum.DeltaPhi(turned.Constituent(c).Azimuth - all.Constituent(c).Azimuth, Azimuth(2, jet) - Azimuth(1, jet)), 1e-14);
                Assert.Equal(all.Constituent(c).Pz, turned.Constituent(c).Pz);
            }
    }

    [Fact]
    public void Padding_is_dropped_wherever_it_stands_and_a_particle_without_momentum_too()
    {
        var particles = JetNetFile.Particles();
        for (int k = 0; k < 4; k++) particles[0, 1, k] = 0;
        particles[1, 2, 2] = 0;
        string path = JetNetFile.Write(folder["t.hdf5"], particles);
        using var source = FormatCatalogue.Open(path);
        var jets = source.Read(0, 2);
        Assert.Equal([0, 4, 6], jets.Offsets);
        Assert.Equal((1L, 0L), (((PaddedSource)source).InnerPaddingJets, ((PaddedSource)source).FirstInnerPadding));
        Assert.Equal(800 * 0.5 / 4, jets.Constituent(1).Pt, 1e-10);
    }

    public static TheoryData<string, string, string> Hostile() => new()
    {
        { "mask -0.5 and 0.5", "particle_features, row 0", "mask of particle 0 is 0.5" },
        { "padding mask -0.5", "particle_features, row 1", "mask of particle 3 is -0.5" },
        { "mask 0 on a particle", "particle_features, row 4", "particle 1 has mask 0" },
        { "NaN in a particle", "particle_features, row 3", "particle 0 has a value that is NaN" },
        { "NaN in padding", "particle_features, row 2", "particle 4 has a value that is NaN" },
        { "pt in GeV", "particle_features, row 4", "ptrel of particle 2 is 120" },
        { "negative ptrel", "particle_features, row 0", "ptrel of particle 4 is -0.25" },
        { "degrees", "particle_features, row 5", "phirel of particle 1 is 90" },
        { "columns in another order", "particle_features, row 1", "pseudorapidity" },
        { "negative jet pt", "jet_features, row 2", "pt is -800" },
        { "infinite jet pt", "jet_features, row 3", "NaN or infinite" },
        { "NaN mass", "jet_features, row 5", "NaN or infinite" },
        { "no jet pt", "jet_features, row 1", "pt is 0" },
        { "class before pt", "jet_features, row 0", "the fourth of 5 columns is 80" },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void A_file_of_another_convention_is_refused_with_dataset_row_cause_and_cure(string what, string where, string message)
    {
        float[,,] particles = JetNetFile.Particles();
        float[,] features = JetNetFile.Features(what == "class before pt" ? 5 : 4);
        switch (what)
        {
            case "mask -0.5 and 0.5": particles[0, 0, 3] = 0.5f; break;
            case "padding mask -0.5": particles[1, 3, 3] = -0.5f; break;
            case "mask 0 on a particle": particles[4, 1, 3] = 0; break;
            case "NaN in a particle": particles[3, 0, 1] = float.NaN; break;
            case "NaN in padding": particles[2, 4, 0] = float.NaN; break;
            case "pt in GeV": particles[4, 2, 2] = 120; break;
            case "negative ptrel": particles[0, 4, 2] = -0.25f; break;
            case "degrees": particles[5, 1, 1] = 90; break;
            case "columns in another order": particles[1, 0, 0] = 300; break;
            case "negative jet pt": features[2, 0] = -800; break;
            case "infinite jet pt": features[3, 0] = float.PositiveInfinity; break;
            case "NaN mass": features[5, 2] = float.NaN; break;
            case "no jet pt": features[1, 0] = 0; break;
            case "class before pt":
                for (int jet = 0; jet < JetNetFile.Jets; jet++)
                    for (int k = 4; k >= 0; k--) features[jet, k] = k == 0 ? 2 : features[jet, k - 1];
                break;
        }

        string path = JetNetFile.Write(folder["t.hdf5"], particles, features);
        var error = Assert.Throws<InputDataException>(() => ReadAll(path));
        Assert.Equal($"{path}, {where}", error.Where);
        Assert.Contains(message, error.Message);
        Assert.NotEmpty(error.LikelyCause);
        Assert.NotEmpty(error.WhatToDo);
    }

    [Fact]
    public void Further_columns_behind_the_known_ones_change_nothing()
    {
        var expected = ReadAll(JetNetFile.Write(folder["t.hdf5"]));
        var actual = ReadAll(JetNetFile.Write(folder["wide.hdf5"], features: JetNetFile.Features(7)));
        Assert.Equal(expected.Momenta, actual.Momenta);
        Assert.Equal(expected.JetColumns["mass"], actual.JetColumns["mass"]);
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused_when_the_file_is_opened()
    {
        foreach (var (particles, features) in new (float[,,]?, float[,]?)[]
                 {
                     (new float[6, 5, 3], null), (new float[4, 5, 4], null), (null, new float[6, 3]), (null, new float[5, 4]),
                 })
        {
            string path = JetNetFile.Write(folder["t.hdf5"], particles, features);
            Assert.StartsWith(path, Assert.Throws<InputDataException>(() => FormatCatalogue.Open(path)).Where);
        }
    }

    [Fact]
    public void Checks_pass_a_sound_file_and_say_that_constituents_were_cut()
    {
        var report = Assert.Single(DatasetChecks.Run([SharedData.Path("jetnet", "g.hdf5")]));
        Assert.DoesNotContain(report.Findings, f => f.Status == FindingStatus.Fail);
        Assert.Contains(report.Findings, f => f.Check == "labels" && f.Text.EndsWith("class g", StringComparison.Ordinal));
        Assert.Contains(report.Findings, f => f.Check == "sum" && f.Text.Contains("88.", StringComparison.Ordinal));
    }
}
