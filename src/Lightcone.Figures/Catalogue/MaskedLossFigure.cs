namespace Lightcone.Figures.Catalogue;

/// <summary>The loss on hidden particles in the course of a training.</summary>
/// <param name="Name">Plain name.</param>
/// <param name="Points">Loss in nats per hidden particle against step.</param>
/// <param name="Steps">Whether the values are those of single training steps: drawn as the median of equal blocks with its 68 % band.</param>
public sealed record MaskedLossSeries(string Name, IReadOnlyList<HistoryPoint> Points, bool Steps = false);

/// <summary>What a network that fills in hidden particles learns, <c>masked-loss</c>: nats per hidden particle against step, between two lines that need no context.</summary>
public static class MaskedLossFigure
{
    /// <param name="header">Label, statement, conditions.</param>
    /// <param name="series">One to five curves; the last is what the answer speaks of.</param>
    /// <param name="marginal">Entropy of the distribution of all tokens (H_uni), nats; null if not known.</param>
    /// <param name="contextFree">Loss of a network that sees rank and number of hidden particles and nothing else (H_free), nats; null if not known.</param>
    public static Figure Build(FigureHeader header, IReadOnlyList<MaskedLossSeries> series, double? marginal = null, double? contextFree = null)
    {
        Level[] levels = [.. Levels(marginal, contextFree)];
        double last = series.SelectMany(s => s.Points).Select(p => p.Step).Where(double.IsFinite).DefaultIfEmpty(1).Max();
        return new()
        {
            Id = "masked-loss",
            Title = "Loss on hidden particles against step",
            Answer = Answer(series, levels),
            Label = header.Label,
            Statement = header.Statement,
            Conditions = header.Conditions,
            Panels =
            [
                new Panel
                {
                    X = new Axis { Title = "Step", Low = 0, High = last },
                    Y = new Axis { Title = "Nats / hidden particle" },
                    Marks = [.. levels.Select(l => new Hairline { At = l.Value, Vertical = false, Colour = SeriesColour.Ink, Line = l.Style, Label = l.Label }), .. series.SelectMany(s => Marks(s, series.TakeWhile(other => other != s).Count(other => !other.Steps)))],
                },
            ],
            Table = new()
            {
                Comments = header.Comments([("unit", "nats per hidden particle"), .. levels.Select(l => (l.Key, NumberText.Exact(l.Value)))]),
                Columns = ["series", "step", "epoch", "seconds", "value", "lower_16", "upper_84"],
                Rows = [.. series.SelectMany(Rows)],
            },
            Reading = new() { Kind = "Curves", X = "step", Y = "value", Lower = "lower_16", Upper = "upper_84" },
            Notes = [.. Notes(series, levels)],
        };
    }

    private readonly record struct Level(string Key, string Label, string Meaning, double Value, LineStyle Style);

    private static IEnumerable<Level> Levels(double? marginal, double? contextFree)
    {
        if (marginal is { } uni && double.IsFinite(uni))
        {
            yield return new("h_uni", "*H*_{uni}: token entropy", "the entropy of the tokens", uni, LineStyle.DashDotted);
        }

        if (contextFree is { } free && double.IsFinite(free))
        {
            yield return new("h_free", "*H*_{free}: rank and count only", "a network that knows rank and count only", free, LineStyle.Dashed);
        }
    }

    private static IEnumerable<Mark> Marks(MaskedLossSeries series, int index)
    {
        SeriesColour colour = series.Steps ? SeriesColour.C5 : SeriesLook.Colour(index);
        string legend = Markup.Escape(series.Name);
        if (series.Points.Count == 0)
        {
            yield break;
        }

        if (series.Steps)
        {
            (double[] step, double[] median, double[] low, double[] high) = TrainingFigures.Summaries(series.Points);
            yield return new Band { X = step, Lower = low, Upper = high, Colour = colour, Legend = legend, Opacity = 0.3 };
            yield return new Curve { X = step, Y = median, Colour = colour, Legend = legend };
            yield break;
        }

        double[] x = [.. series.Points.Select(p => p.Step)], y = [.. series.Points.Select(p => p.Value)];
        yield return new Curve { X = x, Y = y, Colour = colour, Line = SeriesLook.Line(index), Legend = legend, Width = 2 };
        if (x.Length <= 40)
        {
            yield return new Points { X = x, Y = y, Colour = colour, Marker = SeriesLook.Marker(index), Legend = legend, Radius = 2.6 };
        }
    }

    private static IEnumerable<IReadOnlyList<TableCell>> Rows(MaskedLossSeries series)
    {
        if (!series.Steps)
        {
            return series.Points.Select(p => (IReadOnlyList<TableCell>)[series.Name, p.Step, p.Epoch, p.Seconds, p.Value, double.NaN, double.NaN]);
        }

        (double[] step, double[] median, double[] low, double[] high) = TrainingFigures.Summaries(series.Points);
        return step.Select((s, b) => (Step: s, Block: b, Middle: series.Points[(int)((long)((2 * b) + 1) * series.Points.Count / (2 * step.Length))]))
            .Select(t => (IReadOnlyList<TableCell>)[series.Name, t.Step, t.Middle.Epoch, t.Middle.Seconds, median[t.Block], low[t.Block], high[t.Block]]);
    }

    private static IEnumerable<string> Notes(IReadOnlyList<MaskedLossSeries> series, Level[] levels)
    {
        if (series.Any(s => s.Steps))
        {
            yield return "Band: 16 to 84 % of the steps in blocks of equal length, line: their median.";
        }

        if (levels.Length > 0)
        {
            yield return "Lines across: " + string.Join("; ", levels.Select(l => $"{l.Label} ({NumberText.Plain(l.Value, 3)} nats)")) + ".";
        }
    }

    private static string Answer(IReadOnlyList<MaskedLossSeries> series, Level[] levels)
    {
        MaskedLossSeries? told = series.LastOrDefault(s => s.Points.Any(p => double.IsFinite(p.Value)));
        if (told is null)
        {
            return "No loss was recorded.";
        }

        double end = told.Points.Last(p => double.IsFinite(p.Value)).Value;
        string[] sides = [.. levels.Select(l => $"{NumberText.Plain(Math.Abs(l.Value - end), 3)} {(end <= l.Value ? "below" : "above")} {l.Meaning}")];
        return Markup.ToPlain($"The loss on hidden particles ({Markup.Escape(told.Name)}) ends at {NumberText.Plain(end, 3)} nats{(sides.Length == 0 ? string.Empty : ", " + string.Join(" and ", sides))}.");
    }
}
