using System.Text;

namespace Lightcone.Cli.Terminal;

/// <summary>Spells text in ASCII for terminals whose locale is not UTF-8.</summary>
internal static class AsciiText
{
    private static readonly Dictionary<char, string> Spelling = new()
    {
        ['±'] = "+-", ['…'] = "...", ['–'] = "-", ['—'] = "-", ['−'] = "-", ['×'] = "x", ['·'] = "*", ['✓'] = "ok", ['≤'] = "<=", ['≥'] = ">=", ['≠'] = "!=",
        ['≈'] = "~", ['→'] = "->", ['√'] = "sqrt", ['∞'] = "inf", ['°'] = " deg", ['²'] = "^2", ['³'] = "^3", ['⁻'] = "^-", ['¹'] = "1",
        ['α'] = "alpha", ['β'] = "beta", ['γ'] = "gamma", ['δ'] = "delta", ['Δ'] = "Delta", ['ε'] = "eps", ['η'] = "eta", ['θ'] = "theta", ['λ'] = "lambda",
        ['μ'] = "mu", ['µ'] = "u", ['π'] = "pi", ['σ'] = "sigma", ['τ'] = "tau", ['φ'] = "phi", ['χ'] = "chi", ['ψ'] = "psi", ['ω'] = "omega",
        ['\u00a0'] = " ", ['\u2009'] = " ", ['\u202f'] = " ",
    };

    /// <summary>The same text in ASCII; a character without a spelling becomes a question mark.</summary>
    public static string From(string text)
    {
        if (System.Text.Ascii.IsValid(text)) return text;
        var ascii = new StringBuilder(text.Length + 8);
        foreach (char c in text)
            if (char.IsAscii(c)) ascii.Append(c);
            else ascii.Append(Spelling.GetValueOrDefault(c, "?"));
        return ascii.ToString();
    }
}
