using Lightcone.Statistics;

namespace Lightcone.Figures.Catalogue;

/// <summary>What one change to the default brings.</summary>
/// <param name="Name">Plain name of the variant.</param>
/// <param name="Difference">Variant minus default, with its interval.</param>
public sealed record AblationRow(string Name, Interval Difference);

/// <summary>A dot plot of variants against the default, <c>ablation</c>.</summary>
public static class AblationFigure
{
    /// <param name="header">Label, statement, conditions.</param>
    /// <param name="quantity">What is compared, markup: "AUC".</param>
    /// <param name="defaultValue">The default's value with its interval.</param>
    /// <param name="rows">Variants from top to bottom.</param>
    /// <param name="note">Seeds and pairing, a sentence.</param>
    public static Figure Build(FigureHeader header, string quantity, Interval defaultValue, IReadOnlyList<AblationRow> rows, string note)
    {
        double[] ends = [.. rows.SelectMany(r => (double[])[r.Difference.Value, r.Difference.Lower, r.Difference.Upper]).Where(double.IsFinite), 0];
        double margin = Math.Max((ends.Max() - ends.Min()) * 0.08, 1e-12);
        double[] y = [.. Enumerable.Range(0, rows.Count).Select(i => (double)i)];
        AblationRow? most = rows.Where(r => double.IsFinite(r.Difference.Value)).MaxBy(r => Math.Abs(r.Difference.Value));
        string name = Markup.ToPlain(quantity);
        return new()
        {
            Id = "ablation",
            Title = $"Change of {name} for single changes to the default",
            Answer = most is null ? "No variant was measured."
                : $"The largest effect has \"{most.Name}\": {name} {(most.Difference.Value < 0 ? "falls" : "rises")} by {Markup.ToPlain(NumberText.WithInterval(Positive(most.Difference)))}.",
            Label = header.Label,
            Statement = header.Statement,
            Conditions = header.Conditions,
            Panels =
            [
                new Panel
                {
                    X = new Axis { Title = $"Δ {quantity} to the default", Low = ends.Min() - margin, High = ends.Max() + margin },
                    Y = new Axis { Title = string.Empty, Scale = AxisScale.Category, Categories = [.. rows.Select(r => Markup.Escape(r.Name))], MayRaise = false },
                    Marks =
                    [
                        new Hairline { At = 0, Colour = SeriesColour.C5, Line = LineStyle.Solid, Width = 1.4, Label = $"default: {NumberText.WithInterval(defaultValue)}" },
                        new Points
                        {
                            X = [.. rows.Select(r => r.Difference.Value)], Y = y, Lower = [.. rows.Select(r => r.Difference.Lower)], Upper = [.. rows.Select(r => r.Difference.Upper)],
                            BarsAlongX = true, Colour = SeriesColour.C3,
                        },
                    ],
                },
            ],
            Table = new()
            {
                Comments = header.Comments(("quantity", name), ("default", NumberText.Exact(defaultValue.Value)), ("level", NumberText.Exact(rows.Count > 0 ? rows[0].Difference.Level : double.NaN))),
                Columns = ["series", "difference", "lower_68", "upper_68"],
                Rows = [.. rows.Select(r => (IReadOnlyList<TableCell>)[r.Name, r.Difference.Value, r.Difference.Lower, r.Difference.Upper])],
            },
            Notes = [note],
        };
    }

    private static Interval Positive(Interval i) => i.Value >= 0 ? i : i with { Value = -i.Value, Lower = -i.Upper, Upper = -i.Lower };
}
