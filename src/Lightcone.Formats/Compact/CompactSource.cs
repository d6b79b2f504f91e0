using Lightcone.Formats.Hdf5;
using Lightcone.Jets;
using Lightcone.Kinematics;

namespace Lightcone.Formats.Compact;

/// <summary>Jets of a compact file; reads only the asked rows.</summary>
internal sealed class CompactSource : IJetSource, ICompactOrigin
{
    private static readonly HashSet<string> Momentum = new(StringComparer.Ordinal) { "pt", "eta", "phi" };
    private static readonly HashSet<string> Structure = new(StringComparer.Ordinal) { "offset", "label" };

    private readonly Hdf5File file;
    private readonly Hdf5Dataset pt, eta, phi, offset;
    private readonly Hdf5Dataset? label, pid, massColumn;
    private readonly List<(string Name, Hdf5Dataset Values)> constituentColumns, jetColumns;
    private readonly double mass;
    private readonly double[]? massByPid;

    internal CompactSource(Hdf5File file, FormatOptions options)
    {
        this.file = file;
        pt = Needed("constituents/pt");
        eta = Needed("constituents/eta");
        phi = Needed("constituents/phi");
        offset = Needed("jets/offset");
        if (offset.Rows < 1) throw Broken("jets/offset", "the offsets are empty; N + 1 of them are needed for N jets");
        Count = offset.Rows - 1;
        label = Column("jets/label", Count);
        constituentColumns = Columns("constituents", Momentum, pt.Rows);
        jetColumns = Columns("jets", Structure, Count);
        if (eta.Rows != pt.Rows || phi.Rows != pt.Rows) throw Broken("constituents", $"pt, eta and phi have {pt.Rows}, {eta.Rows} and {phi.Rows} values");
        var attributes = Attributes = file.Attributes("");
        double? stated = attributes.GetValueOrDefault("constituent_mass_gev")?.Numbers is [var one] ? one : null;
        mass = stated ?? 0;
        massByPid = attributes.GetValueOrDefault("pid_mass_gev")?.Numbers;
        massColumn = massByPid is null && stated is null ? Column("constituents/mass", pt.Rows) : null;
        pid = massByPid is null ? null : Column("constituents/pid", pt.Rows) ?? throw Broken("constituents/pid", "masses go by pid (attribute pid_mass_gev), but there is no pid");
        Schema = new JetSchema
        {
            Layout = CompactLayout.LayoutName,
            Classes = Layout.ClassNames(options, CompactLayout.ParseClassNames(attributes.GetValueOrDefault("label_names")?.Text)),
            ConstituentColumns = [.. constituentColumns.Select(c => c.Name)],
            JetColumns = [.. jetColumns.Select(c => c.Name)],
            Facts = CompactLayout.Facts(attributes),
        };
    }

    /// <inheritdoc/>
    public JetSchema Schema { get; }

