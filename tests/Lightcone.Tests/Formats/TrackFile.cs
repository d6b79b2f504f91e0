using PureHDF;

namespace Lightcone.Tests.Formats;

/// <summary>
/// Writes small compact files with identities, charges and impact parameters, as the ten-class sample has them. Four jets, the second empty; every
/// particle kind occurs and all numbers are exact in float32.
/// </summary>
internal sealed class TrackFile
{
    public static readonly double[] Masses = [0.13957, 0, 0, 0.000511, 0.10566];

    public long[] Offset { get; } = [0, 3, 3, 6, 8];

    public float[] Pt { get; } = [256, 128, 64, 512, 32, 16, 256, 192];

    public float[] Eta { get; } = [0.5f, 0.25f, -0.5f, 1, 1.25f, 0.75f, -1.5f, -1.25f];

    public float[] Phi { get; } = [1, 1.25f, 0.75f, -3, 3, -2.75f, 0, 0.25f];

    public sbyte[] Pid { get; } = [0, 2, 1, 3, 0, 4, 4, 2];

    public sbyte[] Charge { get; } = [1, 0, 0, -1, -1, 1, -1, 0];

    public float[] D0 { get; } = [0.5f, 0, 0, -0.25f, 2, 0, 0.125f, 0];

    public float[] D0Error { get; } = [0.0625f, 0, 0, 0.03125f, 0.5f, 0.125f, 0.0625f, 0];

    /// <summary>Attributes of the file.</summary>
    public Dictionary<string, object> Attributes { get; } = new()
    {
        ["label_names"] = "0=QCD,1=Hbb",
        ["pid_mass_gev"] = Masses,
        ["pid_names"] = "0=charged hadron,1=neutral hadron,2=photon,3=electron,4=muon",
    };

    /// <summary>Columns that are left out.</summary>
    public string[] Without { get; init; } = [];

    public string Write(string path)
    {
        var constituents = Group(new()
        {
            ["pt"] = Pt, ["eta"] = Eta, ["phi"] = Phi, ["pid"] = Pid, ["charge"] = Charge,
            ["d0val"] = D0, ["d0err"] = D0Error, ["dzval"] = Doubled(D0), ["dzerr"] = Doubled(D0Error),
        });
        var jets = Group(new()
        {
            ["offset"] = Offset, ["label"] = new sbyte[] { 0, 1, 1, 0 }, ["nparticles"] = new short[] { 3, 0, 70, 2 }, ["pt"] = Numbers(100), ["eta"] = Numbers(1), ["phi"] = Numbers(2),
            ["energy"] = Numbers(200), ["mass"] = Numbers(80), ["sdmass"] = Numbers(60), ["tau1"] = Numbers(0.5f), ["tau2"] = Numbers(0.25f), ["tau3"] = Numbers(0.125f),
        });
        var file = new H5File { ["constituents"] = constituents, ["jets"] = jets };
        foreach (var (name, value) in Attributes) file.Attributes[name] = value;
        file.Write(path);
        return path;
    }

    /// <summary>One number for each jet.</summary>
    public static float[] Numbers(float first) => [first, first + 1, first + 2, first + 3];

    public static float[] Doubled(float[] values) => [.. values.Select(x => 2 * x)];

    private H5Group Group(Dictionary<string, object> columns)
    {
        var group = new H5Group();
        foreach (var (name, values) in columns.Where(c => !Without.Contains(c.Key))) group[name] = values;
        return group;
    }
}
