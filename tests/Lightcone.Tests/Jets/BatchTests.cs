using CsCheck;
using Lightcone.Jets;

namespace Lightcone.Tests.Jets;

public sealed class BatchTests
{
    private static readonly Gen<(int Jets, int Batch, int Block, int Window, int Group, bool Drop)> Plans =
        Gen.Select(Gen.Int[0, 300], Gen.Int[1, 40], Gen.Int[1, 30], Gen.Int[1, 120], Gen.Int[1, 5], Gen.Bool);

    private static ShuffledBatches Epoch((int Jets, int Batch, int Block, int Window, int Group, bool Drop) p, ulong seed = 1, long epoch = 0) =>
        new(new NumberedJets(p.Jets))
        {
            BatchSize = p.Batch, Seed = seed, Epoch = epoch, BlockSize = p.Block, WindowSize = p.Window, LengthGroup = p.Group, DropLast = p.Drop,
        };

    [Fact]
    public void An_epoch_holds_every_jet_once_whole_and_in_full_batches() => Plans.Sample(p =>
    {
        var batches = Epoch(p).ToList();
        Assert.Equal(Epoch(p).BatchCount, batches.Count);
        Assert.All(batches.SkipLast(1), b => Assert.Equal(p.Batch, b.JetCount));
        Assert.All(batches, NumberedJets.AssertWhole);
        var rows = batches.SelectMany(b => b.Rows).ToList();
        Assert.Equal(rows.Count, rows.Distinct().Count());
        Assert.Equal(p.Drop ? p.Jets / p.Batch * p.Batch : p.Jets, rows.Count);
    }, iter: 400);

    [Fact]
    public void An_epoch_entered_at_any_batch_continues_as_if_never_left() => Plans.Sample(p =>
    {
        var whole = Epoch(p).ToList();
        for (int start = 0; start <= whole.Count; start++)
            Assert.Equal(whole.Skip(start).SelectMany(b => b.Rows), Epoch(p).From(start).SelectMany(b => b.Rows));
    }, iter: 100);

    [Fact]
    public void The_order_changes_with_seed_and_epoch_and_with_nothing_else()
    {
        var plan = (Jets: 2000, Batch: 32, Block: 64, Window: 512, Group: 1, Drop: false);
        long[] Order(ulong seed, long epoch) => [.. Epoch(plan, seed, epoch).SelectMany(b => b.Rows)];
        Assert.Equal(Order(1, 0), Order(1, 0));
        Assert.NotEqual(Order(1, 0), Order(2, 0));
        Assert.NotEqual(Order(1, 0), Order(1, 1));
        Assert.Equal(Order(1, 0), Epoch(plan with { Batch = 7 }).SelectMany(b => b.Rows));
    }

    [Fact]
    public void Dropping_the_last_batch_removes_only_that_batch() => Plans.Sample(p =>
    {
        var kept = Epoch(p with { Drop = false }).Select(b => b.Rows).ToList();
        if (p.Jets % p.Batch > 0) kept.RemoveAt(kept.Count - 1);
        Assert.Equal(kept, Epoch(p with { Drop = true }).Select(b => b.Rows));
    }, iter: 100);

    [Fact]
    public void Early_batches_draw_from_the_whole_file_not_from_its_beginning()
    {
        var first = Epoch((Jets: 64 * 512, Batch: 512, Block: 64, Window: 64 * 64, Group: 1, Drop: false)).First();
        // 64 of 512 blocks are pooled: a uniform choice of rows has mean ½N and, blockwise, a standard error of N/√(12·64).
        double mean = first.Rows.Average() / (64 * 512);
        Assert.InRange(mean, 0.5 - 5 / Math.Sqrt(12 * 64), 0.5 + 5 / Math.Sqrt(12 * 64));
        Assert.True(first.Rows.Select(r => r / 64).Distinct().Count() > 60, "a batch of 512 jets should come from nearly all 64 pooled blocks");
    }

    [Fact]
    public void Length_groups_cut_padding_and_keep_each_group_the_same_jets()
    {
        var plan = (Jets: 4096, Batch: 32, Block: 64, Window: 1024, Group: 16, Drop: true);
        var plain = Epoch(plan with { Group = 1 }).ToList();
        var grouped = Epoch(plan).ToList();
        for (int g = 0; g < grouped.Count; g += plan.Group)
            Assert.Equal(plain.Skip(g).Take(plan.Group).SelectMany(b => b.Rows).Order(), grouped.Skip(g).Take(plan.Group).SelectMany(b => b.Rows).Order());
        Assert.True(Padded(grouped) < 0.6 * Padded(plain), $"{Padded(grouped)} against {Padded(plain)} padded constituents");

        var largest = grouped.Take(plan.Group).Select(b => Enumerable.Range(0, b.JetCount).Max(b.Multiplicity)).ToList();
        Assert.NotEqual(largest.Order(), largest); // batches of a group are shuffled, not ordered by length

        static long Padded(List<JetBatch> batches) => batches.Sum(b => (long)b.JetCount * Enumerable.Range(0, b.JetCount).Max(b.Multiplicity));
    }

    [Fact]
    public void Entering_late_reads_one_window_and_not_the_windows_before()
    {
        var source = new NumberedJets(100_000);
        var epoch = new ShuffledBatches(source) { BatchSize = 100, Seed = 1, Epoch = 0, BlockSize = 100, WindowSize = 1000 };
        Assert.Equal(100, epoch.From(995).First().JetCount);
        Assert.Equal(1000, source.JetsRead);
    }

    [Fact]
    public void Memory_is_bounded_by_the_window_not_by_the_file()
    {
        const int window = 2048;
        var source = new NumberedJets(40 * window);
        var epoch = new ShuffledBatches(source) { BatchSize = 128, Seed = 1, Epoch = 0, BlockSize = 128, WindowSize = window };
        long most = 0, seen = 0;
        foreach (var batch in epoch)
        {
            if (seen++ % 53 != 0) continue;
            GC.Collect();
            most = Math.Max(most, source.JetsAlive);
        }
        Assert.Equal(40 * window, source.JetsRead);
        Assert.InRange(most, window, 2 * window); // a window is let go once the next is there
    }

    [Fact]
    public void Sequential_batches_follow_the_file()
    {
        var batches = new SequentialBatches(new NumberedJets(25)) { BatchSize = 10 };
        Assert.Equal(3, batches.BatchCount);
        Assert.Equal(Enumerable.Range(0, 25).Select(i => (long)i), batches.SelectMany(b => b.Rows));
        Assert.Equal([20L, 21, 22, 23, 24], batches.From(2).Single().Rows);
        Assert.Equal(2, new SequentialBatches(new NumberedJets(25)) { BatchSize = 10, DropLast = true }.Count());
        Assert.Throws<ArgumentOutOfRangeException>(() => batches.From(4));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SequentialBatches(new NumberedJets(25)) { BatchSize = 0 });
    }
}
