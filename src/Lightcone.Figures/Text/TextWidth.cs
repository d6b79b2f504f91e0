namespace Lightcone.Figures;

/// <summary>
/// Widths of text without a font engine: advance widths of Liberation Sans (metrically Helvetica and Arial) in thousandths of the
/// font size. Within 1.6 % of what browsers draw; fall-back fonts are up to <see cref="FallbackFactor"/> wider on typical labels.
/// </summary>
public static class TextWidth
{
    /// <summary>Room to leave for a wider fall-back font when text must stay inside a box.</summary>
    public const double FallbackFactor = 1.06;

    /// <summary>Size of sub- and superscripts relative to the text they stand beside.</summary>
    public const double ScriptScale = 0.72;

    private const int UnknownWidth = 600;

    private static readonly Dictionary<char, int> Regular = Table(
        (191, "'"), (222, "ijl"), (260, "|"), (278, " \u00A0!,./:;I[\\]ft·"), (333, "()-`r²³¹"), (334, "{}"), (355, "\""), (389, "*"),
        (469, "^"), (500, "Jcksvxyz"), (556, "0123456789#$?L_abdeghnopqu–"), (584, "+<=>~−×"), (611, "FTZ"), (667, "&ABEKPSVXY"),
        (722, "CDHNRUw"), (778, "GOQ"), (833, "Mm"), (889, "%"), (944, "W"), (1015, "@"), (1000, "—…→←"), (549, "√±≤≥≈÷"), (713, "∞"),
        (400, "°"), (188, "′"), (323, "ℓ"), (200, "\u2009\u202F"),
        (578, "α"), (575, "β"), (500, "γ"), (557, "δ"), (446, "ε"), (441, "ζ"), (556, "ηθ"), (500, "κλν"), (576, "μ"), (448, "ξ"),
        (690, "π"), (569, "ρ"), (617, "σ"), (395, "τ"), (648, "φ"), (525, "χ"), (713, "ψ"), (781, "ω"), (550, "Γ"), (668, "Δ"), (618, "Σ"),
        (748, "Ω"));

    private static readonly Dictionary<char, int> Bold = Table(
        (238, "'"), (278, "ijl"), (333, "!()-:;[]ft"), (389, "r{}"), (474, "\""), (500, "z"), (556, "Jaceksvxy"), (584, "^"),
        (611, "?FLTZbdghnopqu"), (667, "EPSVXY"), (722, "&ABCDHKNRU"), (778, "w"), (889, "m"), (975, "@"));

    /// <summary>Width in pixels of markup text at a font size in pixels.</summary>
    /// <param name="markup">Text in the notation of <see cref="Markup"/>.</param>
    /// <param name="size">Font size, px.</param>
    /// <param name="bold">Whether the whole text is bold.</param>
    public static double Of(string markup, double size, bool bold = false)
    {
        double sum = 0;
        foreach (MarkupRun run in Markup.Parse(markup))
        {
            sum += OfPlain(run.Text, run.Shift == Script.None ? size : size * ScriptScale, bold || run.Bold);
        }

        return sum;
    }

    /// <summary>Width in pixels of text without markup.</summary>
    public static double OfPlain(string text, double size, bool bold = false)
    {
        int thousandths = 0;
        foreach (char c in text)
        {
            thousandths += OfCharacter(c, bold);
        }

        return thousandths * size / 1000;
    }

    private static int OfCharacter(char c, bool bold)
    {
        if (bold && Bold.TryGetValue(c, out int width))
        {
            return width;
        }

        if (!Regular.TryGetValue(c, out width))
        {
            return char.IsLowSurrogate(c) ? 0 : UnknownWidth;
        }

        return bold && c is >= 'Α' and <= 'ω' ? (int)Math.Round(width * 1.06) : width;
    }

    private static Dictionary<char, int> Table(params ReadOnlySpan<(int Width, string Characters)> rows)
    {
        var table = new Dictionary<char, int>();
        foreach ((int width, string characters) in rows)
        {
            foreach (char c in characters)
            {
                table[c] = width;
            }
        }

        return table;
    }
}
