using CsCheck;
using Lightcone.Figures;
using Lightcone.Statistics;

namespace Lightcone.Tests.Figures;

public sealed class NumberTextTests
{
    [Theory]
    [InlineData(0.827, 0.119, "0.83 ± 0.12")]
    [InlineData(0.827, 0.367, "0.8 ± 0.4")]
    [InlineData(12.2135, 0.03215, "12.214 ± 0.032")]
    [InlineData(12.2135, 0.06515, "12.21 ± 0.07")]
    [InlineData(172.5, 0.9514, "172.5 ± 1.0")]
    [InlineData(1234.5, 99.6, "1230 ± 100")]
    [InlineData(1234.5, 94.9, "1230 ± 90")]
    [InlineData(1.23456, 0.0354, "1.235 ± 0.035")]
    [InlineData(1.23456, 0.0355, "1.23 ± 0.04")]
    [InlineData(1.0, 0.3545, "1.00 ± 0.35")]
    [InlineData(0.98955989, 0.00059001, "0.9896 ± 0.0006")]
    [InlineData(0.9489502578, 0.0017568545, "0.9490 ± 0.0018")]
    [InlineData(2195, 173, "2200 ± 170")]
    [InlineData(54321, 4567, "54\u202F000 ± 5000")]
    [InlineData(-0.000123, 0.0000457, "−0.00012 ± 0.00005")]
    [InlineData(0, 0.0123, "0.000 ± 0.012")]
    [InlineData(3, 0.9496, "3.0 ± 1.0")]
    [InlineData(3, 0.99996, "3.0 ± 1.0")]
    public void The_error_decides_how_many_digits_the_value_keeps(double value, double error, string printed) =>
        Assert.Equal(printed, NumberText.WithError(value, error));

    [Theory]
    [InlineData(0.951, 0.949233, 0.952709, "0.9510 ± 0.0017")]
    [InlineData(2666.667, 1352.013, 5850.731, "2700 [1400, 5900]")]
    [InlineData(666.667, 483.235, 931.746, "670 [480, 930]")]
    [InlineData(150.943, 130.519, 174.822, "151 ± 22")]
    [InlineData(65.0407, 59.2514, 71.4315, "65 ± 6")]
    [InlineData(0.683, 0.667604, 0.698018, "0.683 ± 0.015")]
    [InlineData(0.9, 0.860397, 0.930332, "0.900 [0.860, 0.930]")]
    [InlineData(1, 0.831851, 1, "1.00 [0.83, 1.00]")]
    [InlineData(0, 0, 0.168149, "0.00 [0.00, 0.17]")]
    public void An_interval_is_symmetric_only_when_its_sides_agree(double value, double lower, double upper, string printed) =>
        Assert.Equal(printed, NumberText.WithInterval(new Interval(value, lower, upper, 0.6827, "Clopper-Pearson")));

    [Fact]
    public void A_rejection_without_any_background_jet_left_is_a_lower_limit() =>
        Assert.Equal("> 4300", NumberText.WithInterval(new Interval(double.NaN, 8000 / NumberText.ZeroCountUpperLimit, double.PositiveInfinity, 0.6827, "Clopper-Pearson")));

    [Fact]
    public void An_unknown_number_is_a_dash_and_never_zero() =>
        Assert.Equal("–", NumberText.WithInterval(new Interval(double.NaN, double.NaN, double.NaN, 0.6827, "none")));

    [Theory]
    [InlineData(0.6827, "68 %")]
    [InlineData(0.95, "95 %")]
    [InlineData(0.99, "99 %")]
    [InlineData(0.999, "99.9 %")]
    public void A_level_is_printed_in_percent(double level, string printed) => Assert.Equal(printed, NumberText.Level(level));

    [Theory]
    [InlineData(275.9, "275.9")]
    [InlineData(16000, "16\u202F000")]
    [InlineData(1e-5, "10^{−5}")]
    [InlineData(2.5e-7, "2.5·10^{−7}")]
    [InlineData(0.1 + 0.2, "0.3")]
    [InlineData(-1.5e9, "−1.5·10^{9}")]
    [InlineData(0, "0")]
    public void A_plain_number_has_no_noise_digits(double value, string printed) => Assert.Equal(printed, NumberText.Plain(value));

    [Fact]
    public void Exact_text_reads_back_as_the_same_number() =>
        Check.Sample(Gen.Double, x =>
        {
            if (double.IsFinite(x))
            {
                Assert.Equal(x, double.Parse(NumberText.Exact(x), System.Globalization.CultureInfo.InvariantCulture));
            }
        });

    [Fact]
    public void The_printed_value_is_within_half_of_the_printed_last_place() =>
        Check.Sample(Gen.Select(Gen.Double[-1e6, 1e6], Gen.Double[1e-6, 1e4]), (value, error) =>
        {
            string[] parts = NumberText.WithError(value, error).Replace("\u202F", "", StringComparison.Ordinal).Replace('−', '-').Split(" ± ");
            double v = double.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture);
            double e = double.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture);
            // One digit at 355 and above: the last place is at most 1/3.55 of the error; rounding moves by half of it.
            Assert.InRange(Math.Abs(v - value), 0, error / 3.55 / 2 * 1.0000001);
            Assert.InRange(e / error, 1 - (0.5 / 3.55), 1 + (0.5 / 3.55));
        });
}
