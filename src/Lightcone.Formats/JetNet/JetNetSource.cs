using System.Globalization;
using Lightcone.Formats.Hdf5;
using Lightcone.Jets;
using Lightcone.Kinematics;
using Lightcone.Randomness;

namespace Lightcone.Formats.JetNet;

/// <summary>
/// Jets of a JetNet file as massless four-momenta: pT = ptrel · pT(jet), η = etarel + η(jet), φ = phirel + φ(jet). The files do not state the jet's azimuth; it is
/// drawn uniformly, keyed by (seed, row), so that a jet is the same however and whenever it is read. The columns pt, eta and mass are those of the
/// full jet, which may have had more particles than were stored.
/// </summary>
internal sealed class JetNetSource : PaddedSource
{
    private const int Features = 4, SlotLimit = 1 << 16;

    // No two particles of a jet are so far apart that one alone carries twice the jet's pT; cosh of the second limit is still far from overflow.
    private const double LargestShare = 2, LargestPseudorapidity = 50;

    private readonly Hdf5File file;
    private readonly Hdf5Dataset particles, jets;
    private readonly RandomStream azimuths;
    private readonly int slots, jetFeatures;

    internal JetNetSource(Hdf5File file, FormatOptions options)
    {
        this.file = file;
        particles = Numbers("particle_features");
        jets = Numbers("jet_features");
        if (particles.Extents is not [_, > 0 and <= SlotLimit, Features]) throw Broken("particle_features", $"shape (jets, particles, 4) is needed, found ({string.Join(", ", particles.Extents)})");
        if (jets.Extents is not [_, >= Features and <= SlotLimit] || jets.Rows != Count) throw Broken("jet_features", $"shape ({Count}, 4) is needed, found ({string.Join(", ", jets.Extents)})");
        (slots, jetFeatures) = ((int)particles.Extents[1], (int)jets.Extents[1]);
        azimuths = new RandomStream(options.AzimuthSeed, "jetnet azimuth", 0, 0);
        Schema = new JetSchema
        {
            Layout = JetNetLayout.LayoutName,
            JetColumns = ["pt", "eta", "mass"],
            Facts = new Dictionary<string, string>
            {
                ["slots"] = $"{slots}",
                ["stored type"] = $"float{8 * particles.Type.Size}",
                ["masses"] = "0",
                ["labels"] = "none; the file's name says the class",
                ["azimuths"] = string.Create(CultureInfo.InvariantCulture, $"not in the file; drawn uniformly, seed {options.AzimuthSeed}"),
            },
        };
    }

    /// <inheritdoc/>
    public override JetSchema Schema { get; }

    /// <inheritdoc/>
    public override long Count => particles.Rows;

    /// <inheritdoc/>
    protected override JetBatch ReadRows(long first, int count)
    {
        double[] stored = particles.ReadDoubles(first, count), features = jets.ReadDoubles(first, count);
        for (int jet = 0; jet < count; jet++) CheckJet(features.AsSpan(jet * jetFeatures, jetFeatures), first + jet);
        var compacted = new Compaction(count, slots, stored, slot => IsParticle(stored.AsSpan(Features * slot, Features), first + slot / slots, slot % slots), first, Padding);
        for (int jet = 0; jet < count; jet++)
        {
            var own = features.AsSpan(jet * jetFeatures, jetFeatures);
            int start = compacted.Offsets[jet], particlesOfJet = compacted.Offsets[jet + 1] - start;
            if (jetFeatures > Features) CheckNumber(own[3], particlesOfJet, first + jet);
            Convert(compacted.Momenta.AsSpan(Features * start, Features * particlesOfJet), own, first + jet);
        }

        return new JetBatch
        {
            Rows = Layout.Rows(first, count),
            Offsets = compacted.Offsets,
            Momenta = compacted.Momenta,
            JetColumns = new Dictionary<string, float[]> { ["pt"] = Column(features, 0), ["eta"] = Column(features, 1), ["mass"] = Column(features, 2) },
        };
    }

