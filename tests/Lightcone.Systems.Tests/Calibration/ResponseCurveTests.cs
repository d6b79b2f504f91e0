using Lightcone.Statistics;
using Lightcone.Systems.Calibration;
using Lightcone.Systems.Tests.Mpm.BadInputTests;

namespace Lightcone.Systems.Tests.Calibration;

/// <summary>Numerical inversion, the closure line, and the names of recipes.</summary>
public sealed class ResponseCurveTests
{
    // Around the median stand the ends of the narrowest interval.
    private static readonly double LowerTail = ResponseCurve.WantedLevels[2], UpperTail = ResponseCurve.WantedLevels[4];

    [Fact]
    public void An_exact_response_is_inverted_exactly()
    {
        // ln measured = t + response, with quantiles that are straight lines in t: every bin's median is exact at its mean.
        const int Jets = 20_000;
        double[] truth = [.. Enumerable.Range(0, Jets).Select(i => 5 + 2.0 * i / Jets)], measured = [.. truth.Select(t => 1.05 * t - 0.4)];
        var curve = ResponseCurve.Fit(truth, measured);
        Assert.True(curve.Rises());
        foreach (double level in ResponseCurve.WantedLevels)
            foreach (double t in (double[])[5.2, 5.9, 6.8])
                Assert.Equal(t, curve.Invert(1.05 * t - 0.4, level), 5e-3); // half of the response's change over a bin of 0.1: 0.05 · 0.05 = 2.5e-3 for outer quantiles
        Assert.Equal(6.1, curve.Invert(1.05 * 6.1 - 0.4, 0.5), 1e-5);
    }

    [Fact]
    public void The_inversion_of_a_curved_response_has_its_median_at_the_truth()
    {
        // f = z + 0.1 z², width 0.2, as ln(measured/GeV) of ln(truth/GeV): a median goes through any rising function, so there is no bias at all, and the width is 0.2/f′.
        const int Jets = 100_000;
        double[] uniform = [.. Enumerable.Range(0, Jets).Select(i => 0.5 + 3.0 * ((i * 0.6180339887498949) % 1))], noise = ExactAnsatz.Normals(Jets, 1, "noise");
        var curve = ResponseCurve.Fit(uniform, [.. uniform.Zip(noise, (z, g) => z + 0.1 * z * z + 0.2 * g)]);
        Assert.True(curve.Rises());
        double[] fresh = ExactAnsatz.Normals(4000, 2, "noise");
        foreach (double z in (double[])[1, 2, 3])
        {
            double[] estimates = [.. fresh.Select(g => curve.Invert(z + 0.1 * z * z + 0.2 * g, 0.5))];
            double slope = 1 + 0.2 * z, width = 0.2 / slope;
            // Error of a median of 4000: 1.25 σ/√4000 = 0.02 σ; of one bin's of 5000 likewise, which all estimates share; the chord of f over a bin of 0.15: 0.1 · 0.075² = 6e-4.
            Assert.Equal(z, Quantile.Of(estimates, 0.5), 4 * 0.028 * width + 6e-4);
            Assert.Equal(width, 0.5 * (Quantile.Of(estimates, 0.841345) - Quantile.Of(estimates, 0.158655)), 0.08 * width);
        }

        // Neyman's interval: the truth for which the measurement sits in a tail.
        double low = curve.Invert(2.4, UpperTail), high = curve.Invert(2.4, LowerTail);
        Assert.True(low < 2 && high > 2);
    }

    [Fact]
    public void An_interval_holds_what_Neyman_promises()
    {
        const int Jets = 40_000;
        double[] truth = [.. Enumerable.Range(0, Jets).Select(i => 5 + 2.0 * ((i * 0.6180339887498949) % 1))], noise = ExactAnsatz.Normals(2 * Jets, 3, "noise");
        var curve = ResponseCurve.Fit(truth, [.. truth.Select((t, i) => t + 0.1 * noise[i])]);
        double level = CalibratedJets.Levels[0];
        int inside = 0, asked = 0;
        for (int i = 0; i < Jets; i += 4)
        {
            if (truth[i] is < 5.4 or > 6.6) continue;
            double measured = truth[i] + 0.1 * noise[Jets + i];
            asked++;
            if (truth[i] >= curve.Invert(measured, UpperTail) && truth[i] <= curve.Invert(measured, LowerTail)) inside++;
        }

        // Counting 6000 and quantiles of bins of 2000, averaged over a dozen of them.
        Assert.Equal(level, (double)inside / asked, 4 * Math.Sqrt(level * (1 - level) * (1.0 / asked + 2.0 / 24_000)));
    }

    [Fact]
    public void A_response_that_falls_says_so_and_too_few_jets_are_refused()
    {
        Assert.False(new ResponseCurve([5, 6], [0.5], [[0], [-1.5]]).Rises());
        Assert.True(new ResponseCurve([5], [0.5], [[0.1]]).Rises());
        double[] few = [.. Enumerable.Range(0, 199).Select(i => 5 + i / 200.0)];
        Refusal.Of<InputDataException>(() => ResponseCurve.Fit(few, few), "199", "200");
        Assert.Single(ResponseCurve.Fit([.. few, 6], [.. few, 6]).Knots);
    }

