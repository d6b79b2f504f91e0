using System.Globalization;
using Lightcone.Evaluation;

namespace Lightcone.Figures.Reports;

/// <summary>The page of one run: the answer, key numbers, warnings, gates, numbers, figures, cards, how it was made, citations.</summary>
internal sealed class ReportPage(ReportContent content)
{
    private readonly EvaluationDocument evaluation = content.Evaluation;
    private readonly HtmlText html = new();

    public string ToHtml()
    {
        (IReadOnlyList<PlacedFigure> figures, IReadOnlyList<EvaluationWarning> notes) = SizeLimits.Apply(content);
        PageParts.Open(html, $"{evaluation.Run}: {evaluation.Question}");
        html.Raw("<header>");
        PageParts.Top(html, $"{Capital(evaluation.Question)} · {evaluation.System} · {evaluation.Run} · {evaluation.Statement} · {PageParts.Time(evaluation.Created)}");
        html.Add($"<h1>{evaluation.Answer}</h1>");
        KeyNumbers();
        html.Raw("</header>").Raw("<main>");
        PageParts.Warnings(html, [.. evaluation.Warnings, .. notes]);
        Gates();
        PageParts.Figures(html, figures, evaluation.Provenance.Command);
        Numbers();
        DataCard();
        ModelCard();
        HowMade();
        Citations();
        html.Raw("</main>");
        PageParts.Close(html, $"Lightcone {evaluation.Provenance.Version}");
        return html.ToString();
    }

    private void KeyNumbers()
    {
        EvaluationNumber[] keys = [.. evaluation.Numbers.Where(n => n.Key).Take(5)];
        if (keys.Length == 0)
        {
            return;
        }

        html.Raw("<dl class=\"keys\">");
        foreach (EvaluationNumber n in keys)
        {
            html.Add($"<div><dt>{Safe.Markup(n.Name)}</dt><dd>{Value(n)}</dd><dd>{How(n)}</dd></div>");
        }

        html.Raw("</dl>");
    }

    private void Gates()
    {
        if (evaluation.Gates.Count == 0)
        {
            return;
        }

        Section("gates", "Gates");
        html.Raw("<div class=\"scroll\"><table><thead><tr><th scope=\"col\">requirement</th><th scope=\"col\">measured</th><th scope=\"col\">limit</th><th scope=\"col\">result</th></tr></thead><tbody>");
        foreach (EvaluationGate g in evaluation.Gates)
        {
            (string style, string word) = g.Result switch { GateResult.Pass => ("pass", "✓ pass"), GateResult.Fail => ("fail", "✗ fail"), _ => ("not-run", "– not run") };
            string relation = g.Relation switch { "<=" => "≤", ">=" => "≥", _ => g.Relation };
            html.Add($"<tr><th scope=\"row\">{Safe.Markup(g.Name ?? Markup.Escape(g.Id))}</th><td class=\"n\">{Plain(g.Measured)}</td><td class=\"n\">{relation} {Plain(g.Limit)}</td><td class=\"{style}\">{word}</td></tr>");
        }

        html.Raw("</tbody></table></div>").Raw("</section>");
    }

    private void Numbers()
    {
        if (evaluation.Numbers.Count == 0)
        {
            return;
        }

        Section("numbers", "All numbers");
        html.Raw("<div class=\"scroll\"><table><thead><tr><th scope=\"col\">number</th><th scope=\"col\">value</th><th scope=\"col\">how</th><th scope=\"col\">to compare</th></tr></thead><tbody>");
        foreach (EvaluationNumber n in evaluation.Numbers)
        {
            string references = string.Join("<br>", evaluation.References.Where(r => r.Number == n.Id).Select(Reference));
            html.Add($"<tr><th scope=\"row\">{Safe.Markup(n.Name)}</th><td class=\"n\">{Value(n)}</td><td>{How(n)}</td><td>{new Safe(references)}</td></tr>");
        }

        html.Raw("</tbody></table></div>").Raw("</section>");
    }

    private static string Reference(EvaluationReference r)
    {
        string value = Markup.ToHtml(NumberText.WithInterval(new(r.Value ?? double.NaN, r.Lower ?? double.NaN, r.Upper ?? double.NaN, 0.6827, string.Empty)));
        string same = r.SameSample ? "same jets" : "other jets";
        return $"{HtmlText.Encode(r.Name)}: {value} ({same}; {HtmlText.Encode(r.Source)})";
    }

