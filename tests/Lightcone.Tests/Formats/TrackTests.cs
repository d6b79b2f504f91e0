using Lightcone.Formats;
using Lightcone.Formats.Checks;
using Lightcone.Kinematics;

namespace Lightcone.Tests.Formats;

/// <summary>Identities, charges and impact parameters of compact files: read as they stand, and checked against one another.</summary>
public sealed class TrackTests : IDisposable
{
    private static readonly string[] Checks = ["pid", "charge", "charged", "neutral", "tracks"];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private DatasetFinding[] Findings(TrackFile file) => [.. DatasetChecks.Run([file.Write(folder["tracks.h5"])])[0].Findings.Where(f => Checks.Contains(f.Check))];

    private static DatasetFinding Failure(DatasetFinding[] findings) => Assert.Single(findings, f => f.Status == FindingStatus.Fail);

    [Fact]
    public void Every_column_of_constituents_and_jets_is_read_in_any_range()
    {
        var file = new TrackFile();
        using var source = FormatCatalogue.Open(file.Write(folder["tracks.h5"]));
        Assert.Equal(["charge", "d0err", "d0val", "dzerr", "dzval", "pid"], source.Schema.ConstituentColumns.Order(StringComparer.Ordinal));
        Assert.Equal(["energy", "eta", "mass", "nparticles", "phi", "pt", "sdmass", "tau1", "tau2", "tau3"], source.Schema.JetColumns.Order(StringComparer.Ordinal));
        foreach (var (first, count) in new[] { (0, 4), (1, 2), (2, 2), (3, 1), (1, 1) })
        {
            var jets = source.Read(first, count);
            var rows = first..(first + count);
            var range = (int)file.Offset[first]..(int)file.Offset[first + count];
            Assert.Equal(Array.ConvertAll(file.Pid[range], x => (float)x), jets.ConstituentColumns["pid"]);
            Assert.Equal(Array.ConvertAll(file.Charge[range], x => (float)x), jets.ConstituentColumns["charge"]);
            Assert.Equal(file.D0[range], jets.ConstituentColumns["d0val"]);
            Assert.Equal(file.D0Error[range], jets.ConstituentColumns["d0err"]);
            Assert.Equal(TrackFile.Doubled(file.D0)[range], jets.ConstituentColumns["dzval"]);
            Assert.Equal(TrackFile.Doubled(file.D0Error)[range], jets.ConstituentColumns["dzerr"]);
            Assert.Equal(((float[])[3, 0, 70, 2])[rows], jets.JetColumns["nparticles"]);
            foreach (var (name, start) in new[] { ("pt", 100f), ("eta", 1), ("phi", 2), ("energy", 200), ("mass", 80), ("sdmass", 60), ("tau1", 0.5f), ("tau2", 0.25f), ("tau3", 0.125f) })
                Assert.Equal(TrackFile.Numbers(start)[rows], jets.JetColumns[name]);
        }
    }

    [Fact]
    public void Each_identity_has_its_own_mass()
    {
        var file = new TrackFile();
        using var source = FormatCatalogue.Open(file.Write(folder["tracks.h5"]));
        var jets = source.Read(0, 4);
        for (int c = 0; c < jets.ConstituentCount; c++)
            Assert.Equal(FourMomentum.FromPtEtaPhiMass(file.Pt[c], file.Eta[c], file.Phi[c], TrackFile.Masses[file.Pid[c]]), jets.Constituent(c));
    }

    [Fact]
    public void Sound_particles_pass()
    {
        var found = Findings(new TrackFile());
        Assert.Equal(["pid", "charge", "neutral", "tracks"], found.Select(f => f.Check));
        Assert.All(found, f => Assert.Equal(FindingStatus.Pass, f.Status));
    }

    [Fact]
    public void An_identity_without_a_mass_stops_the_reading_with_its_jet()
    {
        var file = new TrackFile();
        file.Pid[4] = 7;
        file.Write(folder["tracks.h5"]);
        var failure = Assert.Single(DatasetChecks.Run([folder["tracks.h5"]])[0].Findings);
        Assert.Equal(("readable", FindingStatus.Fail), (failure.Check, failure.Status));
        Assert.Contains("constituent 1 of jet 2 has pid 7", failure.Text);
        using var source = FormatCatalogue.Open(folder["tracks.h5"]);
        Assert.Contains("constituent 1 of jet 2", Assert.Throws<InputDataException>(() => source.Read(1, 2)).Message);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(-1)]
    public void An_unknown_code_is_placed(sbyte code)
    {
        var file = new TrackFile();
        file.Attributes.Remove("pid_mass_gev");
        file.Pid[6] = code;
        Assert.Equal(("pid", "constituents/pid, jet 3, constituent 0"), (Failure(Findings(file)).Check, Failure(Findings(file)).Where));
        file.Attributes.Remove("pid_names"); // most codes are known ones: still no file of PDG numbers
        Assert.Equal("pid", Failure(Findings(file)).Check);
    }

