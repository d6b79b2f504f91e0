using Lightcone.Statistics;

namespace Lightcone.Figures.Catalogue;

/// <summary>Mean of (estimate − truth)/σ at fixed truth, <c>bias-fixed-z</c>, with the gate that a likelihood calibration must keep.</summary>
public static class BiasFigure
{
    /// <param name="header">Label, statement, conditions.</param>
    /// <param name="variable">The truth along the axis; bins of its column are written with its unit as it stands there.</param>
    /// <param name="series">One to six methods; the first is what the figure is about. Values are in σ.</param>
    /// <param name="gate">Largest bias that passes, in σ.</param>
    public static Figure Build(FigureHeader header, BinnedVariable variable, IReadOnlyList<ValueSeries> series, double gate = 0.1)
    {
        var drawing = new BinnedValues(series);
        double half = 1.1 * Math.Max(1.5 * gate, drawing.Ends.Select(Math.Abs).DefaultIfEmpty(0).Max());
        string limit = NumberText.Plain(gate, 2);
        return new()
        {
            Id = "bias-fixed-z",
            Title = "Bias at fixed truth in units of the uncertainty",
            Answer = Answer(drawing, variable, gate),
            Label = header.Label,
            Statement = header.Statement,
            Conditions = header.Conditions,
            Panels =
            [
                new Panel
                {
                    X = drawing.X(variable.Title, variable.Unit),
                    Y = new Axis { Title = "Bias at fixed truth", Unit = "*σ*", Low = -half, High = half },
                    Marks =
                    [
                        new Hairline { At = 0, Vertical = false, Colour = SeriesColour.Mute, Line = LineStyle.Solid },
                        new Hairline { At = gate, Vertical = false, Colour = SeriesColour.Ink, Line = LineStyle.Dashed, Label = $"gate ±{limit}" },
                        new Hairline { At = -gate, Vertical = false, Colour = SeriesColour.Ink, Line = LineStyle.Dashed },
                        .. drawing.Marks(),
                    ],
                },
            ],
            Table = drawing.Table(header, variable.Column, string.Empty, ("gate", NumberText.Exact(gate))),
            Reading = BinnedValues.Reading(variable.Column, string.Empty),
            Notes = [drawing.Note("68 % intervals of the mean"), $"Dashed: gate ±{limit} *σ*. Bins at the edge of the training support may show a bias that is expected."],
        };
    }

    private static string Answer(BinnedValues drawing, BinnedVariable variable, double gate)
    {
        ValueSeries? first = drawing.Series.FirstOrDefault(s => s.Bins.Count > 0);
        if (first is null)
        {
            return "The bias was not measured in any bin.";
        }

        ValueBin worst = first.Bins.MaxBy(b => Math.Abs(b.Value.Value));
        int outside = first.Bins.Count(b => Math.Abs(b.Value.Value) > gate);
        string unit = variable.Unit.Length > 0 ? " " + variable.Unit : string.Empty;
        return Markup.ToPlain($"The bias of {Markup.Escape(first.Name)} is largest for {BinnedValues.InSentence(variable.Title)} from {NumberText.Plain(worst.Low, 4)} to {NumberText.Plain(worst.High, 4)}{unit}: {NumberText.WithInterval(worst.Value)} σ; {(outside == 0 ? "all bins keep" : $"{outside} of {first.Bins.Count} bins miss")} the gate of ±{NumberText.Plain(gate, 2)} σ.");
    }
}
