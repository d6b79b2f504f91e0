using System.Buffers.Binary;

namespace Lightcone.Tests.Fuzz;

/// <summary>A few damages to a file, determined by a seed: bits, bytes, sizes at their limits, blocks moved, inserted, cut out.</summary>
internal static class Mutation
{
    private static readonly ulong[] Extremes = [0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x7FFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF, 0x1_0000_0000, 1000, 100_000_000];

    public static byte[] Of(byte[] whole, int seed)
    {
        var random = new Random(seed);
        byte[] bytes = [.. whole];
        int damages = random.Next(1, 4);
        for (int i = 0; i < damages; i++) bytes = Damage(bytes, random);
        return bytes;
    }

    private static byte[] Damage(byte[] bytes, Random random)
    {
        int at = Place(bytes, random);
        int length = Math.Min(bytes.Length - at, random.Next(1, 32));
        switch (random.Next(7))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 1:
                bytes[at] = (byte)random.Next(256);
                return bytes;
            case 2:
                random.NextBytes(bytes.AsSpan(at, length));
                return bytes;
            case 3:
            case 4:
                Span<byte> extreme = stackalloc byte[8];
                BinaryPrimitives.WriteUInt64LittleEndian(extreme, Extremes[random.Next(Extremes.Length)]);
                extreme[..Math.Min(bytes.Length - at, 1 << random.Next(4))].CopyTo(bytes.AsSpan(at));
                return bytes;
            case 5:
                int from = random.Next(bytes.Length - length + 1);
                bytes.AsSpan(from, length).ToArray().CopyTo(bytes.AsSpan(at));
                return bytes;
            default:
                return random.Next(2) == 0 ? [.. bytes[..at], .. bytes[(at + length)..]] : [.. bytes[..at], .. bytes.AsSpan(at, length), .. bytes[at..]];
        }
    }

    /// <summary>Mostly where there is something: long runs of zeros in a file teach little.</summary>
    private static int Place(byte[] bytes, Random random)
    {
        int at = random.Next(bytes.Length);
        for (int tries = 0; tries < 4 && bytes[at] == 0 && random.Next(4) > 0; tries++) at = random.Next(bytes.Length);
        return at;
    }
}
