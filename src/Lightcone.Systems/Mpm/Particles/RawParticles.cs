using Lightcone.Jets;

namespace Lightcone.Systems.Mpm.Particles;

/// <summary>Reads what a batch of jets says of its particles, before any transformation.</summary>
internal static class RawParticles
{
    /// <summary>Features of <see cref="ParticleInputs.Full"/>, in order.</summary>
    public static readonly string[] FullNames = ["pt", "deta", "dphi", "d0val", "d0err", "dzval", "dzerr"];

    /// <summary>Features of <see cref="ParticleInputs.Kinematics"/>, in order.</summary>
    public static readonly string[] KinematicNames = ["logpt", "deta", "dphi"];

    /// <summary>First of the features that only a track has.</summary>
    public const int FirstTrackFeature = 3;

    private const double Reach = 0.8;

    /// <summary>
    /// Particles of all jets: pT [GeV], Δη (times the sign of the jet's η), Δφ [rad], d0, its error, dz, its error [mm] (arXiv:2409.12589), or log(pT + 1), Δη, Δφ
    /// (arXiv:2401.13537); both angles within ±0.8. Each jet's by falling pT, at most so many.
    /// </summary>
    /// <exception cref="InputDataException">A particle has an identity or charge that is none, or a feature that is not finite.</exception>
    public static ParticleTable Of(JetBatch jets, ParticleInputs inputs, int most)
    {
        int width = inputs == ParticleInputs.Full ? FullNames.Length : KinematicNames.Length;
        var (offsets, sources) = Hardest(jets, most);
        var table = new ParticleTable
        {
            Rows = jets.Rows, Offsets = offsets, Width = width, Sources = sources,
            Features = new float[sources.Length * width], Types = new int[sources.Length], Tracks = new bool[sources.Length],
        };
        var columns = new Columns(jets);
        for (int jet = 0; jet < jets.JetCount; jet++)
        {
            var (eta, phi) = columns.Axis(jet, inputs);
            for (int p = offsets[jet]; p < offsets[jet + 1]; p++)
            {
                var momentum = jets.Constituent(sources[p]);
                double deta = Math.Clamp((momentum.Pseudorapidity - eta) * (eta < 0 ? -1 : 1), -Reach, Reach);
                double dphi = Math.Clamp(Math.IEEERemainder(momentum.Azimuth - phi, 2 * Math.PI), -Reach, Reach);
                var target = table.Features.AsSpan(p * width, width);
                target[0] = (float)(inputs == ParticleInputs.Full ? momentum.Pt : Math.Log(momentum.Pt + 1));
                (target[1], target[2]) = ((float)deta, (float)dphi);
                table.Types[p] = ParticleTypes.Unknown;
                if (inputs == ParticleInputs.Full) (table.Types[p], table.Tracks[p]) = columns.Identify(sources[p], jet, target[FirstTrackFeature..]);
                // The limits on the angles would hide an infinite component.
                bool finite = double.IsFinite(momentum.Px) && double.IsFinite(momentum.Py) && double.IsFinite(momentum.Pz);
                foreach (float feature in target) finite &= float.IsFinite(feature);
                if (!finite) throw NotFinite(jets, jet, sources[p]);
            }
        }

        return table;
    }

    // Stable: particles of equal pT keep the order of the file.
    private static (int[] Offsets, int[] Sources) Hardest(JetBatch jets, int most)
    {
        var offsets = new int[jets.JetCount + 1];
        for (int jet = 0; jet < jets.JetCount; jet++) offsets[jet + 1] = offsets[jet] + Math.Min(most, jets.Multiplicity(jet));
        var sources = new int[offsets[^1]];
        for (int jet = 0; jet < jets.JetCount; jet++)
        {
            var order = new (double Pt, int Index)[jets.Multiplicity(jet)];
            for (int k = 0; k < order.Length; k++) order[k] = (jets.Constituent(jets.Offsets[jet] + k).Pt, jets.Offsets[jet] + k);
            Array.Sort(order, (a, b) => a.Pt == b.Pt ? a.Index.CompareTo(b.Index) : b.Pt.CompareTo(a.Pt));
            for (int k = 0; k < offsets[jet + 1] - offsets[jet]; k++) sources[offsets[jet] + k] = order[k].Index;
        }

        return (offsets, sources);
    }

    private static InputDataException NotFinite(JetBatch jets, int jet, int constituent) => new(
        $"Jet {jets.Rows[jet]}, constituent {constituent - jets.Offsets[jet]}, has a feature that is not a number.", "the jets' file", "A damaged file, or a conversion that overflowed.", "Check it: lightcone dataset check FILE");

    /// <summary>Columns of a batch that some files have and others have not.</summary>
    private sealed class Columns(JetBatch jets)
    {
        private readonly float[]? identity = jets.ConstituentColumns.GetValueOrDefault("pid"), charge = jets.ConstituentColumns.GetValueOrDefault("charge");
        private readonly float[]?[] track = [.. FullNames[FirstTrackFeature..].Select(jets.ConstituentColumns.GetValueOrDefault)];
        private readonly float[]? eta = jets.JetColumns.GetValueOrDefault("eta"), phi = jets.JetColumns.GetValueOrDefault("phi");

        /// <summary>The jet's axis: as the file states it, of the jet before long ones were cut; of all constituents where it does not, or where the inputs want it.</summary>
        public (double Eta, double Phi) Axis(int jet, ParticleInputs inputs)
        {
            if (inputs == ParticleInputs.Full && eta is not null && phi is not null) return (eta[jet], phi[jet]);
            if (jets.Multiplicity(jet) == 0) return (0, 0);
            var sum = jets.Jet(jet);
            return (sum.Pseudorapidity, sum.Azimuth);
        }

        /// <summary>Type of a particle and whether it has a track, whose features are written; they stay 0 where it has none or the file does not tell.</summary>
        public (int Type, bool Track) Identify(int constituent, int jet, Span<float> features)
        {
            if (identity is null || charge is null) return (ParticleTypes.Unknown, false);
            int type = ParticleTypes.Of(identity[constituent], charge[constituent]) ?? throw new InputDataException(
                $"Jet {jets.Rows[jet]}, constituent {constituent - jets.Offsets[jet]}, has identity {identity[constituent]} and charge {charge[constituent]}, which is no particle.", "constituents/pid, constituents/charge",
                "Other particle codes, such as those of the PDG.", "Write pid as 0 charged hadron, 1 neutral hadron, 2 photon, 3 electron, 4 muon (docs/reference/compact-layout.md).");
            if (!ParticleTypes.HasTrack(type) || track.Any(t => t is null)) return (type, false);
            for (int k = 0; k < track.Length; k++) features[k] = track[k]![constituent];
            return (type, true);
        }
    }
}
