using Lightcone.Jets;
using Lightcone.Systems.Mpm.Particles;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Calibration.Bodies;

/// <summary>Jets as tensors for a body.</summary>
internal static class JetEvents
{
    private const float LogScale = 0.2f; // a share of 1 % has the logarithm −4.6

    /// <summary>Numbers a particle.</summary>
    public static int ParticleWidth(BodyKind kind) => kind switch
    {
        BodyKind.EnergyFlow => 2,
        BodyKind.ParticleFlow => 4,
        BodyKind.ParticleFlowWithIdentity => 4 + ParticleTypes.Count,
        _ => 0,
    };

    /// <summary>The tensors, in the caller's dispose scope.</summary>
    /// <exception cref="InputDataException">A jet is empty, or a particle damaged.</exception>
    public static EventTensors Of(JetBatch jets, CalibrationScales scales, BodyKind kind)
    {
        var (quantities, anchors) = scales.Apply(jets);
        var (particles, shares, owners) = ParticleWidth(kind) > 0 ? Particles(jets, kind) : default;
        return new EventTensors
        {
            Count = jets.JetCount,
            // Clones lie where the engine puts them: products round by where their factors lie.
            Quantities = tensor(quantities, [jets.JetCount, scales.Names.Length]).clone(),
            Anchor = tensor(anchors, [jets.JetCount, 1]).clone(),
            Particles = particles?.clone(),
            Shares = shares?.clone(),
            EventOfParticle = owners,
            Jets = kind.IsLarge() ? jets : null,
        };
    }

    private static (Tensor Particles, Tensor Shares, Tensor Owners) Particles(JetBatch jets, BodyKind kind)
    {
        int width = ParticleWidth(kind), count = jets.ConstituentCount;
        var (features, shares, owners) = (new float[count * width], new float[count], new long[count]);
        float[]? identity = null, charge = null;
        if (kind == BodyKind.ParticleFlowWithIdentity && !(jets.ConstituentColumns.TryGetValue("pid", out identity) && jets.ConstituentColumns.TryGetValue("charge", out charge)))
            throw new InputDataException("The particles have no identities.", "constituents/pid, constituents/charge", "A file without them.", "Take another body: --set model=pfn.");
        for (int jet = 0; jet < jets.JetCount; jet++)
        {
            double sum = 0, eta = 0;
            for (int c = jets.Offsets[jet]; c < jets.Offsets[jet + 1]; c++) sum += jets.Constituent(c).Pt;
            if (!(sum > 0 && double.IsFinite(sum))) throw new InputDataException($"Jet {jets.Rows[jet]} has no transverse momentum.", "the jets' file", "An empty jet, or a damaged one.", "Check it: lightcone dataset check FILE");
            var axis = jets.Jet(jet);
            for (int c = jets.Offsets[jet]; c < jets.Offsets[jet + 1]; c++) eta += jets.Constituent(c).Pt / sum * jets.Constituent(c).Pseudorapidity;
            for (int c = jets.Offsets[jet]; c < jets.Offsets[jet + 1]; c++)
            {
                var momentum = jets.Constituent(c);
                float share = (float)(momentum.Pt / sum);
                (shares[c], owners[c]) = (share, jet);
                var own = features.AsSpan(c * width, width);
                own[0] = (float)(momentum.Pseudorapidity - eta);
                own[1] = (float)Math.IEEERemainder(momentum.Azimuth - axis.Azimuth, 2 * Math.PI);
                if (width > 2)
                {
                    own[2] = LogScale * MathF.Log(Math.Max(share, 1e-6f));
                    own[3] = LogScale * (float)Math.Log(Math.Max(momentum.Pt, 1e-3));
                }

                foreach (float f in own)
                    if (!float.IsFinite(f)) throw new InputDataException($"Jet {jets.Rows[jet]}, constituent {c - jets.Offsets[jet]}, is not a number.", "the jets' file", "A damaged file.", "Check it: lightcone dataset check FILE");
                if (identity is null) continue;
                int type = ParticleTypes.Of(identity[c], charge![c]) ?? throw new InputDataException(
                    $"Jet {jets.Rows[jet]}, constituent {c - jets.Offsets[jet]}, has identity {identity[c]} and charge {charge[c]}, which is no particle.", "constituents/pid, constituents/charge",
                    "Other particle codes, such as those of the PDG.", "Write pid as 0 charged hadron, 1 neutral hadron, 2 photon, 3 electron, 4 muon (docs/reference/compact-layout.md).");
                own[4 + type] = 1;
            }
        }

        return (tensor(features, [count, width]), tensor(shares, [count, 1]), tensor(owners));
    }
}
