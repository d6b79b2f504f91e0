using System.Globalization;
using System.Text;

namespace Lightcone.Figures;

/// <summary>A cell of a table: text, a number, or nothing.</summary>
/// <param name="Text">The text; null for a number or an empty cell.</param>
/// <param name="Number">The number; NaN for an empty cell.</param>
public readonly record struct TableCell(string? Text, double Number)
{
    /// <summary>A text cell.</summary>
    public static implicit operator TableCell(string text) => new(text, double.NaN);

    /// <summary>A number cell; NaN and infinities are written as an empty cell.</summary>
    public static implicit operator TableCell(double number) => new(null, double.IsFinite(number) ? number : double.NaN);

    /// <summary>As written in the file.</summary>
    public override string ToString() => Text ?? NumberText.Exact(Number);

    /// <summary>Cells are equal when they are written alike (empty cells equal each other).</summary>
    public bool Equals(TableCell other) => ToString() == other.ToString();

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);
}

/// <summary>
/// The numbers behind a figure as one tidy table: comment lines "# key: value", a header, rows in full precision; the first column is the series.
/// </summary>
public sealed record FigureTable
{
    /// <summary>Comment lines: run, sample, level, method.</summary>
    public IReadOnlyList<(string Key, string Value)> Comments { get; init; } = [];

    /// <summary>Column names with their unit: "pt_gev".</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>Rows, each as long as <see cref="Columns"/>.</summary>
    public required IReadOnlyList<IReadOnlyList<TableCell>> Rows { get; init; }

    /// <summary>Position of a column, −1 if there is none.</summary>
    public int IndexOf(string column)
    {
        for (int i = 0; i < Columns.Count; i++)
        {
            if (Columns[i] == column)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>The file: UTF-8 text with "\n" line ends, fields quoted where RFC 4180 asks for it.</summary>
    public string ToCsv()
    {
        var csv = new StringBuilder();
        foreach ((string key, string value) in Comments)
        {
            csv.Append("# ").Append(OneLine(key)).Append(": ").Append(OneLine(value)).Append('\n');
        }

        AppendRow(csv, Columns);
        foreach (IReadOnlyList<TableCell> row in Rows)
        {
            AppendRow(csv, row.Select(cell => cell.ToString()));
        }

        return csv.ToString();
    }

    /// <summary>Reads what <see cref="ToCsv"/> wrote. The first column is text always, the others where they are not numbers.</summary>
    /// <exception cref="InputDataException">The text is not such a table.</exception>
    public static FigureTable Parse(string csv)
    {
        var comments = new List<(string, string)>();
        int position = 0;
        while (position < csv.Length && csv[position] == '#')
        {
            int end = csv.IndexOf('\n', position);
            end = end < 0 ? csv.Length : end;
            string line = csv[(position + 1)..end].Trim();
            int colon = line.IndexOf(": ", StringComparison.Ordinal);
            comments.Add(colon < 0 ? (line.TrimEnd(':'), string.Empty) : (line[..colon], line[(colon + 2)..]));
            position = Math.Min(end + 1, csv.Length);
        }

        List<List<string>> lines = Split(csv, position);
        if (lines.Count == 0)
        {
            throw Broken("it has no header row", 0);
        }

        var rows = new List<IReadOnlyList<TableCell>>(lines.Count - 1);
        for (int r = 1; r < lines.Count; r++)
        {
            if (lines[r].Count != lines[0].Count)
            {
                throw Broken($"row {r} has {lines[r].Count} fields, the header {lines[0].Count}", r);
            }

            rows.Add([.. lines[r].Select((field, column) => column == 0 ? field : Cell(field))]);
        }

        return new() { Comments = comments, Columns = lines[0], Rows = rows };
    }

    private static TableCell Cell(string field) =>
        field.Length == 0 ? double.NaN
        : double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) && NumberText.Exact(number) == field ? number
        : field;

    private static InputDataException Broken(string what, int row) =>
        new($"The table of a figure cannot be read: {what}.", $"CSV of a figure, row {row}", "The file was cut short or edited by hand.", "Run `lightcone evaluate` again to write the figures anew.");

    private static List<List<string>> Split(string csv, int position)
    {
        var lines = new List<List<string>>();
        var fields = new List<string>();
        var field = new StringBuilder();
        bool quoted = false;
        for (int i = position; i < csv.Length; i++)
        {
            char c = csv[i];
            if (quoted)
            {
                bool doubled = c == '"' && i + 1 < csv.Length && csv[i + 1] == '"';
                quoted = c != '"' || doubled;
                field.Append(c == '"' && !doubled ? string.Empty : c.ToString());
                i += doubled ? 1 : 0;
            }
            else if (c == '"' && field.Length == 0)
            {
                quoted = true;
            }
            else if (c is ',' or '\n')
            {
                fields.Add(field.ToString());
                field.Clear();
                if (c == '\n')
                {
                    lines.Add(fields);
                    fields = [];
                }
            }
            else if (c != '\r')
            {
                field.Append(c);
            }
        }

        if (fields.Count > 0 || field.Length > 0)
        {
            fields.Add(field.ToString());
            lines.Add(fields);
        }

        return lines;
    }

    private static void AppendRow(StringBuilder csv, IEnumerable<string> fields) =>
        csv.AppendJoin(',', fields.Select(Quote)).Append('\n');

    private static string Quote(string field) =>
        field.AsSpan().IndexOfAny(",\"\n\r") >= 0 || field.StartsWith('#') ? "\"" + field.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"" : field;

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