    [Theory]
    [InlineData(0, 0.03)]
    [InlineData(0.1, -0.02)]
    [InlineData(-0.2, 0.5)]
    public void A_closure_line_takes_a_straight_shift_back(double slope, double offset)
    {
        double[] truth = [.. Enumerable.Range(0, 2500).Select(i => 5 + i / 1000.0)], estimates = [.. truth.Select(t => t + offset + slope * (t - 6))];
        var line = ClosureLine.Fit(truth, estimates, [.. Enumerable.Range(0, truth.Length)]);
        Assert.Equal(slope, line.Slope, 1e-3);
        // Exact but for the median of an even bin, half a step of the truth beside its mean.
        for (int i = 0; i < truth.Length; i += 100) Assert.Equal(truth[i], line.Correct(estimates[i]), 1e-3);
    }

    [Fact]
    public void A_closure_line_is_never_steeper_than_what_is_read_again()
    {
        // Estimates that hardly move, as before anything is learned; and a truth of one value, up to rounding.
        double[] truth = [.. Enumerable.Range(0, 2500).Select(i => 5 + i / 1000.0)], rounded = [.. truth.Select((_, i) => 6 + 1e-15 * (i % 7))];
        int[] all = [.. Enumerable.Range(0, truth.Length)];
        var flat = ClosureLine.Fit(truth, [.. truth.Select(t => 6 + 0.1 * (t - 6))], all);
        Assert.Equal(-ClosureLine.Steepest, flat.Slope);
        Assert.Equal(ClosureLine.Steepest, ClosureLine.Fit(truth, [.. truth.Select(t => 6 + 3 * (t - 6))], all).Slope);
        Assert.True(double.IsFinite(flat.Correct(6)));
        var gun = ClosureLine.Fit(rounded, [.. ExactAnsatz.Normals(2500, 1, "gun").Select(g => 6.02 + 0.1 * g)], all);
        Assert.Equal(0, gun.Slope);
    }

    [Fact]
    public void A_closure_line_of_few_jets_is_a_shift_and_of_none_nothing()
    {
        double[] truth = [5, 6, 7], estimates = [5.1, 6.1, 7.1];
        Assert.Equal(6, ClosureLine.Fit(truth, estimates, [0, 1, 2]).Correct(6.1), 1e-12);
        Assert.Equal(6.1, ClosureLine.Fit(truth, estimates, []).Correct(6.1));
        Assert.Equal(6.1, ClosureLine.None.Correct(6.1));
    }

    [Fact]
    public void Bodies_are_known_by_their_names()
    {
        string[] names = ["dnn", "efn", "pfn", "pfn-pid", "lorentznet", "mpm:run"];
        Assert.Equal(Enum.GetValues<BodyKind>(), names.Select(BodyKinds.Of));
        foreach (string name in (string[])["", "DNN", "mpm", "mpm:", "transformer", "pfn "]) Refusal.Of<UsageException>(() => BodyKinds.Of(name), "model", "lorentznet");
    }

    [Fact]
    public void Spectra_are_known_by_their_names()
    {
        Assert.True(TruthSpectrum.Of("none", 500).IsAsSampled);
        Assert.Equal(1, TruthSpectrum.Of("none", 500).Weight(3));
        var power = TruthSpectrum.Of("power:-2.5", 500);
        Assert.False(power.IsAsSampled);
        Assert.Equal([1, Math.Pow(2, -2.5), 20], ((double[])[500, 1000, 5]).Select(power.Weight));
        var window = TruthSpectrum.Of("window:450:550", 500);
        Assert.Equal([0.0, 1, 1, 0], ((double[])[449, 450, 549.9, 550]).Select(window.Weight));
        foreach (string name in (string[])["", "power", "power:", "power:x", "power:NaN", "power:21", "power:1:2", "window:1", "window:2:1", "window:1:1", "window:-1:2", "none:1", "None", "power:1e999", "power:2,5"])
            Refusal.Of<UsageException>(() => TruthSpectrum.Of(name, 500), "prior", "window");
    }

    [Fact]
    public void Truth_bins_hold_each_jet_once_and_the_edges_of_the_training()
    {
        double[] truth = [.. Enumerable.Range(0, 3001).Select(i => 400 * Math.Pow(2, i / 3000.0)), 399, 801];
        var bins = TruthBins.Of(truth, 400, 800);
        Assert.Equal([.. Enumerable.Range(0, 3001)], Enumerable.Range(0, bins.Count).SelectMany(bins.JetsOf).Order());
        Assert.Equal(bins.Count - 2, bins.Inner.Count());
        for (int b = 0; b < bins.Count; b++) Assert.All(bins.JetsOf(b), i => Assert.InRange(truth[i], bins.Edges[b], bins.Edges[b + 1] + 1e-9));
    }
}
