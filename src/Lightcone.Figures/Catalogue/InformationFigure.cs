using Lightcone.Statistics;

namespace Lightcone.Figures.Catalogue;

/// <summary>An estimate of the mutual information at one point of a training.</summary>
/// <param name="Epoch">Epochs done.</param>
/// <param name="Value">Donsker–Varadhan estimate, nats.</param>
/// <param name="Error">Its standard error; NaN if not computed.</param>
public readonly record struct InformationPoint(double Epoch, double Value, double Error);

/// <summary>The mutual information during one training.</summary>
/// <param name="Name">Plain name: "validation", "PFN".</param>
/// <param name="Points">By rising epoch.</param>
public sealed record InformationSeries(string Name, IReadOnlyList<InformationPoint> Points);

/// <summary>What a set of features tells about the truth.</summary>
/// <param name="Name">Plain name: "PFN-PID".</param>
/// <param name="Information">Mutual information with its interval, nats.</param>
/// <param name="Reference">Whether it is there to compare with: drawn hollow.</param>
public sealed record InformationRow(string Name, Interval Information, bool Reference = false);

/// <summary>Mutual information of features and truth: during a training, <c>information</c>, and of several sets of features, <c>information-by-features</c>.</summary>
public static class InformationFigure
{
    private const int RowsOfSingle = 9;

    /// <summary>Estimates farther below 0 than this share of the largest one, as at the start of a training, become arrows.</summary>
    private const double LowestShare = 0.25;

    /// <summary>The estimate against the epoch, with a band of one standard error.</summary>
    /// <param name="header">Label, statement, conditions.</param>
    /// <param name="series">One to six; the first is what the figure is about.</param>
    /// <param name="references">Values to compare with: a Gaussian fit, the exact one of a toy.</param>
    public static Figure History(FigureHeader header, IReadOnlyList<InformationSeries> series, IReadOnlyList<ReferenceLevel> references)
    {
        InformationSeries[] known = [.. series.Select(s => s with { Points = [.. s.Points.Where(p => double.IsFinite(p.Value))] })];
        double[] ends = [.. known.SelectMany(s => s.Points).SelectMany(p => (double[])[p.Value, p.Value + p.Error, p.Value - p.Error]).Concat(references.Select(r => r.Value)).Where(double.IsFinite)];
        (double least, double most) = ends.Length == 0 ? (0, 1) : (ends.Min(), Math.Max(ends.Max(), 1e-6));
        double low = least >= 0 ? 0 : Math.Max(1.05 * least, -LowestShare * most);
        return new()
        {
            Id = "information",
            Title = "Mutual information of features and truth against the epoch",
            Answer = HistoryAnswer(known),
            Label = header.Label,
            Statement = header.Statement,
            Conditions = header.Conditions,
            Panels =
            [
                new Panel
                {
                    X = new Axis { Title = "Epoch", Low = 0, High = 1.02 * Math.Max(1, known.SelectMany(s => s.Points).Select(p => p.Epoch).DefaultIfEmpty(1).Max()) },
                    Y = new Axis { Title = "Mutual information", Unit = "nats", Low = low, High = most + (0.08 * (most - low)) },
                    Marks = [.. low < 0 ? [new Hairline { At = 0, Vertical = false, Colour = SeriesColour.Mute }] : (Mark[])[], .. references.Select(r => r.Line()), .. known.SelectMany((s, i) => Marks(s, i, known.Length))],
                },
            ],
            Table = new()
            {
                Comments = header.Comments([.. references.Select(r => (r.Name, NumberText.Exact(r.Value)))]),
                Columns = ["series", "epoch", "information_nats", "lower_68", "upper_68"],
                Rows = [.. known.SelectMany(s => s.Points.Select(p => (IReadOnlyList<TableCell>)[s.Name, p.Epoch, p.Value, p.Value - p.Error, p.Value + p.Error]))],
            },
            Reading = new() { Kind = "Curves", X = "epoch", Y = "information_nats", Lower = "lower_68", Upper = "upper_68" },
            Notes = ["Donsker–Varadhan estimate, a lower bound in the limit of many jets; bands: one standard error."],
        };
    }

