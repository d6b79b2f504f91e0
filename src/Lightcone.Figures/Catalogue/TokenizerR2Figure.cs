namespace Lightcone.Figures.Catalogue;

/// <summary>How much of each feature a tokenizer keeps.</summary>
/// <param name="Name">Plain name of the tokenizer.</param>
/// <param name="R2">Share of the variance that is kept (1 − residual / total), one a feature in the order of the figure; NaN where it was not measured.</param>
public sealed record TokenizerFit(string Name, IReadOnlyList<double> R2);

/// <summary>What tokenizers keep of the features of a particle, <c>tokenizer-r2</c>: a dot plot, a row a feature, a colour a tokenizer, with the gate as a line.</summary>
public static class TokenizerR2Figure
{
    /// <summary>Share of a row's height over which the tokenizers are spread.</summary>
    private const double Spread = 0.44;

    private const int RowsOfSingle = 9;

    /// <param name="header">Label, statement, conditions.</param>
    /// <param name="features">Names of the features, markup, from top to bottom.</param>
    /// <param name="tokenizers">One to six tokenizers; the first is what the figure is about.</param>
    /// <param name="gate">Least R² that is asked for; null for none.</param>
    /// <param name="note">On which particles and in which variables, a sentence.</param>
    public static Figure Build(FigureHeader header, IReadOnlyList<string> features, IReadOnlyList<TokenizerFit> tokenizers, double? gate, string note)
    {
        double[] values = [.. tokenizers.SelectMany(t => t.R2).Where(double.IsFinite), .. gate is { } g ? [g] : (double[])[]];
        double least = Math.Max(0, values.DefaultIfEmpty(0).Min()), low = Math.Min(0.95, least) - (0.06 * (1 - Math.Min(0.95, least)));
        string[] plain = [.. features.Select(Markup.ToPlain)];
        return new()
        {
            Id = "tokenizer-r2",
            Title = "Share of the variance of each feature that its token keeps",
            Answer = Answer(plain, tokenizers, gate),
            Canvas = features.Count > RowsOfSingle ? CanvasKind.Tall : CanvasKind.Single,
            Label = header.Label,
            Statement = header.Statement,
            Conditions = header.Conditions,
            Panels =
            [
                new Panel
                {
                    X = new Axis { Title = "*R*^{2}", Low = low, High = 1 + (0.02 * (1 - low)) },
                    Y = new Axis { Title = string.Empty, Scale = AxisScale.Category, Categories = [.. features], MayRaise = false },
                    Marks =
                    [
                        .. gate is { } at ? [new Hairline { At = at, Colour = SeriesColour.Ink, Line = LineStyle.Dashed, Label = $"gate {NumberText.Plain(at, 3)}" }] : (Mark[])[],
                        .. tokenizers.Select((t, i) => Dots(t, i, tokenizers.Count)),
                    ],
                    LegendBelow = true,
                },
            ],
            Table = new()
            {
                Comments = header.Comments(("gate", gate is { } limit ? NumberText.Exact(limit) : string.Empty)),
                Columns = ["series", "feature", "r2"],
                Rows = [.. tokenizers.SelectMany(t => features.Zip(t.R2, (f, r) => (IReadOnlyList<TableCell>)[t.Name, Markup.ToPlain(f), r]))],
            },
            Notes = [note, .. Gaps(plain, tokenizers), .. tokenizers.SelectMany(t => t.R2).Any(r => r < low) ? ["Arrow at the left edge: below the axis."] : (string[])[]],
        };
    }

    private static Points Dots(TokenizerFit tokenizer, int index, int count)
    {
        double shift = count < 2 ? 0 : Spread * (((double)index / (count - 1)) - 0.5);
        (double R2, int Row)[] known = [.. tokenizer.R2.Select((r, i) => (r, i)).Where(t => double.IsFinite(t.r))];
        return new()
        {
            X = [.. known.Select(k => k.R2)],
            Y = [.. known.Select(k => k.Row + shift)],
            BarsAlongX = true,
            Colour = SeriesLook.Colour(index),
            Marker = SeriesLook.Marker(index),
            Radius = 4,
            Legend = Markup.Escape(tokenizer.Name),
        };
    }

    private static IEnumerable<string> Gaps(string[] features, IReadOnlyList<TokenizerFit> tokenizers) => tokenizers
        .Select(t => (t.Name, Missing: features.Where((_, i) => i >= t.R2.Count || !double.IsFinite(t.R2[i])).ToArray())).Where(t => t.Missing.Length > 0)
        .Select(t => Markup.Escape($"{t.Name}: {string.Join(", ", t.Missing)} not measured."));

    private static string Answer(string[] features, IReadOnlyList<TokenizerFit> tokenizers, double? gate)
    {
        TokenizerFit? first = tokenizers.FirstOrDefault(t => t.R2.Any(double.IsFinite));
        if (first is null)
        {
            return "No tokenizer was measured.";
        }

        (double R2, int Row)[] known = [.. first.R2.Select((r, i) => (r, i)).Where(t => double.IsFinite(t.r))];
        (double R2, int Row) worst = known.MinBy(k => k.R2);
        string[] failed = [.. known.Where(k => k.R2 < gate).Select(k => features[k.Row])];
        string verdict = gate is not { } at ? string.Empty : failed.Length == 0 ? $"; all reach {NumberText.Plain(at, 3)}" : $"; below {NumberText.Plain(at, 3)}: {Markup.Escape(string.Join(", ", failed))}";
        return Markup.ToPlain($"{Markup.Escape(first.Name)} keeps least of {Markup.Escape(features[worst.Row])} (R² = {NumberText.Plain(worst.R2, 3)}){verdict}.");
    }
}
