using CsCheck;
using Lightcone.Figures;

namespace Lightcone.Tests.Figures;

public sealed class TicksTests
{
    [Theory]
    [InlineData(0, 1, 6, "0 0.2 0.4 0.6 0.8 1.0", 0.05, 15, "")]
    [InlineData(-3.5, 3.5, 4, "−2 0 2", 0.5, 12, "")]
    [InlineData(0, 70, 6, "0 20 40 60", 5, 11, "")]
    [InlineData(0, 16000, 6, "0 5000 10\u202F000 15\u202F000", 1000, 13, "")]
    [InlineData(0, 250000, 5, "0 100 200", 2e4, 10, "10^{3}")]
    [InlineData(0.978, 1.022, 3, "0.98 1.00 1.02", 0.005, 6, "")]
    [InlineData(163.2, 191.7, 6, "165 170 175 180 185 190", 1, 22, "")]
    [InlineData(2.5, 2.6, 5, "2.50 2.55 2.60", 0.01, 8, "")]
    [InlineData(0, 0.00042, 5, "0 100 200 300 400", 2e-5, 17, "10^{−6}")]
    [InlineData(-1e-4, 3e-4, 5, "−100 0 100 200 300", 2e-5, 16, "10^{−6}")]
    [InlineData(0, 3e7, 6, "0 10 20 30", 2e6, 12, "10^{6}")]
    [InlineData(0.5, 10.5, 10, "1 2 3 4 5 6 7 8 9 10", 0.2, 40, "")]
    public void Linear_axis(double low, double high, int limit, string labels, double minorStep, int minorCount, string bracket)
    {
        AxisTicks ticks = LinearTicks.Choose(low, high, limit);
        Assert.Equal(labels, string.Join(' ', ticks.Major.Select(t => t.Label)));
        Assert.Equal(minorCount, ticks.Minor.Count);
        Assert.Equal(bracket, ticks.Bracket);
        double[] all = [.. ticks.Minor.Concat(ticks.Major.Select(t => t.Value)).Order()];
        Assert.All(all.Zip(all.Skip(1), (a, b) => b - a), step => Assert.Equal(minorStep, step, minorStep * 1e-9));
    }

    [Theory]
    [InlineData(1, 1e5, 8, "1 10 10^{2} 10^{3} 10^{4} 10^{5}", 40)]
    [InlineData(1e-12, 1, 7, "10^{−12} 10^{−10} 10^{−8} 10^{−6} 10^{−4} 10^{−2} 1", 6)]
    [InlineData(1, 1e18, 7, "1 10^{3} 10^{6} 10^{9} 10^{12} 10^{15} 10^{18}", 12)]
    [InlineData(1e-3, 1, 8, "10^{−3} 10^{−2} 10^{−1} 1", 24)]
    [InlineData(1e-7, 1e-5, 8, "10^{−7} 10^{−6} 10^{−5}", 16)]
    [InlineData(8, 2000, 8, "10 10^{2} 10^{3}", 19)]
    [InlineData(3, 300, 8, "5 10 20 50 100 200", 13)]
    [InlineData(0.2, 9, 8, "0.2 0.5 1 2 5", 12)]
    [InlineData(20, 90, 8, "20 40 60 80", 11)]
    [InlineData(150, 190, 6, "150 160 170 180 190", 16)]
    public void Logarithmic_axis(double low, double high, int limit, string labels, int minorCount)
    {
        AxisTicks ticks = LogTicks.Choose(low, high, limit);
        Assert.Equal(labels, string.Join(' ', ticks.Major.Select(t => t.Label)));
        Assert.Equal(minorCount, ticks.Minor.Count);
    }

    [Theory]
    [InlineData(9, 6, "0 2 4 6 8", "s")]
    [InlineData(47, 6, "0 10 20 30 40", "s")]
    [InlineData(95, 6, "0 30 60 90", "s")]
    [InlineData(600, 6, "0 2 4 6 8 10", "min")]
    [InlineData(1500, 7, "0 5 10 15 20 25", "min")]
    [InlineData(5400, 7, "0 15 30 45 60 75 90", "min")]
    [InlineData(20000, 7, "0 1 2 3 4 5", "h")]
    [InlineData(86400, 6, "0 6 12 18 24", "h")]
    [InlineData(200000, 6, "0 12 24 36 48", "h")]
    [InlineData(2.5e6, 6, "0 7 14 21 28", "d")]
    public void Time_axis(double seconds, int limit, string labels, string unit)
    {
        AxisTicks ticks = TimeTicks.Choose(0, seconds, limit);
        Assert.Equal(labels, string.Join(' ', ticks.Major.Select(t => t.Label)));
        Assert.Equal(unit, ticks.Bracket);
    }

    [Fact]
    public void Ticks_lie_inside_the_axis_and_never_exceed_the_limit() =>
        Check.Sample(Gen.Select(Gen.Double[-1e7, 1e7], Gen.Double[1e-6, 1e6], Gen.Int[2, 10]), (low, width, limit) =>
        {
            AxisTicks ticks = LinearTicks.Choose(low, low + width, limit);
            Assert.InRange(ticks.Major.Count, 1, limit);
            Assert.All(ticks.Major, t => Assert.InRange(t.Value, low - (width * 1e-6), low + (width * (1 + 1e-6))));
        });

    [Fact]
    public void Logarithmic_ticks_lie_inside_the_axis_and_never_exceed_the_limit() =>
        Check.Sample(Gen.Select(Gen.Double[-12, 12], Gen.Double[0.01, 20], Gen.Int[2, 10]), (exponent, decades, limit) =>
        {
            double low = Math.Pow(10, exponent), high = Math.Pow(10, exponent + decades);
            AxisTicks ticks = LogTicks.Choose(low, high, limit);
            Assert.InRange(ticks.Major.Count, 1, limit);
            Assert.All(ticks.Major, t => Assert.InRange(t.Value, low * (1 - 1e-6), high * (1 + 1e-6)));
        });
}