    [Fact]
    public void Pdg_numbers_are_left_alone_where_no_code_is_stated()
    {
        var file = new TrackFile();
        file.Attributes.Remove("pid_mass_gev");
        for (int c = 0; c < file.Pid.Length; c++) file.Pid[c] = 22;
        Assert.Equal("pid", Failure(Findings(file)).Check);
        file.Attributes.Remove("pid_names");
        Assert.Equal(["charge", "tracks"], Findings(file).Select(f => f.Check));
        Assert.All(Findings(file), f => Assert.Equal(FindingStatus.Pass, f.Status));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(-3)]
    public void A_charge_beyond_one_is_placed(sbyte charge)
    {
        var file = new TrackFile();
        file.Charge[5] = charge;
        var failure = Failure(Findings(file));
        Assert.Equal(("charge", "constituents/charge, jet 2, constituent 2"), (failure.Check, failure.Where));
    }

    [Fact]
    public void A_neutral_particle_with_a_charge_is_placed_and_counted()
    {
        var file = new TrackFile();
        (file.Charge[2], file.Charge[7]) = (1, -1); // a neutral hadron and a photon
        var failure = Failure(Findings(file));
        Assert.Equal(("neutral", "constituents/charge, jet 0, constituent 2"), (failure.Check, failure.Where));
        Assert.StartsWith("2 photons or neutral hadrons", failure.Text);
    }

    [Fact]
    public void A_charged_particle_without_a_charge_is_warned_of()
    {
        var file = new TrackFile();
        file.Charge[6] = 0;
        var warning = Assert.Single(Findings(file), f => f.Status != FindingStatus.Pass);
        Assert.Equal((FindingStatus.Warn, "charged", "constituents/charge, jet 3, constituent 0"), (warning.Status, warning.Check, warning.Where));
    }

    [Fact]
    public void A_neutral_particle_with_an_impact_parameter_is_placed()
    {
        var file = new TrackFile();
        file.D0[7] = 0.5f;
        var failure = Failure(Findings(file));
        Assert.Equal(("neutral", "constituents/d0val, dzval, jet 3, constituent 1"), (failure.Check, failure.Where));
    }

    [Theory]
    [InlineData(-0.5f)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void An_error_that_is_none_is_placed(float error)
    {
        var file = new TrackFile();
        file.D0Error[3] = error;
        var failure = Failure(Findings(file));
        Assert.Equal(("tracks", "constituents/d0val, dzval, d0err, dzerr, jet 2, constituent 0"), (failure.Check, failure.Where));
    }

    [Fact]
    public void An_impact_parameter_that_is_no_number_is_placed()
    {
        var file = new TrackFile();
        file.D0[0] = float.NaN;
        Assert.Contains("jet 0, constituent 0", Failure(Findings(file)).Where);
    }

    [Fact]
    public void Columns_that_are_not_there_are_not_spoken_of()
    {
        string[] tracks = ["d0val", "d0err", "dzval", "dzerr"];
        Assert.Equal(["pid", "charge", "neutral"], Findings(new TrackFile { Without = tracks }).Select(f => f.Check));
        Assert.Equal(["charge"], Findings(Bare("pid")).Select(f => f.Check));
        Assert.Equal(["pid"], Findings(new TrackFile { Without = ["charge", .. tracks] }).Select(f => f.Check));
        Assert.Empty(Findings(Bare("pid", "charge")));
        Assert.Equal(["pid", "tracks"], Findings(new TrackFile { Without = ["charge", "d0val", "dzval", "dzerr"] }).Select(f => f.Check));

        TrackFile Bare(params string[] without)
        {
            var file = new TrackFile { Without = [.. without, .. tracks] };
            file.Attributes.Remove("pid_mass_gev");
            return file;
        }
    }

    [Fact]
    public void The_ten_class_sample_passes()
    {
        var report = DatasetChecks.Run([SharedData.Path("jetclass", "test.h5")])[0];
        Assert.True(report.Usable);
        Assert.Equal(["pid", "charge", "neutral", "tracks"], report.Findings.Where(f => Checks.Contains(f.Check) && f.Status == FindingStatus.Pass).Select(f => f.Check));
    }
}
