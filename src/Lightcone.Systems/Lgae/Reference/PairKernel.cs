using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Lightcone.Systems.Lgae.Reference;

/// <summary>Sizes of a level's messages.</summary>
/// <param name="Jets">B.</param>
/// <param name="Slots">N.</param>
/// <param name="Channels">C.</param>
/// <param name="Bells">Bells of a radial function, K.</param>
/// <param name="ScalarRows">Components that scalar edges carry.</param>
/// <param name="VectorRows">Components that vector edges carry.</param>
internal sealed record PairShape(int Jets, int Slots, int Channels, int Bells, int ScalarRows, int VectorRows)
{
    /// <summary>Real filters of a pair: real and imaginary parts of both kinds.</summary>
    public int Filters => 4 * Channels;

    /// <summary>Numbers in the gradients of weights [4C, K], offsets [4C] and squares [K].</summary>
    public int Parameters => (Filters * (Bells + 1)) + Bells;
}

/// <summary>
/// Messages between the real particles of one jet at a time: filters F_o(ij) = w_o + Σ_k W_ok / (1 + c²_k |d_ij|) are made, used and forgotten in the processor's caches,
/// forwards and backwards. Filters are symmetric in i and j, so that one product serves both directions.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed unsafe class PairKernel<T> : IDisposable
    where T : unmanaged, INumber<T>
{
    /// <summary>Registers of pairs whose bells are held at a time.</summary>
    private const int Tile = 16;

    private static readonly int Lanes = Vector<T>.Count;

    private readonly PairShape shape;
    private readonly T* memory, distances, filters, filterGradients, bells, steps, sums, x, g, y;
    private readonly int[] real;
    private int particles, stride, registers;

    /// <summary>Takes memory for jets of this shape.</summary>
    public PairKernel(PairShape shape)
    {
        this.shape = shape;
        real = new int[shape.Slots];
        long width = (shape.Slots + Lanes - 1) / Lanes * Lanes, pairs = (width * shape.Slots) + (2L * Lanes), rows = 2L * Math.Max(shape.ScalarRows, shape.VectorRows) * width;
        long[] parts = [pairs, shape.Filters * pairs, shape.Filters * pairs, (long)shape.Bells * Tile * Lanes, (long)shape.Bells * Tile * Lanes, (long)shape.Parameters * Lanes, rows, rows, rows];
        memory = (T*)NativeMemory.AlignedAlloc((nuint)(parts.Sum() * sizeof(T)), 64);
        NativeMemory.Clear(memory, (nuint)(parts.Sum() * sizeof(T)));
        var place = new T*[parts.Length];
        long used = 0;
        for (int p = 0; p < parts.Length; used += parts[p++]) place[p] = memory + used;
        distances = place[0];
        filters = place[1];
        filterGradients = place[2];
        bells = place[3];
        steps = place[4];
        sums = place[5];
        x = place[6];
        g = place[7];
        y = place[8];
    }

    /// <inheritdoc/>
    public void Dispose() => NativeMemory.AlignedFree(memory);

    /// <summary>Sets the sums of parameter gradients to zero.</summary>
    public void ClearGradients() => NativeMemory.Clear(sums, (nuint)(shape.Parameters * Lanes * sizeof(T)));

    /// <summary>Writes the sums of parameter gradients over the jets since <see cref="ClearGradients"/>: weights, offsets, squares.</summary>
    public void ReadGradients(double* target)
    {
        for (int p = 0; p < shape.Parameters; p++)
        {
            target[p] = 0;
            for (int lane = 0; lane < Lanes; lane++) target[p] += double.CreateChecked(sums[(p * Lanes) + lane]);
        }
    }

    /// <summary>Takes up a jet: which slots hold particles, how far they are apart, and the filters between them.</summary>
    public void Load(int jet, PairTensors<T> t)
    {
        particles = 0;
        for (int n = 0; n < shape.Slots; n++)
            if (t.Mask[(jet * shape.Slots) + n] != 0) real[particles++] = n;
        stride = (particles + Lanes - 1) / Lanes * Lanes;
        registers = ((particles * stride / Lanes) + 1) / 2 * 2;
        T* source = t.Distances + ((long)jet * shape.Slots * shape.Slots);
        new Span<T>(distances, registers * Lanes).Clear();
        for (int i = 0; i < particles; i++)
            for (int j = 0; j < particles; j++) distances[(i * stride) + j] = source[(real[i] * shape.Slots) + real[j]];
        for (int from = 0; from < registers; from += Tile) MakeFilters(from, Math.Min(Tile, registers - from), t);
    }

    /// <summary>Σ_j g_ij x_j and Σ_j f_ij y_j over the particles of the loaded jet.</summary>
    public void Forward(int jet, PairTensors<T> t)
    {
        for (int c = 0; c < shape.Channels; c++)
        {
            for (int kind = 0; kind < 2; kind++)
            {
                int rows = RowsOf(kind);
                Pack(t.Inputs(kind) + Offset(c, rows, jet), rows, x, negate: false);
                Multiply(Filter(filters, kind, 0, c), Filter(filters, kind, 1, c), rows, x, y);
                Unpack(y, rows, t.Outputs(kind) + Offset(c, rows, jet), negate: false);
            }
        }
    }

    /// <summary>Gradients of the loaded jet's inputs, and its share of the sums of parameter gradients.</summary>
    public void Backward(int jet, PairTensors<T> t)
    {
        for (int c = 0; c < shape.Channels; c++)
        {
            for (int kind = 0; kind < 2; kind++)
            {
                int rows = RowsOf(kind);
                long offset = Offset(c, rows, jet);
                Pack(t.Inputs(kind) + offset, rows, x, negate: false);
                // conj(F) g = conj(F conj(g))
                Pack(t.Outputs(kind) + offset, rows, g, negate: true);
                Multiply(Filter(filters, kind, 0, c), Filter(filters, kind, 1, c), rows, g, y);
                Unpack(y, rows, t.InputGradients(kind) + offset, negate: true);
                FilterGradient(Filter(filterGradients, kind, 0, c), Filter(filterGradients, kind, 1, c), rows);
            }
        }

        for (int o = 0; o < shape.Filters; o++) new Span<T>(filterGradients + Plane(o) + (particles * stride), (registers * Lanes) - (particles * stride)).Clear();
        for (int from = 0; from < registers; from += Tile) ParameterGradients(from, Math.Min(Tile, registers - from), t);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<T> Fma(Vector<T> a, Vector<T> b, Vector<T> c) => typeof(T) == typeof(double)
        ? Vector.FusedMultiplyAdd(Vector.As<T, double>(a), Vector.As<T, double>(b), Vector.As<T, double>(c)).As<double, T>()
        : Vector.FusedMultiplyAdd(Vector.As<T, float>(a), Vector.As<T, float>(b), Vector.As<T, float>(c)).As<float, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<T> At(T* p) => *(Vector<T>*)p;

    private int RowsOf(int kind) => kind == 0 ? shape.ScalarRows : shape.VectorRows;

    private long Offset(int channel, int rows, int jet) => (2L * channel * rows * shape.Jets * shape.Slots) + (jet * shape.Slots);

    private long Plane(int filter) => (long)filter * registers * Lanes;

    private T* Filter(T* planes, int kind, int part, int channel) => planes + Plane((((2 * kind) + part) * shape.Channels) + channel);

    // The jet's particles of 2 · rows rows, one after the other; zeros up to the stride.
    private void Pack(T* source, int rows, T* target, bool negate)
    {
        long m = (long)shape.Jets * shape.Slots;
        for (int row = 0; row < 2 * rows; row++)
        {
            T* from = source + (row * m), to = target + (row * stride);
            if (negate && row >= rows)
                for (int i = 0; i < particles; i++) to[i] = -from[real[i]];
            else
                for (int i = 0; i < particles; i++) to[i] = from[real[i]];
            for (int i = particles; i < stride; i++) to[i] = T.Zero;
        }
    }

    private void Unpack(T* source, int rows, T* target, bool negate)
    {
        long m = (long)shape.Jets * shape.Slots;
        for (int row = 0; row < 2 * rows; row++)
        {
            T* from = source + (row * stride), to = target + (row * m);
            if (negate && row >= rows)
                for (int i = 0; i < particles; i++) to[real[i]] = -from[i];
            else
                for (int i = 0; i < particles; i++) to[real[i]] = from[i];
        }
    }

    // 1 / (1 + c² |d|) for a tile of pairs, [K, Tile].
    private void MakeBells(int from, int count, PairTensors<T> t)
    {
        for (int k = 0; k < shape.Bells; k++)
        {
            var square = new Vector<T>(t.Squares[k]);
            for (int v = 0; v < count; v++)
                *(Vector<T>*)(bells + (((k * Tile) + v) * Lanes)) = Vector<T>.One / Fma(square, At(distances + ((from + v) * Lanes)), Vector<T>.One);
        }
    }

    // Four filters (their number is a multiple of it) of two registers of pairs at a time.
    private void MakeFilters(int from, int count, PairTensors<T> t)
    {
        MakeBells(from, count, t);
        for (int o = 0; o < shape.Filters; o += 4)
        {
            T* w = t.Weights + (o * shape.Bells);
            for (int v = 0; v < count; v += 2)
            {
                Vector<T> a0 = new(t.Offsets[o]), a1 = new(t.Offsets[o + 1]), a2 = new(t.Offsets[o + 2]), a3 = new(t.Offsets[o + 3]);
                Vector<T> b0 = a0, b1 = a1, b2 = a2, b3 = a3;
                for (int k = 0; k < shape.Bells; k++)
                {
                    Vector<T> p = At(bells + (((k * Tile) + v) * Lanes)), q = At(bells + (((k * Tile) + v + 1) * Lanes)), f = new(w[k]);
                    (a0, b0) = (Fma(f, p, a0), Fma(f, q, b0));
                    f = new(w[k + shape.Bells]);
                    (a1, b1) = (Fma(f, p, a1), Fma(f, q, b1));
                    f = new(w[k + (2 * shape.Bells)]);
                    (a2, b2) = (Fma(f, p, a2), Fma(f, q, b2));
                    f = new(w[k + (3 * shape.Bells)]);
                    (a3, b3) = (Fma(f, p, a3), Fma(f, q, b3));
                }

                Put(o, v, a0, b0);
                Put(o + 1, v, a1, b1);
                Put(o + 2, v, a2, b2);
                Put(o + 3, v, a3, b3);
            }
        }

        void Put(int o, int v, Vector<T> a, Vector<T> b)
        {
            Vector<T>* target = (Vector<T>*)(filters + Plane(o) + ((from + v) * Lanes));
            (target[0], target[1]) = (a, b);
        }
    }

    // (F x)_i = Σ_j F_ji x_j for the complex rows [2, rows, stride] of one channel.
    private void Multiply(T* re, T* im, int rows, T* input, T* output)
    {
        int imaginary = rows * stride;
        for (int row = 0; row < rows; row++)
        {
            T* xr = input + (row * stride), yr = output + (row * stride);
            int second = row + 1 < rows ? stride : 0;
            for (int i = 0; i < stride; i += Lanes)
            {
                Vector<T> r0 = default, i0 = default, r1 = default, i1 = default;
                for (int j = 0; j < particles; j++)
                {
                    Vector<T> fr = At(re + (j * stride) + i), fi = At(im + (j * stride) + i), ar = new(xr[j]), ai = new(xr[imaginary + j]);
                    (r0, i0) = (Fma(-ai, fi, Fma(ar, fr, r0)), Fma(ai, fr, Fma(ar, fi, i0)));
                    (ar, ai) = (new(xr[second + j]), new(xr[second + imaginary + j]));
                    (r1, i1) = (Fma(-ai, fi, Fma(ar, fr, r1)), Fma(ai, fr, Fma(ar, fi, i1)));
                }

                *(Vector<T>*)(yr + i) = r0;
                *(Vector<T>*)(yr + imaginary + i) = i0;
                *(Vector<T>*)(yr + second + i) = r1;
                *(Vector<T>*)(yr + second + imaginary + i) = i1;
            }

            if (second > 0) row++;
        }
    }

    // ∂L/∂F_ji = Σ_rows conj(x_j) g_i; g holds conj(∂L/∂y).
    private void FilterGradient(T* re, T* im, int rows)
    {
        int imaginary = rows * stride;
        for (int j = 0; j < particles; j += 2)
        {
            int second = j + 1 < particles ? 1 : 0;
            for (int i = 0; i < stride; i += Lanes)
            {
                Vector<T> r0 = default, i0 = default, r1 = default, i1 = default;
                for (int row = 0; row < rows; row++)
                {
                    T* xr = x + (row * stride) + j, gr = g + (row * stride) + i;
                    Vector<T> a = At(gr), b = At(gr + imaginary), cr = new(xr[0]), ci = new(xr[imaginary]);
                    (r0, i0) = (Fma(-b, ci, Fma(a, cr, r0)), Fma(b, cr, Fma(a, ci, i0)));
                    (cr, ci) = (new(xr[second]), new(xr[imaginary + second]));
                    (r1, i1) = (Fma(-b, ci, Fma(a, cr, r1)), Fma(b, cr, Fma(a, ci, i1)));
                }

                *(Vector<T>*)(re + (j * stride) + i) = r0;
                *(Vector<T>*)(im + (j * stride) + i) = -i0;
                *(Vector<T>*)(re + ((j + second) * stride) + i) = r1;
                *(Vector<T>*)(im + ((j + second) * stride) + i) = -i1;
            }
        }
    }

    // With q the bells: ∂W_ok = Σ G_o q_k, ∂w_o = Σ G_o, ∂c²_k = −Σ (Σ_o W_ok G_o) |d| q_k².
    private void ParameterGradients(int from, int count, PairTensors<T> t)
    {
        MakeBells(from, count, t);
        new Span<T>(steps, shape.Bells * Tile * Lanes).Clear();
        Vector<T>* weightSums = (Vector<T>*)sums, offsetSums = weightSums + (shape.Filters * shape.Bells), squareSums = offsetSums + shape.Filters;
        for (int o = 0; o < shape.Filters; o += 2)
        {
            T* p = filterGradients + Plane(o) + (from * Lanes), q = filterGradients + Plane(o + 1) + (from * Lanes);
            for (int v = 0; v < count; v++)
            {
                offsetSums[o] += At(p + (v * Lanes));
                offsetSums[o + 1] += At(q + (v * Lanes));
            }

            for (int k = 0; k < shape.Bells; k += 2) TwoByTwo(o, k, p, q, count, t, weightSums);
        }

        for (int k = 0; k < shape.Bells; k++)
        {
            var sum = squareSums[k];
            for (int v = 0; v < count; v++)
            {
                var bell = At(bells + (((k * Tile) + v) * Lanes));
                sum -= At(steps + (((k * Tile) + v) * Lanes)) * At(distances + ((from + v) * Lanes)) * bell * bell;
            }

            squareSums[k] = sum;
        }
    }

    // The number of bells is even.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void TwoByTwo(int o, int k, T* p, T* q, int count, PairTensors<T> t, Vector<T>* weightSums)
    {
        T* w = t.Weights + (o * shape.Bells) + k, bell = bells + (k * Tile * Lanes), step = steps + (k * Tile * Lanes);
        Vector<T> w00 = new(w[0]), w01 = new(w[1]), w10 = new(w[shape.Bells]), w11 = new(w[shape.Bells + 1]);
        Vector<T>* target = weightSums + (o * shape.Bells) + k;
        Vector<T> s00 = target[0], s01 = target[1], s10 = target[shape.Bells], s11 = target[shape.Bells + 1];
        for (int v = 0; v < count * Lanes; v += Lanes)
        {
            Vector<T> a = At(p + v), b = At(q + v), first = At(bell + v), second = At(bell + (Tile * Lanes) + v);
            (s00, s01, s10, s11) = (Fma(a, first, s00), Fma(a, second, s01), Fma(b, first, s10), Fma(b, second, s11));
            *(Vector<T>*)(step + v) = Fma(b, w10, Fma(a, w00, At(step + v)));
            *(Vector<T>*)(step + (Tile * Lanes) + v) = Fma(b, w11, Fma(a, w01, At(step + (Tile * Lanes) + v)));
        }

        (target[0], target[1], target[shape.Bells], target[shape.Bells + 1]) = (s00, s01, s10, s11);
    }
}
