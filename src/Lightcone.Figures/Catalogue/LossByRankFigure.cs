namespace Lightcone.Figures.Catalogue;

/// <summary>Mean loss on the hidden particles of one rank.</summary>
/// <param name="Rank">Rank by transverse momentum among the hidden particles of a jet, from 1.</param>
/// <param name="Value">Nats per hidden particle.</param>
/// <param name="StandardError">Its standard error; NaN if not known.</param>
public readonly record struct RankLoss(int Rank, double Value, double StandardError);

/// <summary>Losses by rank of one network.</summary>
/// <param name="Name">Plain name.</param>
/// <param name="Points">Any order.</param>
/// <param name="ContextFree">Whether the network saw rank and count only: drawn grey and dashed.</param>
public sealed record RankLossSeries(string Name, IReadOnlyList<RankLoss> Points, bool ContextFree = false);

/// <summary>Which hidden particles the context helps to find, <c>loss-by-rank</c>.</summary>
public static class LossByRankFigure
{
    /// <param name="header">Label, statement, conditions.</param>
    /// <param name="series">One to five networks; the first with context is compared with the first without.</param>
    public static Figure Build(FigureHeader header, IReadOnlyList<RankLossSeries> series)
    {
        RankLossSeries[] drawn = [.. series.Select(s => s with { Points = [.. s.Points.Where(p => double.IsFinite(p.Value)).OrderBy(p => p.Rank)] })];
        int[] ranks = [.. drawn.SelectMany(s => s.Points).Select(p => p.Rank).DefaultIfEmpty(1)];
        return new()
        {
            Id = "loss-by-rank",
            Title = "Loss on hidden particles against their rank",
            Answer = Answer(drawn),
            Label = header.Label,
            Statement = header.Statement,
            Conditions = header.Conditions,
            Panels =
            [
                new Panel
                {
                    X = new Axis { Title = "Rank of the hidden particle in *p*_{T}", Low = ranks.Min() - 0.5, High = Math.Max(ranks.Max(), ranks.Min() + 4) + 0.5 },
                    Y = new Axis { Title = "Nats / hidden particle" },
                    Marks = [.. drawn.SelectMany(Marks)],
                },
            ],
            Table = new()
            {
                Comments = header.Comments(("unit", "nats per hidden particle"), ("bounds", "standard error of the mean")),
                Columns = ["series", "rank", "value", "lower_68", "upper_68"],
                Rows = [.. drawn.SelectMany(s => s.Points.Select(p => (IReadOnlyList<TableCell>)[s.Name, p.Rank, p.Value, p.Value - p.StandardError, p.Value + p.StandardError]))],
            },
            Reading = new() { Kind = "Curves", X = "rank", Y = "value", Lower = "lower_68", Upper = "upper_68" },
            Notes = ["Rank 1: the hardest hidden particle of a jet. Bars: standard errors." + (drawn.Any(s => s.ContextFree) ? " Dashed: rank and number of the hidden particles only, without those that are seen." : string.Empty)],
        };
    }

    private static IEnumerable<Mark> Marks(RankLossSeries series, int index)
    {
        if (series.Points.Count == 0)
        {
            yield break;
        }

        double[] x = [.. series.Points.Select(p => (double)p.Rank)], y = [.. series.Points.Select(p => p.Value)];
        bool barred = series.Points.Any(p => double.IsFinite(p.StandardError));
        SeriesColour colour = series.ContextFree ? SeriesColour.C5 : SeriesLook.Colour(index);
        string legend = Markup.Escape(series.Name);
        yield return new Curve { X = x, Y = y, Colour = colour, Line = series.ContextFree ? LineStyle.Dashed : LineStyle.Solid, Legend = legend };
        yield return new Points
        {
            X = x,
            Y = y,
            Lower = barred ? [.. series.Points.Select(p => p.Value - p.StandardError)] : [],
            Upper = barred ? [.. series.Points.Select(p => p.Value + p.StandardError)] : [],
            Colour = colour,
            Marker = SeriesLook.Marker(index),
            Radius = 2.8,
            Legend = legend,
        };
    }

    private static string Answer(RankLossSeries[] series)
    {
        RankLossSeries? full = series.FirstOrDefault(s => !s.ContextFree && s.Points.Count > 0), free = series.FirstOrDefault(s => s.ContextFree && s.Points.Count > 0);
        if (full is null)
        {
            return "No loss was measured.";
        }

        string At(RankLoss p) => Markup.ToPlain($"{NumberText.WithError(p.Value, p.StandardError)} nats at rank {p.Rank}");
        (int Rank, double Gain)[] gains = [.. full.Points.Join(free?.Points ?? [], p => p.Rank, p => p.Rank, (a, b) => (a.Rank, b.Value - a.Value))];
        if (gains.Length == 0)
        {
            return $"The loss of {full.Name} is {At(full.Points[0])}" + (full.Points.Count > 1 ? $" and {At(full.Points[^1])}." : ".");
        }

        (int Rank, double Gain) most = gains.MaxBy(g => g.Gain), least = gains.MinBy(g => g.Gain);
        string Nats(double gain) => Markup.ToPlain(NumberText.Plain(gain, 2));
        return $"The particles that are seen lower the loss most at rank {most.Rank}, by {Nats(most.Gain)} nats" + (gains.Length > 1 ? $", and least at rank {least.Rank}, by {Nats(least.Gain)}." : ".");
    }
}
