using System.Text;

namespace Lightcone.Figures.Reports;

/// <summary>Builds a page. Everything that is not a literal of this project goes through <see cref="Encode"/> or <see cref="Markup.ToHtml"/>.</summary>
internal sealed class HtmlText
{
    private readonly StringBuilder html = new();

    public override string ToString() => html.ToString();

    /// <summary>A literal piece of HTML with encoded arguments.</summary>
    public HtmlText Add(EncodedInterpolation literal)
    {
        html.Append(literal.Text).Append('\n');
        return this;
    }

    /// <summary>HTML made elsewhere from encoded pieces.</summary>
    public HtmlText Raw(string safe)
    {
        html.Append(safe).Append('\n');
        return this;
    }

    /// <summary>Text as text, also inside quoted attributes; control characters become spaces.</summary>
    public static string Encode(string? text)
    {
        var encoded = new StringBuilder();
        foreach (char c in text ?? string.Empty)
        {
            _ = c switch
            {
                '&' => encoded.Append("&amp;"),
                '<' => encoded.Append("&lt;"),
                '>' => encoded.Append("&gt;"),
                '"' => encoded.Append("&quot;"),
                '\'' => encoded.Append("&#39;"),
                '\n' or '\t' => encoded.Append(c),
                < ' ' or '\u007F' => encoded.Append(' '),
                _ => encoded.Append(c),
            };
        }

        return encoded.ToString();
    }
}

/// <summary>HTML that is inserted as it is.</summary>
/// <param name="Html">Made from encoded pieces.</param>
internal readonly record struct Safe(string Html)
{
    /// <summary>A label in the notation of figures.</summary>
    public static Safe Markup(string markup) => new(Figures.Markup.ToHtml(markup));
}

/// <summary>Interpolated HTML in which every argument is encoded unless it is <see cref="Safe"/>: forgetting to encode is not possible.</summary>
[System.Runtime.CompilerServices.InterpolatedStringHandler]
internal readonly ref struct EncodedInterpolation
{
    private readonly StringBuilder text;

    public EncodedInterpolation(int literalLength, int formattedCount) => text = new StringBuilder(literalLength + (16 * formattedCount));

    public string Text => text.ToString();

    public void AppendLiteral(string literal) => text.Append(literal);

    public void AppendFormatted(string? value) => text.Append(HtmlText.Encode(value));

    public void AppendFormatted(long value) => text.Append(value.ToString(System.Globalization.CultureInfo.InvariantCulture));

    public void AppendFormatted(Safe value) => text.Append(value.Html);
}
