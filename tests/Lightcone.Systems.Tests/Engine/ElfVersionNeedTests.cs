using System.Diagnostics;
using Lightcone.Training.Engine;
using CsCheck;

namespace Lightcone.Systems.Tests.Engine;

public sealed class ElfVersionNeedTests
{
    [Fact]
    public void An_unused_need_is_weakened_by_one_bit_and_nothing_else_changes()
    {
        byte[] original = ElfSample.Create(relocatedSymbol: 1), image = [.. original];
        Assert.Equal(ElfVersionNeed.Outcome.Weakened, ElfVersionNeed.Weaken(image, ElfSample.Version));
        var changed = Enumerable.Range(0, image.Length).Where(i => image[i] != original[i]);
        Assert.Equal([ElfSample.FlagsAt], changed);
        Assert.Equal(2, image[ElfSample.FlagsAt]);
    }

    [Fact]
    public void A_library_that_does_not_ask_for_the_version_stays_as_it_is()
    {
        byte[] original = ElfSample.Create(relocatedSymbol: 1, version: "GLIBCXX_3.4.31"), image = [.. original];
        Assert.Equal(ElfVersionNeed.Outcome.NotNeeded, ElfVersionNeed.Weaken(image, ElfSample.Version));
        Assert.Equal(original, image);
    }

    [Fact]
    public void A_longer_version_name_that_begins_alike_is_another_version()
    {
        byte[] image = ElfSample.Create(relocatedSymbol: 1, version: ElfSample.Version + "1");
        Assert.Equal(ElfVersionNeed.Outcome.NotNeeded, ElfVersionNeed.Weaken(image, ElfSample.Version));
    }

    [Fact]
    public void A_need_that_a_relocation_really_uses_is_refused()
    {
        byte[] original = ElfSample.Create(relocatedSymbol: 2), image = [.. original];
        var refusal = Assert.Throws<InvalidDataException>(() => ElfVersionNeed.Weaken(image, ElfSample.Version));
        Assert.Contains(ElfSample.Version, refusal.Message);
        Assert.Equal(original, image);
    }

    [Fact]
    public void A_symbol_that_is_bound_to_an_older_version_no_longer_stands_in_the_way()
    {
        byte[] image = ElfSample.Create(relocatedSymbol: 2);
        Assert.Equal(0, ElfVersionNeed.Rebind(image, "another", ElfSample.Version, ElfSample.OlderVersion));
        Assert.Equal(1, ElfVersionNeed.Rebind(image, ElfSample.Symbol, ElfSample.Version, ElfSample.OlderVersion));
        Assert.Equal(0, ElfVersionNeed.Rebind(image, ElfSample.Symbol, ElfSample.Version, ElfSample.OlderVersion));
        Assert.Equal(ElfVersionNeed.Outcome.Weakened, ElfVersionNeed.Weaken(image, ElfSample.Version));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void Without_symbol_versions_nothing_can_be_shown_and_it_is_refused(int section)
    {
        byte[] image = ElfSample.Create(relocatedSymbol: 2);
        image.AsSpan(ElfSample.SectionTypeAt(section), 4).Clear();
        Assert.Throws<InvalidDataException>(() => ElfVersionNeed.Weaken(image, ElfSample.Version));
    }

    [Fact]
    public void Mutated_and_cut_libraries_raise_nothing_but_InvalidDataException_and_never_hang()
    {
        byte[] sample = ElfSample.Create(relocatedSymbol: 1);
        var mutation = Gen.Select(Gen.Int[0, sample.Length - 1], Gen.OneOf(Gen.Byte, Gen.Int[0, 4].Select(i => (byte)(new[] { 0, 1, 0x7f, 0x80, 0xff })[i])));
        Gen.Select(mutation.Array[1, 12], Gen.Int[0, sample.Length]).Sample((mutations, length) =>
        {
            byte[] image = [.. sample];
            foreach (var (at, value) in mutations) image[at] = value;
            image = image[..Math.Max(length, length % 2 == 0 ? sample.Length : 0)];
            var clock = Stopwatch.StartNew();
            try
            {
                ElfVersionNeed.Rebind(image, ElfSample.Symbol, ElfSample.Version, ElfSample.OlderVersion);
                ElfVersionNeed.Weaken(image, ElfSample.Version);
            }
            catch (InvalidDataException)
            {
            }

            return clock.Elapsed < TimeSpan.FromSeconds(2);
        }, iter: 20_000);
    }

    [Fact]
    public void A_mutated_real_wrapper_never_hangs_and_raises_nothing_but_InvalidDataException()
    {
        string wrapper = Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so");
        Assert.SkipUnless(File.Exists(wrapper), "no engine wrapper beside the tests");
        byte[] original = File.ReadAllBytes(wrapper);
        int table = checked((int)BitConverter.ToUInt64(original, 0x28));
        var random = new Random(20260101);
        for (int trial = 0; trial < 300; trial++)
        {
            byte[] image = [.. original];
            for (int m = 0; m < 4; m++) image[table + random.Next(image.Length - table)] = (byte)random.Next(256);
            var clock = Stopwatch.StartNew();
            try
            {
                EngineWrapper.Prepare(image);
            }
            catch (InvalidDataException)
            {
            }

            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"mutation {trial} took {clock.Elapsed}");
        }
    }
}