    /// <summary>Relative coordinates of one jet's particles into four-momenta, in place.</summary>
    private void Convert(Span<double> values, ReadOnlySpan<double> jet, long row)
    {
        double azimuth = 2 * Math.PI * azimuths.ForItem(row).NextDouble() - Math.PI;
        if (values.Length > 0 && jet[0] == 0)
            throw Wrong("jet_features", row, "the jet's pt is 0, but it has particles", "the row was never filled", "fill pt where the file is made, or set the mask of these particles to 0");
        for (int at = 0; at < values.Length; at += Features)
        {
            double eta = values[at] + jet[1];
            if (Math.Abs(eta) > LargestPseudorapidity)
                throw Wrong("particle_features", row, Invariant($"a particle would have the pseudorapidity {eta:0.###}"), "the columns are not in the order etarel, phirel, ptrel, mask", "compare the first particles with the tool that wrote the file");
            var p = FourMomentum.FromPtEtaPhiMass(values[at + 2] * jet[0], eta, FourMomentum.DeltaPhi(values[at + 1], -azimuth), 0);
            (values[at], values[at + 1], values[at + 2], values[at + 3]) = (p.E, p.Px, p.Py, p.Pz);
        }
    }

    /// <summary>Whether a slot that is not all zero holds a particle; refuses what is neither particle nor Padding.</summary>
    private bool IsParticle(ReadOnlySpan<double> slot, long row, int particle)
    {
        if (!double.IsFinite(slot[0] + slot[1] + slot[2] + slot[3]))
            throw Wrong("particle_features", row, $"particle {particle} has a value that is NaN or infinite", "a division by zero when the file was made", "drop the jet where the file is made");
        if (slot[3] is not (0 or 1))
            throw Wrong("particle_features", row, Invariant($"the mask of particle {particle} is {slot[3]}; 1 (particle) or 0 (Padding) is needed"),
                "the mask was shifted or scaled for a network (often to -0.5 and 0.5), or the fourth column is something else", "store the mask as 0 and 1");
        if (slot[3] == 0)
            throw Wrong("particle_features", row, $"particle {particle} has mask 0 but is not all zero", "the mask belongs to other particles, or padding was shifted by the jet's axis", "set padding to zero, or its mask to 1 where it is a particle");
        if (slot[2] is < 0 or > LargestShare)
            throw Wrong("particle_features", row, Invariant($"ptrel of particle {particle} is {slot[2]}; the particle's share of the jet's pt is needed"),
                "pt in GeV or scaled for a network stands there, or the columns are in another order", "store ptrel = pt / pt of the jet as the third column");
        if (Math.Abs(slot[1]) > 2 * Math.PI)
            throw Wrong("particle_features", row, Invariant($"phirel of particle {particle} is {slot[1]}; an angle of at most a turn is needed"), "the columns are in another order, or angles are in degrees", "store etarel, phirel [rad], ptrel, mask");
        return slot[2] > 0; // without momentum it is no constituent
    }

    private void CheckJet(ReadOnlySpan<double> jet, long row)
    {
        if (!double.IsFinite(jet[0] + jet[1] + jet[2]))
            throw Wrong("jet_features", row, "pt, eta or mass is NaN or infinite", "a division by zero when the file was made", "drop the jet where the file is made");
        if (jet[0] < 0)
            throw Wrong("jet_features", row, Invariant($"pt is {jet[0]} GeV"), "the first column is not pt, or was scaled for a network", "store pt [GeV], eta, mass [GeV], number of particles");
        if (jet[0] > float.MaxValue)
            throw Wrong("jet_features", row, Invariant($"pt is {jet[0]:0.###e+0} GeV"), "the first column is not pt in GeV", "store pt [GeV], eta, mass [GeV], number of particles");
    }

    /// <summary>
    /// The released tables have four columns. The public loader puts the class before them, in memory; such a table has the mass where the number of particles
    /// belongs, and this tells it from one with further columns behind.
    /// </summary>
    private void CheckNumber(double stated, int found, long row)
    {
        if (stated != found)
            throw Wrong("jet_features", row, Invariant($"the fourth of {jetFeatures} columns is {stated}, but the jet has {found} particles"), "a column, such as the class, stands before pt", "store pt [GeV], eta, mass [GeV], number of particles, and further columns behind them");
    }

    private float[] Column(double[] features, int column)
    {
        var values = new float[features.Length / jetFeatures];
        for (int jet = 0; jet < values.Length; jet++) values[jet] = (float)features[jet * jetFeatures + column];
        return values;
    }

    private Hdf5Dataset Numbers(string path)
    {
        var dataset = file.Dataset(path) ?? throw Broken(path, $"{path} is not a dataset");
        return dataset.Type.IsNumber ? dataset : throw Broken(path, $"numbers are needed, but the elements are of class {dataset.Type.Class}");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private InputDataException Wrong(string dataset, long row, string what, string cause, string cure) => new(what, $"{file.Path}, {dataset}, row {row}", cause, cure);

    private InputDataException Broken(string path, string what) => Damage.In(file.Path, path, new InvalidDataException(what));

    /// <inheritdoc/>
    public override void Dispose() => file.Dispose();
}
