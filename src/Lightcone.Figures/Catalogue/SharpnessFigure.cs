using Lightcone.Statistics;

namespace Lightcone.Figures.Catalogue;

/// <summary>How wide the intervals of a method are once all methods cover alike.</summary>
/// <param name="Name">Plain name of the method.</param>
/// <param name="Width">Mean width after scaling to the nominal coverage, with its interval.</param>
/// <param name="Factor">The factor that was needed: 1 for a method that was honest by itself, above 1 for one that was too narrow.</param>
/// <param name="Reference">Whether it is there to compare with, such as the best width that is possible: drawn hollow.</param>
public sealed record SharpnessRow(string Name, Interval Width, double Factor, bool Reference = false);

/// <summary>Which method is best at the same honesty, <c>sharpness</c>: a dot plot of the mean width at equal coverage, with the factor that each method needed.</summary>
public static class SharpnessFigure
{
    private const int RowsOfSingle = 9;

    /// <summary>Part of the axis that is kept free at its right end for the factors.</summary>
    private const double RightPart = 0.24;

    /// <param name="header">Label, statement, conditions.</param>
    /// <param name="level">Nominal coverage of all methods, between 0 and 1.</param>
    /// <param name="unit">Unit of the width; empty if none.</param>
    /// <param name="rows">Methods from top to bottom.</param>
    /// <param name="note">On which jets the factors and the widths were obtained, a sentence.</param>
    public static Figure Build(FigureHeader header, double level, string unit, IReadOnlyList<SharpnessRow> rows, string note)
    {
        double[] ends = [.. rows.SelectMany(r => (double[])[r.Width.Value, r.Width.Lower, r.Width.Upper]).Where(double.IsFinite)];
        (double least, double most) = ends.Length == 0 ? (0, 1) : (ends.Min(), ends.Max());
        double span = Math.Max(most - least, Math.Max(0.02 * Math.Abs(most), 1e-12)), low = Math.Max(0, least - (0.08 * span)), high = low + ((most + (0.06 * span) - low) / (1 - RightPart));
        bool tall = rows.Count > RowsOfSingle;
        return new()
        {
            Id = "sharpness",
            Title = "Mean width of the intervals at equal coverage",
            Answer = Answer(level, unit, rows),
            Canvas = tall ? CanvasKind.Tall : CanvasKind.Single,
            Label = header.Label,
            Statement = header.Statement,
            Conditions = header.Conditions,
            Panels =
            [
                new Panel
                {
                    X = new Axis { Title = $"Mean width at {NumberText.Plain(100 * level, 4)} % coverage", Unit = unit, Low = low, High = high },
                    Y = new Axis { Title = string.Empty, Scale = AxisScale.Category, Categories = [.. rows.Select(r => Markup.Escape(r.Name))], MayRaise = false },
                    Marks = [.. rows.GroupBy(r => r.Reference).Select(g => Dots(rows, g.Key)), .. Factors(rows, high - (0.98 * RightPart * (high - low)), tall ? 480 : 292)],
                },
            ],
            Table = new()
            {
                Comments = header.Comments(("coverage", NumberText.Exact(level)), ("level", "0.6827"), ("method", rows.Select(r => r.Width.Method).FirstOrDefault(m => !string.IsNullOrEmpty(m)) ?? string.Empty)),
                Columns = ["series", "width", "lower_68", "upper_68", "factor", "reference"],
                Rows = [.. rows.Select(r => (IReadOnlyList<TableCell>)[r.Name, r.Width.Value, r.Width.Lower, r.Width.Upper, r.Factor, r.Reference ? 1 : 0])],
            },
            Notes = [note, "Numbers at the right: factor by which the intervals of the method were scaled to reach the nominal coverage; 1 is honest, more was too narrow." + (rows.Any(r => r.Reference) ? " Hollow: for comparison." : string.Empty)],
        };
    }

    private static Points Dots(IReadOnlyList<SharpnessRow> rows, bool reference)
    {
        (SharpnessRow Row, int Index)[] part = [.. rows.Select((r, i) => (r, i)).Where(t => t.r.Reference == reference && double.IsFinite(t.r.Width.Value))];
        return new()
        {
            X = [.. part.Select(t => t.Row.Width.Value)],
            Y = [.. part.Select(t => (double)t.Index)],
            Lower = [.. part.Select(t => t.Row.Width.Lower)],
            Upper = [.. part.Select(t => t.Row.Width.Upper)],
            BarsAlongX = true,
            Colour = reference ? SeriesColour.Ink : SeriesColour.C3,
            Hollow = reference,
            Radius = 4,
        };
    }

    /// <summary>Factors stand with the middle of their digits on the row: 9 px below where a remark without this would stand.</summary>
    private static IEnumerable<Remark> Factors(IReadOnlyList<SharpnessRow> rows, double x, double height) => rows.Select((r, i) => (r, i)).Where(t => double.IsFinite(t.r.Factor))
        .Select(t => new Remark { X = x, Y = t.i + (9 * rows.Count / height), Text = $"factor {ExactDecimal.From(t.r.Factor).RoundTo(-2)}", Colour = SeriesColour.Mute });

    private static string Answer(double level, string unit, IReadOnlyList<SharpnessRow> rows)
    {
        SharpnessRow[] measured = [.. rows.Where(r => !r.Reference && double.IsFinite(r.Width.Value)).OrderBy(r => r.Width.Value)];
        if (measured.Length == 0)
        {
            return "No method was measured.";
        }

        string Width(SharpnessRow r) => NumberText.WithInterval(r.Width) + (unit.Length > 0 ? " " + unit : string.Empty);
        string other = measured.Length == 1 ? string.Empty : $", the widest {Markup.Escape(measured[^1].Name)} ({Width(measured[^1])})";
        return Markup.ToPlain($"At {NumberText.Plain(100 * level, 4)} % coverage the narrowest intervals are those of {Markup.Escape(measured[0].Name)} (mean width {Width(measured[0])}, factor {NumberText.Plain(measured[0].Factor, 3)}){other}.");
    }
}
