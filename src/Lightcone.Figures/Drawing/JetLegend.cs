namespace Lightcone.Figures;

/// <summary>The two lines below a pair of jets: what each symbol is, and how large 1, 10 and 100 GeV are.</summary>
internal static class JetLegend
{
    private const double Size = 12.5;

    public static (IReadOnlyList<Shape> Shapes, double Height) Of(FigureLayout layout)
    {
        JetSymbols[] jets = [.. layout.Figure.Panels.SelectMany(p => p.Marks).OfType<JetSymbols>()];
        if (jets.Length == 0)
        {
            return ([], layout.Height);
        }

        DrawnConstituent[] all = [.. jets.SelectMany(j => j.Constituents)];
        double scale = JetShapes.RadiusScale(jets);
        var row = new Row(layout.Panels[0].Frame.X0, layout.Panels[^1].Frame.X1, layout.Panels[^1].Frame.Y1 + 65.5);
        foreach (ConstituentKind kind in jets.Where(j => j.Layer == JetLayer.Whole).SelectMany(j => j.Constituents).Select(c => c.Kind).Distinct().Order())
        {
            row.Add(centre => JetShapes.Symbol(JetLayer.Whole, kind, hidden: false, centre, 6), 6, JetShapes.Look(kind).Name);
        }

        foreach (JetLayer layer in jets.Where(j => j.Layer is JetLayer.Original or JetLayer.Reconstructed && j.Constituents.Count > 0).Select(j => j.Layer).Distinct().OrderDescending())
        {
            row.Add(centre => JetShapes.Symbol(layer, ConstituentKind.Unknown, hidden: false, centre, 6), 6, layer == JetLayer.Original ? "original" : "reconstructed");
        }

        if (layout.Panels.Count < 3)
        {
            row.Break();
        }

        double hardest = all.Select(c => c.TransverseMomentum).DefaultIfEmpty(0).Max();
        foreach (int gev in (int[])[1, 10, 100])
        {
            double radius = JetShapes.Radius(gev, scale);
            if (gev <= Math.Max(10, hardest * 1.2) && radius <= JetShapes.LargestRadius)
            {
                row.Add(centre => new CircleShape(centre, radius) { Line = new(SeriesColour.Ink, 1) }, radius, $"{gev} GeV");
            }
        }

        if (jets.Any(j => j.Layer == JetLayer.Seen))
        {
            Prediction(row, all);
        }
        else if (all.Any(c => c.Hidden))
        {
            SeriesColour colour = JetShapes.Look(all.First(c => c.Hidden).Kind).Colour;
            row.Add(centre => new CircleShape(centre, 6) { Line = new(colour, 1.2) }, 6, Hidden(all));
        }

        return (row.Shapes, Math.Max(layout.Height, row.Y + 16));
    }

    /// <summary>What was seen, what was hidden, what was predicted: one symbol in its three looks.</summary>
    private static void Prediction(Row row, DrawnConstituent[] all)
    {
        ConstituentKind kind = all.Select(c => c.Kind).DefaultIfEmpty(ConstituentKind.Unknown).Min();
        kind = all.Any(c => c.Kind == ConstituentKind.ChargedHadron) ? ConstituentKind.ChargedHadron : kind;
        row.Add(centre => JetShapes.Symbol(JetLayer.Seen, kind, hidden: false, centre, 6), 6, "seen");
        if (all.Any(c => c.Hidden))
        {
            row.Add(centre => JetShapes.Symbol(JetLayer.Whole, kind, hidden: true, centre, 6), 6, "hidden, true");
            row.Add(centre => JetShapes.Symbol(JetLayer.Whole, kind, hidden: false, centre, 6), 6, "hidden, predicted");
        }
    }

    private static string Hidden(DrawnConstituent[] all)
    {
        double share = all.Where(c => c.Hidden).Sum(c => c.TransverseMomentum) / Math.Max(1e-12, all.Sum(c => c.TransverseMomentum));
        return $"hidden ({NumberText.Plain(100 * share, 2)} % of *p*_{{T}})";
    }

    /// <summary>Symbols and words from left to right, broken into lines at the right edge.</summary>
    private sealed class Row
    {
        private readonly double left, right;
        private double x;

        public Row(double left, double right, double y) => (this.left, this.right, x, Y) = (left, right, left, y);

        public double Y { get; private set; }

        public List<Shape> Shapes { get; } = [];

        public void Add(Func<Pixel, Shape> symbol, double radius, string name)
        {
            double width = (2 * radius) + 5 + (TextWidth.FallbackFactor * TextWidth.Of(name, Size));
            if (x > left && x + width > right)
            {
                Break();
            }

            Shapes.Add(symbol(new(x + radius, Y)));
            Shapes.Add(new TextShape(new(x + (2 * radius) + 5, Y + 4.5), name, Size));
            x += width + 14;
        }

        public void Break()
        {
            x = left;
            Y += 22;
        }
    }
}
