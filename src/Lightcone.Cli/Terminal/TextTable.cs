namespace Lightcone.Cli.Terminal;

/// <summary>A column of a <see cref="TextTable"/>.</summary>
/// <param name="Header">Its heading.</param>
/// <param name="Optional">May be left out, from the right, where the table would be too wide.</param>
internal sealed record Column(string Header, bool Optional = false);

/// <summary>
/// A table without lines: two spaces between columns, numbers aligned at the decimal mark. Too wide a table loses its optional columns; on
/// fewer than 60 columns each row becomes a short list of <c>name: value</c>.
/// </summary>
internal sealed class TextTable(params Column[] columns)
{
    private const int NarrowestTable = 60;

    private readonly List<string[]> _rows = [];

    /// <summary>Adds a row with one cell a column.</summary>
    public void Add(params string[] cells)
    {
        if (cells.Length != columns.Length) throw new ArgumentException($"{cells.Length} cells for {columns.Length} columns.", nameof(cells));
        _rows.Add(cells);
    }

    /// <summary>Writes the table to standard output, indented by two spaces.</summary>
    public void Write(TerminalWriter terminal)
    {
        if (terminal.Results.Width is < NarrowestTable and int) WriteRecords(terminal);
        else WriteGrid(terminal);
    }

    private void WriteGrid(TerminalWriter terminal)
    {
        var shown = Enumerable.Range(0, columns.Length).Select(c => AlignedColumn(c, terminal)).ToList();
        var optional = columns.Select(c => c.Optional).ToList();
        while (terminal.Results.Width is int width && shown.Sum(c => c[0].Length + 2) > width && optional.LastIndexOf(true) is >= 0 and int last)
        {
            shown.RemoveAt(last);
            optional.RemoveAt(last);
        }

        for (int row = 0; row <= _rows.Count; row++)
            terminal.Line(("  " + string.Join("  ", shown.Select(c => c[row]))).TrimEnd(), row == 0 ? Style.Dim : Style.Plain);
    }

    private void WriteRecords(TerminalWriter terminal)
    {
        foreach (var (row, index) in _rows.Select((row, index) => (row, index)))
        {
            if (index > 0) terminal.Line();
            for (int c = 0; c < columns.Length; c++)
                if (row[c].Length > 0)
                    terminal.Line(columns[c].Header.Length > 0 ? $"{columns[c].Header}: {row[c]}" : row[c]);
        }
    }

    // The heading and the cells of one column, all padded to one width.
    private string[] AlignedColumn(int column, TerminalWriter terminal)
    {
        var cells = _rows.Select(r => TerminalWriter.Fitting(r[column], terminal.Results)).ToArray();
        bool numbers = cells.Any(c => IsNumber(c)) && cells.All(c => c.Length == 0 || c is "-" or "–" || IsNumber(c));
        if (numbers)
        {
            int mark = cells.Max(DecimalMark);
            cells = cells.Select(c => new string(' ', mark - DecimalMark(c)) + c).ToArray();
        }

        string header = TerminalWriter.Fitting(columns[column].Header, terminal.Results);
        int width = Math.Max(header.Length, cells.Length == 0 ? 0 : cells.Max(c => c.Length));
        if (numbers && header.Length > cells.Max(c => c.Length))
        {
            // A long heading over short numbers: move the block of numbers to the right, keeping its inner alignment.
            int shift = header.Length - cells.Max(c => c.Length);
            cells = cells.Select(c => new string(' ', shift) + c).ToArray();
        }

        return [header.PadRight(width), .. cells.Select(c => c.PadRight(width))];
    }

    private static bool IsNumber(string cell)
    {
        var digits = cell.AsSpan().TrimStart("+-−");
        return digits.Length > 0 && char.IsAsciiDigit(digits[0]);
    }

    // Where the first number of the cell has its decimal mark, or would have it. A blank between two digits groups thousands.
    private static int DecimalMark(string cell)
    {
        int at = 0;
        while (at < cell.Length && "+-−".Contains(cell[at])) at++;
        while (at < cell.Length && (char.IsAsciiDigit(cell[at]) || GroupsThousands(cell, at))) at++;
        return at;
    }

    private static bool GroupsThousands(string cell, int at) =>
        cell[at] is ' ' or '\u2009' or '\u202f' or '\u00a0' && at > 0 && char.IsAsciiDigit(cell[at - 1])
        && at + 3 < cell.Length && cell.AsSpan(at + 1, 3).IndexOfAnyExceptInRange('0', '9') < 0 && (at + 4 == cell.Length || !char.IsAsciiDigit(cell[at + 4]));
}