    private void DataCard()
    {
        EvaluationSample s = evaluation.Sample;
        Section("data", "Data");
        html.Raw("<dl class=\"card\">");
        Row("sample", s.Name);
        Row("classes", string.Join(", ", s.Classes.Select(c => $"{c.Name} {NumberText.Count(c.N)}")));
        RowMarkup("selection", s.Selection);
        Row("units", s.Units);
        Row("generator", s.Generator);
        Row("same sample as", s.SameSampleAs ?? "no published one");
        Row("licence", s.Licence);
        html.Raw("</dl>");
        if (s.Files.Count > 0)
        {
            html.Raw("<div class=\"scroll\"><table><thead><tr><th scope=\"col\">file</th><th scope=\"col\">SHA-256</th><th scope=\"col\">jets</th><th scope=\"col\">used</th></tr></thead><tbody>");
            foreach (SampleFile f in s.Files)
            {
                html.Add($"<tr><th scope=\"row\">{f.Path}</th><td class=\"hash\" title=\"{f.Sha256}\">{f.Sha256[..Math.Min(12, f.Sha256.Length)]}</td><td class=\"n\">{NumberText.Count(f.Rows)}</td><td class=\"n\">{NumberText.Count(f.Used)}</td></tr>");
            }

            html.Raw("</tbody></table></div>");
        }

        if (s.Checks.Count > 0)
        {
            html.Raw("<ul>");
            foreach (SampleCheck c in s.Checks)
            {
                (string style, string word) = c.Result switch { GateResult.Pass => ("pass", "✓ pass"), GateResult.Fail => ("fail", "✗ fail"), _ => ("not-run", "– not run") };
                html.Add($"<li><span class=\"{style}\">{word}</span> {c.Name}</li>");
            }

            html.Raw("</ul>");
        }

        html.Raw("</section>");
    }

    private void ModelCard()
    {
        EvaluationModel m = evaluation.Model;
        Section("model", "Model");
        html.Raw("<dl class=\"card\">");
        Row("system", evaluation.System);
        Row("parameters", m.Parameters is { } p ? NumberText.Count(p) : null);
        Row("inputs", m.Inputs);
        Row("symmetry", m.Symmetry);
        Row("precision", m.Precision);
        Row("checkpoint", m.Checkpoint);
        Row("mode", m.Mode);
        Row("training", m.Training);
        Row("intended use", m.IntendedUse);
        Row("known limits", m.KnownLimits);
        html.Raw("</dl>").Raw("</section>");
    }

    private void HowMade()
    {
        EvaluationProvenance p = evaluation.Provenance;
        Section("made", "How it was made");
        html.Add($"<pre>{string.Join('\n', content.Commands.Count > 0 ? content.Commands : [p.Command])}</pre>").Raw("<dl class=\"card\">");
        Row("version", "Lightcone " + p.Version);
        Row("seed", p.Seed?.ToString(CultureInfo.InvariantCulture));
        Row("device", p.Device);
        Row("threads", p.Threads?.ToString(CultureInfo.InvariantCulture));
        Row("machine", p.Machine);
        Row("evaluation took", p.Seconds is { } s ? NumberText.Plain(s, 3) + " s" : null);
        Row("recipe", content.RecipeDifferences.Length == 0 && content.Recipe.Length > 0 ? "as the default" : null);
        html.Raw("</dl>");
        if (content.RecipeDifferences.Length > 0)
        {
            html.Raw("<p>What differs from the default recipe:</p>").Add($"<pre>{content.RecipeDifferences.TrimEnd()}</pre>");
        }

        Details("whole recipe", content.Recipe);
        Details("provenance", content.Provenance);
        html.Raw("</section>");
    }

    private void Citations()
    {
        if (content.BibTex.Length == 0)
        {
            return;
        }

        Section("cite", "Cite");
        html.Raw("<p>What this run used:</p>").Add($"<pre>{content.BibTex.TrimEnd()}</pre>").Raw("</section>");
    }

    private void Details(string summary, string text)
    {
        if (text.Length > 0)
        {
            html.Add($"<details><summary>{summary}</summary><pre>{text.TrimEnd()}</pre></details>");
        }
    }

    private void Section(string id, string title) => html.Add($"<section aria-labelledby=\"h-{id}\">").Add($"<h2 id=\"h-{id}\">{title}</h2>");

    private void Row(string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            html.Add($"<dt>{name}</dt><dd>{value}</dd>");
        }
    }

    private void RowMarkup(string name, string? markup)
    {
        if (!string.IsNullOrEmpty(markup))
        {
            html.Add($"<dt>{name}</dt><dd>{Safe.Markup(markup)}</dd>");
        }
    }

    private static Safe Value(EvaluationNumber n)
    {
        string unit = n.Unit is { Length: > 0 } u ? " " + u : string.Empty;
        return Safe.Markup(NumberText.WithInterval(n.ToInterval()) + Markup.Escape(unit));
    }

    private static string How(EvaluationNumber n)
    {
        string level = n.Level is { } l ? NumberText.Level(l) + ", " : string.Empty;
        string jets = (n.K, n.N) switch
        {
            ({ } k, { } all) => $", {NumberText.Count(k)} of {NumberText.Count(all)} jets",
            (null, { } all) => $", {NumberText.Count(all)} jets",
            _ => string.Empty,
        };
        return level + n.Method?.Replace('-', '–') + jets + (n.Reason is { } reason ? $" ({reason})" : string.Empty);
    }

    private static Safe Plain(double? value) => Safe.Markup(value is { } v ? NumberText.Plain(v, 3) : NumberText.Unknown);

    private static string Capital(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];
}
