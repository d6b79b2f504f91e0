namespace Lightcone.Figures.Catalogue;

/// <summary>Counts of a quantity that is uniform for an honest method, in bins of equal width.</summary>
/// <param name="Name">Plain name.</param>
/// <param name="Counts">Jets in each bin; all series of a figure have as many bins.</param>
/// <param name="AcceptLow99">Lower end of the share of the jets in one bin that 99 % of uniform samples stay in; NaN if not computed.</param>
/// <param name="AcceptHigh99">Its upper end.</param>
/// <param name="PValue">Probability that a uniform sample looks less uniform, printed in the legend; NaN if not computed.</param>
public sealed record UniformSeries(string Name, IReadOnlyList<long> Counts, double AcceptLow99, double AcceptHigh99, double PValue = double.NaN)
{
    internal long Total => Counts.Sum();

    internal double Density(int bin) => Total == 0 ? 0 : (double)Counts[bin] / Total * Counts.Count;

    internal bool IsOutside(int bin) => Total > 0 && ((double)Counts[bin] / Total < AcceptLow99 || (double)Counts[bin] / Total > AcceptHigh99);
}

/// <summary>Whether a predicted distribution is honest everywhere: the probability integral transform, <c>pit</c>, and the rank of the truth among draws, <c>rank</c>.</summary>
public static class PitFigure
{
    /// <summary>The vertical axis is always this far on either side of 1, so that figures can be compared.</summary>
    private const double Half = 0.5;

    private const int MostEntries = 6;

    /// <summary>Distribution of the predicted cumulative probability at the truth.</summary>
    /// <param name="header">Label, statement, conditions.</param>
    /// <param name="series">One to six; the first is what the figure is about. Usually 20 bins.</param>
    public static Figure Pit(FigureHeader header, IReadOnlyList<UniformSeries> series) =>
        Build(header, series) with { Id = "pit", Title = "Distribution of the probability integral transform" };

    /// <summary>Distribution of the rank of the truth among draws of the posterior (simulation-based calibration, arXiv:1804.06788).</summary>
    /// <param name="header">Label, statement, conditions.</param>
    /// <param name="draws">Draws an event.</param>
    /// <param name="series">One to six parameters or methods. Usually 20 bins.</param>
    public static Figure Rank(FigureHeader header, int draws, IReadOnlyList<UniformSeries> series)
    {
        Figure figure = Build(header, series);
        Panel panel = figure.Panels[0];
        return figure with
        {
            Id = "rank",
            Title = $"Rank of the truth among {NumberText.Count(draws)} draws",
            Panels = [panel with { X = panel.X with { Title = $"Rank of the truth / {NumberText.Count(draws + 1L)}" } }],
            Table = figure.Table with { Comments = [.. figure.Table.Comments, ("draws", NumberText.Exact(draws))] },
        };
    }

    private static Figure Build(FigureHeader header, IReadOnlyList<UniformSeries> series)
    {
        int bins = series.Select(s => s.Counts.Count).DefaultIfEmpty(0).Max();
        double[] edges = [.. Enumerable.Range(0, Math.Max(1, bins) + 1).Select(i => (double)i / Math.Max(1, bins))];
        UniformSeries? banded = series.FirstOrDefault(s => s.Counts.Count > 0 && double.IsFinite(s.AcceptLow99) && double.IsFinite(s.AcceptHigh99));
        return new()
        {
            Id = "uniform",
            Title = string.Empty,
            Answer = Answer(series),
            Label = header.Label,
            Statement = header.Statement,
            Conditions = header.Conditions,
            Panels =
            [
                new Panel
                {
                    X = new Axis { Title = "Probability integral transform", Low = 0, High = 1 },
                    Y = new Axis { Title = "Density", Low = 1 - Half, High = 1 + Half },
                    Marks =
                    [
                        .. banded is null ? [] : (Mark[])[new Band { X = [0, 1], Lower = Twice(banded.AcceptLow99 * bins), Upper = Twice(banded.AcceptHigh99 * bins), Colour = SeriesColour.C5, Opacity = 0.22, Legend = series.Count < MostEntries ? "99 % band if uniform" : null }],
                        new Hairline { At = 1, Vertical = false, Colour = SeriesColour.Mute, Line = LineStyle.Solid },
                        .. series.Where(s => s.Total > 0).Select((s, i) => Drawing(s, i, edges)),
                    ],
                },
            ],
            Table = new()
            {
                Comments = header.Comments([.. series.SelectMany(s => ((string, string)[])[($"jets, {s.Name}", NumberText.Exact(s.Total)), ($"p, {s.Name}", NumberText.Exact(s.PValue))])]),
                Columns = ["series", "bin_low", "bin_high", "count", "density", "accept_low_99", "accept_high_99"],
                Rows = [.. series.SelectMany(s => s.Counts.Select((c, i) => (IReadOnlyList<TableCell>)[s.Name, edges[i], edges[i + 1], c, s.Density(i), s.AcceptLow99 * bins, s.AcceptHigh99 * bins]))],
            },
            Reading = new() { Kind = "Histograms", X = "bin_low", XHigh = "bin_high", Y = "density" },
            Notes = [.. Notes(series, banded)],
        };
    }

    private static double[] Twice(double value) => [value, value];

    private static Steps Drawing(UniformSeries series, int index, double[] edges) => new()
    {
        Edges = edges,
        Heights = [.. series.Counts.Select((_, b) => series.Density(b))],
        Colour = SeriesLook.Colour(index),
        Line = SeriesLook.Undotted(index),
        Width = index == 0 ? 2 : 1.6,
        ToBase = false,
        Legend = Markup.Escape(series.Name) + (double.IsFinite(series.PValue) ? $", *p* = {NumberText.Plain(series.PValue, 2)}" : string.Empty),
    };

    private static IEnumerable<string> Notes(IReadOnlyList<UniformSeries> series, UniformSeries? banded)
    {
        if (banded is not null)
        {
            long[] totals = [.. series.Select(s => s.Total).Distinct()];
            yield return $"Grey: 99 % acceptance of the binomial distribution in each bin by itself{(totals.Length == 1 ? $", *n* = {NumberText.Count(totals[0])}" : $", for {Markup.Escape(banded.Name)}")}; of {banded.Counts.Count} honest bins one in {NumberText.Plain(100.0 / banded.Counts.Count, 2)} samples lies outside.";
        }

        yield return "U shape: distributions too narrow; hump: too wide; slope: biased. Arrows: outside the axis.";
    }

    private static string Answer(IReadOnlyList<UniformSeries> series)
    {
        UniformSeries? first = series.FirstOrDefault(s => s.Total > 0);
        if (first is null)
        {
            return "There are no jets.";
        }

        int[] bins = [.. Enumerable.Range(0, first.Counts.Count)];
        int worst = bins.MaxBy(b => Math.Abs(first.Density(b) - 1)), outside = bins.Count(first.IsOutside);
        string verdict = !double.IsFinite(first.AcceptLow99) ? string.Empty : $"{outside} of {bins.Length} bins of {Markup.Escape(first.Name)} lie outside the 99 % band; ";
        string most = $"the density differs most from 1 between {NumberText.Plain((double)worst / bins.Length, 3)} and {NumberText.Plain((worst + 1.0) / bins.Length, 3)}, where it is {NumberText.Plain(first.Density(worst), 3)}";
        string sentence = verdict + most + ".";
        return Markup.ToPlain(char.ToUpperInvariant(sentence[0]) + sentence[1..]);
    }
}
