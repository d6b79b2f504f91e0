using Lightcone.Statistics;

namespace Lightcone.Tests.Statistics;

public sealed class SampleDeviationTests
{
    [Fact]
    public void Repetitions_spread_as_their_squares_over_one_less_than_their_number()
    {
        Assert.Equal(2.0, SampleDeviation.Of([1.0, 3.0, 5.0]), 15);
        Assert.Equal(0.0, SampleDeviation.Of([7.0, 7.0]));
    }

    [Fact]
    public void One_measurement_has_no_spread() => Assert.Equal([double.NaN, double.NaN], [SampleDeviation.Of([7.0]), SampleDeviation.Of([])]);
}
