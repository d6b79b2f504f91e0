using Lightcone.Training.Optimisation;

namespace Lightcone.Tests.Training;

public sealed class LearningRateTests
{
    private const double Base = 1e-3;
    private const int Published = 35;

    [Theory]
    [InlineData(0, 0.0002)]
    [InlineData(4, 0.001)]
    [InlineData(5, 0.0008535533905932737)]
    [InlineData(6, 0.0005)]
    [InlineData(7, 0.00014644660940672628)]
    [InlineData(8, 0.001)]
    [InlineData(15, 3.806023374435663e-05)]
    [InlineData(16, 0.001)]
    [InlineData(31, 9.607359798384786e-06)]
    [InlineData(32, 4.803679899192393e-06)]
    [InlineData(33, 2.4018399495961964e-06)]
    [InlineData(34, 1.2009199747980982e-06)]
    public void The_published_schedule_has_the_rates_that_the_published_trainings_logged(int epoch, double logged) =>
        AssertRelative(logged, LearningRate.Of(LearningRateShape.WarmRestarts, Base, epoch, Published));

    [Fact]
    public void All_35_published_epochs_follow_warm_up_doubling_cosine_cycles_and_three_halvings()
    {
        var rates = new List<double>();
        for (int epoch = 0; epoch < Published; epoch++)
        {
            int start = 4, length = 4;
            while (epoch >= start + length) (start, length) = (start + length, 2 * length);
            rates.Add(epoch < 5 ? Base * (epoch + 1) / 5
                : epoch < 32 ? Base / 2 * (1 + Math.Cos(Math.PI * (epoch - start) / length))
                : rates[^1] / 2);
            AssertRelative(rates[epoch], LearningRate.Of(LearningRateShape.WarmRestarts, Base, epoch, Published));
        }
    }

    [Theory]
    [InlineData(LearningRateShape.Constant)]
    [InlineData(LearningRateShape.WarmRestarts)]
    [InlineData(LearningRateShape.Cosine)]
    public void In_a_training_of_any_length_every_rate_is_above_zero_and_at_most_the_base_rate(LearningRateShape shape)
    {
        for (int epochs = 1; epochs <= 120; epochs++)
            for (int epoch = 0; epoch < epochs; epoch++)
            {
                double rate = LearningRate.Of(shape, Base, epoch, epochs);
                Assert.True(rate > 0 && rate <= Base * (1 + 1e-15), $"epoch {epoch} of {epochs}: {rate:R}");
            }
    }

    [Fact]
    public void A_cosine_rises_to_the_base_rate_once_and_then_only_falls()
    {
        double[] rates = [.. Enumerable.Range(0, 40).Select(e => LearningRate.Of(LearningRateShape.Cosine, Base, e, 40))];
        int top = Array.IndexOf(rates, rates.Max());
        AssertRelative(Base, rates[top]);
        for (int e = 1; e < rates.Length; e++)
            Assert.True(e <= top ? rates[e] > rates[e - 1] : rates[e] < rates[e - 1] || e == top + 1, $"epoch {e}");
    }

    private static void AssertRelative(double expected, double actual) =>
        Assert.True(Math.Abs(actual - expected) <= 1e-15 * expected, $"{actual:R} instead of {expected:R}");
}
