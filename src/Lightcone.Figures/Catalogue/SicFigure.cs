using Lightcone.Statistics;

namespace Lightcone.Figures.Catalogue;

/// <summary>By what factor a cut raises the significance of a signal, <c>sic</c>: ε_S/√ε_B against ε_S.</summary>
public static class SicFigure
{
    private const int FewJets = 10;

    /// <param name="header">Label, statement, conditions.</param>
    /// <param name="series">Curves; the first is what the figure is about.</param>
    public static Figure Build(FigureHeader header, IReadOnlyList<RocSeries> series)
    {
        SicPoint[][] curves = [.. series.Select(Points)];
        SicPoint?[] maxima = [.. curves.Select(Maximum)];
        double certain = curves.SelectMany(c => c).Where(p => p.BackgroundJets >= FewJets).Select(p => p.Upper).Append(1.25).Max();
        double highest = curves.SelectMany(c => c).Select(p => p.Value).Append(certain).Max();
        return new()
        {
            Id = "sic",
            Title = "Gain in significance against signal efficiency",
            Answer = Answer(series[0], maxima[0]),
            Label = header.Label,
            Statement = header.Statement,
            Conditions = header.Conditions,
            Panels =
            [
                new Panel
                {
                    X = new Axis { Title = "Signal efficiency *ε*_{S}", Low = 0, High = 1 },
                    Y = new Axis { Title = "*ε*_{S} / √*ε*_{B}", Low = 0, High = 1.06 * Math.Min(highest, 1.5 * certain) },
                    Marks = [new Hairline { At = 1, Vertical = false, Colour = SeriesColour.Mute, Label = "no gain" }, .. series.SelectMany((s, i) => Marks(s, i, curves[i], maxima[i]))],
                },
            ],
            Table = new()
            {
                Comments = header.Comments(
                [
                    ("level", "0.6827"), ("method", "Clopper-Pearson in the background efficiency at fixed threshold"),
                    .. series.Select((s, i) => ($"maximum, {s.Name}", maxima[i] is { } m ? NumberText.Exact(m.Value) : string.Empty)),
                ]),
                Columns = ["series", "signal_efficiency", "threshold", "background_jets", "significance_gain", "lower_68", "upper_68"],
                Rows = [.. series.SelectMany((s, i) => curves[i].Select(p => (IReadOnlyList<TableCell>)[s.Name, p.SignalEfficiency, p.Threshold, p.BackgroundJets, p.Value, p.Lower, p.Upper]))],
            },
            Reading = new() { Kind = "Curves", X = "signal_efficiency", Y = "significance_gain", Lower = "lower_68", Upper = "upper_68", At = RocFigure.WorkingPoints },
            Notes =
            [
                $"Bands: 68 % Clopper–Pearson intervals of the background efficiency at fixed threshold; dotted where fewer than {FewJets} background jets pass. "
                + "Diamonds: maxima of the solid parts. A maximum that was looked for is biased upwards.",
            ],
        };
    }

    private readonly record struct SicPoint(double SignalEfficiency, double Threshold, long BackgroundJets, double Value, double Lower, double Upper);

    private static SicPoint[] Points(RocSeries series) => [.. series.Points.Where(p => p.BackgroundJets > 0 && double.IsFinite(p.Rejection)).Select(p => new SicPoint(
        p.SignalEfficiency, p.Threshold, p.BackgroundJets, p.SignalEfficiency * Math.Sqrt(p.Rejection), p.SignalEfficiency * Math.Sqrt(p.Lower), p.SignalEfficiency * Math.Sqrt(p.Upper)))];

    private static SicPoint? Maximum(SicPoint[] curve)
    {
        SicPoint[] certain = [.. curve.Where(p => p.BackgroundJets >= FewJets)];
        return certain.Length > 0 ? certain.MaxBy(p => p.Value) : null;
    }

    private static IEnumerable<Mark> Marks(RocSeries series, int index, SicPoint[] curve, SicPoint? maximum)
    {
        SeriesColour colour = series.Colour ?? SeriesLook.Colour(index);
        double[] x = [.. curve.Select(p => p.SignalEfficiency)];
        string legend = series.Markup + (maximum is { } m ? $", at most {NumberText.WithInterval(Measured(m))}" : string.Empty);
        yield return new Band { X = x, Lower = [.. curve.Select(p => p.Lower)], Upper = [.. curve.Select(p => p.Upper)], Colour = colour, Legend = legend, Opacity = index == 0 ? 0.22 : 0.18 };
        yield return new Curve
        {
            X = x,
            Y = [.. curve.Select(p => p.Value)],
            FewEvents = [.. curve.Select(p => p.BackgroundJets < FewJets)],
            FewEventsLegend = $"fewer than {FewJets} background jets",
            Colour = colour,
            Line = SeriesLook.Undotted(index),
            Width = index == 0 ? 2 : 1.8,
            Legend = legend,
        };
        if (maximum is { } top)
        {
            yield return new Points { X = [top.SignalEfficiency], Y = [top.Value], Marker = MarkerShape.Diamond, Colour = colour, Radius = 4.2 };
        }
    }

    private static Interval Measured(SicPoint p) => new(p.Value, p.Lower, p.Upper, Interval.OneSigma, "Clopper-Pearson");

    private static string Answer(RocSeries first, SicPoint? maximum) => maximum is { } m
        ? Markup.ToPlain($"A cut on {Markup.Escape(first.Name)} multiplies the significance by at most {NumberText.WithInterval(Measured(m))}, at a signal efficiency of {NumberText.Plain(m.SignalEfficiency, 2)} ({NumberText.Count(m.BackgroundJets)} background jets)"
            + (m.Value > 1 ? "." : "; no cut gains."))
        : $"Too few background jets to say what a cut on {first.Name} gains.";
}
