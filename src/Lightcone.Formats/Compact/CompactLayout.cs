using System.Globalization;
using Lightcone.Formats.Hdf5;
using Lightcone.Jets;

namespace Lightcone.Formats.Compact;

/// <summary>
/// Lightcone's own layout: ragged constituents (pt, eta, phi and extras) in flat arrays, <c>jets/offset</c> to find them, masses by a rule in
/// the attributes. See docs/reference/compact-layout.md.
/// </summary>
internal sealed class CompactLayout : IHdf5Layout
{
    internal const string LayoutName = "lightcone compact v1";

    /// <inheritdoc/>
    public string Name => LayoutName;

    /// <inheritdoc/>
    public bool Matches(Hdf5File file) =>
        file.Group("constituents") is { } constituents && file.Group("jets") is { } jets
        && constituents.Links.ContainsKey("pt") && constituents.Links.ContainsKey("eta") && constituents.Links.ContainsKey("phi") && jets.Links.ContainsKey("offset");

    /// <inheritdoc/>
    public IJetSource Open(Hdf5File file, FormatOptions options) => new CompactSource(file, options);

    /// <summary>"0=QCD dijet,1=hadronic top" into names by index.</summary>
    internal static IReadOnlyList<string> ParseClassNames(string? text)
    {
        var names = new SortedDictionary<int, string>();
        foreach (string part in (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = part.IndexOf('=');
            if (equals > 0 && int.TryParse(part[..equals], NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < 1 << 16) names[index] = part[(equals + 1)..];
        }
        return [.. Enumerable.Range(0, names.Count == 0 ? 0 : names.Keys.Max() + 1).Select(i => names.GetValueOrDefault(i, $"class {i}"))];
    }

    internal static string FormatClassNames(IReadOnlyList<string> names) => string.Join(',', names.Select((name, i) => $"{i}={name.Replace(',', ';')}"));

    internal static IReadOnlyDictionary<string, string> Facts(IReadOnlyDictionary<string, Hdf5Attribute> attributes)
    {
        var facts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, attribute) in attributes)
        {
            if (attribute.Text is { } text) facts[name] = text;
            else if (attribute.Numbers is { } numbers) facts[name] = string.Join(", ", numbers.Select(n => n.ToString("R", CultureInfo.InvariantCulture)));
        }
        return facts;
    }
}
