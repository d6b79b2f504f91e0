namespace Lightcone.Figures;

/// <summary>Points as shapes of equal area, and the triangles that stand for what lies outside a frame.</summary>
internal static class MarkerShapes
{
    /// <summary>A marker with the area of a circle of this radius.</summary>
    public static Shape Marker(MarkerShape shape, Pixel centre, double radius, SeriesColour colour, bool hollow, double opacity = 1, double halo = 0, double hollowWidth = 1.5)
    {
        Stroke? line = hollow ? new Stroke(colour, hollowWidth) : null;
        Filling? fill = hollow ? new Filling(null) : new Filling(colour, opacity);
        if (shape == MarkerShape.Circle)
        {
            return new CircleShape(centre, radius) { Line = line, Fill = fill, Halo = halo };
        }

        return new PathShape(Corners(shape, centre, radius)) { Closed = true, Line = line, Fill = fill, Halo = halo };
    }

    /// <summary>A 6 px triangle two pixels inside the edge that a value left through.</summary>
    public static PathShape Arrow(double x, double edge, bool upwards, SeriesColour colour, bool hollow = false)
    {
        double direction = upwards ? 1 : -1, tip = edge + (2 * direction);
        return new([new(x, tip), new(x + 4, tip + (6 * direction)), new(x - 4, tip + (6 * direction))])
        {
            Closed = true,
            Fill = hollow ? new Filling(null) : new Filling(colour),
            Line = hollow ? new Stroke(colour, 1.2) : null,
        };
    }

    /// <summary>The same, pointing to the left or the right edge.</summary>
    public static PathShape SideArrow(double y, double edge, bool rightwards, SeriesColour colour)
    {
        double direction = rightwards ? -1 : 1, tip = edge + (2 * direction);
        return new([new(tip, y), new(tip + (6 * direction), y + 4), new(tip + (6 * direction), y - 4)]) { Closed = true, Fill = new Filling(colour) };
    }

    /// <summary>The head of an arrow that ends at <paramref name="tip"/>, coming from the other point.</summary>
    public static PathShape Head(Pixel from, Pixel tip, SeriesColour colour)
    {
        double length = Math.Max(1e-9, Math.Sqrt(((tip.X - from.X) * (tip.X - from.X)) + ((tip.Y - from.Y) * (tip.Y - from.Y))));
        double dx = (tip.X - from.X) / length, dy = (tip.Y - from.Y) / length;
        Pixel foot = new(tip.X - (8 * dx), tip.Y - (8 * dy));
        return new([tip, new(foot.X - (3.5 * dy), foot.Y + (3.5 * dx)), new(foot.X + (3.5 * dy), foot.Y - (3.5 * dx))]) { Closed = true, Fill = new Filling(colour) };
    }

    private static Pixel[] Corners(MarkerShape shape, Pixel c, double r)
    {
        double area = Math.PI * r * r;
        switch (shape)
        {
            case MarkerShape.Square:
                double h = Math.Sqrt(area) / 2;
                return [new(c.X - h, c.Y - h), new(c.X + h, c.Y - h), new(c.X + h, c.Y + h), new(c.X - h, c.Y + h)];
            case MarkerShape.Diamond:
                double d = Math.Sqrt(area / 2);
                return [new(c.X, c.Y - d), new(c.X + d, c.Y), new(c.X, c.Y + d), new(c.X - d, c.Y)];
            case MarkerShape.Triangle:
                double side = Math.Sqrt(4 * area / Math.Sqrt(3)), height = side * Math.Sqrt(3) / 2;
                return [new(c.X, c.Y - (2 * height / 3)), new(c.X + (side / 2), c.Y + (height / 3)), new(c.X - (side / 2), c.Y + (height / 3))];
            default:
                // Five squares of edge e, arms of length 1.5 e.
                double e = Math.Sqrt(area / 5), a = 1.5 * e, b = 0.5 * e;
                return
                [
                    new(c.X - b, c.Y - a), new(c.X + b, c.Y - a), new(c.X + b, c.Y - b), new(c.X + a, c.Y - b), new(c.X + a, c.Y + b), new(c.X + b, c.Y + b),
                    new(c.X + b, c.Y + a), new(c.X - b, c.Y + a), new(c.X - b, c.Y + b), new(c.X - a, c.Y + b), new(c.X - a, c.Y - b), new(c.X - b, c.Y - b),
                ];
        }
    }
}
