using Lightcone.Formats.Hdf5;
using Lightcone.Jets;
using Lightcone.Kinematics;

namespace Lightcone.Formats.Compact;

/// <summary>
/// Writes jets in Lightcone's compact layout: HDF5 that h5py opens, gzip and shuffle, the same attributes and types as the shared sets. The
/// source is read twice (sizes first), so memory is bounded by the batch; the file appears whole or not at all.
/// </summary>
public static class CompactWriter
{
    /// <summary>Writes the jets of a source.</summary>
    /// <param name="source">The jets.</param>
    /// <param name="path">The file to write; an older one is replaced when the new one is complete.</param>
    /// <param name="options">What to write, and how precisely.</param>
    /// <param name="progress">Is told the number of jets written so far.</param>
    /// <param name="cancellation">Stops the writing; nothing is left.</param>
    /// <exception cref="UsageException">The chosen rows do not exist, or an option is out of its range.</exception>
    /// <exception cref="MachineException">The disk is full, or the folder cannot be written.</exception>
    public static void Write(IJetSource source, string path, CompactWriteOptions? options = null, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        options ??= new CompactWriteOptions();
        CheckBits(options.PtMantissaBits, nameof(options.PtMantissaBits));
        CheckBits(options.AngleGridBits, nameof(options.AngleGridBits));
        long count = options.Count ?? source.Count - options.First;
        if (options.First < 0 || count <= 0 || options.First > source.Count - count)
            throw new UsageException($"jets {options.First} to {options.First + count} are asked for, but there are {source.Count}", "selection of rows", "the file is shorter, or first and count were swapped", $"choose rows between 0 and {source.Count}");
        var survey = CompactSurvey.Of(source, options.First, count, options.BatchSize, cancellation);
        var content = new CompactContent(source, survey, options);
        Hdf5Writing.Write(path, content.File, writer =>
        {
            for (long at = options.First, end = options.First + count; at < end;)
            {
                cancellation.ThrowIfCancellationRequested();
                int rows = (int)Math.Min(options.BatchSize, end - at);
                content.Append(Prepared(source, at, rows, options), writer);
                at += rows;
                progress?.Report(at - options.First);
            }
            content.Finish(writer);
        });
    }

    private static void CheckBits(int? bits, string name)
    {
        if (bits is < 1 or > 23) throw new UsageException($"{name} is {bits}; 1 to 23 are possible", "options of the writer", "a number of bits of float32 is meant", "choose 13 for pt and 12 for angles, as the shared samples have");
    }

    /// <summary>A batch with the coordinates that will be stored: ordered and rounded.</summary>
    private static JetBatch Prepared(IJetSource source, long first, int count, CompactWriteOptions options)
    {
        var batch = source is ICompactOrigin origin ? origin.ReadWithCoordinates(first, count) : WithCoordinates(source.Read(first, count));
        if (options.Order == ConstituentOrder.FallingPt) batch = Ordered(batch);
        Round(batch.ConstituentColumns["pt"], options.PtMantissaBits, RoundMantissa);
        Round(batch.ConstituentColumns["eta"], options.AngleGridBits, RoundToGrid);
        Round(batch.ConstituentColumns["phi"], options.AngleGridBits, RoundToGrid);
        return batch;
    }

    private static JetBatch WithCoordinates(JetBatch batch)
    {
        int n = batch.ConstituentCount;
        float[] pt = new float[n], eta = new float[n], phi = new float[n];
        for (int c = 0; c < n; c++)
        {
            var p = batch.Constituent(c);
            (pt[c], eta[c], phi[c]) = ((float)p.Pt, (float)p.Pseudorapidity, (float)p.Azimuth);
        }
        return With(batch, new Dictionary<string, float[]>(batch.ConstituentColumns) { ["pt"] = pt, ["eta"] = eta, ["phi"] = phi }, batch.Momenta);
    }

    private static JetBatch Ordered(JetBatch batch)
    {
        var order = new int[batch.ConstituentCount];
        for (int i = 0; i < order.Length; i++) order[i] = i;
        float[] pt = batch.ConstituentColumns["pt"];
        for (int jet = 0; jet < batch.JetCount; jet++)
            order.AsSpan(batch.Offsets[jet], batch.Multiplicity(jet)).Sort((a, b) => pt[b].CompareTo(pt[a]) is not 0 and var byPt ? byPt : a.CompareTo(b));
        var momenta = new double[batch.Momenta.Length];
        for (int c = 0; c < order.Length; c++) batch.Momenta.AsSpan(4 * order[c], 4).CopyTo(momenta.AsSpan(4 * c));
        return With(batch, batch.ConstituentColumns.ToDictionary(c => c.Key, c => Array.ConvertAll(order, i => c.Value[i])), momenta);
    }

    private static JetBatch With(JetBatch batch, IReadOnlyDictionary<string, float[]> columns, double[] momenta) => new()
    {
        Rows = batch.Rows,
        Offsets = batch.Offsets,
        Momenta = momenta,
        Labels = batch.Labels,
        ConstituentColumns = columns,
        JetColumns = batch.JetColumns,
    };

    private static void Round(float[] values, int? bits, Func<float, int, float> round)
    {
        if (bits is not { } b) return;
        for (int i = 0; i < values.Length; i++) values[i] = round(values[i], b);
    }

    /// <summary>Nearest float32 with the given number of stored mantissa bits; ties go away from zero.</summary>
    internal static float RoundMantissa(float value, int bits)
    {
        if (!float.IsFinite(value) || bits == 23) return value;
        uint raw = BitConverter.SingleToUInt32Bits(value);
        int drop = 23 - bits;
        return BitConverter.UInt32BitsToSingle(raw + (1u << drop - 1) & ~((1u << drop) - 1));
    }

    private static float RoundToGrid(float value, int bits) => (float)(Math.Round(value * Math.ScaleB(1, bits)) * Math.ScaleB(1, -bits));
}
