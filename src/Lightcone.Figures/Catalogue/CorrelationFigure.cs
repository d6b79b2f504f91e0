namespace Lightcone.Figures.Catalogue;

/// <summary>Which latent components carry which property of the jet, <c>latent-correlation</c>: a matrix of |r|.</summary>
public static class CorrelationFigure
{
    /// <summary>Most rows a figure can name; of more the strongest are drawn.</summary>
    public const int MostRows = 18;

    /// <param name="header">Label, statement, conditions.</param>
    /// <param name="rows">Names of the latent components, markup.</param>
    /// <param name="columns">Names of the jet's properties, markup.</param>
    /// <param name="correlations">Pearson r by row and column; NaN where it has no meaning.</param>
    public static Figure Build(FigureHeader header, IReadOnlyList<string> rows, IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<double>> correlations)
    {
        double[][] sizes = [.. correlations.Select(row => row.Select(Math.Abs).ToArray())];
        double Strongest(int row) => sizes[row].Where(double.IsFinite).DefaultIfEmpty(-1).Max();
        int[] drawn = [.. Enumerable.Range(0, rows.Count).OrderByDescending(Strongest).ThenBy(i => i).Take(MostRows).Order()];
        return new()
        {
            Id = "latent-correlation",
            Title = "Correlation of latent components with properties of the jet",
            Answer = Answer(rows, columns, sizes),
            Canvas = CanvasKind.Matrix,
            Label = header.Label,
            Statement = header.Statement,
            Conditions = header.Conditions,
            Panels =
            [
                new Panel
                {
                    X = new Axis { Title = "Jet", Scale = AxisScale.Category, Categories = columns },
                    Y = new Axis { Title = "Latent component", Scale = AxisScale.Category, Categories = [.. drawn.Select(i => rows[i])] },
                    Marks = [new Cells { Values = [.. drawn.Select(i => sizes[i])], BarTitle = "|Pearson *r*|", Decimals = 2 }],
                },
            ],
            Table = new()
            {
                Comments = header.Comments(("method", "Pearson")),
                Columns = ["series", "jet_property", "r", "abs_r"],
                Rows = [.. correlations.SelectMany((row, i) => row.Select((r, k) => (IReadOnlyList<TableCell>)[Markup.ToPlain(rows[i]), Markup.ToPlain(columns[k]), r, sizes[i][k]]))],
            },
            Notes =
            [
                "Absolute Pearson correlation over all jets." + (drawn.Length < rows.Count ? $" The {drawn.Length} components with the strongest correlation of {rows.Count}." : string.Empty)
                + (drawn.Any(i => sizes[i].Any(v => !double.IsFinite(v))) ? " Blank: no correlation could be computed." : string.Empty),
            ],
        };
    }

    private static string Answer(IReadOnlyList<string> rows, IReadOnlyList<string> columns, double[][] sizes)
    {
        var best = columns.Select((name, k) =>
        {
            int row = Enumerable.Range(0, rows.Count).Where(i => double.IsFinite(sizes[i][k])).OrderByDescending(i => sizes[i][k]).FirstOrDefault(-1);
            return (Name: name, Row: row, Size: row < 0 ? double.NaN : sizes[row][k]);
        }).Where(b => b.Row >= 0).ToArray();
        if (best.Length == 0)
        {
            return "No correlation could be computed.";
        }

        (string Name, int Row, double Size) top = best.MaxBy(b => b.Size), least = best.MinBy(b => b.Size);
        string first = $"The latent space knows {Markup.ToPlain(top.Name)} best: |r| = {Markup.ToPlain(NumberText.Plain(top.Size, 3))} with {Markup.ToPlain(rows[top.Row])}";
        return Markup.ToPlain(top.Name == least.Name ? Markup.Escape(first) + "." : $"{Markup.Escape(first)}; {least.Name} it knows least: {NumberText.Plain(least.Size, 3)} at most.");
    }
}
