namespace Lightcone.Randomness;

/// <summary>
/// The counter-based generator Philox4x32 with 10 rounds (J. Salmon et al., SC'11, doi:10.1145/2063384.2063405): a keyed bijection of
/// 128-bit counters whose outputs pass as random. It has no state, so any draw can be computed alone, in any order, on any thread.
/// </summary>
public static class Philox4x32
{
    private const int Rounds = 10;
    private const uint Multiplier0 = 0xD2511F53, Multiplier1 = 0xCD9E8D57;
    private const uint Weyl0 = 0x9E3779B9, Weyl1 = 0xBB67AE85; // golden ratio, √3 − 1

    /// <summary>Four words of 32 random bits.</summary>
    /// <param name="W0">First word.</param>
    /// <param name="W1">Second word.</param>
    /// <param name="W2">Third word.</param>
    /// <param name="W3">Fourth word.</param>
    public readonly record struct Block(uint W0, uint W1, uint W2, uint W3)
    {
        /// <summary>The first two words as one number, <see cref="W0"/> in the low half.</summary>
        public ulong Low => W0 | ((ulong)W1 << 32);

        /// <summary>The last two words as one number, <see cref="W2"/> in the low half.</summary>
        public ulong High => W2 | ((ulong)W3 << 32);
    }

    /// <summary>The block of a counter (low and high 64 bits) under a key (low 32 bits first).</summary>
    public static Block Generate(ulong counterLow, ulong counterHigh, ulong key)
    {
        uint c0 = (uint)counterLow, c1 = (uint)(counterLow >> 32), c2 = (uint)counterHigh, c3 = (uint)(counterHigh >> 32);
        uint k0 = (uint)key, k1 = (uint)(key >> 32);
        for (int round = 0; round < Rounds; round++)
        {
            ulong p0 = (ulong)Multiplier0 * c0, p1 = (ulong)Multiplier1 * c2;
            (c0, c1, c2, c3) = ((uint)(p1 >> 32) ^ c1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ c3 ^ k1, (uint)p0);
            k0 = unchecked(k0 + Weyl0);
            k1 = unchecked(k1 + Weyl1);
        }
        return new(c0, c1, c2, c3);
    }
}
