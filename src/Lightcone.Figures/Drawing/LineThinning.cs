namespace Lightcone.Figures;

/// <summary>Drops points of a line that the eye cannot miss: each moves the line by less than a quarter of a pixel (Douglas and Peucker 1973).</summary>
internal static class LineThinning
{
    /// <summary>Most points a line keeps.</summary>
    public const int MostPoints = 400;

    private const double Tolerance = 0.25;

    public static IReadOnlyList<Pixel> Thin(IReadOnlyList<Pixel> line)
    {
        if (line.Count <= 2)
        {
            return line;
        }

        IReadOnlyList<Pixel> columns = line.Count > 4 * MostPoints ? ColumnExtremes(line) : line;
        double tolerance = Tolerance;
        IReadOnlyList<Pixel> thin = Keep(columns, tolerance);
        while (thin.Count > MostPoints)
        {
            tolerance *= 1.4;
            thin = Keep(columns, tolerance);
        }

        return thin;
    }

    /// <summary>First, lowest, highest and last point of every quarter-pixel column: bounds the work for curves with a point per jet.</summary>
    private static List<Pixel> ColumnExtremes(IReadOnlyList<Pixel> line)
    {
        var kept = new List<Pixel>();
        int start = 0;
        for (int i = 1; i <= line.Count; i++)
        {
            if (i < line.Count && Math.Floor(line[i].X * 4) == Math.Floor(line[start].X * 4))
            {
                continue;
            }

            int lowest = start, highest = start;
            for (int j = start; j < i; j++)
            {
                lowest = line[j].Y < line[lowest].Y ? j : lowest;
                highest = line[j].Y > line[highest].Y ? j : highest;
            }

            foreach (int j in new SortedSet<int> { start, lowest, highest, i - 1 })
            {
                kept.Add(line[j]);
            }

            start = i;
        }

        return kept;
    }

    private static List<Pixel> Keep(IReadOnlyList<Pixel> line, double tolerance)
    {
        var keep = new bool[line.Count];
        keep[0] = keep[^1] = true;
        var open = new Stack<(int From, int To)>();
        open.Push((0, line.Count - 1));
        while (open.TryPop(out (int From, int To) part))
        {
            (int farthest, double distance) = Farthest(line, part.From, part.To);
            if (distance > tolerance)
            {
                keep[farthest] = true;
                open.Push((part.From, farthest));
                open.Push((farthest, part.To));
            }
        }

        return [.. line.Where((_, i) => keep[i])];
    }

    private static (int Index, double Distance) Farthest(IReadOnlyList<Pixel> line, int from, int to)
    {
        int best = from;
        double worst = -1;
        for (int i = from + 1; i < to; i++)
        {
            double distance = Distance(line[i], line[from], line[to]);
            if (distance > worst)
            {
                (best, worst) = (i, distance);
            }
        }

        return (best, worst);
    }

    private static double Distance(Pixel p, Pixel a, Pixel b)
    {
        double dx = b.X - a.X, dy = b.Y - a.Y, length2 = (dx * dx) + (dy * dy);
        double t = length2 == 0 ? 0 : Math.Clamp((((p.X - a.X) * dx) + ((p.Y - a.Y) * dy)) / length2, 0, 1);
        return Math.Sqrt(Math.Pow(p.X - a.X - (t * dx), 2) + Math.Pow(p.Y - a.Y - (t * dy), 2));
    }
}
