using Lightcone.Systems.Mpm;

namespace Lightcone.Systems.Tests.Mpm;

/// <summary>What the number of particles alone explains of a score.</summary>
public sealed class MultiplicityCorrectionTests
{
    [Fact]
    public void A_score_that_is_the_number_of_particles_is_nothing_once_corrected()
    {
        int[] numbers = [.. Enumerable.Range(0, 5000).Select(i => 2 + i % 50)];
        var correction = MultiplicityCorrection.Fit([.. numbers.Select(n => (double)n)], numbers)!;
        // Groups hold about 167 jets, so two numbers of particles, 100 jets each; their median lies in the middle, and between groups the line is straight.
        for (int n = 3; n < 51; n++) Assert.InRange(correction.Apply(n, n), -0.5, 0.5);
        Assert.Equal(correction.Median(51), correction.Median(400));
        Assert.Equal(correction.Median(2), correction.Median(0));
    }

    [Fact]
    public void Medians_are_of_the_jets_with_about_as_many_particles_and_outliers_do_not_move_them()
    {
        int[] numbers = [.. Enumerable.Repeat(10, 200), .. Enumerable.Repeat(20, 200)];
        double[] scores = [.. Enumerable.Repeat(1.0, 150), .. Enumerable.Repeat(1e6, 50), .. Enumerable.Repeat(3.0, 200)];
        var correction = MultiplicityCorrection.Fit(scores, numbers)!;
        Assert.Equal([1, 2, 3], new[] { 10, 15, 20 }.Select(correction.Median));
    }

    [Fact]
    public void There_is_none_without_jets_and_a_constant_one_from_a_few() =>
        Assert.Equal((true, 2.0), (MultiplicityCorrection.Fit([], []) is null, MultiplicityCorrection.Fit([1, 2, 9], [3, 4, 50])!.Median(30)));
}