    /// <summary>A dot plot, a row a set of features.</summary>
    /// <param name="header">Label, statement, conditions.</param>
    /// <param name="rows">Sets of features from top to bottom.</param>
    /// <param name="note">On which jets and how the errors were obtained, a sentence.</param>
    public static Figure ByFeatures(FigureHeader header, IReadOnlyList<InformationRow> rows, string note)
    {
        double[] ends = [.. rows.SelectMany(r => (double[])[r.Information.Value, r.Information.Lower, r.Information.Upper]).Where(double.IsFinite)];
        (double least, double most) = ends.Length == 0 ? (0, 1) : (ends.Min(), ends.Max());
        double margin = 0.08 * Math.Max(most - least, 0.02 * Math.Abs(most) + 1e-9);
        return new()
        {
            Id = "information-by-features",
            Title = "Mutual information of each set of features with the truth",
            Answer = FeaturesAnswer(rows),
            Canvas = rows.Count > RowsOfSingle ? CanvasKind.Tall : CanvasKind.Single,
            Label = header.Label,
            Statement = header.Statement,
            Conditions = header.Conditions,
            Panels =
            [
                new Panel
                {
                    X = new Axis { Title = "Mutual information", Unit = "nats", Low = least - margin, High = most + margin },
                    Y = new Axis { Title = string.Empty, Scale = AxisScale.Category, Categories = [.. rows.Select(r => Markup.Escape(r.Name))], MayRaise = false },
                    Marks = [.. rows.GroupBy(r => r.Reference).Select(g => Dots(rows, g.Key))],
                },
            ],
            Table = new()
            {
                Comments = header.Comments(("level", "0.6827"), ("method", rows.Select(r => r.Information.Method).FirstOrDefault(m => !string.IsNullOrEmpty(m)) ?? string.Empty)),
                Columns = ["series", "information_nats", "lower_68", "upper_68", "reference"],
                Rows = [.. rows.Select(r => (IReadOnlyList<TableCell>)[r.Name, r.Information.Value, r.Information.Lower, r.Information.Upper, r.Reference ? 1 : 0])],
            },
            Notes = [note, "Bars: 68 % intervals." + (rows.Any(r => r.Reference) ? " Hollow: for comparison." : string.Empty)],
        };
    }

    private static IEnumerable<Mark> Marks(InformationSeries series, int index, int count)
    {
        SeriesColour colour = SeriesLook.Colour(index);
        InformationPoint[] sure = [.. series.Points.Where(p => double.IsFinite(p.Error))];
        string? legend = count > 1 ? Markup.Escape(series.Name) : null;
        if (sure.Length > 1)
        {
            yield return new Band { X = [.. sure.Select(p => p.Epoch)], Lower = [.. sure.Select(p => p.Value - p.Error)], Upper = [.. sure.Select(p => p.Value + p.Error)], Colour = colour, Legend = legend };
        }

        yield return new Curve { X = [.. series.Points.Select(p => p.Epoch)], Y = [.. series.Points.Select(p => p.Value)], Colour = colour, Line = SeriesLook.Undotted(index), Width = index == 0 ? 2 : 1.8, Legend = legend };
        if (series.Points.Count == 1)
        {
            yield return new Points { X = [series.Points[0].Epoch], Y = [series.Points[0].Value], Colour = colour, Marker = SeriesLook.Marker(index), Legend = legend };
        }
    }

    private static Points Dots(IReadOnlyList<InformationRow> rows, bool reference)
    {
        (InformationRow Row, int Index)[] part = [.. rows.Select((r, i) => (r, i)).Where(t => t.r.Reference == reference && double.IsFinite(t.r.Information.Value))];
        return new()
        {
            X = [.. part.Select(t => t.Row.Information.Value)],
            Y = [.. part.Select(t => (double)t.Index)],
            Lower = [.. part.Select(t => t.Row.Information.Lower)],
            Upper = [.. part.Select(t => t.Row.Information.Upper)],
            BarsAlongX = true,
            Colour = reference ? SeriesColour.Ink : SeriesColour.C3,
            Hollow = reference,
            Radius = 4,
        };
    }

    private static string HistoryAnswer(InformationSeries[] series)
    {
        InformationSeries? first = series.FirstOrDefault(s => s.Points.Count > 0);
        if (first is null)
        {
            return "No estimate of the mutual information is finite.";
        }

        InformationPoint best = first.Points.MaxBy(p => p.Value), last = first.Points[^1];
        return Markup.ToPlain($"The estimate of {Markup.Escape(first.Name)} ends at {NumberText.WithError(last.Value, last.Error)} nats after {NumberText.Plain(last.Epoch, 3)} epochs; it is highest at epoch {NumberText.Plain(best.Epoch, 3)} with {NumberText.WithError(best.Value, best.Error)}.");
    }

    private static string FeaturesAnswer(IReadOnlyList<InformationRow> rows)
    {
        InformationRow[] known = [.. rows.Where(r => !r.Reference && double.IsFinite(r.Information.Value)).OrderByDescending(r => r.Information.Value)];
        if (known.Length == 0)
        {
            return "No set of features was measured.";
        }

        string least = known.Length == 1 ? string.Empty : $", {Markup.Escape(known[^1].Name)} least ({NumberText.WithInterval(known[^1].Information)})";
        return Markup.ToPlain($"{Markup.Escape(known[0].Name)} tells most about the truth, {NumberText.WithInterval(known[0].Information)} nats{least}.");
    }
}
