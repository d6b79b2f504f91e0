using Lightcone.Statistics;

namespace Lightcone.Figures.Catalogue;

/// <summary>A number in one bin of a variable of the truth.</summary>
/// <param name="Low">Lower edge.</param>
/// <param name="High">Upper edge.</param>
/// <param name="Count">Jets in the bin.</param>
/// <param name="Value">The number with its interval.</param>
public readonly record struct ValueBin(double Low, double High, long Count, Interval Value);

/// <summary>A number of one method in bins.</summary>
/// <param name="Name">Plain name.</param>
/// <param name="Bins">In rising order.</param>
public sealed record ValueSeries(string Name, IReadOnlyList<ValueBin> Bins);

/// <summary>Points of several series in common bins, set apart sideways.</summary>
internal sealed class BinnedValues
{
    /// <summary>Distance of two series, and the most room that all of them take, in widths of the bin.</summary>
    private const double Apart = 0.15, Room = 0.7;

    /// <summary>From this ratio of the ends on the axis is logarithmic.</summary>
    private const double LogRatio = 12;

    private readonly IReadOnlyList<ValueSeries> series;
    private readonly bool log;

    public BinnedValues(IReadOnlyList<ValueSeries> series)
    {
        this.series = [.. series.Select(s => s with { Bins = [.. s.Bins.Where(b => b.Count > 0 && double.IsFinite(b.Value.Value))] })];
        ValueBin[] all = [.. series.SelectMany(s => s.Bins)];
        (Low, High) = all.Length == 0 ? (0, 1) : (all.Min(b => b.Low), all.Max(b => b.High));
        log = Low > 0 && High / Low > LogRatio;
        Ends = [.. this.series.SelectMany(s => s.Bins).SelectMany(b => (double[])[b.Value.Value, b.Value.Lower, b.Value.Upper]).Where(double.IsFinite)];
    }

    public double Low { get; }

    public double High { get; }

    /// <summary>Series without bins that have no value.</summary>
    public IReadOnlyList<ValueSeries> Series => series;

    /// <summary>Values and ends of all bars.</summary>
    public double[] Ends { get; }

    public Axis X(string title, string unit) => new() { Title = title, Unit = unit, Low = Low, High = High, Scale = log ? AxisScale.Log : AxisScale.Linear };

    public IEnumerable<Mark> Marks() => series.Select((s, i) => new Points
    {
        X = [.. s.Bins.Select(b => Place(b, i))],
        Y = [.. s.Bins.Select(b => b.Value.Value)],
        Lower = [.. s.Bins.Select(b => b.Value.Lower)],
        Upper = [.. s.Bins.Select(b => b.Value.Upper)],
        Colour = SeriesLook.Colour(i),
        Marker = SeriesLook.Marker(i),
        Legend = series.Count > 1 ? Markup.Escape(s.Name) : null,
    });

    /// <param name="header">Label, statement, conditions.</param>
    /// <param name="column">Name of the variable with "_low" and "_high" put in before its unit.</param>
    /// <param name="unit">Unit at the end of the columns: "gev"; empty if none.</param>
    /// <param name="more">Further comment lines.</param>
    public FigureTable Table(FigureHeader header, string column, string unit, params ReadOnlySpan<(string, string)> more)
    {
        string end = unit.Length > 0 ? "_" + unit : string.Empty;
        string method = series.SelectMany(s => s.Bins).Select(b => b.Value.Method).FirstOrDefault(m => !string.IsNullOrEmpty(m)) ?? string.Empty;
        return new()
        {
            Comments = header.Comments([.. more, ("level", "0.6827"), ("method", method)]),
            Columns = ["series", $"{column}_low{end}", $"{column}_high{end}", "n", "value", "lower_68", "upper_68"],
            Rows = [.. series.SelectMany(s => s.Bins.Select(b => (IReadOnlyList<TableCell>)[s.Name, b.Low, b.High, b.Count, b.Value.Value, b.Value.Lower, b.Value.Upper]))],
        };
    }

    public static Reading Reading(string column, string unit)
    {
        string end = unit.Length > 0 ? "_" + unit : string.Empty;
        return new() { Kind = "Points", X = $"{column}_low{end}", XHigh = $"{column}_high{end}", Y = "value", Lower = "lower_68", Upper = "upper_68" };
    }

    /// <summary>The title of an axis inside a sentence: "True *p*_{T}" becomes "true *p*_{T}".</summary>
    public static string InSentence(string title) => title.Length > 1 && char.IsUpper(title[0]) && char.IsLower(title[1]) ? char.ToLowerInvariant(title[0]) + title[1..] : title;

    /// <summary>A sentence for the caption.</summary>
    public string Note(string bars) => $"Points stand in the middle of their bin{(series.Count > 1 ? ", those of one bin set apart sideways" : string.Empty)}; bars: {bars}.";

    private double Place(ValueBin bin, int index)
    {
        double part = 0.5 + (Math.Min(Apart, Room / Math.Max(1, series.Count)) * (index - ((series.Count - 1) / 2.0)));
        return log ? bin.Low * Math.Pow(bin.High / bin.Low, part) : bin.Low + (part * (bin.High - bin.Low));
    }
}
