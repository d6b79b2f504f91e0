using System.Diagnostics;
using Lightcone.Formats;
using Lightcone.Formats.Checks;
using Lightcone.Formats.Codecs;
using Lightcone.Formats.Compact;
using Lightcone.Formats.Hdf5;
using Lightcone.Jets;
using Lightcone.Tests.Formats;

namespace Lightcone.Tests.Fuzz;

/// <summary>Damaged files of every format end in the format's own error: no other exception, no hang, no allocation that the file's size does not explain.</summary>
[Collection(nameof(Alone))]
public sealed class FormatFuzzTests : IDisposable
{
    private const int Mutations = 10_000;
    private const int RowsAtOnce = 256;

    // A file may decode to 1032 times its size (deflate's bound) and 1 MiB; reading holds such a block a few times over.
    private const long AllocationFactor = 2 * Hdf5Dataset.ExpansionLimit;
    private const long AllocationAllowance = 8 << 20;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [CollectionDefinition(nameof(Alone), DisableParallelization = true)]
    public sealed class Alone;

    public static TheoryData<string> Files => ["compact.h5", "lgn.h5", "table_zlib.h5", "table_blosc.h5", "small.npz", "energyflow.npz"];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_truncated_file_is_refused_or_read(string name)
    {
        byte[] whole = File.ReadAllBytes(Fixture.Path(name));
        int step = Math.Max(1, whole.Length / 600);
        Sweep(name, Enumerable.Range(0, whole.Length / step).Select(i => (Func<byte[]>)(() => whole[..(i * step)])));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_mutated_file_is_refused_or_read(string name)
    {
        byte[] whole = File.ReadAllBytes(Fixture.Path(name));
        Sweep(name, Enumerable.Range(0, Mutations).Select(seed => (Func<byte[]>)(() => Mutation.Of(whole, seed))));
    }

    [Fact]
    public void Mutated_files_of_the_newer_hdf5_form_are_refused_or_read()
    {
        using (var source = FormatCatalogue.Open(Fixture.Path("compact.h5"))) CompactWriter.Write(source, folder["written.h5"]);
        byte[] whole = File.ReadAllBytes(folder["written.h5"]);
        Sweep("written.h5", Enumerable.Range(0, Mutations).Select(seed => (Func<byte[]>)(() => Mutation.Of(whole, seed))));
    }

    [Fact]
    public void Mutated_jetnet_files_are_refused_or_read()
    {
        byte[] whole = File.ReadAllBytes(JetNetFile.Write(folder["t.hdf5"]));
        Sweep("t.hdf5", Enumerable.Range(0, Mutations).Select(seed => (Func<byte[]>)(() => Mutation.Of(whole, seed))));
        Sweep("t.hdf5", Enumerable.Range(0, whole.Length / 8).Select(i => (Func<byte[]>)(() => whole[..(8 * i)])));
    }

    [Fact]
    public void Damaged_files_with_tracks_are_refused_or_checked()
    {
        byte[] whole = File.ReadAllBytes(new TrackFile().Write(folder["tracks.h5"]));
        void Check(string path) => DatasetChecks.Run([path]);
        Sweep("tracks.h5", Enumerable.Range(0, Mutations).Select(seed => (Func<byte[]>)(() => Mutation.Of(whole, seed))), Check);
        Sweep("tracks.h5", Enumerable.Range(0, whole.Length / 8).Select(i => (Func<byte[]>)(() => whole[..(8 * i)])), Check);
    }

    [Theory]
    [InlineData("codecs_h5py_earliest.h5", "types/f4/gzip_shuffle,types/f4/lzf,types/i2/fletcher,cube,bool")]
    [InlineData("codecs_h5py_latest.h5", "types/f4/gzip_shuffle,types/f8/unfiltered,types/f4/single,cube")]
    [InlineData("codecs_pytables.h5", "blosclz_byte_f4,lz4_bit_i2,zlib_none_f8,zstd_byte_f4,incompressible_i4")]
    public void Mutated_datasets_are_refused_or_read(string name, string datasets)
    {
        byte[] whole = File.ReadAllBytes(Fixture.Path(name));
        // Files of 200 KB: each case writes one, so fewer cases; mutations cluster as in the other sweeps.
        Sweep(name, Enumerable.Range(0, 1500).Select(seed => (Func<byte[]>)(() => Mutation.Of(whole, seed))), path =>
        {
            using var file = Hdf5File.Open(InputFile.Open(path));
            foreach (string dataset in datasets.Split(','))
                if (file.Dataset(dataset) is { } found) found.ReadDoubles(0, (int)Math.Min(found.Rows, 2000));
        });
    }

    [Fact]
    public void Compressed_blocks_of_random_bytes_never_leave_their_buffers()
    {
        var random = new Random(7);
        var target = new byte[4096];
        for (int i = 0; i < 30_000; i++)
        {
            var stored = new byte[random.Next(0, 300)];
            random.NextBytes(stored);
            if (i % 4 == 0 && stored.Length >= 16) Header(stored, random, target.Length);
            Attempt(() => BloscLz.Decode(stored, target));
            Attempt(() => Lzf.Decode(stored, target));
            Attempt(() => Blosc.Decode(stored, stored.Length, target));
        }

        static void Header(byte[] stored, Random random, int length)
        {
            (stored[0], stored[3]) = (2, (byte)random.Next(1, 9));
            BitConverter.TryWriteBytes(stored.AsSpan(4), length);
            BitConverter.TryWriteBytes(stored.AsSpan(8), random.Next(1, length));
        }

        static void Attempt(Action decode)
        {
            try
            {
                decode();
            }
            catch (InvalidDataException)
            {
                // What a damaged block should give.
            }
        }
    }

    private void Sweep(string name, IEnumerable<Func<byte[]>> cases, Action<string>? read = null)
    {
        string path = folder[name];
        int number = -1;
        Exception? unexpected = null;
        var clock = new Stopwatch();
        var thread = new Thread(() =>
        {
            foreach (var make in cases)
            {
                number++;
                byte[] content = make();
                File.WriteAllBytes(path, content);
                clock.Restart();
                long before = GC.GetTotalAllocatedBytes();
                try
                {
                    (read ?? ReadJets)(path);
                }
                catch (InputDataException)
                {
                    // The format's own error.
                }
                catch (Exception e)
                {
                    unexpected = e;
                    return;
                }
                long allocated = GC.GetTotalAllocatedBytes() - before;
                if (allocated <= AllocationFactor * content.Length + AllocationAllowance) continue;
                unexpected = new InvalidOperationException($"{allocated} bytes were allocated for a file of {content.Length}");
                return;
            }
        });
        thread.Start();
        int last = -2;
        while (!thread.Join(TimeSpan.FromSeconds(30)))
        {
            Assert.True(last != number, $"case {number} of {name} does not end");
            last = number;
        }
        if (unexpected is not null) File.Copy(path, Path.Combine(Path.GetTempPath(), "lightcone-fuzz-" + name), overwrite: true);
        Assert.True(unexpected is null, $"case {number} of {name}: {unexpected}");
    }

    private static void ReadJets(string path)
    {
        using var source = FormatCatalogue.Open(path);
        for (long at = 0; at < Math.Min(source.Count, 4 * RowsAtOnce); at += RowsAtOnce)
        {
            JetBatch jets = source.Read(at, (int)Math.Min(RowsAtOnce, source.Count - at));
            if (jets.Momenta.Length != 4 * jets.ConstituentCount) throw new InvalidOperationException("a batch contradicts itself");
        }
    }
}
