using Lightcone.Statistics;

namespace Lightcone.Figures.Catalogue;

/// <summary>One value of a training history.</summary>
/// <param name="Step">Optimiser step, from 1.</param>
/// <param name="Epoch">Epoch, fractional inside one.</param>
/// <param name="Seconds">Elapsed training time, s.</param>
/// <param name="Value">The loss, metric, learning rate or rate.</param>
public readonly record struct HistoryPoint(double Step, double Epoch, double Seconds, double Value);

/// <summary>What a training recorded.</summary>
public sealed record TrainingHistory
{
    /// <summary>Name of the loss with its unit, markup.</summary>
    public string LossName { get; init; } = "Cross entropy [nats]";

    /// <summary>Training loss of single steps.</summary>
    public required IReadOnlyList<HistoryPoint> Training { get; init; }

    /// <summary>Validation loss, one value an epoch.</summary>
    public required IReadOnlyList<HistoryPoint> Validation { get; init; }

    /// <summary>Learning rate.</summary>
    public IReadOnlyList<HistoryPoint> LearningRate { get; init; } = [];

    /// <summary>Steps at which epochs end.</summary>
    public IReadOnlyList<double> EpochEnds { get; init; } = [];

    /// <summary>Step of the checkpoint that is used.</summary>
    public double? BestStep { get; init; }
}

/// <summary>Figures of a training: <c>loss</c>, <c>metric</c>, <c>rate</c>.</summary>
public static class TrainingFigures
{
    private const int Blocks = 100;

    /// <summary>Training and validation loss against step, learning rate below.</summary>
    public static Figure Loss(FigureHeader header, TrainingHistory history)
    {
        (double[] step, double[] median, double[] low, double[] high) = Summaries(history.Training);
        double[] all = [.. median.Concat(low).Concat(high).Concat(history.Validation.Select(v => v.Value)).Where(v => double.IsFinite(v) && v > 0)];
        bool log = all.Length > 0 && all.Max() / all.Min() > Math.Pow(10, 1.5);
        var marks = new List<Mark>
        {
            new Band { X = step, Lower = low, Upper = high, Colour = SeriesColour.C5, Legend = "training, median and 68 % of steps", Opacity = 0.3 },
            new Curve { X = step, Y = median, Colour = SeriesColour.C5, Legend = "training, median and 68 % of steps", Width = 1.8 },
            new Curve { X = Steps(history.Validation), Y = Values(history.Validation), Colour = SeriesColour.C3, Legend = "validation", Width = 2 },
            new Points { X = Steps(history.Validation), Y = Values(history.Validation), Colour = SeriesColour.C3, Legend = "validation", Radius = 2.6 },
        };
        if (history.BestStep is { } best)
        {
            marks.Add(new Hairline { At = best, Label = "checkpoint used", Colour = SeriesColour.Ink });
        }

        var main = new Panel { X = StepAxis(history), Y = new Axis { Title = history.LossName, Scale = log ? AxisScale.Log : AxisScale.Linear }, Marks = marks };
        bool rated = history.LearningRate.Count > 1;
        return new()
        {
            Id = "loss",
            Title = "Training and validation loss against step",
            Answer = LossAnswer(history),
            Canvas = rated ? CanvasKind.Ratio : CanvasKind.Single,
            Label = header.Label,
            Statement = header.Statement,
            Conditions = header.Conditions,
            Panels = rated ? [main, LearningRate(history)] : [main],
            Table = LossTable(header, history, step, median, low, high),
            Reading = new() { Kind = "Curves", X = "step", Y = "value", Lower = "lower_16", Upper = "upper_84" },
            Notes =
            [
                $"Training loss in {Blocks} blocks of equal length: median and 16 to 84 % of the steps in a block. Validation loss after every epoch."
                + (history.EpochEnds.Count > 0 ? " Ticks on the upper edge: ends of epochs." : string.Empty) + (rated ? " Lower panel: learning rate." : string.Empty),
            ],
        };
    }

