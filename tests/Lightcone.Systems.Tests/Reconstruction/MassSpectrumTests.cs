using Lightcone.Randomness;
using Lightcone.Systems.Reconstruction;

namespace Lightcone.Tests.Reconstruction;

public sealed class MassSpectrumTests
{
    private static readonly double[] Light = [.. Enumerable.Range(0, 500).Select(i => i % 100 + 0.5)], Heavy = [.. Light.Select(m => m + 200)];

    [Fact]
    public void A_spectrum_does_not_differ_from_itself_and_from_one_beyond_it_by_the_last_bin()
    {
        Assert.Equal(0, MassSpectrum.Divergence(Light, Light), 1e-15);
        // A tenth in each of ten bins against everything in the last one.
        double expected = 0.5 * (0.9 * Math.Log2(2) + 0.1 * Math.Log2(0.1 / 0.55)) + 0.5 * Math.Log2(1 / 0.55);
        Assert.Equal(expected, MassSpectrum.Divergence(Light, Heavy), 1e-12);
        Assert.Equal(0, MassSpectrum.Divergence([500, 500], [1000, 399]), 1e-15); // one bin for one mass
    }

    [Fact]
    public void A_random_draw_differs_by_the_floor_and_a_cut_on_the_mass_by_more()
    {
        var random = new RandomStream(1, "masses", 0, 0);
        double[] all = [.. Enumerable.Range(0, 2000).Select(_ => 400 * random.NextDouble() * random.NextDouble())];
        var floor = MassSpectrum.Floor(all, 100, 200, 3);
        Assert.Equal(floor, MassSpectrum.Floor(all, 100, 200, 3));
        Assert.True(0 < floor.Lower && floor.Lower < floor.Value && floor.Value < floor.Upper);
        Assert.True(MassSpectrum.Divergence(all, [.. all.OrderDescending().Take(100)]) > 2 * floor.Upper);
        Assert.Equal(0, MassSpectrum.Floor(all, all.Length, 2, 3).Upper, 1e-12);
    }
}
