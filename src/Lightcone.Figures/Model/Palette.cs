namespace Lightcone.Figures;

/// <summary>
/// The colours. Six hues after Petroff (arXiv:2107.02270), moved in lightness until each has contrast 3 : 1 against its paper
/// and any two stay apart for readers with every common colour-vision deficiency; the tests recompute both.
/// </summary>
public static class Palette
{
    /// <summary>Light paper.</summary>
    public const string PaperLight = "#ffffff";

    /// <summary>Dark paper.</summary>
    public const string PaperDark = "#14171c";

    /// <summary>Shades on light paper, in the order of <see cref="SeriesColour"/>.</summary>
    public static IReadOnlyList<string> Light { get; } = ["#2b78f0", "#c97b00", "#b5152b", "#5f2558", "#90929b", "#33108f", "#1b1d21", "#5b5f68"];

    /// <summary>Shades on dark paper, in the order of <see cref="SeriesColour"/>.</summary>
    public static IReadOnlyList<string> Dark { get; } = ["#7fa8ff", "#ffc247", "#e8503c", "#9a6a92", "#dfe0e4", "#7c50f0", "#e8eaee", "#a3a8b3"];

    /// <summary>Nine stops of a sequential map (viridis), linear between them.</summary>
    public static IReadOnlyList<string> Sequential { get; } =
        ["#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962", "#addc30", "#fde725"];

    /// <summary>Nine stops of a signed map from −1 to 1.</summary>
    public static IReadOnlyList<string> Signed { get; } =
        ["#1f57b8", "#687bc8", "#9aa1d7", "#c7cae6", "#f4f4f4", "#edc1bd", "#e08f89", "#cd5b58", "#b5152b"];

    /// <summary>Name of a colour in class names and style variables: "c3", "ink".</summary>
    public static string Name(SeriesColour colour) => colour switch
    {
        SeriesColour.Ink => "ink",
        SeriesColour.Mute => "mute",
        _ => "c" + (char)('1' + (int)colour),
    };

    /// <summary>The shade on light paper, which a downloaded figure shows in any program.</summary>
    public static string LightShade(SeriesColour colour) => Light[(int)colour];

    /// <summary>The colour of a map at <paramref name="fraction"/> (0 to 1, clamped).</summary>
    public static string Map(IReadOnlyList<string> stops, double fraction)
    {
        double position = Math.Clamp(double.IsFinite(fraction) ? fraction : 0, 0, 1) * (stops.Count - 1);
        int left = Math.Min((int)position, stops.Count - 2);
        (int R, int G, int B) a = Components(stops[left]), b = Components(stops[left + 1]);
        double t = position - left;
        return $"#{Mix(a.R, b.R, t):x2}{Mix(a.G, b.G, t):x2}{Mix(a.B, b.B, t):x2}";
    }

    /// <summary>Relative luminance of an sRGB colour "#rrggbb" (WCAG 2.2).</summary>
    public static double Luminance(string colour)
    {
        (int r, int g, int b) = Components(colour);
        return (0.2126 * Linear(r)) + (0.7152 * Linear(g)) + (0.0722 * Linear(b));
    }

    /// <summary>Contrast of two colours, 1 to 21 (WCAG 2.2).</summary>
    public static double Contrast(string a, string b)
    {
        double x = Luminance(a), y = Luminance(b);
        return (Math.Max(x, y) + 0.05) / (Math.Min(x, y) + 0.05);
    }

    internal static (int R, int G, int B) Components(string colour) =>
        (Convert.ToInt32(colour[1..3], 16), Convert.ToInt32(colour[3..5], 16), Convert.ToInt32(colour[5..7], 16));

    private static int Mix(int a, int b, double t) => (int)Math.Round(a + ((b - a) * t));

    private static double Linear(int component)
    {
        double c = component / 255.0;
        return c <= 0.04045 ? c / 12.92 : Math.Pow((c + 0.055) / 1.055, 2.4);
    }
}
