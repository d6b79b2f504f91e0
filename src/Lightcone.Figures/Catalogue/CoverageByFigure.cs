using Lightcone.Statistics;

namespace Lightcone.Figures.Catalogue;

/// <summary>What a coverage in bins is conditioned on: a correct posterior fails at fixed truth, a correct likelihood interval at fixed prediction on a spectrum that is not flat.</summary>
public enum CoverageCondition
{
    /// <summary>Bins of the truth: the frequentist question.</summary>
    Truth,

    /// <summary>Bins of what is known of a jet without the truth: its prediction, predicted width, reconstructed momentum, number of constituents.</summary>
    Prediction,
}

/// <summary>Coverage in one bin of a variable.</summary>
/// <param name="Low">Lower edge.</param>
/// <param name="High">Upper edge.</param>
/// <param name="Mean">Mean of the variable in the bin, where the point stands.</param>
/// <param name="Count">Intervals tried.</param>
/// <param name="Covered">Those that hold the truth.</param>
public readonly record struct BinCoverage(double Low, double High, double Mean, long Count, long Covered);

/// <summary>Coverage of intervals of one nominal level in bins.</summary>
/// <param name="Nominal">The level, between 0 and 1.</param>
/// <param name="Bins">In rising order.</param>
public sealed record CoverageLevel(double Nominal, IReadOnlyList<BinCoverage> Bins);

/// <summary>Where intervals fail, <c>coverage-by-…</c>: coverage in bins of a variable at one to three levels.</summary>
public static class CoverageByFigure
{
    /// <summary>Probability that any bar of a level misses the nominal line of honest intervals.</summary>
    private const double FamilyError = 0.01;

    /// <param name="header">Label, statement, conditions.</param>
    /// <param name="condition">What the variable is; the title says it.</param>
    /// <param name="variable">The variable along the axis: truth, prediction, width, momentum, number of constituents.</param>
    /// <param name="levels">One to three levels of the same intervals; the first is what the figure is about.</param>
    public static Figure Build(FigureHeader header, CoverageCondition condition, BinnedVariable variable, IReadOnlyList<CoverageLevel> levels)
    {
        Drawn[][] drawn = [.. levels.Select(Of)];
        double[] ends = [.. drawn.SelectMany(d => d).SelectMany(d => (double[])[d.Value.Lower, d.Value.Upper]), .. levels.Select(l => l.Nominal)];
        double margin = 0.06 * Math.Max(0.1, ends.DefaultIfEmpty(1).Max() - ends.DefaultIfEmpty(0).Min());
        string at = condition == CoverageCondition.Truth ? "at fixed truth" : "at fixed prediction";
        BinCoverage[] bins = [.. levels.SelectMany(l => l.Bins)];
        return new()
        {
            Id = "coverage-by-" + variable.Id,
            Title = $"Coverage {at}, in bins of {Markup.ToPlain(variable.Title)}",
            Answer = Answer(levels, drawn, variable, at),
            Label = header.Label,
            Statement = header.Statement,
            Conditions = header.Conditions,
            Panels =
            [
                new Panel
                {
                    X = new Axis { Title = variable.Title, Unit = variable.Unit, Low = bins.Length > 0 ? bins.Min(b => b.Low) : 0, High = bins.Length > 0 ? bins.Max(b => b.High) : 1 },
                    Y = new Axis { Title = "Coverage " + at, Low = Math.Max(0, ends.DefaultIfEmpty(0).Min() - margin), High = Math.Min(1, ends.DefaultIfEmpty(1).Max() + margin), MayRaise = false },
                    Marks = [.. levels.Select((l, i) => Nominal(l, i)), .. levels.SelectMany((l, i) => Marks(l, drawn[i], i))],
                    LegendNote = Worst(levels, drawn) is { } worst ? $"worst bin: {Share(worst.Bin.Value.Value)} at {Span(worst.Bin.Bin, variable)}" : string.Empty,
                },
            ],
            Table = new()
            {
                Comments = header.Comments(("condition", at), ("bounds", string.Join(", ", levels.Select((l, i) => $"{Percent(l.Nominal)}: level {NumberText.Exact(BarLevel(drawn[i].Length))}"))), ("method", ClopperPearson.Method)),
                Columns = ["series", variable.Column + "_low", variable.Column + "_high", variable.Column + "_mean", "nominal", "n", "covered", "value", "lower", "upper"],
                Rows = [.. levels.SelectMany((l, i) => drawn[i].Select(d => (IReadOnlyList<TableCell>)[Percent(l.Nominal), d.Bin.Low, d.Bin.High, d.Bin.Mean, l.Nominal, d.Bin.Count, d.Bin.Covered, d.Value.Value, d.Value.Lower, d.Value.Upper]))],
            },
            Reading = new() { Kind = "Points", X = variable.Column + "_mean", Y = "value", Lower = "lower", Upper = "upper" },
            Notes =
            [
                $"Points stand at the mean of their bin, thin lines span it. Bars: Clopper–Pearson intervals of level 1 − 0.01/*m* for *m* bins, so that with honest intervals all bars of a level reach its line in 99 % of such samples.",
                condition == CoverageCondition.Truth ? "At fixed truth the intervals of a correct posterior need not cover; those of a correct likelihood do." : "At fixed prediction the intervals of a correct likelihood need not cover where the spectrum is not flat; those of a correct posterior do.",
            ],
        };
    }

