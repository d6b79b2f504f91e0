using CsCheck;
using Lightcone.Jets;

namespace Lightcone.Tests.Jets;

public sealed class SourceTests
{
    [Fact]
    public void Joined_sources_read_as_one_file_would() =>
        Gen.Select(Gen.Int[0, 20].Array[1, 5], Gen.Int[0, 100], Gen.Int[0, 100]).Sample((sizes, a, b) =>
        {
            long start = 0;
            var parts = new List<IJetSource>();
            foreach (int size in sizes)
            {
                parts.Add(new NumberedJets(size, start));
                start += size;
            }
            using var joined = new ConcatenatedSource(parts);
            Assert.Equal(start, joined.Count);
            int first = (int)Math.Min(a, start), count = (int)Math.Min(b, start - first);
            var batch = joined.Read(first, count);
            var expected = Enumerable.Range(first, count).Select(i => (long)i).ToArray();
            Assert.Equal(expected, batch.Rows);
            if (count == 0) return;
            Assert.Equal(expected, NumberedJets.Identities(batch));
            NumberedJets.AssertWhole(batch);
        }, iter: 500);

    [Fact]
    public void Joining_keeps_what_all_sources_share_and_disposes_them()
    {
        var schema = new JetSchema { Layout = "numbered", Classes = ["background", "signal"], ConstituentColumns = ["pid"], JetColumns = ["identity"], Facts = new Dictionary<string, string> { ["generator"] = "toy", ["split"] = "a" } };
        var a = new NumberedJets(3) { Schema = schema };
        var b = new NumberedJets(3) { Schema = schema with { ConstituentColumns = [], Facts = new Dictionary<string, string> { ["generator"] = "toy", ["split"] = "b" } } };
        var joined = new ConcatenatedSource([a, b]);
        Assert.Empty(joined.Schema.ConstituentColumns);
        Assert.Equal("toy", Assert.Single(joined.Schema.Facts).Value);
        Assert.Empty(joined.Read(1, 4).ConstituentColumns);
        joined.Dispose();
        Assert.True(a.Disposed && b.Disposed);
    }

    [Fact]
    public void Sources_with_other_classes_cannot_be_joined()
    {
        var other = new NumberedJets(3) { Schema = new JetSchema { Layout = "numbered", Classes = ["gluon", "quark"] } };
        var error = Assert.Throws<UsageException>(() => new ConcatenatedSource([new NumberedJets(3), other]));
        Assert.Contains("quark", error.Message);
    }

    [Fact]
    public void A_slice_is_numbered_from_zero_and_ends_where_it_was_cut()
    {
        using var slice = new SliceSource(new NumberedJets(100), 40, 10);
        var batch = slice.Read(2, 8);
        Assert.Equal([2, 3, 4, 5, 6, 7, 8, 9], batch.Rows);
        Assert.Equal([42, 43, 44, 45, 46, 47, 48, 49], NumberedJets.Identities(batch));
        Assert.Throws<ArgumentOutOfRangeException>(() => slice.Read(2, 9));
        Assert.Throws<ArgumentOutOfRangeException>(() => slice.Read(-1, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => slice.Read(long.MaxValue, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SliceSource(new NumberedJets(100), 91, 10));
    }

    [Fact]
    public void Jets_in_memory_equal_the_source_they_were_loaded_from()
    {
        using var slice = new SliceSource(new NumberedJets(60), 10, 50);
        using var memory = InMemorySource.Load(slice);
        Assert.Equal(50, memory.Count);
        var batch = memory.Read(5, 20);
        Assert.Equal(slice.Read(5, 20).Momenta, batch.Momenta);
        Assert.Equal(slice.Read(5, 20).Rows, batch.Rows);
        NumberedJets.AssertWhole(batch);
    }

    [Fact]
    public void A_subset_reads_its_rows_in_order_numbered_from_zero() =>
        Gen.Select(Gen.Bool.Array[0, 80], Gen.Int[0, 80], Gen.Int[0, 80]).Sample((kept, a, b) =>
        {
            long[] rows = [.. Enumerable.Range(0, kept.Length).Where(i => kept[i]).Select(i => (long)i)];
            using var subset = new SubsetSource(new NumberedJets(kept.Length), rows);
            Assert.Equal(rows.Length, subset.Count);
            int first = Math.Min(a, rows.Length), count = Math.Min(b, rows.Length - first);
            var batch = subset.Read(first, count);
            Assert.Equal(Enumerable.Range(first, count).Select(i => (long)i), batch.Rows);
            if (count == 0) return;
            Assert.Equal(rows[first..(first + count)], NumberedJets.Identities(batch));
            NumberedJets.AssertWhole(batch);
        }, iter: 500);

    [Fact]
    public void A_subset_of_few_rows_reads_no_long_stretches_between_them()
    {
        var source = new NumberedJets(1_000_000);
        using var subset = new SubsetSource(source, [0, 5000, 5001, 500_000, 999_999]);
        Assert.Equal([0L, 5000, 5001, 500_000, 999_999], NumberedJets.Identities(subset.Read(0, 5)));
        Assert.Equal(5, source.JetsRead);
    }

    [Fact]
    public void A_subset_needs_rising_rows_of_its_source_and_closes_it()
    {
        var source = new NumberedJets(10);
        Assert.Throws<ArgumentException>(() => new SubsetSource(source, [3, 2]));
        Assert.Throws<ArgumentException>(() => new SubsetSource(source, [3, 3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SubsetSource(source, [-1, 2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SubsetSource(source, [3, 10]));
        var subset = new SubsetSource(source, [3, 9]);
        Assert.Throws<ArgumentOutOfRangeException>(() => subset.Read(1, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => subset.Read(long.MaxValue, 2));
        subset.Dispose();
        Assert.True(source.Disposed);
    }

    [Fact]
    public void Without_labels_nothing_but_the_labels_is_missing()
    {
        var source = new NumberedJets(20);
        var unlabelled = new UnlabelledSource(source);
        Assert.Empty(unlabelled.Schema.Classes);
        Assert.Equal(source.Schema with { Classes = unlabelled.Schema.Classes }, unlabelled.Schema);
        JetBatch bare = unlabelled.Read(3, 10), whole = source.Read(3, 10);
        Assert.Null(bare.Labels);
        Assert.Equal(whole.Rows, bare.Rows);
        Assert.Equal(whole.Offsets, bare.Offsets);
        Assert.Equal(whole.Momenta, bare.Momenta);
        Assert.Equal(whole.ConstituentColumns["pid"], bare.ConstituentColumns["pid"]);
        Assert.Equal(whole.JetColumns["identity"], bare.JetColumns["identity"]);
        Assert.Equal(20, unlabelled.Count);
        unlabelled.Dispose();
        Assert.True(source.Disposed);
    }
}
