namespace Lightcone.Figures;

/// <summary>Remembers which 4 px cells of the canvas carry a drawn mark, so that a legend can be put where nothing is.</summary>
internal sealed class InkGrid
{
    public const double Cell = 4;

    private readonly HashSet<(int, int)> marked = [];

    public void Add(IEnumerable<Shape> shapes, Frame frame)
    {
        foreach (Shape shape in shapes)
        {
            switch (shape)
            {
                case PathShape path:
                    Path(path, frame);
                    break;
                case CircleShape circle:
                    Rectangle(new(circle.Centre.X - circle.Radius, circle.Centre.Y - circle.Radius, circle.Centre.X + circle.Radius, circle.Centre.Y + circle.Radius));
                    break;
                case MapCell cell:
                    Rectangle(cell.Box);
                    break;
                case MapRegion region:
                    foreach (Frame box in region.Boxes)
                    {
                        Rectangle(box);
                    }

                    break;
                case TextShape text:
                    Rectangle(text.Box());
                    break;
            }
        }
    }

    /// <summary>Whether nothing is drawn inside the box.</summary>
    public bool IsFree(Frame box)
    {
        for (int x = Index(box.X0); x <= Index(box.X1); x++)
        {
            for (int y = Index(box.Y0); y <= Index(box.Y1); y++)
            {
                if (marked.Contains((x, y)))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static int Index(double pixel) => (int)Math.Floor(pixel / Cell);

    private void Path(PathShape path, Frame frame)
    {
        IReadOnlyList<Pixel> c = path.Corners;
        for (int i = 1; i < c.Count; i++)
        {
            Segment(c[i - 1], c[i], frame);
        }

        if (path.Closed && c.Count > 2)
        {
            Segment(c[^1], c[0], frame);
            Interior(c, frame);
        }
    }

    private void Segment(Pixel a, Pixel b, Frame frame)
    {
        int steps = (int)Math.Ceiling(Math.Max(Math.Abs(b.X - a.X), Math.Abs(b.Y - a.Y)) / (Cell / 2)) + 1;
        for (int i = 0; i <= steps; i++)
        {
            double t = (double)i / steps;
            var p = new Pixel(a.X + ((b.X - a.X) * t), a.Y + ((b.Y - a.Y) * t));
            if (frame.Holds(p))
            {
                marked.Add((Index(p.X), Index(p.Y)));
            }
        }
    }

    /// <summary>Even-odd filling along the middle of every row of cells.</summary>
    private void Interior(IReadOnlyList<Pixel> corners, Frame frame)
    {
        double top = Math.Max(frame.Y0, corners.Min(p => p.Y)), bottom = Math.Min(frame.Y1, corners.Max(p => p.Y));
        var crossings = new List<double>();
        for (int row = Index(top); row <= Index(bottom); row++)
        {
            double y = (row + 0.5) * Cell;
            crossings.Clear();
            for (int i = 0; i < corners.Count; i++)
            {
                Pixel a = corners[i], b = corners[(i + 1) % corners.Count];
                if ((a.Y > y) != (b.Y > y))
                {
                    crossings.Add(a.X + ((y - a.Y) / (b.Y - a.Y) * (b.X - a.X)));
                }
            }

            crossings.Sort();
            for (int k = 0; k + 1 < crossings.Count; k += 2)
            {
                Rectangle(new(Math.Max(frame.X0, crossings[k]), y, Math.Min(frame.X1, crossings[k + 1]), y));
            }
        }
    }

    private void Rectangle(Frame box)
    {
        for (int x = Index(box.X0); x <= Index(box.X1); x++)
        {
            for (int y = Index(box.Y0); y <= Index(box.Y1); y++)
            {
                marked.Add((x, y));
            }
        }
    }
}