    /// <inheritdoc/>
    public long Count { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Hdf5Attribute> Attributes { get; }

    /// <inheritdoc/>
    public Hdf5Type? StoredType(string path) => file.Dataset(path)?.Type;

    /// <inheritdoc/>
    public JetBatch Read(long first, int count) => Read(first, count, coordinates: false);

    /// <inheritdoc/>
    public JetBatch ReadWithCoordinates(long first, int count) => Read(first, count, coordinates: true);

    private JetBatch Read(long first, int count, bool coordinates)
    {
        Layout.CheckRange(first, count, Count);
        if (count == 0) return JetBatch.Empty;
        long[] stored = offset.ReadIntegers(first, count + 1);
        int[] offsets = Damage.At(file.Path, "jets/offset", () => CheckOffsets(stored, first, count));
        int constituents = offsets[^1];
        long start = stored[0];
        float[] pts = pt.ReadSingles(start, constituents), etas = eta.ReadSingles(start, constituents), phis = phi.ReadSingles(start, constituents);
        var columns = constituentColumns.ToDictionary(c => c.Name, c => c.Values.ReadSingles(start, constituents));
        if (coordinates) (columns["pt"], columns["eta"], columns["phi"]) = (pts, etas, phis);
        return new JetBatch
        {
            Rows = Layout.Rows(first, count),
            Offsets = offsets,
            Momenta = Momenta(pts, etas, phis, start, offsets, first),
            Labels = label is null ? null : Damage.At(file.Path, "jets/label", () => Layout.Labels(label.ReadIntegers(first, count), first)),
            ConstituentColumns = columns,
            JetColumns = jetColumns.ToDictionary(c => c.Name, c => c.Values.ReadSingles(first, count)),
        };
    }

    private int[] CheckOffsets(long[] stored, long first, int count)
    {
        if (first == 0 && stored[0] != 0) throw new InvalidDataException($"the first offset is {stored[0]}, not 0");
        if (first + count == Count && stored[^1] != pt.Rows) throw new InvalidDataException($"the last offset is {stored[^1]}, but there are {pt.Rows} constituents");
        if (stored[0] < 0) throw new InvalidDataException($"the offset of jet {first} is negative");
        var offsets = new int[count + 1];
        for (int i = 1; i <= count; i++)
        {
            long length = stored[i] - stored[i - 1];
            if (length < 0) throw new InvalidDataException($"the offsets fall after jet {first + i - 1}: {stored[i - 1]}, {stored[i]}");
            if (length > Layout.ConstituentLimit || stored[i] > pt.Rows) throw new InvalidDataException($"jet {first + i - 1} claims constituents {stored[i - 1]} to {stored[i]} of {pt.Rows}");
            if (stored[i] - stored[0] > Array.MaxLength / 4) throw new InvalidDataException($"{count} jets from {first} on have too many constituents to read at once");
            offsets[i] = (int)(stored[i] - stored[0]);
        }
        return offsets;
    }

    /// <summary>Energies come from pt, eta and the mass in float64, so E ≥ |p| holds to the last digits; float32 loses it.</summary>
    private double[] Momenta(float[] pts, float[] etas, float[] phis, long start, int[] offsets, long firstJet)
    {
        long[]? pids = pid?.ReadIntegers(start, pts.Length);
        float[]? masses = massColumn?.ReadSingles(start, pts.Length);
        var momenta = new double[4 * pts.Length];
        for (int c = 0; c < pts.Length; c++)
        {
            double m = pids is not null ? MassOf(pids[c]) ?? throw UnknownIdentity(pids[c], c, offsets, firstJet) : masses is not null ? masses[c] : mass;
            var p = FourMomentum.FromPtEtaPhiMass(pts[c], etas[c], phis[c], m);
            (momenta[4 * c], momenta[4 * c + 1], momenta[4 * c + 2], momenta[4 * c + 3]) = (p.E, p.Px, p.Py, p.Pz);
        }
        return momenta;
    }

    private double? MassOf(long identity) => identity >= 0 && identity < massByPid!.Length ? massByPid[identity] : null;

    private InputDataException UnknownIdentity(long identity, int constituent, int[] offsets, long firstJet)
    {
        int jet = Array.FindLastIndex(offsets, offset => offset <= constituent);
        return Broken("constituents/pid", $"constituent {constituent - offsets[jet]} of jet {firstJet + jet} has pid {identity}, but pid_mass_gev knows 0 to {massByPid!.Length - 1}");
    }

    private Hdf5Dataset Needed(string path)
    {
        var dataset = file.Dataset(path) ?? throw Broken(path, "the dataset is missing");
        if (dataset.Extents.Length != 1 || !dataset.Type.IsNumber) throw Broken(path, "one row of numbers is needed");
        return dataset;
    }

    private Hdf5Dataset? Column(string path, long rows)
    {
        if (file.Dataset(path) is null) return null;
        var dataset = Needed(path);
        return dataset.Rows == rows ? dataset : throw Broken(path, $"there are {dataset.Rows} values where {rows} are needed");
    }

    private List<(string, Hdf5Dataset)> Columns(string group, HashSet<string> except, long rows)
    {
        var columns = new List<(string, Hdf5Dataset)>();
        foreach (string name in file.Group(group)!.Names)
        {
            // Other shapes may stand beside the columns; they are simply not columns.
            if (except.Contains(name) || file.Dataset($"{group}/{name}") is not { } dataset) continue;
            if (dataset.Extents.Length == 1 && dataset.Rows == rows && dataset.Type.IsNumber) columns.Add((name, dataset));
        }
        return columns;
    }

    private InputDataException Broken(string path, string what) => Damage.In(file.Path, path, new InvalidDataException(what));

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();
}
