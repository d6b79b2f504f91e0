using System.Text;
using System.Text.RegularExpressions;
using Lightcone.Randomness;
using Lightcone.Statistics;
using Lightcone.Systems.Calibration;
using Lightcone.Systems.Tests.Mpm.BadInputTests;
using Lightcone.Tests;
using Lightcone.Tests.Fuzz;

namespace Lightcone.Systems.Tests.Calibration;

/// <summary>The two files of a calibration's run: what is written is read again, and what is cut or altered is refused or still gives numbers.</summary>
public sealed partial class CalibrationFileTests
{
    private const int Mutations = 500;

    private static readonly string[] Values = ["0", "-1", "1e308", "-1e308", "1e-320", "9e999", "2147483648", "null", "\"\"", "\"x\"", "\"NaN\"", "\"Infinity\"", "[]", "{}", "true", "[1,2]", "1.5"];

    private static readonly CalibrationRecipe Recipe = new() { Quantities = "pt,abs_eta,multiplicity" };

    [Fact]
    public void Scales_are_read_as_they_were_written()
    {
        using var folder = new TemporaryFolder();
        var jets = CalibrationJets.Make(300, 1);
        var scales = CalibrationScales.Prepared(folder["preprocessing.json"], CalibrationJets.Source(jets), Recipe);
        var read = CalibrationScales.Read(folder["preprocessing.json"], Recipe);
        Assert.Equal(scales.ToJson(), read.ToJson());
        Assert.Equal(scales.Apply(jets).Quantities, read.Apply(jets).Quantities);
        Assert.Equal(scales.Apply(jets).Anchors, read.Apply(jets).Anchors);
        // A second preparation keeps the file, whatever the jets.
        Assert.Equal(scales.ToJson(), CalibrationScales.Prepared(folder["preprocessing.json"], CalibrationJets.Source(200, 2), Recipe).ToJson());
        Refusal.Of<InputDataException>(() => CalibrationScales.Read(folder["preprocessing.json"], Recipe with { Quantities = "pt,eta,multiplicity" }), "abs_eta");
        Refusal.Of<InputDataException>(() => CalibrationScales.Read(folder["gone.json"], Recipe), "gone.json");
    }

    [Fact]
    public void The_anchor_is_the_straight_line_of_least_squares_and_its_unit_the_spread_about_it()
    {
        var jets = CalibrationJets.Make(5000, 1);
        var scales = CalibrationScales.Fit(CalibrationJets.Source(jets), new CalibrationRecipe());
        float[] anchors = scales.Apply(jets).Anchors;
        double[] truth = Array.ConvertAll(JetQuantities.Truth(jets, "gen_pt"), Math.Log), miss = [.. truth.Select((t, i) => scales.Target.Scaled(t, 0) - anchors[i])];
        // float32 anchors of order ten.
        Assert.Equal(0, miss.Average(), 1e-5);
        Assert.Equal(1, Math.Sqrt(miss.Average(m => m * m)), 1e-5);
        Assert.Equal(Quantile.Of(truth, 0.5), Math.Log(scales.Centre), 1e-12);
        Assert.Equal((truth.Min(), truth.Max()), (scales.Target.Lows[0], scales.Target.Highs[0]));
    }

    [Fact]
    public void Damaged_scales_are_refused_or_give_numbers()
    {
        using var folder = new TemporaryFolder();
        var jets = CalibrationJets.Make(20, 1);
        string path = folder["preprocessing.json"];
        byte[] whole = Encoding.UTF8.GetBytes(CalibrationScales.Fit(CalibrationJets.Source(300, 1), Recipe).ToJson());
        Sweep(path, whole, () =>
        {
            var read = CalibrationScales.Read(path, Recipe);
            var (quantities, anchors) = read.Apply(jets);
            Assert.All(quantities.Concat(anchors), x => Assert.True(float.IsFinite(x)));
            Assert.All((double[])[1e-3, 500, 1e5], z => Assert.True(float.IsFinite((float)read.Target.Scaled(Math.Log(z), 0))));
            Assert.Equal(read.ToJson(), CalibrationScales.Parse(read.ToJson(), "t").ToJson());
        });
    }

    [Theory]
    [InlineData(CalibrationObjective.Ansatz)]
    [InlineData(CalibrationObjective.Quantiles)]
    [InlineData(CalibrationObjective.Mean)]
    public void Uncertainties_are_read_as_they_were_written(CalibrationObjective objective)
    {
        using var folder = new TemporaryFolder();
        var fitted = Fitted(objective);
        fitted.Write(folder["uncertainty.json"]);
        var read = FittedUncertainties.Read(folder["uncertainty.json"]);
        read.Write(folder["again.json"]);
        Assert.Equal(File.ReadAllText(folder["uncertainty.json"]), File.ReadAllText(folder["again.json"]));
        Assert.Equal(fitted.Tails, read.Tails);
        Assert.Equal(fitted.QuantileOffsets, read.QuantileOffsets);
        Assert.Equal(fitted.Closure, read.Closure);
        Assert.Equal(fitted.Health, read.Health);
        Assert.Equal(fitted.TrainingInformation, read.TrainingInformation);
        Refusal.Of<InputDataException>(() => FittedUncertainties.Read(folder["gone.json"]), "gone.json");
    }

