using System.Text;

namespace Lightcone.Randomness;

/// <summary>
/// Random numbers that belong to (seed, purpose, epoch, item), for example (7, "dropout", epoch 3, row 4711). Two streams that differ in any
/// of the four are independent, and none depends on what was drawn before: order, threads and restarts never change a draw.
/// </summary>
/// <remarks>
/// (seed, purpose, epoch) makes a 64-bit key through one Philox block; the counter is (block number, item). The value type is mutable:
/// keep it in a local or a field that is not readonly, and pass it by <c>ref</c>.
/// </remarks>
public struct RandomStream
{
    private const double TwoToMinus53 = 1.0 / (1L << 53);
    private readonly ulong key;
    private readonly ulong item;
    private ulong blocks;
    private Philox4x32.Block current;
    private int unusedWords;
    private double? spareGaussian;

    /// <summary>Opens a stream at its beginning.</summary>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="purpose">What the numbers are for; equal texts give equal streams on every machine.</param>
    /// <param name="epoch">Epoch, replica or repetition.</param>
    /// <param name="item">Row of a jet or another index; streams of different items never overlap.</param>
    public RandomStream(ulong seed, string purpose, long epoch, long item)
        : this(Philox4x32.Generate(StableHash(purpose), unchecked((ulong)epoch), seed).Low, unchecked((ulong)item))
    {
    }

    private RandomStream(ulong key, ulong item) => (this.key, this.item) = (key, item);

    /// <summary>The stream of another item with the same seed, purpose and epoch, at its beginning.</summary>
    public readonly RandomStream ForItem(long other) => new(key, unchecked((ulong)other));

    /// <summary>32 uniform bits.</summary>
    public uint NextUInt32()
    {
        if (unusedWords == 0)
        {
            current = Philox4x32.Generate(blocks++, item, key);
            unusedWords = 4;
        }
        return (4 - unusedWords--) switch { 0 => current.W0, 1 => current.W1, 2 => current.W2, _ => current.W3 };
    }

    /// <summary>64 uniform bits; the word drawn first is the low half.</summary>
    public ulong NextUInt64()
    {
        ulong low = NextUInt32();
        return low | ((ulong)NextUInt32() << 32);
    }

    /// <summary>Uniform in [0, 1), a multiple of 2⁻⁵³.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * TwoToMinus53;

    /// <summary>Uniform in 0 … <paramref name="bound"/> − 1, each value exactly equally likely (D. Lemire, arXiv:1805.10941).</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bound"/> is not positive.</exception>
    public int NextInt(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        uint range = (uint)bound;
        ulong product = (ulong)NextUInt32() * range;
        if ((uint)product < range)
        {
            uint biased = unchecked(0u - range) % range; // 2³² mod range: so many low halves would favour some values
            while ((uint)product < biased) product = (ulong)NextUInt32() * range;
        }
        return (int)(product >> 32);
    }

    /// <summary>Standard normal (Box–Muller; the second number of a pair is kept for the next call).</summary>
    public double NextGaussian()
    {
        if (spareGaussian is { } kept)
        {
            spareGaussian = null;
            return kept;
        }
        double radius = Math.Sqrt(-2 * Math.Log(1 - NextDouble())); // 1 − u is in (0, 1]: the logarithm is finite
        var (sine, cosine) = Math.SinCos(2 * Math.PI * NextDouble());
        spareGaussian = radius * sine;
        return radius * cosine;
    }

    /// <summary>Permutes the values in place, every order equally likely (Fisher–Yates).</summary>
    public void Shuffle<T>(Span<T> values)
    {
        for (int i = values.Length - 1; i > 0; i--)
        {
            int j = NextInt(i + 1);
            (values[i], values[j]) = (values[j], values[i]);
        }
    }

    /// <summary>FNV-1a over UTF-8: the same on every machine and run, unlike the hash codes of the runtime.</summary>
    private static ulong StableHash(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        ulong hash = 0xCBF29CE484222325;
        foreach (byte b in Encoding.UTF8.GetBytes(text)) hash = unchecked((hash ^ b) * 0x100000001B3);
        return hash;
    }
}
