using Lightcone.Formats.Npz;
using Lightcone.Jets;
using Lightcone.Kinematics;

namespace Lightcone.Formats.EnergyFlow;

/// <summary>
/// The quark-gluon jets of the EnergyFlow package: <c>X</c> (jets, slots, 4) as pT, rapidity, azimuth, PDG id, zero padded, and <c>y</c>:
/// 1 quark, 0 gluon. Constituents are not ordered by pT in the file, and are not reordered here.
/// </summary>
internal sealed class EnergyFlowLayout : INpzLayout
{
    /// <inheritdoc/>
    public string Name => "EnergyFlow quark-gluon";

    /// <inheritdoc/>
    public bool Matches(NpzFile file) => file.Contains("X");

    /// <inheritdoc/>
    public IJetSource Open(NpzFile file, FormatOptions options) => new EnergyFlowSource(file, options, Name);
}

/// <summary>Jets of an EnergyFlow archive: masses by PDG id, so energies are those of real particles; the id stays in the column <c>pid</c>.</summary>
internal sealed class EnergyFlowSource : PaddedSource
{
    private const int SlotLimit = 1 << 16;

    private readonly NpzFile file;
    private readonly NpyArray particles;
    private readonly NpyArray? label;
    private readonly int slots;

    internal EnergyFlowSource(NpzFile file, FormatOptions options, string layout)
    {
        this.file = file;
        particles = file.Array("X");
        if (particles.Header.Shape is not [_, > 0 and <= SlotLimit, 4]) throw Damage.In(file.Path, "X", new InvalidDataException($"shape (jets, slots, 4) is needed, found ({string.Join(", ", particles.Header.Shape)}); files without particle identity are not read"));
        slots = (int)particles.Header.Shape[1];
        string? labelName = file.Contains("y") ? "y" : file.Contains("y_") ? "y_" : null;
        label = labelName is null ? null : file.Array(labelName);
        if (label is not null && (label.Header.Shape.Length != 1 || label.Rows != Count)) throw Damage.In(file.Path, labelName, new InvalidDataException("one label a jet is needed"));
        Schema = new JetSchema
        {
            Layout = layout,
            Classes = label is null ? [] : Layout.ClassNames(options, ["gluon", "quark"]),
            ConstituentColumns = ["pid"],
            Facts = new Dictionary<string, string> { ["slots"] = $"{slots}", ["masses"] = "by PDG id" },
        };
    }

    /// <inheritdoc/>
    public override JetSchema Schema { get; }

    /// <inheritdoc/>
    public override long Count => particles.Rows;

    /// <inheritdoc/>
    protected override JetBatch ReadRows(long first, int count)
    {
        double[] stored = particles.ReadDoubles(first, count);
        var compacted = new Compaction(count, slots, stored, _ => true, first, Padding);
        var momenta = compacted.Momenta;
        var identities = new float[compacted.Slots.Length];
        for (int c = 0; c < identities.Length; c++)
        {
            double identity = momenta[4 * c + 3];
            if (!(Math.Abs(identity) < 1e7) || Math.Truncate(identity) != identity) throw Damage.In(file.Path, "X", new InvalidDataException($"jet {first + Array.FindIndex(compacted.Offsets, o => o > c) - 1} has a particle with the PDG id {identity}"));
            var p = FourMomentum.FromPtRapidityPhiMass(momenta[4 * c], momenta[4 * c + 1], momenta[4 * c + 2], ParticleMasses.Of((long)identity));
            (momenta[4 * c], momenta[4 * c + 1], momenta[4 * c + 2], momenta[4 * c + 3]) = (p.E, p.Px, p.Py, p.Pz);
            identities[c] = (float)identity;
        }
        return new JetBatch
        {
            Rows = Layout.Rows(first, count),
            Offsets = compacted.Offsets,
            Momenta = momenta,
            Labels = label is null ? null : Damage.At(file.Path, "y", () => Layout.Labels(label.ReadIntegers(first, count), first)),
            ConstituentColumns = new Dictionary<string, float[]> { ["pid"] = identities },
        };
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        particles.Dispose();
        label?.Dispose();
        file.Dispose();
    }
}
