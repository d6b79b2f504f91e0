using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Lightcone.Formats.Codecs;

/// <summary>
/// What the LZ77 family shares: literals and copies, checked against both ends. Runs are short (most below 32 bytes), so where both buffers
/// have room, whole vectors are moved and the surplus is overwritten by what follows.
/// </summary>
internal static class Lz
{
    private const int Vector = 16;

    /// <summary>Copies literals and moves both positions on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void CopyLiterals(ReadOnlySpan<byte> stored, ref int at, Span<byte> target, ref int filled, int count)
    {
        if (count > stored.Length - at || count > target.Length - filled) throw new InvalidDataException("literals in a compressed block leave the block");
        if (stored.Length - at >= 2 * Vector && target.Length - filled >= 2 * Vector && count <= 2 * Vector)
        {
            ref byte source = ref Unsafe.Add(ref MemoryMarshal.GetReference(stored), at);
            ref byte place = ref Unsafe.Add(ref MemoryMarshal.GetReference(target), filled);
            Vector128.LoadUnsafe(ref source).StoreUnsafe(ref place);
            Vector128.LoadUnsafe(ref source, Vector).StoreUnsafe(ref place, Vector);
        }
        else stored.Slice(at, count).CopyTo(target[filled..]);
        at += count;
        filled += count;
    }

    /// <summary>Repeats bytes from <paramref name="distance"/> back; source and target may overlap, which repeats a pattern.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void CopyBack(Span<byte> target, ref int filled, int distance, int length)
    {
        if (distance <= 0 || distance > filled || length > target.Length - filled) throw new InvalidDataException("a copy in a compressed block leaves the block");
        if (distance >= Vector && length <= 4 * Vector && target.Length - filled >= 4 * Vector)
        {
            ref byte place = ref Unsafe.Add(ref MemoryMarshal.GetReference(target), filled);
            ref byte source = ref Unsafe.Subtract(ref place, distance);
            for (nuint done = 0; done < (nuint)length; done += Vector) Vector128.LoadUnsafe(ref source, done).StoreUnsafe(ref place, done);
        }
        else if (distance == 1) target.Slice(filled, length).Fill(target[filled - 1]);
        else Repeat(target, filled, distance, length);
        filled += length;
    }

    /// <summary>Each round doubles the pattern that stands before the place to fill.</summary>
    private static void Repeat(Span<byte> target, int filled, int distance, int length)
    {
        int done = 0;
        while (done < length)
        {
            int piece = Math.Min(distance + done, length - done);
            target.Slice(filled - distance, piece).CopyTo(target[(filled + done)..]);
            done += piece;
        }
    }
}
