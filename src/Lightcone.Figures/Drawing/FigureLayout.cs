namespace Lightcone.Figures;

/// <summary>Where everything stands: frames with their axis maps, shapes of the marks, names of hairlines, legend.</summary>
internal sealed class FigureLayout
{
    /// <summary>Room between the title of the x axis and a legend below it, px.</summary>
    private const double BelowGap = 6;

    /// <summary>Names of columns that read upwards take this much without the canvas growing, px.</summary>
    private const double TurnedRoom = 72;

    private static readonly double[] LinearRaises = [1, 1.15, 1.3, 1.45, 1.6];
    private static readonly double[] LogRaises = [1, 10, 100];

    private readonly Canvas canvas;

    private FigureLayout(Figure figure, double raise)
    {
        Figure = figure;
        Sizes = TextSizes.Of(figure.Canvas);
        canvas = Canvas.Of(figure.Canvas, figure.Panels.Count);
        Width = canvas.Width;
        Height = canvas.Height;
        int count = figure.Panels.Count;
        if (count == 0 || count > canvas.Frames.Count)
        {
            throw new ArgumentException($"A {figure.Canvas} canvas takes 1 to {canvas.Frames.Count} panels, figure '{figure.Id}' has {count}.");
        }

        (double Low, double High)[] ranges = [.. figure.Panels.Select((p, i) => Raised(p.Y, AxisRange.Of(p.Y, p.Marks, horizontal: false), i == 0 ? raise : 1))];
        YTicks = [.. figure.Panels.Select((p, i) => new AxisMap(p.Y.Scale, ranges[i].Low, ranges[i].High, 1, 0).Ticks(YLimit(i, canvas.Frames[i])))];
        Excess = MarginExcess();
        Panels = [.. figure.Panels.Select((p, i) => Place(i, canvas.Frames[i] with { X0 = canvas.Frames[i].X0 + (IsLeft(i) ? Excess : 0) }, ranges[i]))];
        Height += Math.Max(0, FrameDrawing.TurnedLength(figure.Panels[0].X, Panels[0].Frame.Width, Sizes.Tick) - TurnedRoom);
        XTicks = [.. Panels.Select(p => SideBySide ? InnerTicks(p) : p.X.Ticks(AxisTicks.Limit(p.Frame.Width, horizontal: true)))];
        double jetScale = JetShapes.RadiusScale(figure.Panels.SelectMany(p => p.Marks).OfType<JetSymbols>());
        Shapes = [.. figure.Panels.Select((p, i) => p.Marks.OrderBy(MarkShapes.Layer)
            .SelectMany(m => m is JetSymbols jet ? JetShapes.Of(jet, Panels[i], jetScale) : MarkShapes.Of(m, Panels[i])).ToArray())];
    }

    public Figure Figure { get; }

    public TextSizes Sizes { get; }

    public double Width { get; }

    public double Height { get; private set; }

    /// <summary>Pixels by which the left margin grew for long tick labels.</summary>
    public double Excess { get; }

    public IReadOnlyList<PanelMap> Panels { get; }

    public IReadOnlyList<AxisTicks> XTicks { get; }

    public IReadOnlyList<AxisTicks> YTicks { get; }

    public IReadOnlyList<IReadOnlyList<Shape>> Shapes { get; }

    /// <summary>Names beside lines, by panel.</summary>
    public IReadOnlyList<IReadOnlyList<TextShape>> Labels { get; private set; } = [];

    /// <summary>Samples and texts of the legend.</summary>
    public IReadOnlyList<Shape> LegendShapes { get; private set; } = [];

    /// <summary>The legend's box, px; null if there is none or it stands below the frame.</summary>
    public Frame? LegendBox { get; private set; }

    /// <summary>Whether every panel has its own horizontal axis and only the first its vertical labels.</summary>
    public bool SideBySide => Figure.Canvas is CanvasKind.Pair or CanvasKind.Triple or CanvasKind.Row or CanvasKind.Grid;

    /// <summary>Whether a panel stands at the left end of its row, where the labels of its vertical axis are.</summary>
    public bool IsLeft(int panel) => canvas.Frames[panel].X0 == canvas.Frames[0].X0;

    /// <summary>Whether no panel stands below this one.</summary>
    public bool IsBottom(int panel) => !canvas.Frames.Take(Figure.Panels.Count).Any(f => f.X0 == canvas.Frames[panel].X0 && f.Y0 > canvas.Frames[panel].Y0);

    private enum LegendSearch
    {
        Corners,
        TopCorners,
        Anywhere,
        Below,
    }

    /// <summary>Raises the upper end of the first panel until the legend is free in a corner; else takes any free place, else one below the figure.</summary>
    public static FigureLayout Of(Figure figure)
    {
        Axis y = figure.Panels.Count > 0 ? figure.Panels[0].Y : throw new ArgumentException($"Figure '{figure.Id}' has no panel.");
        if (figure.Panels[0].LegendBelow)
        {
            var below = new FigureLayout(figure, 1);
            below.PlaceTexts(LegendSearch.Below);
            return below;
        }

        double[] raises = !y.MayRaise ? [1] : y.Scale switch { AxisScale.Log => LogRaises, AxisScale.Linear => LinearRaises, _ => [1] };
        FigureLayout? first = null;
        foreach (double raise in raises)
        {
            var layout = new FigureLayout(figure, raise);
            first ??= layout;
            if (layout.PlaceTexts(raise > 1 ? LegendSearch.TopCorners : LegendSearch.Corners))
            {
                return layout;
            }
        }

        if (!first!.PlaceTexts(LegendSearch.Anywhere))
        {
            first.PlaceTexts(LegendSearch.Below);
        }

        return first;
    }