    /// <summary>A metric on the validation jets against step, with its interval.</summary>
    /// <param name="header">Label, statement, conditions.</param>
    /// <param name="history">For the axis, the ends of epochs and the checkpoint.</param>
    /// <param name="name">Name of the metric, markup.</param>
    /// <param name="values">Its values with intervals, one an entry of <see cref="TrainingHistory.Validation"/>.</param>
    public static Figure Metric(FigureHeader header, TrainingHistory history, string name, IReadOnlyList<Interval> values)
    {
        double[] x = Steps(history.Validation), y = [.. values.Select(v => v.Value)], lower = [.. values.Select(v => v.Lower)], upper = [.. values.Select(v => v.Upper)];
        var marks = new List<Mark>
        {
            new Band { X = x, Lower = lower, Upper = upper, Colour = SeriesColour.C3 },
            new Curve { X = x, Y = y, Colour = SeriesColour.C3, Width = 2 },
            new Points { X = x, Y = y, Colour = SeriesColour.C3, Radius = 2.6 },
        };
        if (history.BestStep is { } best)
        {
            marks.Add(new Hairline { At = best, Label = "checkpoint used", Colour = SeriesColour.Ink });
        }

        int most = y.Length == 0 ? -1 : Array.IndexOf(y, y.Where(double.IsFinite).DefaultIfEmpty(double.NaN).Max());
        string plain = Markup.ToPlain(name);
        return new()
        {
            Id = "metric",
            Title = $"{plain} on validation jets against step",
            Answer = most < 0 ? $"{plain} was not measured." : $"{plain} on validation jets reaches {Markup.ToPlain(NumberText.WithInterval(values[most]))} after {NumberText.Plain(history.Validation[most].Epoch)} epochs.",
            Label = header.Label,
            Statement = header.Statement,
            Conditions = header.Conditions,
            Panels = [new Panel { X = StepAxis(history), Y = new Axis { Title = name + " (validation)" }, Marks = marks }],
            Table = new()
            {
                Comments = header.Comments(("level", NumberText.Exact(values.Count > 0 ? values[0].Level : double.NaN)), ("method", values.Count > 0 ? values[0].Method : string.Empty)),
                Columns = ["series", "step", "epoch", "seconds", "value", "lower_68", "upper_68"],
                Rows = [.. history.Validation.Zip(values, (h, v) => (IReadOnlyList<TableCell>)[plain, h.Step, h.Epoch, h.Seconds, v.Value, v.Lower, v.Upper])],
            },
            Reading = new() { Kind = "Curve", X = "step", Y = "value", Lower = "lower_68", Upper = "upper_68" },
            Notes = [values.Count > 0 ? $"Band: {NumberText.Level(values[0].Level)} interval, {Markup.Escape(values[0].Method)}." : "No values."],
        };
    }

    /// <summary>Jets a second against elapsed time; NaN values are pauses and show as gaps.</summary>
    public static Figure Rate(FigureHeader header, IReadOnlyList<HistoryPoint> rates)
    {
        double[] finite = [.. rates.Select(r => r.Value).Where(double.IsFinite).Order()];
        double median = finite.Length == 0 ? double.NaN : finite[finite.Length / 2], slowest = finite.Length == 0 ? double.NaN : finite[finite.Length / 20];
        return new()
        {
            Id = "rate",
            Title = "Training rate against elapsed time",
            Answer = $"The training runs at {NumberText.Plain(median, 3)} jets a second (median); 5 % of the time below {NumberText.Plain(slowest, 3)}.",
            Label = header.Label,
            Statement = header.Statement,
            Conditions = header.Conditions,
            Panels =
            [
                new Panel
                {
                    X = new Axis { Title = "Elapsed time", Scale = AxisScale.Time, Low = 0, High = rates.Count == 0 ? 60 : rates.Max(r => r.Seconds) },
                    Y = new Axis { Title = "Jets / s", Low = 0 },
                    Marks = [new Curve { X = [.. rates.Select(r => r.Seconds)], Y = Values(rates), Colour = SeriesColour.C3, Width = 2 }],
                },
            ],
            Table = new()
            {
                Comments = header.Comments(),
                Columns = ["series", "step", "epoch", "seconds", "jets_per_second"],
                Rows = [.. rates.Select(r => (IReadOnlyList<TableCell>)["rate", r.Step, r.Epoch, r.Seconds, r.Value])],
            },
            Reading = new() { Kind = "Curve", X = "seconds", Y = "jets_per_second" },
            Notes = ["Gaps: pauses and resumes."],
        };
    }

