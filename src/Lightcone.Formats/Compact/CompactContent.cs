using System.Globalization;
using Lightcone.Formats.Hdf5;
using Lightcone.Jets;
using Lightcone.Kinematics;
using PureHDF;

namespace Lightcone.Formats.Compact;

/// <summary>The columns and attributes of a compact file that is being written.</summary>
internal sealed class CompactContent
{
    private static readonly Hdf5Type Single = new() { Class = TypeClass.Float, Size = 4, Signed = true };
    private static readonly Hdf5Type Tiny = new() { Class = TypeClass.Integer, Size = 1, Signed = true };
    private static readonly Hdf5Type Whole = new() { Class = TypeClass.Integer, Size = 4, Signed = true };
    private static readonly Hdf5Type Long = new() { Class = TypeClass.Integer, Size = 8, Signed = true };
    private static readonly string[] Coordinates = ["pt", "eta", "phi"];
    private static readonly string[] Kinematics = ["pt", "eta", "phi", "mass"];
    private static readonly Dictionary<string, string> Units = new(StringComparer.Ordinal) { ["pt"] = "GeV", ["eta"] = "1", ["phi"] = "rad", ["mass"] = "GeV", ["energy"] = "GeV" };

    private readonly SortedDictionary<string, WritableColumn> constituents = new(StringComparer.Ordinal), jets = new(StringComparer.Ordinal);
    private readonly ICompactOrigin? origin;
    private readonly bool massColumn, jetMomenta;

    internal CompactContent(IJetSource source, CompactSurvey survey, CompactWriteOptions options)
    {
        origin = source as ICompactOrigin;
        massColumn = origin is null && survey.Massive;
        // Stored jet momenta of a compact source stay as they are, unless its constituents are rounded anew.
        jetMomenta = origin is null || options.PtMantissaBits is not null || options.AngleGridBits is not null || !Kinematics.All(source.Schema.JetColumns.Contains);
        foreach (string name in Coordinates) constituents[name] = WritableColumn.Create(Single, survey.Constituents);
        foreach (string name in source.Schema.ConstituentColumns) constituents[name] = WritableColumn.Create(TypeOf("constituents", name), survey.Constituents);
        if (massColumn) constituents["mass"] = WritableColumn.Create(Single, survey.Constituents);
        long count = survey.Offsets.Length - 1;
        foreach (string name in Kinematics) jets[name] = WritableColumn.Create(Single, count);
        foreach (string name in source.Schema.JetColumns) jets[name] = WritableColumn.Create(TypeOf("jets", name), count);
        if (survey.Labelled) jets["label"] = WritableColumn.Create(source.Schema.Classes.Count > sbyte.MaxValue ? Whole : Tiny, count);
        jets["offset"] = WritableColumn.Create(Long, count + 1);
        jets["offset"].Append(survey.Offsets);
        File = new H5File { ["constituents"] = Group(constituents), ["jets"] = Group(jets) };
        foreach (var (name, value) in Attributes(source, survey, options)) File.Attributes[name] = value;
    }

    internal H5File File { get; }

    /// <summary>Adds jets; the batch carries the coordinates to store.</summary>
    internal void Append(JetBatch batch, H5NativeWriter writer)
    {
        foreach (var (name, column) in constituents)
            if (batch.ConstituentColumns.TryGetValue(name, out var values)) column.Append(values);
        if (massColumn) constituents["mass"].Append(Masses(batch));
        foreach (var (name, column) in jets)
            if (batch.JetColumns.TryGetValue(name, out var values) && !(jetMomenta && Kinematics.Contains(name))) column.Append(values);
        if (jetMomenta) AppendJetMomenta(batch);
        if (batch.Labels is not null && jets.TryGetValue("label", out var labels)) labels.Append(Array.ConvertAll(batch.Labels, l => (long)l));
        foreach (var column in constituents.Values.Concat(jets.Values)) column.WriteFullChunks(writer);
    }

    internal void Finish(H5NativeWriter writer)
    {
        foreach (var column in constituents.Values.Concat(jets.Values)) column.Finish(writer);
    }

