namespace Lightcone.Figures;

/// <summary>The bar beside a matrix that says which colour means which value.</summary>
internal static class ColourBar
{
    private const int Slices = 60;

    public static IEnumerable<Shape> Of(FigureLayout layout)
    {
        if (layout.Figure.Canvas is not (CanvasKind.Matrix or CanvasKind.Plane) || Meaning(layout.Figure.Panels[0]) is not { } meaning)
        {
            yield break;
        }

        Frame matrix = layout.Panels[0].Frame;
        var bar = new Frame(matrix.X1 + 12, matrix.Y0, matrix.X1 + 26, matrix.Y1);
        for (int i = 0; i < Slices; i++)
        {
            double top = bar.Y1 - ((i + 1) * bar.Height / Slices);
            string colour = Palette.Map(meaning.Signed ? Palette.Signed : Palette.Sequential, (i + 0.5) / Slices);
            yield return new MapCell(new(bar.X0, top, bar.X1, top + (bar.Height / Slices) + (i == 0 ? 0 : 0.3)), colour);
        }

        yield return new PathShape([new(bar.X0, bar.Y0), new(bar.X1, bar.Y0), new(bar.X1, bar.Y1), new(bar.X0, bar.Y1)]) { Closed = true, Line = new(SeriesColour.Ink, 1.2) };
        var map = new AxisMap(meaning.Scale, meaning.Low, meaning.High, bar.Y1, bar.Y0);
        foreach (Tick tick in map.Ticks(6).Major)
        {
            double y = map.Map(tick.Value);
            yield return new PathShape([new(bar.X1, y), new(bar.X1 - 6, y)]) { Line = new(SeriesColour.Ink, 1.2) };
            yield return new TextShape(new(bar.X1 + 5, y + 4.6), tick.Label, layout.Sizes.Tick);
        }

        if (meaning.Title.Length > 0)
        {
            yield return new TextShape(new(layout.Width - 5, bar.Y0), FrameDrawing.Fitted(meaning.Title, 13, bar.Height), 13) { Anchor = "end", Rotation = -90 };
        }
    }

    private static (double Low, double High, AxisScale Scale, bool Signed, string Title)? Meaning(Panel panel) =>
        panel.Marks.OfType<Cells>().FirstOrDefault() is { } cells ? (cells.Low, cells.High, AxisScale.Linear, cells.Signed, cells.BarTitle)
        : panel.Marks.OfType<HeatMap>().FirstOrDefault() is { } heat ? (heat.Low, heat.High, heat.Scale, false, heat.BarTitle)
        : null;
}
