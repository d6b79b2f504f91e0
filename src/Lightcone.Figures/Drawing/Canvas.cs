namespace Lightcone.Figures;

/// <summary>Size of a canvas and its frames, px, before margins grow for long labels.</summary>
internal sealed record Canvas(double Width, double Height, IReadOnlyList<Frame> Frames)
{
    /// <param name="kind">Kind of the canvas.</param>
    /// <param name="panels">Panels of the figure; decides the height of a grid.</param>
    public static Canvas Of(CanvasKind kind, int panels) => kind switch
    {
        CanvasKind.Grid => Grid(Math.Max(1, (panels + 2) / 3)),
        CanvasKind.Ratio => new(480, 452, [new(66, 34, 464, 298), new(66, 306, 464, 406)]),
        CanvasKind.RatioPull => new(480, 466, [new(66, 34, 464, 262), new(66, 270, 464, 354), new(66, 362, 464, 420)]),
        CanvasKind.Matrix => new(480, 440, [new(96, 34, 396, 334)]),
        CanvasKind.Pair => new(480, 346, [new(66, 52, 256, 242), new(274, 52, 464, 242)]),
        CanvasKind.Wide => new(976, 372, [new(66, 34, 960, 326)]),
        CanvasKind.Triple => new(976, 420, [new(66, 52, 352, 338), new(370, 52, 656, 338), new(674, 52, 960, 338)]),
        CanvasKind.Row => new(976, 302, [.. Enumerable.Range(0, 5).Select(i => new Frame(66 + (181.5 * i), 52, 234 + (181.5 * i), 220))]),
        CanvasKind.Stacked => new(480, 466, [new(66, 34, 464, 222), new(66, 232, 464, 420)]),
        CanvasKind.Plane => new(480, 372, [new(66, 34, 384, 326)]),
        CanvasKind.Tall => new(480, 560, [new(66, 34, 464, 514)]),
        CanvasKind.Small => new(232, 200, [new(46, 26, 222, 160)]),
        _ => new(480, 372, [new(66, 34, 464, 326)]),
    };

    private static Canvas Grid(int rows)
    {
        const double side = 286, across = 304, down = 318;
        return new(976, 420 + ((rows - 1) * down), [.. Enumerable.Range(0, 3 * rows).Select(i => (X: 66 + (across * (i % 3)), Y: 52 + (down * (i / 3)))).Select(p => new Frame(p.X, p.Y, p.X + side, p.Y + side))]);
    }
}

/// <summary>Text sizes of a canvas, px.</summary>
internal readonly record struct TextSizes(double Title, double Header, double Right, double Tick, double Legend, double Note)
{
    public static TextSizes Of(CanvasKind kind) => kind == CanvasKind.Small ? new(11, 11, 11, 11, 11, 11) : new(15, 14, 13, 13, 13, 12);
}