    private bool PlaceTexts(LegendSearch search)
    {
        var labels = new List<IReadOnlyList<TextShape>>();
        InkGrid? firstInk = null;
        for (int i = 0; i < Panels.Count; i++)
        {
            var ink = new InkGrid();
            ink.Add(Shapes[i], Panels[i].Frame);
            IReadOnlyList<TextShape> names = LabelPlacement.Names(Figure.Panels[i], Panels[i], ink, Sizes.Note);
            ink.Add(names, Panels[i].Frame);
            labels.Add(names);
            firstInk ??= ink;
        }

        Labels = labels;
        IReadOnlyList<LegendEntry> entries = SideBySide ? [] : Legend.Of(Figure.Panels[0], Panels[0]);
        if (entries.Count == 0)
        {
            return true;
        }

        double width = Legend.Width(entries, Sizes.Legend), height = (Legend.LineHeight * entries.Count) - 4;
        if (search == LegendSearch.Below)
        {
            LegendShapes = Below(entries, width);
            return true;
        }

        Pixel? free = search == LegendSearch.Anywhere
            ? LabelPlacement.AnyBox(Panels[0].Frame, firstInk!, width, height)
            : LabelPlacement.Corner(Panels[0].Frame, firstInk!, width, height, topOnly: search == LegendSearch.TopCorners);
        if (free is not { } corner)
        {
            return false;
        }

        LegendBox = new(corner.X, corner.Y, corner.X + width, corner.Y + height);
        LegendShapes = [.. Legend.Shapes(entries, corner.X, corner.Y, Sizes.Legend)];
        return true;
    }

    /// <summary>The legend under the title of the x axis, in two columns where they fit; the canvas grows.</summary>
    private List<Shape> Below(IReadOnlyList<LegendEntry> entries, double width)
    {
        Frame frame = Panels[^1].Frame;
        int columns = 2 * (width + 12) <= frame.Width ? 2 : 1, rows = (entries.Count + columns - 1) / columns;
        var shapes = new List<Shape>();
        for (int c = 0; c < columns; c++)
        {
            LegendEntry[] part = [.. entries.Skip(c * rows).Take(rows)];
            shapes.AddRange(Legend.Shapes(part, frame.X0 + (c * frame.Width / 2), Height + BelowGap, Sizes.Legend));
        }

        Height += (rows * Legend.LineHeight) + BelowGap + 4;
        return shapes;
    }

    /// <summary>Ticks of a panel with a neighbour: those at its ends carry no label, which would run into that of the next panel.</summary>
    private static AxisTicks InnerTicks(PanelMap map)
    {
        const double least = 42, fromEnd = 14;
        AxisTicks ticks = map.X.Ticks((int)Math.Floor(map.Frame.Width / least) + 2);
        return ticks with { Major = [.. ticks.Major.Where(t => map.X.Map(t.Value) is var x && x > map.Frame.X0 + fromEnd && x < map.Frame.X1 - fromEnd)] };
    }

    private static (double Low, double High) Raised(Axis axis, (double Low, double High) range, double raise) => axis.Scale switch
    {
        AxisScale.Log => (range.Low, range.High * raise),
        AxisScale.Category => range,
        _ => (range.Low, range.Low + ((range.High - range.Low) * raise)),
    };

    private int YLimit(int panel, Frame frame) => panel == 0 || Figure.Canvas == CanvasKind.Grid ? AxisTicks.Limit(frame.Height, horizontal: false) : frame.Height < 70 ? 3 : 4;

    private double MarginExcess()
    {
        double widest = 0;
        for (int i = 0; i < Figure.Panels.Count; i++)
        {
            Axis y = Figure.Panels[i].Y;
            if (!IsLeft(i))
            {
                continue;
            }

            IEnumerable<string> labels = y.Scale == AxisScale.Category ? y.Categories : YTicks[i].Major.Select(t => t.Label);
            widest = Math.Max(widest, labels.Select(l => TextWidth.FallbackFactor * TextWidth.Of(l, Sizes.Tick)).DefaultIfEmpty(0).Max());
        }

        double margin = canvas.Frames[0].X0;
        bool titled = Figure.Panels.Any(p => p.Y.Title.Length > 0);
        double gaps = Figure.Canvas == CanvasKind.Small ? 22 : 32;
        return Math.Min(180, Math.Max(0, widest + (titled ? gaps : 15) - margin));
    }

    private PanelMap Place(int panel, Frame frame, (double Low, double High) yRange)
    {
        Panel first = Figure.Panels[SideBySide ? panel : 0];
        (double low, double high) = AxisRange.Of(first.X, first.Marks, horizontal: true);
        Axis y = Figure.Panels[panel].Y;
        return new(frame, new(first.X.Scale, low, high, frame.X0, frame.X1), new(y.Scale, yRange.Low, yRange.High, frame.Y1, frame.Y0));
    }
}
