using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Lightcone.Systems.Kernels;

namespace Lightcone.Systems.LorentzNet.Kernels;

/// <summary>Moves node rows [node][channel] into the channel-major layouts of <see cref="EdgeScratch"/> and back.</summary>
internal static unsafe class NodeLayout
{
    /// <summary>target[c][i] = scale[c]·rows[i][c] + shift[c], receiver shape.</summary>
    public static void ToReceivers(float* rows, int nodes, int channels, float* scale, float* shift, float* target, int stride, int lanes)
    {
        Spread(rows, nodes, channels, scale, shift, target, stride);
        int period = DiagonalCursor.PeriodOf(nodes, lanes), again = Math.Min(lanes, nodes);
        for (int c = 0; c < channels; c++, target += stride)
        {
            new Span<float>(target + nodes, period + lanes - nodes).Clear();
            new ReadOnlySpan<float>(target, again).CopyTo(new Span<float>(target + period, again));
        }
    }

    /// <summary>target[c][j] = scale[c]·rows[j][c] + shift[c], sender shape.</summary>
    public static void ToSenders(float* rows, int nodes, int channels, float* scale, float* shift, float* target, int stride, int lanes)
    {
        Spread(rows, nodes, channels, scale, shift, target, stride);
        int used = SenderColumns(nodes, stride, lanes);
        for (int c = 0; c < channels; c++, target += stride)
        {
            new ReadOnlySpan<float>(target, nodes).CopyTo(new Span<float>(target + nodes, nodes));
            new Span<float>(target + (2 * nodes), used - (2 * nodes)).Clear();
        }
    }

    /// <summary>rows[i][c] = the sum over both copies of receiver i.</summary>
    public static void FromReceivers(float* source, int stride, int nodes, int channels, int lanes, float* rows)
    {
        int period = DiagonalCursor.PeriodOf(nodes, lanes), again = Math.Min(lanes, nodes);
        float* row = source;
        for (int c = 0; c < channels; c++, row += stride)
            for (int i = 0; i < again; i++) row[i] += row[period + i];
        Gather(source, stride, nodes, channels, rows);
    }

    /// <summary>rows[j][c] = the sum over both copies of sender j.</summary>
    public static void FromSenders(float* source, int stride, int nodes, int channels, float* rows)
    {
        float* row = source;
        for (int c = 0; c < channels; c++, row += stride)
            for (int j = 0; j < nodes; j++) row[j] += row[nodes + j];
        Gather(source, stride, nodes, channels, rows);
    }

    /// <summary>Rows of four float64 numbers, times a factor, into receiver shape.</summary>
    public static void ToReceivers(double* rows, int nodes, int columns, double factor, double* target, int stride, int lanes)
    {
        int period = DiagonalCursor.PeriodOf(nodes, lanes);
        for (int c = 0; c < columns; c++, target += stride)
        {
            new Span<double>(target, period + lanes).Clear();
            for (int i = 0; i < nodes; i++) target[i] = factor * rows[(i * columns) + c];
            for (int i = 0; i < Math.Min(lanes, nodes); i++) target[period + i] = target[i];
        }
    }

    /// <summary>Rows of four float64 numbers into sender shape.</summary>
    public static void ToSenders(double* rows, int nodes, int columns, double* target, int stride, int lanes)
    {
        int used = SenderColumns(nodes, stride, lanes);
        for (int c = 0; c < columns; c++, target += stride)
        {
            new Span<double>(target, used).Clear();
            for (int i = 0; i < nodes; i++) target[i] = target[nodes + i] = rows[(i * columns) + c];
        }
    }

    /// <summary>Sum over both copies of receiver i in one row.</summary>
    public static double Receiver(double* row, int node, int nodes, int lanes) =>
        node < lanes ? row[node] + row[DiagonalCursor.PeriodOf(nodes, lanes) + node] : row[node];

    /// <summary>Zeroes the part of a receiver-shaped matrix that a jet uses.</summary>
    public static void ClearReceivers<T>(T* target, int stride, int rows, int nodes, int lanes)
        where T : unmanaged
    {
        for (int c = 0; c < rows; c++, target += stride) new Span<T>(target, DiagonalCursor.PeriodOf(nodes, lanes) + lanes).Clear();
    }

    /// <summary>Zeroes the part of a sender-shaped matrix that a jet uses.</summary>
    public static void ClearSenders<T>(T* target, int stride, int rows, int nodes, int lanes)
        where T : unmanaged
    {
        int used = SenderColumns(nodes, stride, lanes);
        for (int c = 0; c < rows; c++, target += stride) new Span<T>(target, used).Clear();
    }

    /// <summary>Columns of sender shape that a jet's tiles can touch: the last tile runs up to four registers beyond the last edge.</summary>
    private static int SenderColumns(int nodes, int stride, int lanes) =>
        Math.Min(stride - lanes, DiagonalCursor.PeriodOf(nodes, lanes) + nodes + (6 * lanes));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Spread(float* rows, int nodes, int channels, float* scale, float* shift, float* target, int stride)
    {
        int whole = nodes & ~3;
        for (int c = 0; c < channels; c += 4)
        {
            var factor = Vector128.Load(scale + c);
            var offset = Vector128.Load(shift + c);
            float* row = rows + c;
            float* column = target + ((nint)c * stride);
            for (int i = 0; i < whole; i += 4, row += 4 * channels, column += 4)
            {
                var r0 = (Vector128.Load(row) * factor) + offset;
                var r1 = (Vector128.Load(row + channels) * factor) + offset;
                var r2 = (Vector128.Load(row + (2 * channels)) * factor) + offset;
                var r3 = (Vector128.Load(row + (3 * channels)) * factor) + offset;
                SquareTranspose.Apply(ref r0, ref r1, ref r2, ref r3);
                r0.Store(column);
                r1.Store(column + stride);
                r2.Store(column + (2 * stride));
                r3.Store(column + (3 * stride));
            }

            for (int i = whole; i < nodes; i++, row += channels, column++)
            {
                for (int k = 0; k < 4; k++) column[k * stride] = (row[k] * scale[c + k]) + shift[c + k];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gather(float* source, int stride, int nodes, int channels, float* rows)
    {
        int whole = nodes & ~3;
        for (int c = 0; c < channels; c += 4)
        {
            float* row = rows + c;
            float* column = source + ((nint)c * stride);
            for (int i = 0; i < whole; i += 4, row += 4 * channels, column += 4)
            {
                var r0 = Vector128.Load(column);
                var r1 = Vector128.Load(column + stride);
                var r2 = Vector128.Load(column + (2 * stride));
                var r3 = Vector128.Load(column + (3 * stride));
                SquareTranspose.Apply(ref r0, ref r1, ref r2, ref r3);
                r0.Store(row);
                r1.Store(row + channels);
                r2.Store(row + (2 * channels));
                r3.Store(row + (3 * channels));
            }

            for (int i = whole; i < nodes; i++, row += channels, column++)
            {
                for (int k = 0; k < 4; k++) row[k] = column[k * stride];
            }
        }
    }
}
