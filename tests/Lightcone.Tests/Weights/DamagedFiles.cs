using System.Buffers.Binary;
using Lightcone.Randomness;

namespace Lightcone.Tests.Weights;

/// <summary>What a reader of hostile files must hold: refusal by its own error, and no memory that the file's size does not explain.</summary>
internal static class DamagedFiles
{
    private static readonly long[] Interesting = [0, 1, -1, int.MaxValue, int.MinValue, long.MaxValue, uint.MaxValue, 1L << 40, 0x7FFF, 0xFF];

    /// <summary>Every shorter beginning of a file must be refused.</summary>
    public static void AssertEveryTruncationIsRefused(byte[] file, Action<string> read)
    {
        using var folder = new TemporaryFolder();
        for (int length = 0; length < file.Length; length++)
        {
            File.WriteAllBytes(folder["cut"], file[..length]);
            Assert.Throws<InputDataException>(() => read(folder["cut"]));
        }
    }

    /// <summary>Changed files are read or refused; the number refused comes back.</summary>
    public static int AssertMutationsAreReadOrRefused(byte[] file, int mutations, Action<string> read)
    {
        using var folder = new TemporaryFolder();
        int refused = 0;
        for (int m = 0; m < mutations; m++)
        {
            byte[] mutant = Mutate(file, new RandomStream(1, "mutation", 0, m));
            File.WriteAllBytes(folder["mutant"], mutant);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                read(folder["mutant"]);
            }
            catch (InputDataException)
            {
                refused++;
            }
            catch (Exception e)
            {
                Assert.Fail($"mutation {m} gave {e}");
            }
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < 100 * file.Length + 500_000, $"mutation {m} allocated {allocated} bytes for a file of {mutant.Length}");
        }
        return refused;
    }

    private static byte[] Mutate(byte[] file, RandomStream random)
    {
        var bytes = file.ToList();
        for (int change = 1 + random.NextInt(3); change > 0; change--)
        {
            int at = random.NextInt(bytes.Count), length = Math.Min(1 + random.NextInt(16), bytes.Count - at);
            switch (random.NextInt(6))
            {
                case 0: bytes[at] ^= (byte)(1 << random.NextInt(8)); break;
                case 1: bytes[at] = (byte)random.NextUInt32(); break;
                case 2 when bytes.Count > length: bytes.RemoveRange(at, length); break;
                case 3: bytes.InsertRange(at, bytes.GetRange(random.NextInt(bytes.Count - length + 1), length)); break;
                case 4:
                    var word = new byte[8];
                    BinaryPrimitives.WriteInt64LittleEndian(word, Interesting[random.NextInt(Interesting.Length)]);
                    for (int i = 0; i < (random.NextInt(2) == 0 ? 4 : 8) && at + i < bytes.Count; i++) bytes[at + i] = word[i];
                    break;
                default: bytes[at] = bytes[random.NextInt(bytes.Count)]; break;
            }
        }
        return [.. bytes];
    }
}
