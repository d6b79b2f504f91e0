using Lightcone.Statistics;
using PureHDF;

namespace Lightcone.Tests.Statistics;

/// <summary>Scores of the weights published with arXiv:2201.08187 on the simulated top test file: what the specification says they amount to.</summary>
public sealed class PublishedScoresTests
{
    private static (double[] Scores, int[] Labels) Read(string dataset)
    {
        string? path = Repository.Shared is null ? null : Path.Combine(Repository.Shared, "reference", "lorentznet", "top_test_published_scores.h5");
        Assert.SkipUnless(File.Exists(path), "the reference scores are not beside the repository");
        using var file = H5File.OpenRead(path!);
        float[] logits = file.Dataset(dataset).Read<float[]>();
        return ([.. Enumerable.Range(0, logits.Length / 2).Select(i => (double)logits[2 * i + 1] - logits[2 * i])], Array.ConvertAll(file.Dataset("label").Read<sbyte[]>(), l => (int)l));
    }

    [Theory]
    [InlineData("logits_batchmax100", 0.951125, 0.98957180, 3, 11)]
    [InlineData("logits_own", 0.951063, 0.98955878, 3, 12)]
    [InlineData("logits_batchmax100_mixed", 0.951250, 0.98957328, -1, -1)]
    [InlineData("logits_own_mixed", 0.951000, 0.98955989, -1, -1)]
    public void Accuracy_area_and_background_counts_are_those_of_the_specification(string dataset, double accuracy, double area, int at30, int at50)
    {
        var (scores, labels) = Read(dataset);
        Assert.Equal(accuracy, Accuracy.AtThreshold(scores, labels, 0).Value, 5.1e-7);
        var curve = RocCurve.From(scores, labels);
        Assert.Equal(area, curve.Auc().Value, 5.1e-9);
        if (at30 < 0) return;
        Assert.Equal([at30, at50], (double[])[curve.Nearest(0.3).BackgroundPassing, curve.Nearest(0.5).BackgroundPassing]);
    }

    [Fact]
    public void DeLong_and_bootstrap_agree_on_real_scores()
    {
        var (scores, labels) = Read("logits_own_mixed");
        var (other, _) = Read("logits_batchmax100_mixed");
        var auc = RocCurve.From(scores, labels).Auc();
        Assert.Equal(0.00059001, (auc.Upper - auc.Lower) / 2, 5e-6); // the error that the report's table prints for this area
        var exact = AucDifference.ByDeLong(scores, other, labels);
        var bootstrap = AucDifference.ByBootstrap(scores, other, labels, seed: 1, replicas: 400);
        double width = exact.Upper - exact.Lower;
        Assert.Equal(exact.Lower, bootstrap.Lower, 0.2 * width); // a 16 % quantile of 400 replicas: 7.6 % of a deviation, thus 3.8 % of the width, and skewness
        Assert.Equal(exact.Upper, bootstrap.Upper, 0.2 * width);
    }
}
