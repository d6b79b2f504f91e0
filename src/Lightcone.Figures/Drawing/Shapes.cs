namespace Lightcone.Figures;

/// <summary>A place on the canvas, px, y downwards.</summary>
internal readonly record struct Pixel(double X, double Y);

/// <summary>A rectangle on the canvas, px.</summary>
internal readonly record struct Frame(double X0, double Y0, double X1, double Y1)
{
    public double Width => X1 - X0;

    public double Height => Y1 - Y0;

    public Frame Grown(double by) => new(X0 - by, Y0 - by, X1 + by, Y1 + by);

    public Frame Shifted(double dx, double dy) => new(X0 + dx, Y0 + dy, X1 + dx, Y1 + dy);

    public bool Holds(Pixel p) => p.X >= X0 && p.X <= X1 && p.Y >= Y0 && p.Y <= Y1;
}

/// <summary>A stroke: colour role, width in px, dash pattern (empty for solid).</summary>
internal readonly record struct Stroke(SeriesColour Colour, double Width, string Dash = "");

/// <summary>A filling: colour role, or the paper when null; opacity 0 to 1.</summary>
internal readonly record struct Filling(SeriesColour? Colour, double Opacity = 1);

/// <summary>What marks become: geometry in pixels, which is both drawn and marked as occupied for the legend.</summary>
internal abstract record Shape
{
    public bool Clipped { get; init; }
}

/// <summary>A polyline or polygon.</summary>
internal sealed record PathShape(IReadOnlyList<Pixel> Corners) : Shape
{
    public bool Closed { get; init; }

    public Stroke? Line { get; init; }

    public Filling? Fill { get; init; }

    /// <summary>Halo in paper colour around the shape, px; 0 for none.</summary>
    public double Halo { get; init; }
}

/// <summary>A circle.</summary>
internal sealed record CircleShape(Pixel Centre, double Radius) : Shape
{
    public Stroke? Line { get; init; }

    public Filling? Fill { get; init; }

    public double Halo { get; init; }
}

/// <summary>A rectangle in a colour of a map, which does not change between light and dark.</summary>
internal sealed record MapCell(Frame Box, string Colour) : Shape;

/// <summary>Rectangles of one colour of a map, drawn as one path.</summary>
internal sealed record MapRegion(IReadOnlyList<Frame> Boxes, string Colour) : Shape;

/// <summary>A line of text.</summary>
internal sealed record TextShape(Pixel At, string Text, double Size) : Shape
{
    public SeriesColour Colour { get; init; } = SeriesColour.Ink;

    /// <summary>"start", "middle" or "end".</summary>
    public string Anchor { get; init; } = "start";

    /// <summary>−90 for text that reads upwards, 0 else.</summary>
    public int Rotation { get; init; }

    /// <summary>White text in dark cells of a matrix; overrides <see cref="Colour"/>.</summary>
    public bool OnMap { get; init; }

    /// <summary>Fixed colour when <see cref="OnMap"/>.</summary>
    public string MapColour { get; init; } = "#ffffff";

    /// <summary>The area the text covers, after the width table.</summary>
    public Frame Box()
    {
        double width = TextWidth.Of(Text, Size);
        double start = Anchor switch { "middle" => -width / 2, "end" => -width, _ => 0 };
        double ascent = 0.74 * Size, descent = 0.22 * Size;
        return Rotation == 0
            ? new(At.X + start, At.Y - ascent, At.X + start + width, At.Y + descent)
            : new(At.X - ascent, At.Y - start - width, At.X + descent, At.Y - start);
    }
}
