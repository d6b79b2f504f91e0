using CsCheck;
using Lightcone.Jets;
using Lightcone.Randomness;

namespace Lightcone.Tests.Jets;

public sealed class LabelSubsetTests
{
    private static readonly Gen<int[]> Labels = Gen.Int[0, 6].Array[0, 200];

    private static int[] CountsOf(IEnumerable<long> rows, int[] labels) => [.. labels.Distinct().Select(label => rows.Count(r => labels[r] == label))];

    [Fact]
    public void Rows_rise_and_classes_are_as_equal_as_they_can_be() => Gen.Select(Labels, Gen.Double[0, 1], Gen.ULong).Sample((labels, share, seed) =>
    {
        long[] rows = LabelSubset.Draw(labels, (int)(share * labels.Length), seed);
        Assert.Equal((int)(share * labels.Length), rows.Length);
        Assert.Equal(rows.Distinct().Order(), rows);
        int most = CountsOf(rows, labels).Append(0).Max();
        foreach (int label in labels.Distinct())
        {
            int drawn = rows.Count(r => labels[r] == label), there = labels.Count(l => l == label);
            Assert.InRange(drawn, Math.Min(there, most - 1), Math.Min(there, most));
        }
    }, iter: 1000);

    [Fact]
    public void A_smaller_subset_lies_within_a_larger_one() => Gen.Select(Labels, Gen.Double[0, 1], Gen.Double[0, 1], Gen.ULong).Sample((labels, a, b, seed) =>
    {
        int small = (int)(Math.Min(a, b) * labels.Length), large = (int)(Math.Max(a, b) * labels.Length);
        Assert.Subset(LabelSubset.Draw(labels, large, seed).ToHashSet(), LabelSubset.Draw(labels, small, seed).ToHashSet());
    }, iter: 500);

    [Fact]
    public void Seeds_give_different_subsets_and_one_seed_always_the_same()
    {
        int[] labels = [.. Enumerable.Range(0, 2000).Select(i => i % 10)];
        Assert.Equal(LabelSubset.Draw(labels, 100, 5), LabelSubset.Draw(labels, 100, 5));
        // 100 of 2000 by two seeds: 5 rows in common are expected, with a standard deviation below 3.
        Assert.InRange(LabelSubset.Draw(labels, 100, 5).Intersect(LabelSubset.Draw(labels, 100, 6)).Count(), 0, 20);
        Assert.Equal(Enumerable.Repeat(10, 10), CountsOf(LabelSubset.Draw(labels, 100, 5), labels));
    }

    [Fact]
    public void Neither_the_numbering_of_classes_nor_rows_of_others_change_a_draw()
    {
        var random = new RandomStream(1, "labels", 0, 0);
        int[] labels = [.. Enumerable.Range(0, 600).Select(_ => random.NextInt(5))];
        int[] renumbered = [.. labels.Select(l => 100 - 7 * l)];
        Assert.Equal(LabelSubset.Draw(labels, 123, 9), LabelSubset.Draw(renumbered, 123, 9));

        // Classes 3 and 4 joined to one: the rows of the others stay, at equal numbers a class.
        int[] joined = [.. labels.Select(l => Math.Min(l, 3))];
        long[] five = LabelSubset.Draw(labels, 100, 9), four = LabelSubset.Draw(joined, 80, 9);
        Assert.Equal(five.Where(r => labels[r] < 3), four.Where(r => labels[r] < 3));
    }

    [Fact]
    public void The_drawn_rows_come_from_the_whole_sample()
    {
        // The mean of 1000 of 10⁵ uniform rows has a standard error of 10⁵/√(12·1000).
        long[] rows = LabelSubset.Draw([.. Enumerable.Range(0, 100_000).Select(i => i % 10)], 1000, 3);
        Assert.Equal(0.5, rows.Average() / 1e5, 5 / Math.Sqrt(12e3));
    }

    [Fact]
    public void More_than_there_are_cannot_be_drawn()
    {
        Assert.Throws<ArgumentException>(() => LabelSubset.Draw([0, 1, 1], 4, 1));
        Assert.Throws<ArgumentException>(() => LabelSubset.Draw([0], -1, 1));
        Assert.Equal([0L, 1, 2], LabelSubset.Draw([0, 1, 1], 3, 1));
        Assert.Empty(LabelSubset.Draw([], 0, 1));
    }
}