    private readonly record struct Drawn(BinCoverage Bin, Interval Value)
    {
        /// <summary>Distance to the nominal level in standard deviations of honest intervals.</summary>
        public double Significance(double nominal) => (Value.Value - nominal) / Math.Sqrt(nominal * (1 - nominal) / Bin.Count);
    }

    private static Drawn[] Of(CoverageLevel level)
    {
        BinCoverage[] filled = [.. level.Bins.Where(b => b.Count > 0 && double.IsFinite(b.Mean))];
        return [.. filled.Select(b => new Drawn(b, ClopperPearson.Of(b.Covered, b.Count, BarLevel(filled.Length))))];
    }

    private static double BarLevel(int bins) => 1 - (FamilyError / Math.Max(1, bins));

    private static Hairline Nominal(CoverageLevel level, int index) => new() { At = level.Nominal, Vertical = false, Colour = SeriesLook.Colour(index), Line = LineStyle.Solid };

    private static IEnumerable<Mark> Marks(CoverageLevel level, Drawn[] bins, int index)
    {
        SeriesColour colour = SeriesLook.Colour(index);
        yield return new Curve
        {
            X = [.. bins.SelectMany(d => (double[])[d.Bin.Low, d.Bin.High, d.Bin.High])],
            Y = [.. bins.SelectMany(d => (double[])[d.Value.Value, d.Value.Value, double.NaN])],
            Colour = colour,
            Width = 0.9,
        };
        yield return new Points
        {
            X = [.. bins.Select(d => d.Bin.Mean)],
            Y = [.. bins.Select(d => d.Value.Value)],
            Lower = [.. bins.Select(d => d.Value.Lower)],
            Upper = [.. bins.Select(d => d.Value.Upper)],
            Colour = colour,
            Marker = SeriesLook.Marker(index),
            Legend = Percent(level.Nominal),
        };
    }

    private static (CoverageLevel Level, Drawn Bin)? Worst(IReadOnlyList<CoverageLevel> levels, Drawn[][] drawn)
    {
        (CoverageLevel Level, Drawn Bin)[] all = [.. levels.SelectMany((l, i) => drawn[i].Select(d => (l, d)))];
        return all.Length == 0 ? null : all.MaxBy(w => Math.Abs(w.Bin.Significance(w.Level.Nominal)));
    }

    private static string Percent(double level) => NumberText.Plain(100 * level, 4) + " %";

    private static string Share(double share) => NumberText.Plain(100 * share, 3) + " %";

    private static string Span(BinCoverage bin, BinnedVariable variable) =>
        $"{NumberText.Plain(bin.Low, 4)} to {NumberText.Plain(bin.High, 4)}{(variable.Unit.Length > 0 ? " " + variable.Unit : string.Empty)}";

    private static string Answer(IReadOnlyList<CoverageLevel> levels, Drawn[][] drawn, BinnedVariable variable, string at)
    {
        if (Worst(levels, drawn) is not { } worst)
        {
            return "No intervals were tried.";
        }

        int missing = levels.Select((l, i) => drawn[i].Count(d => d.Value.Lower > l.Nominal || d.Value.Upper < l.Nominal)).Sum(), all = drawn.Sum(d => d.Length);
        string verdict = missing == 0 ? $"all {all} bars reach the nominal line" : $"{missing} of {all} bars miss the nominal line";
        return Markup.ToPlain($"Coverage {at}: {verdict}; the worst bin, {BinnedValues.InSentence(variable.Title)} from {Span(worst.Bin.Bin, variable)}, has {Share(worst.Bin.Value.Value)} instead of {Percent(worst.Level.Nominal)}.");
    }
}