    [Theory]
    [InlineData(CalibrationObjective.Ansatz)]
    [InlineData(CalibrationObjective.Quantiles)]
    public void Damaged_uncertainties_are_refused_or_give_numbers(CalibrationObjective objective)
    {
        using var folder = new TemporaryFolder();
        string path = folder["uncertainty.json"];
        Fitted(objective).Write(path);
        Sweep(path, File.ReadAllBytes(path), () =>
        {
            var read = FittedUncertainties.Read(path);
            for (int l = 0; l < CalibratedJets.Levels.Length; l++)
            {
                Assert.False(double.IsNaN(read.Tails[l].Below + read.Tails[l].Above));
                if (read.QuantileOffsets.Length > 0) Assert.False(double.IsNaN(read.QuantileOffsets[l].Below + read.QuantileOffsets[l].Above));
                if (read.Thresholds.Length > 0) Assert.All((double[])[4, 6, 9], z => Assert.False(double.IsNaN(read.Threshold(l, z))));
                Assert.InRange(ConformalLaw.Of(read.Jets, CalibratedJets.Levels[l]).DeviationOf(100), 0, 1);
            }

            Assert.All(ResponseCurve.WantedLevels, level => Assert.True(double.IsFinite(read.Curve.Invert(6, level))));
            Assert.True(double.IsFinite(read.Closure.Correct(6)) && double.IsFinite(read.ScaleFactor));
            if (read.Health.Any(h => h.Failed)) Refusal.Of<InputDataException>(() => CalibrationHealth.Require(read.Health, "a run"));
            else CalibrationHealth.Require(read.Health, "a run");
        });
    }

    [Fact]
    public void Thresholds_are_taken_in_bins_of_the_truth_by_the_conformal_rank()
    {
        // λ is 1 … 500 below ln z = 6 and ten times that above.
        double[] truth = [.. Enumerable.Range(0, 1000).Select(i => i % 2 == 0 ? 5.5 : 6.5)], lambda = [.. Enumerable.Range(0, 1000).Select(i => (i / 2 + 1) * (i % 2 == 0 ? 1.0 : 10))];
        var (edges, thresholds) = FittedUncertainties.ThresholdsOf(truth, lambda);
        Assert.Equal([6.5], edges);
        for (int l = 0; l < CalibratedJets.Levels.Length; l++) Assert.Equal([ConformalQuantile.Rank(500, CalibratedJets.Levels[l]), 10 * ConformalQuantile.Rank(500, CalibratedJets.Levels[l])], thresholds[l]);
        var fitted = Fitted(CalibrationObjective.Ansatz) with { ThresholdEdges = edges, Thresholds = thresholds };
        Assert.Equal([thresholds[0][0], thresholds[0][0], thresholds[0][1], thresholds[0][1]], ((double[])[-1, 6.4999, 6.5, 9]).Select(z => fitted.Threshold(0, z)));
    }

    private static FittedUncertainties Fitted(CalibrationObjective objective)
    {
        double[] truth = [.. Enumerable.Range(0, 1200).Select(i => 6 + i / 1800.0)], noise = ExactAnsatz.Normals(truth.Length, 1, "noise"), measured = [.. truth.Zip(noise, (t, g) => t + 0.1 * g)];
        var (edges, thresholds) = FittedUncertainties.ThresholdsOf(truth, [.. noise.Select(g => g * g)]);
        bool ansatz = objective == CalibrationObjective.Ansatz;
        return new(truth.Length, 1.02, FittedUncertainties.TailsOf(noise), objective == CalibrationObjective.Quantiles ? [(0.01, 0.02), (0.02, -0.01), (0.1, 0.2)] : [], ansatz ? edges : [], ansatz ? thresholds : [],
            ResponseCurve.Fit(truth, measured), ansatz ? new ClosureLine(0.001, -0.01, 6.3) : ClosureLine.None,
            ansatz ? [new HealthCheck("H2", "information", 0.1, 0, true, "Train longer."), new HealthCheck("H6", "displacement", double.NaN, 0.02, false, "Raise penaltyTo.")] : [], ansatz ? 1.7 : double.NaN);
    }

    private static void Sweep(string path, byte[] whole, Action read)
    {
        int refused = 0, files = 0;
        foreach (byte[] file in Cuts(whole).Concat(Enumerable.Range(0, Mutations).Select(seed => Mutation.Of(whole, seed))).Concat(Texts(Encoding.UTF8.GetString(whole))))
        {
            files++;
            File.WriteAllBytes(path, file);
            try
            {
                read();
            }
            catch (InputDataException e)
            {
                refused++;
                Assert.All((string?[])[e.Message, e.Where, e.LikelyCause, e.WhatToDo], part => Assert.False(string.IsNullOrWhiteSpace(part)));
            }
            catch (Exception e)
            {
                Assert.Fail($"file {files}: {e}\n{Encoding.UTF8.GetString(file)}");
            }
        }

        Assert.InRange(refused, files / 4, files - 1);
    }

    private static IEnumerable<byte[]> Cuts(byte[] whole) => Enumerable.Range(0, whole.Length).Select(length => whole[..length]);

    // A number or a text becomes something else.
    private static IEnumerable<byte[]> Texts(string text)
    {
        var places = Scalar().Matches(text);
        for (int i = 0; i < Mutations; i++)
        {
            var random = new RandomStream((ulong)i, "damaged text", 0, 0);
            var place = places[random.NextInt(places.Count)];
            yield return Encoding.UTF8.GetBytes(text[..place.Index] + Values[random.NextInt(Values.Length)] + text[(place.Index + place.Length)..]);
        }
    }

    [GeneratedRegex("""(?<=[:,\[]\s*)(-?[0-9][0-9.eE+-]*|"[^"\\]*"|true|false)""")]
    private static partial Regex Scalar();
}