    /// <summary>E-scheme sums of the constituents as a reader will rebuild them from the stored numbers.</summary>
    private void AppendJetMomenta(JetBatch batch)
    {
        float[] pt = batch.ConstituentColumns["pt"], eta = batch.ConstituentColumns["eta"], phi = batch.ConstituentColumns["phi"];
        float[] masses = Masses(batch);
        var columns = Kinematics.ToDictionary(name => name, _ => new float[batch.JetCount]);
        for (int jet = 0; jet < batch.JetCount; jet++)
        {
            var sum = default(FourMomentum);
            for (int c = batch.Offsets[jet]; c < batch.Offsets[jet + 1]; c++) sum += FourMomentum.FromPtEtaPhiMass(pt[c], eta[c], phi[c], masses[c]);
            (columns["pt"][jet], columns["eta"][jet], columns["phi"][jet], columns["mass"][jet]) = ((float)sum.Pt, (float)sum.Pseudorapidity, (float)sum.Azimuth, (float)sum.Mass);
        }
        foreach (string name in Kinematics) jets[name].Append(columns[name]);
    }

    /// <summary>Masses as they will be read: zero where the file states none.</summary>
    private float[] Masses(JetBatch batch)
    {
        var masses = new float[batch.ConstituentCount];
        bool any = massColumn || origin is not null;
        for (int c = 0; any && c < masses.Length; c++) masses[c] = (float)batch.Constituent(c).Mass;
        return masses;
    }

    private Hdf5Type TypeOf(string group, string name) => origin?.StoredType($"{group}/{name}") is { IsNumber: true } stored
        ? stored.Base ?? stored
        : name is "pid" or "charge" or "ttv" ? Whole : Single;

    private static H5Group Group(SortedDictionary<string, WritableColumn> columns)
    {
        var group = new H5Group();
        foreach (var (name, column) in columns)
        {
            group[name] = column.Dataset;
            if (Units.TryGetValue(name, out string? unit)) column.Dataset.Attributes["unit"] = unit;
        }
        return group;
    }

    private SortedDictionary<string, object> Attributes(IJetSource source, CompactSurvey survey, CompactWriteOptions options)
    {
        var attributes = new SortedDictionary<string, object>(StringComparer.Ordinal)
        {
            ["units"] = "pt, mass: GeV; eta: pseudorapidity (dimensionless); phi: radian in [-pi,pi]",
        };
        foreach (var attribute in origin?.Attributes.Values ?? [])
        {
            if (attribute.Text is { } text) attributes[attribute.Name] = text;
            else if (attribute.Numbers is [var one]) attributes[attribute.Name] = attribute.Whole ? (object)(long)one : one;
            else if (attribute.Numbers is { } numbers) attributes[attribute.Name] = numbers;
        }
        if (origin is null)
        {
            attributes["converted_from"] = source.Schema.Layout;
            if (!massColumn) attributes["constituent_mass_gev"] = 0.0;
        }
        long count = survey.Offsets.Length - 1;
        if (count < source.Count)
        {
            attributes["source_rows"] = string.Create(CultureInfo.InvariantCulture, $"{options.First}-{options.First + count - 1} of {source.Count}");
            attributes.Remove("part");
            attributes.Remove("n_parts");
        }
        attributes["layout"] = CompactLayout.LayoutName;
        attributes["n_jets"] = count;
        attributes["n_constituents"] = survey.Constituents;
        if (source.Schema.Classes.Count > 0) attributes["label_names"] = CompactLayout.FormatClassNames(source.Schema.Classes);
        if (options.PtMantissaBits is not null || options.AngleGridBits is not null) attributes["rounding"] = Rounding(options);
        foreach (var (name, value) in options.Facts) attributes[name] = value;
        return attributes;
    }

    private static string Rounding(CompactWriteOptions options) => string.Join("; ", new[]
    {
        options.PtMantissaBits is { } bits ? string.Create(CultureInfo.InvariantCulture, $"constituent pt: {bits} explicit mantissa bits") : "",
        options.AngleGridBits is { } grid ? string.Create(CultureInfo.InvariantCulture, $"eta, phi: multiples of 2^-{grid}") : "",
    }.Where(part => part.Length > 0));
}
