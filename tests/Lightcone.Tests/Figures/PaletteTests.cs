using Lightcone.Figures;

namespace Lightcone.Tests.Figures;

public sealed class PaletteTests
{
    // Machado, Oliveira and Fernandes 2009 (doi:10.1109/TVCG.2009.113), full severity, on linear light.
    private static readonly double[][] Protan = [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]];
    private static readonly double[][] Deutan = [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]];
    private static readonly double[][] Tritan = [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_series_colour_stands_out_from_its_paper(bool dark)
    {
        IReadOnlyList<string> colours = dark ? Palette.Dark : Palette.Light;
        string paper = dark ? Palette.PaperDark : Palette.PaperLight;
        Assert.All(colours.Take(6), c => Assert.True(Palette.Contrast(c, paper) >= 3.0, $"{c} on {paper}: {Palette.Contrast(c, paper):F2}"));
        Assert.All(colours.Skip(6), c => Assert.True(Palette.Contrast(c, paper) >= 4.5, $"{c} is text"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Any_two_series_colours_stay_apart_for_every_kind_of_colour_vision(bool dark)
    {
        string[] colours = [.. (dark ? Palette.Dark : Palette.Light).Take(6)];
        foreach (double[][]? deficiency in (double[][]?[])[null, Protan, Deutan, Tritan])
        {
            for (int i = 0; i < 6; i++)
            {
                for (int j = 0; j < i; j++)
                {
                    double distance = Distance(colours[i], colours[j], deficiency);
                    Assert.True(distance >= 30, $"{colours[i]} and {colours[j]}: {distance:F1}");
                }
            }
        }
    }

    [Theory]
    [InlineData(0.0, "#440154")]
    [InlineData(1.0, "#fde725")]
    [InlineData(0.5, "#21918c")]
    [InlineData(double.NaN, "#440154")]
    [InlineData(7.0, "#fde725")]
    public void The_map_passes_through_its_stops(double fraction, string colour) => Assert.Equal(colour, Palette.Map(Palette.Sequential, fraction));

    private static double Distance(string a, string b, double[][]? deficiency)
    {
        double[] x = Lab(a, deficiency), y = Lab(b, deficiency);
        return Math.Sqrt(x.Zip(y, (p, q) => (p - q) * (p - q)).Sum());
    }

    private static double[] Lab(string colour, double[][]? deficiency)
    {
        double[] rgb = [.. Enumerable.Range(0, 3).Select(i => Convert.ToInt32(colour.Substring(1 + (2 * i), 2), 16) / 255.0).Select(c => c <= 0.04045 ? c / 12.92 : Math.Pow((c + 0.055) / 1.055, 2.4))];
        if (deficiency is not null)
        {
            rgb = [.. deficiency.Select(row => Math.Clamp((row[0] * rgb[0]) + (row[1] * rgb[1]) + (row[2] * rgb[2]), 0, 1))];
        }

        double x = ((0.4124564 * rgb[0]) + (0.3575761 * rgb[1]) + (0.1804375 * rgb[2])) / 0.95047;
        double y = (0.2126729 * rgb[0]) + (0.7151522 * rgb[1]) + (0.0721750 * rgb[2]);
        double z = ((0.0193339 * rgb[0]) + (0.1191920 * rgb[1]) + (0.9503041 * rgb[2])) / 1.08883;
        double F(double t) => t > 216.0 / 24389 ? Math.Cbrt(t) : ((24389.0 / 27 * t) + 16) / 116;
        return [(116 * F(y)) - 16, 500 * (F(x) - F(y)), 200 * (F(y) - F(z))];
    }
}
