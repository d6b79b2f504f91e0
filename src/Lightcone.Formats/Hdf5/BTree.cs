using System.Buffers.Binary;

namespace Lightcone.Formats.Hdf5;

/// <summary>The version 1 B-tree (HDF5 file format, III.A.1), walked from the root. Levels must fall and no node may be met twice, so a hostile tree ends.</summary>
internal static class BTree
{
    /// <summary>What stands beside a child of a leaf node.</summary>
    internal delegate void VisitLeaf(ReadOnlySpan<byte> key, long child);

    /// <summary>Addresses of all children of the leaf nodes, in order.</summary>
    internal static List<long> Leaves(InputFile file, long root, int kind, int keySize)
    {
        var children = new List<long>();
        Walk(file, root, kind, keySize, (_, child) => children.Add(child));
        return children;
    }

    /// <summary>Visits every child of a leaf node with the key on its left.</summary>
    internal static void Walk(InputFile file, long root, int kind, int keySize, VisitLeaf visit)
    {
        if (root >= 0) Walk(file, root, kind, keySize, visit, -1, []);
    }

    private static void Walk(InputFile file, long address, int kind, int keySize, VisitLeaf visit, int expectedLevel, HashSet<long> seen)
    {
        if (!seen.Add(address)) throw new InvalidDataException("a B-tree meets a node twice");
        var head = new ByteCursor(file.Read(address, 24, 24, "a B-tree node"));
        head.Expect("TREE"u8, "a B-tree node");
        if (head.U8() != kind) throw new InvalidDataException("a B-tree node is of the wrong kind");
        int level = head.U8();
        if (expectedLevel >= 0 && level != expectedLevel) throw new InvalidDataException("the levels of a B-tree do not fall by one");
        int count = head.U16();
        int stride = keySize + 8;
        byte[] entries = file.Read(address + 24, (long)count * stride, (long)ushort.MaxValue * stride, "a B-tree node");
        for (int i = 0; i < count; i++)
        {
            var entry = entries.AsSpan(i * stride, stride);
            long child = BinaryPrimitives.ReadInt64LittleEndian(entry[keySize..]);
            if (child < 0) throw new InvalidDataException("a B-tree node points nowhere");
            if (level == 0) visit(entry[..keySize], child);
            else Walk(file, child, kind, keySize, visit, level - 1, seen);
        }
    }
}
