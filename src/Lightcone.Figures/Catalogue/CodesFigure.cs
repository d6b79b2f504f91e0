namespace Lightcone.Figures.Catalogue;

/// <summary>How often a tokenizer uses each of its codes.</summary>
/// <param name="Name">Plain name.</param>
/// <param name="Counts">Uses of each code, unused ones too.</param>
public sealed record CodeUsage(string Name, IReadOnlyList<long> Counts)
{
    internal long Total => Counts.Sum();

    internal int Used => Counts.Count(c => c > 0);

    /// <summary>exp(H) of the distribution of codes: the number of codes that would give the same entropy if all were used alike.</summary>
    internal double Perplexity => Total == 0 ? double.NaN : Math.Exp(-Counts.Where(c => c > 0).Select(c => (double)c / Total).Sum(p => p * Math.Log(p)));
}

/// <summary>Whether a tokenizer collapses, <c>codes</c>: share of each code against its rank, logarithmic both.</summary>
public static class CodesFigure
{
    /// <param name="header">Label, statement, conditions.</param>
    /// <param name="tokenizers">One to five tokenizers; the first is what the figure is about.</param>
    public static Figure Build(FigureHeader header, IReadOnlyList<CodeUsage> tokenizers)
    {
        Code[][] codes = [.. tokenizers.Select(Ranked)];
        double[] shares = [.. codes.SelectMany(c => c).Where(c => c.Count > 0).Select(c => c.Share)];
        int[] sizes = [.. tokenizers.Where(t => t.Total > 0).Select(t => t.Counts.Count).Distinct().Order()];
        double least = shares.Concat(sizes.Select(s => 1.0 / s)).DefaultIfEmpty(1e-3).Min(), most = shares.DefaultIfEmpty(1).Max();
        return new()
        {
            Id = "codes",
            Title = "Share of each code against its rank",
            Answer = Answer(tokenizers),
            Label = header.Label,
            Statement = header.Statement,
            Conditions = header.Conditions,
            Panels =
            [
                new Panel
                {
                    X = new Axis { Title = "Rank of the code", Scale = AxisScale.Log, Low = 0.9, High = 1.15 * sizes.DefaultIfEmpty(10).Max() },
                    Y = new Axis { Title = "Share of the particles", Scale = AxisScale.Log, Low = least / 1.5, High = most * 1.5 },
                    Marks =
                    [
                        .. sizes.Select(s => new Hairline { At = 1.0 / s, Vertical = false, Colour = SeriesColour.Mute, Label = $"uniform, 1/{s}" }),
                        .. tokenizers.SelectMany((t, i) => Marks(t, codes[i], i)),
                    ],
                },
            ],
            Table = new()
            {
                Comments = header.Comments([.. tokenizers.SelectMany(t => ((string, string)[])[($"perplexity, {t.Name}", NumberText.Exact(t.Perplexity)), ($"used, {t.Name}", $"{t.Used} of {t.Counts.Count}")])]),
                Columns = ["series", "rank", "code", "count", "share"],
                Rows = [.. tokenizers.SelectMany((t, i) => codes[i].Select((c, r) => (IReadOnlyList<TableCell>)[t.Name, r + 1, c.Index, c.Count, c.Share]))],
            },
            Reading = new() { Kind = "Curves", X = "rank", Y = "share" },
            Notes = [.. Notes(tokenizers)],
        };
    }

    private readonly record struct Code(int Index, long Count, double Share);

    private static Code[] Ranked(CodeUsage usage)
    {
        long total = usage.Total;
        return [.. usage.Counts.Select((count, code) => new Code(code, count, total == 0 ? double.NaN : (double)count / total)).OrderByDescending(c => c.Count).ThenBy(c => c.Index)];
    }

    private static IEnumerable<Mark> Marks(CodeUsage usage, Code[] codes, int index)
    {
        Code[] used = [.. codes.Where(c => c.Count > 0)];
        if (used.Length == 0)
        {
            yield break;
        }

        double[] x = [.. used.Select((_, i) => i + 1.0)], y = [.. used.Select(c => c.Share)];
        string legend = $"{Markup.Escape(usage.Name)}: perplexity {NumberText.Plain(usage.Perplexity, 3)}, {UsedShare(usage)} used";
        yield return new Curve { X = x, Y = y, Colour = SeriesLook.Colour(index), Line = SeriesLook.Line(index), Width = index == 0 ? 2 : 1.8, Legend = legend };
        if (used.Length == 1)
        {
            yield return new Points { X = x, Y = y, Colour = SeriesLook.Colour(index), Marker = SeriesLook.Marker(index), Legend = legend };
        }
    }

    private static string UsedShare(CodeUsage usage) => $"{NumberText.Plain(100.0 * usage.Used / usage.Counts.Count, 3)} %";

    private static IEnumerable<string> Notes(IReadOnlyList<CodeUsage> tokenizers)
    {
        yield return "Perplexity: exponential of the entropy of the codes. Dotted line: all codes alike.";
        foreach (CodeUsage usage in tokenizers.Where(t => t.Total > 0 && t.Used < t.Counts.Count))
        {
            yield return $"{usage.Counts.Count - usage.Used} codes of {Markup.Escape(usage.Name)} are not used and not drawn.";
        }
    }

    private static string Answer(IReadOnlyList<CodeUsage> tokenizers)
    {
        CodeUsage? first = tokenizers.FirstOrDefault(t => t.Total > 0);
        return first is null ? "No particle has a code."
            : Markup.ToPlain($"{Markup.Escape(first.Name)} uses {NumberText.Count(first.Used)} of {NumberText.Count(first.Counts.Count)} codes on {NumberText.Count(first.Total)} particles, with a perplexity of {NumberText.Plain(first.Perplexity, 3)}; the commonest takes {NumberText.Plain(100.0 * first.Counts.Max() / first.Total, 2)} %.");
    }
}
