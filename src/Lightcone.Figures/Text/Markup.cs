using System.Text;

namespace Lightcone.Figures;

/// <summary>Where a run of text stands relative to the base line.</summary>
public enum Script
{
    /// <summary>On the base line.</summary>
    None,

    /// <summary>Below it.</summary>
    Sub,

    /// <summary>Above it.</summary>
    Super,
}

/// <summary>A stretch of text in one style.</summary>
/// <param name="Text">The characters.</param>
/// <param name="Italic">Variables are italic.</param>
/// <param name="Bold">Names of models and runs are bold.</param>
/// <param name="Shift">Sub- or superscript.</param>
public readonly record struct MarkupRun(string Text, bool Italic, bool Bold, Script Shift);

/// <summary>
/// The small notation in which labels are written: <c>*p*_{T}</c> is an italic p with an upright subscript, <c>10^{3}</c> a power,
/// <c>**LorentzNet**</c> bold, a backslash takes the next character as it is. Names that come from files go through <see cref="Escape"/>.
/// </summary>
public static class Markup
{
    private static readonly Dictionary<char, char> Superscripts = "0123456789−".Zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻").ToDictionary(p => p.First, p => p.Second);

    /// <summary>Makes any text stand for itself: every character with a meaning here gets a backslash, control characters become spaces.</summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            if (c is '\\' or '*' || (c is '_' or '^' or '{' or '}'))
            {
                escaped.Append('\\');
            }

            escaped.Append(IsUsable(c) ? c : ' ');
        }

        return escaped.ToString();
    }

    /// <summary>The runs of a text. Unclosed braces and stars end with the text; nothing is an error.</summary>
    public static IReadOnlyList<MarkupRun> Parse(string markup)
    {
        var runs = new List<MarkupRun>();
        var text = new StringBuilder();
        bool italic = false, bold = false;
        Script shift = Script.None;
        for (int i = 0; i < markup.Length; i++)
        {
            char c = markup[i];
            char next = i + 1 < markup.Length ? markup[i + 1] : '\0';
            if (c == '\\' && next != '\0')
            {
                text.Append(next);
                i++;
            }
            else if (c == '*')
            {
                Flush();
                if (next == '*')
                {
                    bold = !bold;
                    i++;
                }
                else
                {
                    italic = !italic;
                }
            }
            else if (shift == Script.None && c is '_' or '^' && next == '{')
            {
                Flush();
                shift = c == '_' ? Script.Sub : Script.Super;
                i++;
            }
            else if (shift != Script.None && c == '}')
            {
                Flush();
                shift = Script.None;
            }
            else
            {
                text.Append(IsUsable(c) ? c : ' ');
            }
        }

        Flush();
        return runs;

        void Flush()
        {
            if (text.Length > 0)
            {
                runs.Add(new(text.ToString(), italic, bold, shift));
                text.Clear();
            }
        }
    }

    /// <summary>For sentences and read-outs without type setting: "p_T", "10⁻³".</summary>
    public static string ToPlain(string markup)
    {
        var plain = new StringBuilder();
        foreach (MarkupRun run in Parse(markup))
        {
            bool power = run.Shift == Script.Super && run.Text.All(Superscripts.ContainsKey);
            plain.Append(power ? string.Empty : run.Shift switch { Script.Sub => "_", Script.Super => "^", _ => string.Empty });
            plain.Append(power ? string.Concat(run.Text.Select(c => Superscripts[c])) : run.Text);
        }

        return plain.ToString();
    }

    /// <summary>HTML with <c>i</c>, <c>b</c>, <c>sub</c> and <c>sup</c>; all text encoded.</summary>
    public static string ToHtml(string markup)
    {
        var html = new StringBuilder();
        foreach (MarkupRun run in Parse(markup))
        {
            (string open, string close) = run.Shift switch { Script.Sub => ("<sub>", "</sub>"), Script.Super => ("<sup>", "</sup>"), _ => (string.Empty, string.Empty) };
            html.Append(run.Bold ? "<b>" : string.Empty).Append(run.Italic ? "<i>" : string.Empty).Append(open)
                .Append(Reports.HtmlText.Encode(run.Text))
                .Append(close).Append(run.Italic ? "</i>" : string.Empty).Append(run.Bold ? "</b>" : string.Empty);
        }

        return html.ToString();
    }

    /// <summary>XML 1.0 has no place for control characters and lone halves of a pair would make the file invalid.</summary>
    private static bool IsUsable(char c) => c >= ' ' && c is not ('\u007F' or '\uFFFE' or '\uFFFF') && !char.IsSurrogate(c);
}
