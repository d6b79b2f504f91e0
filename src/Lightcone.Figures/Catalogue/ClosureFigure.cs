using Lightcone.Statistics;

namespace Lightcone.Figures.Catalogue;

/// <summary>Whether calibrated jets have the right transverse momentum, <c>closure</c>, and how well, <c>resolution</c>, in bins of the true one.</summary>
public static class ClosureFigure
{
    private const string Column = "pt_true", Unit = "gev";

    private const int MostEntries = 6;

    /// <summary>Half height of the band that a calibration should stay in.</summary>
    private const double Tolerance = 0.01;

    /// <summary>No axis of the response is longer than this on either side of 1; beyond stand arrows.</summary>
    private const double Farthest = 0.5;

    /// <summary>Mean or median of calibrated over true transverse momentum.</summary>
    /// <param name="header">Label, statement, conditions.</param>
    /// <param name="median">Whether the values are medians; else means.</param>
    /// <param name="series">One to six calibrations; the first is what the figure is about.</param>
    public static Figure Closure(FigureHeader header, bool median, IReadOnlyList<ValueSeries> series)
    {
        var drawing = new BinnedValues(series);
        string statistic = median ? "median" : "mean";
        double low = Math.Max(1 - Farthest, Math.Min(1 - (2 * Tolerance), drawing.Ends.DefaultIfEmpty(1).Min() - 0.004)), high = Math.Min(1 + Farthest, Math.Max(1 + (2 * Tolerance), drawing.Ends.DefaultIfEmpty(1).Max() + 0.004));
        Mark[] goal =
        [
            new Band { X = [drawing.Low, drawing.High], Lower = [1 - Tolerance, 1 - Tolerance], Upper = [1 + Tolerance, 1 + Tolerance], Colour = SeriesColour.C5, Opacity = 0.22, Legend = series.Count < MostEntries ? "±1 %" : null },
            new Hairline { At = 1, Vertical = false, Colour = SeriesColour.Mute, Line = LineStyle.Solid },
        ];
        return Build(header, drawing, goal, new Axis { Title = $"{(median ? "Median" : "Mean")} of calibrated / true *p*_{{T}}", Low = low, High = high }) with
        {
            Id = "closure",
            Title = $"{(median ? "Median" : "Mean")} of calibrated over true transverse momentum",
            Answer = ClosureAnswer(drawing, statistic),
            Table = drawing.Table(header, Column, Unit, ("statistic", statistic)),
            Notes = [drawing.Note($"68 % intervals of the {statistic}"), "Grey: ±1 %."],
        };
    }

    /// <summary>Half the distance from the 16 to the 84 % quantile of calibrated over true transverse momentum, divided by its median.</summary>
    /// <param name="header">Label, statement, conditions.</param>
    /// <param name="series">One to six calibrations; the first is what the figure is about.</param>
    public static Figure Resolution(FigureHeader header, IReadOnlyList<ValueSeries> series)
    {
        var drawing = new BinnedValues(series);
        return Build(header, drawing, [], new Axis { Title = "Relative resolution of *p*_{T}", Low = 0, High = 1.12 * Math.Max(1e-3, drawing.Ends.DefaultIfEmpty(1).Max()) }) with
        {
            Id = "resolution",
            Title = "Relative resolution of the transverse momentum",
            Answer = ResolutionAnswer(drawing),
            Table = drawing.Table(header, Column, Unit, ("statistic", "half of the 84 minus the 16 % quantile, over the median")),
            Notes = ["Half the distance from the 16 to the 84 % quantile of calibrated over true transverse momentum, divided by the median.", drawing.Note("68 % intervals")],
        };
    }

    private static Figure Build(FigureHeader header, BinnedValues drawing, Mark[] goal, Axis y) => new()
    {
        Id = "calibration",
        Title = string.Empty,
        Answer = string.Empty,
        Label = header.Label,
        Statement = header.Statement,
        Conditions = header.Conditions,
        Panels = [new Panel { X = drawing.X("True *p*_{T}", "GeV"), Y = y, Marks = [.. goal, .. drawing.Marks()] }],
        Table = drawing.Table(header, Column, Unit),
        Reading = BinnedValues.Reading(Column, Unit),
    };

    private static string ClosureAnswer(BinnedValues drawing, string statistic)
    {
        ValueSeries? first = drawing.Series.FirstOrDefault(s => s.Bins.Count > 0);
        if (first is null)
        {
            return "No jet was calibrated.";
        }

        ValueBin worst = first.Bins.MaxBy(b => Math.Abs(b.Value.Value - 1));
        int inside = first.Bins.Count(b => Math.Abs(b.Value.Value - 1) <= Tolerance);
        return Markup.ToPlain($"The {statistic} response of {Markup.Escape(first.Name)} lies within 1 % of 1 in {inside} of {first.Bins.Count} bins; it is farthest from 1 between {NumberText.Plain(worst.Low, 4)} and {NumberText.Plain(worst.High, 4)} GeV, {NumberText.WithInterval(worst.Value)}.");
    }

    private static string ResolutionAnswer(BinnedValues drawing)
    {
        ValueSeries? first = drawing.Series.FirstOrDefault(s => s.Bins.Count > 0);
        if (first is null)
        {
            return "No jet was calibrated.";
        }

        string Place(ValueBin b) => $"{NumberText.WithInterval(b.Value.Times(100))} % between {NumberText.Plain(b.Low, 4)} and {NumberText.Plain(b.High, 4)} GeV";
        ValueBin least = first.Bins.MinBy(b => b.Value.Value), most = first.Bins.MaxBy(b => b.Value.Value);
        return Markup.ToPlain($"The relative resolution of {Markup.Escape(first.Name)} is best, {Place(least)}, and worst, {Place(most)}.");
    }
}
