using Lightcone.Formats.Hdf5;

namespace Lightcone.Formats.TopLandscape;

/// <summary>One column of a pandas table: where it lies in a record and what it is.</summary>
internal readonly record struct TableColumn(int Offset, Hdf5Type Type);

/// <summary>
/// The columns of a table that pandas wrote with PyTables. Columns of one type share a member of the record (<c>values_block_0</c>); their names
/// are kept in attributes as pickles. A pickle is a program, so it is never run: the names are picked out of its text, and where that does not
/// give one name a column, positions are used.
/// </summary>
internal sealed class TableColumns
{
    private const int ColumnLimit = 1 << 16;

    private readonly Dictionary<string, TableColumn> byName = new(StringComparer.Ordinal);
    private readonly List<(string Member, TableColumn[] Columns)> unnamed = [];

    internal TableColumns(Hdf5Type record, IReadOnlyDictionary<string, Hdf5Attribute> attributes)
    {
        foreach (var member in record.Members)
        {
            if (member.Type.IsNumber) byName.TryAdd(member.Name, new TableColumn(member.Offset, member.Type));
            else if (member.Type is { Class: TypeClass.Array, Extents: [var width], Base: { IsNumber: true } element } && width <= ColumnLimit)
                AddBlock(member, width, element, attributes.GetValueOrDefault(member.Name + "_kind")?.Text);
        }
    }

    /// <summary>Names of all columns whose name is known.</summary>
    internal IEnumerable<string> Names => byName.Keys;

    /// <summary>Whether some block's names could not be told.</summary>
    internal bool ByPosition => unnamed.Count > 0;

    /// <summary>Columns of blocks without names, block by block.</summary>
    internal IReadOnlyList<(string Member, TableColumn[] Columns)> Unnamed => unnamed;

    internal TableColumn? Find(string name) => byName.TryGetValue(name, out var column) ? column : null;

    private void AddBlock(CompoundMember member, int width, Hdf5Type element, string? kind)
    {
        var columns = Enumerable.Range(0, width).Select(i => new TableColumn(member.Offset + i * element.Size, element)).ToArray();
        var names = NamesIn(kind ?? "");
        if (names.Count != width || names.Distinct().Count() != width)
        {
            unnamed.Add((member.Name, columns));
            return;
        }
        for (int i = 0; i < width; i++) byName.TryAdd(names[i], columns[i]);
    }

    /// <summary>In pickle protocol 0 a text stands on a line of its own behind the letter V.</summary>
    internal static List<string> NamesIn(string pickle)
    {
        var names = new List<string>();
        foreach (var line in pickle.AsSpan().EnumerateLines())
        {
            var text = line.StartsWith("aV") ? line[2..] : line.StartsWith("V") ? line[1..] : default;
            if (text.Length > 0) names.Add(text.ToString());
            if (names.Count > ColumnLimit) break;
        }
        return names;
    }
}
