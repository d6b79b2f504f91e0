using Lightcone.Systems;
using Lightcone.Jets;
using Lightcone.Randomness;
using Lightcone.Systems.LorentzNet;
using Lightcone.Tests.Training;

namespace Lightcone.Tests.LorentzNet;

[Collection(SeededGenerator.Name)]
public sealed class ScoreTests
{
    private const int Count = 100;

    private static readonly JetBatch Jets = ToyJets.Make(Count, 11, least: 0, most: 25);

    /// <summary>Recipe, and how far scores may move: rounding in float64, what the specification allows in float32.</summary>
    public static TheoryData<string, bool, double> Variants() => new()
    {
        { "Own", true, 1e-11 },
        { "Fixed:30", true, 1e-11 },
        { "Own", false, 5e-3 },
        { "Fixed:30", false, 5e-3 },
    };

    [Theory]
    [MemberData(nameof(Variants))]
    public void The_score_of_a_jet_does_not_depend_on_its_neighbours_or_its_place(string pooling, bool allDouble, double tolerance)
    {
        var recipe = Recipe(pooling, allDouble);
        using var network = Networks.Loud(recipe);
        double[] together = Networks.Scores(network, recipe, Jets);
        var alone = Enumerable.Range(0, Count).SelectMany(jet => Networks.Scores(network, recipe, Jets.Select([jet]))).ToArray();
        var order = Permutation(Count, 3);
        double[] shuffled = Networks.Scores(network, recipe, Jets.Select(order));
        double[] back = new double[2 * Count];
        for (int i = 0; i < Count; i++) (back[2 * order[i]], back[2 * order[i] + 1]) = (shuffled[2 * i], shuffled[2 * i + 1]);
        double spread = together.Max() - together.Min();
        Assert.True(spread > 0.5, $"the network is too quiet for this test: {spread}");
        double changeAlone = Networks.LargestDifference(together, alone), changeShuffled = Networks.LargestDifference(together, back);
        TestContext.Current.TestOutputHelper?.WriteLine($"alone {changeAlone:E2}, in another order {changeShuffled:E2}");
        Assert.True(changeAlone <= tolerance && changeShuffled <= tolerance, $"alone {changeAlone:E2}, in another order {changeShuffled:E2}");
    }

    [Fact]
    public void Pooling_over_the_longest_jet_of_the_batch_does_depend_on_the_neighbours()
    {
        var recipe = Recipe("BatchMax", allDouble: true);
        using var network = Networks.Loud(recipe);
        Assert.True(Networks.LargestDifference(Networks.Scores(network, recipe, Jets)[..2], Networks.Scores(network, recipe, Jets.Select([0]))) > 1e-3);
    }

    [Theory]
    [InlineData(true, 1e-11)]
    [InlineData(false, 5e-3)]
    public void The_order_of_the_constituents_does_not_matter(bool allDouble, double tolerance)
    {
        var recipe = Recipe("Own", allDouble);
        using var network = Networks.Loud(recipe);
        var momenta = new double[Jets.Momenta.Length];
        for (int jet = 0; jet < Count; jet++)
        {
            int[] order = Permutation(Jets.Multiplicity(jet), 100 + jet);
            for (int c = 0; c < order.Length; c++) Jets.Momenta.AsSpan(4 * (Jets.Offsets[jet] + order[c]), 4).CopyTo(momenta.AsSpan(4 * (Jets.Offsets[jet] + c)));
        }

        var permuted = new JetBatch { Rows = Jets.Rows, Offsets = Jets.Offsets, Momenta = momenta, Labels = Jets.Labels };
        Assert.NotEqual(Jets.Momenta, momenta);
        double change = Networks.LargestDifference(Networks.Scores(network, recipe, Jets), Networks.Scores(network, recipe, permuted));
        TestContext.Current.TestOutputHelper?.WriteLine($"{change:E2}");
        Assert.True(change <= tolerance, $"{change:E2}");
    }

    [Theory]
    [InlineData(KernelChoice.Auto)]
    [InlineData(KernelChoice.Eager)]
    public void Float32_layers_on_float64_geometry_score_like_all_float64(KernelChoice kernel)
    {
        var recipe = Recipe("Own", allDouble: false) with { Kernel = kernel };
        var exact = Networks.AllDouble(recipe);
        using LorentzNetNetwork network = Networks.Loud(recipe), twin = Networks.Loud(exact);
        double change = Networks.LargestDifference(Networks.Scores(twin, exact, Jets), Networks.Scores(network, recipe, Jets));
        TestContext.Current.TestOutputHelper?.WriteLine($"{change:E2}");
        Assert.InRange(change, 1e-9, 5e-3); // below: the float32 network would not be one
    }

    [Fact]
    public void Jets_of_the_beams_alone_and_of_one_constituent_have_scores()
    {
        foreach (bool allDouble in (bool[])[true, false])
        {
            var recipe = Recipe("Own", allDouble);
            using var network = Networks.Loud(recipe);
            double[] scores = Networks.Scores(network, recipe, ToyJets.Make([0, 1, 0], 4));
            Assert.All(scores, s => Assert.True(double.IsFinite(s)));
            Assert.Equal(scores[0], scores[4], allDouble ? 1e-12 : 1e-5);
            Assert.True(Math.Abs(scores[0] - scores[2]) > 1e-3);
        }
    }

    [Fact]
    public void A_batch_without_jets_has_no_scores()
    {
        var recipe = Recipe("Own", allDouble: false);
        using var network = Networks.Loud(recipe);
        Assert.Empty(Networks.Scores(network, recipe, JetBatch.Empty));
    }

    private static LorentzNetRecipe Recipe(string pooling, bool allDouble)
    {
        var recipe = Networks.Small with { Pooling = Pooling.Parse(pooling, null) };
        return allDouble ? Networks.AllDouble(recipe) : recipe;
    }

    private static int[] Permutation(int count, int key)
    {
        var order = Enumerable.Range(0, count).ToArray();
        new RandomStream(1, "permutation", 0, key).Shuffle(order.AsSpan());
        return order;
    }
}
