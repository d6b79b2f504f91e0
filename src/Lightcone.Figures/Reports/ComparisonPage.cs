using Lightcone.Evaluation;
using Lightcone.Statistics;

namespace Lightcone.Figures.Reports;

/// <summary>Several runs side by side.</summary>
public sealed record ComparisonContent
{
    /// <summary>The runs in the order given; differences are to the first.</summary>
    public required IReadOnlyList<EvaluationDocument> Runs { get; init; }

    /// <summary>Overlaid figures, when the runs share their sample.</summary>
    public IReadOnlyList<DrawnFigure> Figures { get; init; } = [];

    /// <summary>Recipe fields that differ: the field, then its value in each run.</summary>
    public IReadOnlyList<(string Field, IReadOnlyList<string> Values)> RecipeFields { get; init; } = [];

    /// <summary>The command that makes the page.</summary>
    public string Command { get; init; } = string.Empty;

    /// <summary>Whether all runs were evaluated on the same files, by their SHA-256. Only then may a figure overlay them.</summary>
    public bool SameSample => Runs.Select(r => string.Join('\n', r.Sample.Files.Select(f => f.Sha256))).Distinct().Count() <= 1;
}

/// <summary>The page that compares runs: one row a run, one column a key number, differences to the first run.</summary>
internal sealed class ComparisonPage(ComparisonContent content)
{
    private readonly HtmlText html = new();

    public string ToHtml()
    {
        EvaluationDocument first = content.Runs[0];
        string[] ids = [.. first.Numbers.Where(n => n.Key).Select(n => n.Id)];
        PageParts.Open(html, $"{content.Runs.Count} runs: {first.Question}");
        html.Raw("<header>");
        PageParts.Top(html, $"Comparison · {content.Runs.Count} runs · {first.Statement} · {PageParts.Time(content.Runs.Max(r => r.Created))}");
        html.Add($"<h1>{Answer(ids)}</h1>").Raw("</header>").Raw("<main>");
        PageParts.Warnings(html, content.SameSample ? [] :
            [new EvaluationWarning { Id = "different-samples", Text = "The runs were evaluated on different files: their numbers stand side by side but are not compared, and no figure overlays them." }]);
        Numbers(ids);
        if (content.SameSample)
        {
            (IReadOnlyList<PlacedFigure> figures, _) = SizeLimits.Apply(new ReportContent { Evaluation = first, Figures = content.Figures });
            PageParts.Figures(html, figures, content.Command);
        }

        Recipes();
        html.Raw("</main>");
        PageParts.Close(html, $"Lightcone {first.Provenance.Version}");
        return html.ToString();
    }

    private void Numbers(string[] ids)
    {
        html.Raw("<section aria-labelledby=\"h-numbers\">").Raw("<h2 id=\"h-numbers\">Key numbers</h2>").Raw("<div class=\"scroll\"><table><thead><tr><th scope=\"col\">run</th>");
        foreach (string id in ids)
        {
            html.Add($"<th scope=\"col\">{Safe.Markup(content.Runs[0].Number(id)!.Name)}</th><th scope=\"col\">Δ to first</th>");
        }

        html.Raw("</tr></thead><tbody>");
        foreach (EvaluationDocument run in content.Runs)
        {
            html.Add($"<tr><th scope=\"row\">{run.Run}</th>");
            foreach (string id in ids)
            {
                Safe value = Safe.Markup(run.Number(id) is { } n ? NumberText.WithInterval(n.ToInterval()) : NumberText.Unknown);
                html.Add($"<td class=\"n\">{(IsBest(run, id) ? new Safe($"<b>{value.Html}</b>") : value)}</td><td class=\"n\">{Safe.Markup(Difference(run, id))}</td>");
            }

            html.Raw("</tr>");
        }

        html.Raw("</tbody></table></div>")
            .Raw("<p>Bold: the best value, where its interval excludes those of all other runs. Differences combine the two intervals as independent (unpaired); on the same jets this overstates their error.</p>").Raw("</section>");
    }

    private void Recipes()
    {
        if (content.RecipeFields.Count == 0)
        {
            return;
        }

        html.Raw("<section aria-labelledby=\"h-recipes\">").Raw("<h2 id=\"h-recipes\">Recipes: what differs</h2>").Raw("<div class=\"scroll\"><table><thead><tr><th scope=\"col\">field</th>");
        foreach (EvaluationDocument run in content.Runs)
        {
            html.Add($"<th scope=\"col\">{run.Run}</th>");
        }

        html.Raw("</tr></thead><tbody>");
        foreach ((string field, IReadOnlyList<string> values) in content.RecipeFields)
        {
            html.Add($"<tr><th scope=\"row\"><code>{field}</code></th>");
            foreach (string value in values)
            {
                html.Add($"<td>{value}</td>");
            }

            html.Raw("</tr>");
        }

        html.Raw("</tbody></table></div>").Raw("</section>");
    }

    private string Answer(string[] ids)
    {
        string? decided = content.SameSample ? ids.FirstOrDefault(id => content.Runs.Any(r => IsBest(r, id))) : null;
        if (decided is null)
        {
            return content.SameSample ? "No run is better than the others beyond its interval." : "These runs were evaluated on different jets.";
        }

        EvaluationDocument best = content.Runs.First(r => IsBest(r, decided));
        EvaluationNumber number = best.Number(decided)!;
        return $"{best.Run} is best: {Markup.ToPlain(number.Name)} {Markup.ToPlain(NumberText.WithInterval(number.ToInterval()))}.";
    }

    /// <summary>Larger is better for the numbers of taggers; other numbers have no best.</summary>
    private bool IsBest(EvaluationDocument run, string id)
    {
        bool larger = id is "auc" or "accuracy" || id.StartsWith("rejection@", StringComparison.Ordinal);
        return content.SameSample && larger && content.Runs.Count > 1 && run.Number(id) is { Value: not null, Lower: { } lower }
            && content.Runs.Where(r => r != run).All(r => r.Number(id) is null or { Upper: null, Value: null } || r.Number(id)!.Upper < lower);
    }

    private string Difference(EvaluationDocument run, string id)
    {
        if (run == content.Runs[0] || !content.SameSample || run.Number(id) is not { Value: { } value } number || content.Runs[0].Number(id) is not { Value: { } origin } first)
        {
            return NumberText.Unknown;
        }

        Interval a = number.ToInterval(), b = first.ToInterval();
        double below = Math.Sqrt(Math.Pow(value - a.Lower, 2) + Math.Pow(b.Upper - origin, 2)), above = Math.Sqrt(Math.Pow(a.Upper - value, 2) + Math.Pow(origin - b.Lower, 2));
        double difference = value - origin;
        return (difference > 0 ? "+" : string.Empty) + NumberText.WithInterval(new(difference, difference - below, difference + above, a.Level, "unpaired"));
    }
}
