using Lightcone.Formats.Compact;
using Lightcone.Jets;
using Lightcone.Kinematics;
using Lightcone.Randomness;

namespace Lightcone.Systems.Tests.Calibration;

/// <summary>Toy jets whose truth is known: ln(pt/gen_pt) is Gaussian with a width of a tenth, and the momentum is shared among three to twelve massless particles.</summary>
internal static class CalibrationJets
{
    public const double Width = 0.1;

    public static JetSchema Schema { get; } = new() { Layout = "toy", JetColumns = ["pt", "eta", "gen_pt"], ConstituentColumns = ["pid", "charge"], Statement = "Simulation (toy)" };

    public static JetBatch Make(int jets, ulong seed)
    {
        var (momenta, offsets) = (new List<double>(), new int[jets + 1]);
        var (pid, charge) = (new List<float>(), new List<float>());
        float[] pt = new float[jets], eta = new float[jets], truth = new float[jets];
        for (int jet = 0; jet < jets; jet++)
        {
            var random = new RandomStream(seed, "calibration jets", 0, jet);
            double z = 400 * Math.Pow(2, random.NextDouble()), axis = 4 * random.NextDouble() - 2, azimuth = 6.2 * random.NextDouble() - 3.1;
            double[] shares = [.. Enumerable.Range(0, 3 + random.NextInt(10)).Select(_ => -Math.Log(1 - random.NextDouble()) + 0.01)];
            double scale = z * Math.Exp(Width * random.NextGaussian()) / shares.Sum();
            foreach (double share in shares)
            {
                var p = FourMomentum.FromPtEtaPhiMass(share * scale, axis + 0.1 * random.NextGaussian(), azimuth + 0.1 * random.NextGaussian(), 0);
                momenta.AddRange([p.E, p.Px, p.Py, p.Pz]);
                pid.Add(random.NextInt(3));
                charge.Add(pid[^1] == 0 ? 1 : 0);
            }

            offsets[jet + 1] = offsets[jet] + shares.Length;
            (pt[jet], eta[jet], truth[jet]) = ((float)(scale * shares.Sum()), (float)axis, (float)z);
        }

        return new JetBatch
        {
            Rows = [.. Enumerable.Range(0, jets).Select(r => (long)r)], Offsets = offsets, Momenta = [.. momenta],
            ConstituentColumns = new Dictionary<string, float[]> { ["pid"] = [.. pid], ["charge"] = [.. charge] },
            JetColumns = new Dictionary<string, float[]> { ["pt"] = pt, ["eta"] = eta, ["gen_pt"] = truth },
        };
    }

    /// <summary>The same jets with some columns put in place of theirs; null takes one away.</summary>
    public static JetBatch With(this JetBatch jets, string column, float[]? values)
    {
        var columns = jets.JetColumns.Where(c => c.Key != column).ToDictionary(c => c.Key, c => c.Value);
        if (values is not null) columns[column] = values;
        return new() { Rows = jets.Rows, Offsets = jets.Offsets, Momenta = jets.Momenta, ConstituentColumns = jets.ConstituentColumns, JetColumns = columns };
    }

    public static IJetSource Source(int jets, ulong seed) => Source(Make(jets, seed));

    public static IJetSource Source(JetBatch jets) => new InMemorySource(jets, Schema with { JetColumns = [.. jets.JetColumns.Keys], ConstituentColumns = [.. jets.ConstituentColumns.Keys] });

    public static string Write(string path, JetBatch jets)
    {
        CompactWriter.Write(Source(jets), path);
        return path;
    }
}
