namespace Lightcone.Figures;

/// <summary>
/// Turns a density over two axes into one path a shade: a rectangle an entry would make the file ten times as large. Neighbours of one shade in a
/// row are one rectangle.
/// </summary>
internal static class HeatShapes
{
    /// <summary>Most bins along either axis.</summary>
    public const int MostBins = 80;

    /// <summary>Shades the map is cut into; the eye does not tell more apart.</summary>
    private const int Shades = 24;

    /// <summary>Neighbours overlap by this much, px, so that renderers show no seam between them.</summary>
    private const double Overlap = 0.3;

    public static IReadOnlyList<Shape> Of(HeatMap heat, PanelMap map)
    {
        int rows = heat.YEdges.Count - 1, columns = heat.XEdges.Count - 1;
        if (rows > MostBins || columns > MostBins)
        {
            throw new ArgumentException($"A density has at most {MostBins} × {MostBins} bins, this one {rows} × {columns}; merge bins before drawing.");
        }

        var boxes = new List<Frame>[Shades];
        for (int r = 0; r < rows; r++)
        {
            for (int c = 0; c < columns;)
            {
                int shade = Shade(heat, r, c), start = c;
                while (c < columns && Shade(heat, r, c) == shade)
                {
                    c++;
                }

                if (shade >= 0 && Box(heat, map, r, start, c) is { } box)
                {
                    (boxes[shade] ??= []).Add(box);
                }
            }
        }

        return [.. boxes.Select((b, i) => (b, i)).Where(t => t.b is not null).Select(t => new MapRegion(t.b, Palette.Map(Palette.Sequential, (t.i + 0.5) / Shades)) { Clipped = true })];
    }

    /// <summary>The part of columns <paramref name="from"/> to <paramref name="to"/> (exclusive) that lies in the frame.</summary>
    private static Frame? Box(HeatMap heat, PanelMap map, int row, int from, int to)
    {
        Frame f = map.Frame;
        double x0 = Math.Max(map.X.Map(heat.XEdges[from]), f.X0), x1 = Math.Min(map.X.Map(heat.XEdges[to]) + Overlap, f.X1);
        double y0 = Math.Max(map.Y.Map(heat.YEdges[row + 1]) - Overlap, f.Y0), y1 = Math.Min(map.Y.Map(heat.YEdges[row]), f.Y1);
        return x1 > x0 && y1 > y0 ? new(x0, y0, x1, y1) : null;
    }

    private static int Shade(HeatMap heat, int row, int column)
    {
        double value = heat.Values[row][column];
        bool log = heat.Scale == AxisScale.Log;
        if (!double.IsFinite(value) || (log && value <= 0))
        {
            return -1;
        }

        double fraction = log ? Math.Log(value / heat.Low) / Math.Log(heat.High / heat.Low) : (value - heat.Low) / (heat.High - heat.Low);
        return Math.Clamp((int)(fraction * Shades), 0, Shades - 1);
    }
}
