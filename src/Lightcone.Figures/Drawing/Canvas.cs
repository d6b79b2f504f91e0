namespace Lightcone.Figures;

/// <summary>Size of a canvas and its frames, px, before margins grow for long labels.</summary>
internal sealed record Canvas(double Width, double Height, IReadOnlyList<Frame> Frames)
{
    public static Canvas Of(CanvasKind kind) => kind switch
    {
        CanvasKind.Ratio => new(480, 452, [new(66, 34, 464, 298), new(66, 306, 464, 406)]),
        CanvasKind.RatioPull => new(480, 466, [new(66, 34, 464, 262), new(66, 270, 464, 354), new(66, 362, 464, 420)]),
        CanvasKind.Matrix => new(480, 440, [new(96, 34, 396, 334)]),
        CanvasKind.Pair => new(480, 346, [new(66, 52, 256, 242), new(274, 52, 464, 242)]),
        CanvasKind.Wide => new(976, 372, [new(66, 34, 960, 326)]),
        CanvasKind.Small => new(232, 200, [new(46, 26, 222, 160)]),
        _ => new(480, 372, [new(66, 34, 464, 326)]),
    };
}

/// <summary>Text sizes of a canvas, px.</summary>
internal readonly record struct TextSizes(double Title, double Header, double Right, double Tick, double Legend, double Note)
{
    public static TextSizes Of(CanvasKind kind) => kind == CanvasKind.Small ? new(11, 11, 11, 11, 11, 11) : new(15, 14, 13, 13, 13, 12);
}
