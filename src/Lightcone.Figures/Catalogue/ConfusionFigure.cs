namespace Lightcone.Figures.Catalogue;

/// <summary>Which classes mix, <c>confusion</c>.</summary>
public static class ConfusionFigure
{
    /// <param name="header">Label, statement, conditions.</param>
    /// <param name="classes">Plain names in the order of the data card.</param>
    /// <param name="counts">Jets by true class (row) and predicted class (column).</param>
    public static Figure Build(FigureHeader header, IReadOnlyList<string> classes, IReadOnlyList<IReadOnlyList<long>> counts)
    {
        IReadOnlyList<double>[] shares = [.. counts.Select(row => row.Sum() is var sum && sum > 0 ? row.Select(c => (double)c / sum).ToArray() : [.. row.Select(_ => double.NaN)])];
        string[] names = [.. classes.Select(Markup.Escape)];
        return new()
        {
            Id = "confusion",
            Title = "Predicted against true class",
            Answer = Answer(classes, shares, counts),
            Canvas = CanvasKind.Matrix,
            Label = header.Label,
            Statement = header.Statement,
            Conditions = header.Conditions,
            Panels =
            [
                new Panel
                {
                    X = new Axis { Title = "Predicted class", Scale = AxisScale.Category, Categories = names },
                    Y = new Axis { Title = "True class", Scale = AxisScale.Category, Categories = names },
                    Marks = [new Cells { Values = shares, BarTitle = "Fraction of the true class", Decimals = 2 }],
                },
            ],
            Table = new()
            {
                Comments = header.Comments(("normalised", "by row")),
                Columns = ["series", "predicted", "count", "fraction"],
                Rows = [.. counts.SelectMany((row, r) => row.Select((c, p) => (IReadOnlyList<TableCell>)[classes[r], classes[p], c, shares[r][p]]))],
            },
            Notes = ["Rows are true classes and sum to 1."],
        };
    }

    private static string Answer(IReadOnlyList<string> classes, IReadOnlyList<double>[] shares, IReadOnlyList<IReadOnlyList<long>> counts)
    {
        double right = counts.Select((row, i) => (double)row[i]).Sum() / Math.Max(1, counts.Sum(row => row.Sum()));
        (int from, int to, double worst) = (0, 0, -1);
        for (int r = 0; r < classes.Count; r++)
        {
            for (int c = 0; c < classes.Count; c++)
            {
                (from, to, worst) = r != c && shares[r][c] > worst ? (r, c, shares[r][c]) : (from, to, worst);
            }
        }

        string most = worst > 0 ? $"; the most common error takes {classes[from]} for {classes[to]} ({NumberText.Plain(100 * worst, 2)} %)" : string.Empty;
        return $"{NumberText.Plain(100 * right, 3)} % of the jets are put into their class{most}.";
    }
}
