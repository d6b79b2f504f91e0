using Lightcone.Statistics;

namespace Lightcone.Figures;

/// <summary>What a reader who cannot see the figure is told: kind and axes, the numbers of each series, the answer. Made from the table alone.</summary>
internal static class FigureDescription
{
    private const int MostSeries = 4;

    /// <param name="reading">Which columns carry the picture.</param>
    /// <param name="axes">The clause about the axes, as <see cref="Axes"/> writes it.</param>
    /// <param name="table">The table, as drawn or as read back from its file.</param>
    /// <param name="answer">What the figure says.</param>
    public static string Write(Reading? reading, string axes, FigureTable table, string answer)
    {
        if (reading is null)
        {
            return axes + ". " + answer;
        }

        int x = table.IndexOf(reading.X), y = table.IndexOf(reading.Y);
        if (x < 0 || y < 0)
        {
            throw new ArgumentException($"The table has no column '{(x < 0 ? reading.X : reading.Y)}'.");
        }

        var series = table.Rows.GroupBy(row => row[0].ToString()).Take(MostSeries)
            .Select(g => Series(g.Key, [.. g.Where(row => double.IsFinite(row[x].Number))], reading, table)).Where(s => s.Length > 0);
        return $"{axes}. {Sentence(string.Join("; ", series))}{answer}";
    }

    /// <summary>"Curves of background rejection (log, 1 to 100 000) against signal efficiency (0 to 1)".</summary>
    public static string Axes(string kind, Axis x, AxisMap xMap, Axis y, AxisMap yMap) =>
        $"{kind} of {Name(y)} ({Range(y, yMap)}) against {Name(x)} ({Range(x, xMap)})";

    private static string Sentence(string text) => text.Length == 0 ? string.Empty : text + ". ";

    private static string Name(Axis axis)
    {
        string name = Markup.ToPlain(axis.Title);
        return name.Length > 1 && char.IsUpper(name[0]) && char.IsLower(name[1]) ? char.ToLowerInvariant(name[0]) + name[1..] : name;
    }

    private static string Range(Axis axis, AxisMap map) => axis.Scale == AxisScale.Category
        ? string.Join(", ", axis.Categories.Select(Markup.ToPlain))
        : $"{(map.Scale == AxisScale.Log ? "log, " : string.Empty)}{Value(map.Low)} to {Value(map.High)}{Unit(axis)}";

    private static string Unit(Axis axis) => axis.Scale == AxisScale.Time ? " s" : axis.Unit.Length > 0 ? " " + Markup.ToPlain(axis.Unit) : string.Empty;

    private static string Value(double value) => Markup.ToPlain(NumberText.Plain(value, 3));

    private static string Series(string name, IReadOnlyList<IReadOnlyList<TableCell>> rows, Reading reading, FigureTable table)
    {
        int x = table.IndexOf(reading.X), y = table.IndexOf(reading.Y);
        if (rows.Count == 0)
        {
            return string.Empty;
        }

        if (reading.At.Count > 0)
        {
            var read = reading.At.Select(at => (At: at, Row: rows.MinBy(row => Math.Abs(row[x].Number - at))!));
            return $"{name}: {string.Join(", ", read.Select(r => $"{Number(r.Row, reading, table)} at {Value(r.At)}"))}";
        }

        var finite = rows.Where(row => double.IsFinite(row[y].Number)).ToArray();
        if (finite.Length == 0)
        {
            return string.Empty;
        }

        IReadOnlyList<TableCell> most = finite.MaxBy(row => row[y].Number)!, least = finite.MinBy(row => row[y].Number)!;
        return $"{name}: maximum {Number(most, reading, table)} at {Value(Place(most))}, minimum {Number(least, reading, table)} at {Value(Place(least))}";

        double Place(IReadOnlyList<TableCell> row) => reading.XHigh is { } high ? (row[x].Number + row[table.IndexOf(high)].Number) / 2 : row[x].Number;
    }

    private static string Number(IReadOnlyList<TableCell> row, Reading reading, FigureTable table)
    {
        double value = row[table.IndexOf(reading.Y)].Number;
        double Bound(string? column) => column is null || table.IndexOf(column) < 0 ? double.NaN : row[table.IndexOf(column)].Number;
        double lower = Bound(reading.Lower), upper = Bound(reading.Upper);
        return Markup.ToPlain(double.IsFinite(value) && (!double.IsFinite(lower) || !double.IsFinite(upper))
            ? NumberText.Plain(value, 3)
            : NumberText.WithInterval(new Interval(value, lower, upper, 0.6827, string.Empty)));
    }
}
