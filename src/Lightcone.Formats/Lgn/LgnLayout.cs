using Lightcone.Formats.Hdf5;
using Lightcone.Jets;

namespace Lightcone.Formats.Lgn;

/// <summary>
/// The layout of the Lorentz group network and of LorentzNet: <c>Pmu</c> (N, 200, 4) as E, px, py, pz, zero padded, <c>is_signal</c>, and often
/// <c>label</c> (N, 200): 1 particle, 0 empty, −1 beam. <c>Nobj</c> is not read: it is wrong for full jets and counts beams.
/// </summary>
internal sealed class LgnLayout : IHdf5Layout
{
    /// <inheritdoc/>
    public string Name => "Lorentz group network";

    /// <inheritdoc/>
    public bool Matches(Hdf5File file) => file.Group("") is { } root && root.Links.ContainsKey("Pmu");

    /// <inheritdoc/>
    public IJetSource Open(Hdf5File file, FormatOptions options) => new LgnSource(file, options, Name);
}

/// <summary>Jets of an LGN file.</summary>
internal sealed class LgnSource : PaddedSource
{
    private const int SlotLimit = 1 << 16;

    private readonly Hdf5File file;
    private readonly Hdf5Dataset momenta;
    private readonly Hdf5Dataset? mask, signal;
    private readonly List<(string Name, Hdf5Dataset Values)> jetColumns = [];
    private readonly int slots;

    internal LgnSource(Hdf5File file, FormatOptions options, string layout)
    {
        this.file = file;
        momenta = file.Dataset("Pmu") ?? throw Broken("Pmu", "Pmu is not a dataset");
        if (momenta.Extents is not [_, > 0 and <= SlotLimit, 4] || !momenta.Type.IsNumber) throw Broken("Pmu", $"numbers of shape (jets, slots, 4) are needed, found ({string.Join(", ", momenta.Extents)})");
        slots = (int)momenta.Extents[1];
        mask = Shaped("label", [Count, slots]);
        signal = Shaped("is_signal", [Count]);
        if (Shaped("jet_pt", [Count]) is { } jetPt) jetColumns.Add(("jet_pt", jetPt));
        Schema = new JetSchema
        {
            Layout = layout,
            Classes = signal is null ? [] : Layout.ClassNames(options, ["QCD", "top"]),
            JetColumns = [.. jetColumns.Select(c => c.Name)],
            Facts = new Dictionary<string, string> { ["slots"] = $"{slots}", ["stored type"] = $"float{8 * momenta.Type.Size}" },
        };
    }

    /// <inheritdoc/>
    public override JetSchema Schema { get; }

    /// <inheritdoc/>
    public override long Count => momenta.Rows;

    /// <inheritdoc/>
    protected override JetBatch ReadRows(long first, int count)
    {
        double[] stored = momenta.ReadDoubles(first, count);
        long[]? marks = mask?.ReadIntegers(first, count);
        var compacted = new Compaction(count, slots, stored, c => marks is null ? !IsBeam(stored.AsSpan(4 * c, 4)) : marks[c] == 1, first, Padding);
        return new JetBatch
        {
            Rows = Layout.Rows(first, count),
            Offsets = compacted.Offsets,
            Momenta = compacted.Momenta,
            Labels = signal is null ? null : Damage.At(file.Path, "is_signal", () => Layout.Labels(signal.ReadIntegers(first, count), first)),
            JetColumns = jetColumns.ToDictionary(c => c.Name, c => c.Values.ReadSingles(first, count)),
        };
    }

    /// <summary>Without marks, beams (two last rows of some files) are told by their direction: no constituent has pt = 0 exactly.</summary>
    private static bool IsBeam(ReadOnlySpan<double> p) => p is [_, 0, 0, not 0];

    private Hdf5Dataset? Shaped(string path, long[] extents)
    {
        if (file.Dataset(path) is not { } dataset) return null;
        return dataset.Extents.AsSpan().SequenceEqual(extents) && dataset.Type.IsNumber ? dataset : throw Broken(path, $"shape ({string.Join(", ", dataset.Extents)}) does not fit Pmu");
    }

    private InputDataException Broken(string path, string what) => Damage.In(file.Path, path, new InvalidDataException(what));

    /// <inheritdoc/>
    public override void Dispose() => file.Dispose();
}
