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
}