    private static Axis StepAxis(TrainingHistory history)
    {
        double last = history.Training.Concat(history.Validation).Select(p => p.Step).DefaultIfEmpty(1).Max();
        int stride = Math.Max(1, (history.EpochEnds.Count + 39) / 40);
        return new Axis { Title = "Step", Low = 0, High = last, OppositeTicks = [.. history.EpochEnds.Where((_, i) => (i + 1) % stride == 0)] };
    }

    private static Panel LearningRate(TrainingHistory history)
    {
        double[] rates = [.. history.LearningRate.Select(p => p.Value).Where(v => v > 0)];
        (double low, double high) = rates.Length == 0 ? (1e-6, 1e-2) : (rates.Min(), rates.Max());
        double from = Math.Max(low, high * 1e-6) / 1.6, to = high * 1.6;
        return new()
        {
            X = StepAxis(history),
            Y = new Axis { Title = "Learning rate", Scale = AxisScale.Log, Low = from, High = to > from * 12 ? to : from * 12 },
            Marks = [new Curve { X = Steps(history.LearningRate), Y = Values(history.LearningRate), Colour = SeriesColour.Ink, Width = 1.6 }],
        };
    }

    /// <summary>Median, 16 and 84 % quantiles of the values in equal blocks of steps.</summary>
    internal static (double[] Step, double[] Median, double[] Low, double[] High) Summaries(IReadOnlyList<HistoryPoint> training)
    {
        int blocks = Math.Min(Blocks, training.Count);
        double[] step = new double[blocks], median = new double[blocks], low = new double[blocks], high = new double[blocks];
        for (int b = 0; b < blocks; b++)
        {
            int from = (int)((long)b * training.Count / blocks), to = (int)((long)(b + 1) * training.Count / blocks);
            double[] values = [.. training.Skip(from).Take(to - from).Select(p => p.Value).Where(double.IsFinite)];
            step[b] = (training[from].Step + training[to - 1].Step) / 2;
            (median[b], low[b], high[b]) = (Quantile.Of(values, 0.5), Quantile.Of(values, 0.16), Quantile.Of(values, 0.84));
        }

        return (step, median, low, high);
    }

    private static string LossAnswer(TrainingHistory history)
    {
        HistoryPoint[] finite = [.. history.Validation.Where(v => double.IsFinite(v.Value))];
        if (finite.Length == 0)
        {
            return "No validation loss was recorded.";
        }

        HistoryPoint best = finite.MinBy(v => v.Value), last = finite[^1];
        string tail = best.Step == last.Step ? "and is the last one measured: it was still falling."
            : last.Value > best.Value * 1.02 ? $"and rises to {NumberText.Plain(last.Value, 3)} by the end: later epochs overfit."
            : "and stays level afterwards.";
        return $"The validation loss is lowest, {NumberText.Plain(best.Value, 3)}, after {NumberText.Plain(best.Epoch)} epochs {tail}";
    }

    private static FigureTable LossTable(FigureHeader header, TrainingHistory history, double[] step, double[] median, double[] low, double[] high)
    {
        var rows = new List<IReadOnlyList<TableCell>>();
        HistoryPoint[] training = [.. history.Training];
        for (int b = 0; b < step.Length; b++)
        {
            HistoryPoint middle = training[(int)((long)((2 * b) + 1) * training.Length / (2 * step.Length))];
            rows.Add(["training", step[b], middle.Epoch, middle.Seconds, median[b], low[b], high[b]]);
        }

        rows.AddRange(history.Validation.Select(v => (IReadOnlyList<TableCell>)["validation", v.Step, v.Epoch, v.Seconds, v.Value, double.NaN, double.NaN]));
        rows.AddRange(history.LearningRate.Select(v => (IReadOnlyList<TableCell>)["learning rate", v.Step, v.Epoch, v.Seconds, v.Value, double.NaN, double.NaN]));
        return new()
        {
            Comments = header.Comments(("training", $"median and 16 to 84 % of the steps in {Blocks} equal blocks")),
            Columns = ["series", "step", "epoch", "seconds", "value", "lower_16", "upper_84"],
            Rows = rows,
        };
    }

    private static double[] Steps(IReadOnlyList<HistoryPoint> points) => [.. points.Select(p => p.Step)];

    private static double[] Values(IReadOnlyList<HistoryPoint> points) => [.. points.Select(p => p.Value)];
}
