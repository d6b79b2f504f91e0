using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Reconstruction;

/// <summary>The numbers of two padded batches, outside any graph.</summary>
internal sealed class PaddedPairs : IDisposable
{
    private readonly Tensor first, firstMask, second, secondMask;
    private readonly int jets, firstSlots, secondSlots;

    /// <summary>Copies the batches' numbers as float64, where they are not that already.</summary>
    /// <exception cref="ArgumentException">The batches hold different numbers of jets, or shapes do not fit.</exception>
    public PaddedPairs(PaddedJets reconstructed, PaddedJets truth)
    {
        Check(reconstructed, nameof(reconstructed));
        Check(truth, nameof(truth));
        if (reconstructed.Momenta.shape[0] != truth.Momenta.shape[0])
            throw new ArgumentException($"{reconstructed.Momenta.shape[0]} reconstructed and {truth.Momenta.shape[0]} true jets.", nameof(truth));
        (jets, firstSlots, secondSlots) = ((int)truth.Momenta.shape[0], (int)reconstructed.Momenta.shape[1], (int)truth.Momenta.shape[1]);
        (first, firstMask, second, secondMask) = (Numbers(reconstructed.Momenta), Numbers(reconstructed.Mask), Numbers(truth.Momenta), Numbers(truth.Mask));
    }

    /// <summary>Mean of a distance over the jets, and its gradient.</summary>
    /// <param name="distance">The distance of one pair.</param>
    /// <param name="gradient">Derivative of the mean by every reconstructed number, shape of the reconstructed momenta; 0 where masked. Must be 0 before.</param>
    public double Mean(JetDistance distance, Span<double> gradient)
    {
        ReadOnlySpan<double> x = Doubles(first), xMask = Doubles(firstMask), y = Doubles(second), yMask = Doubles(secondMask);
        double[] xReal = new double[4 * firstSlots], yReal = new double[4 * secondSlots], slope = new double[4 * firstSlots];
        double sum = 0;
        for (int jet = 0; jet < jets; jet++)
        {
            var mask = xMask.Slice(jet * firstSlots, firstSlots);
            var a = Real(x.Slice(4 * jet * firstSlots, 4 * firstSlots), mask, xReal);
            var b = Real(y.Slice(4 * jet * secondSlots, 4 * secondSlots), yMask.Slice(jet * secondSlots, secondSlots), yReal);
            if (a.IsEmpty || b.IsEmpty) continue;
            if (!Finite(a) || !Finite(b)) return double.NaN;
            var own = slope.AsSpan(0, a.Length);
            own.Clear();
            sum += distance.Of(a, b, own);
            Spread(own, mask, 1.0 / jets, gradient.Slice(4 * jet * firstSlots, 4 * firstSlots));
        }

        return jets == 0 ? 0 : sum / jets;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        first.Dispose();
        firstMask.Dispose();
        second.Dispose();
        secondMask.Dispose();
    }

    private static ReadOnlySpan<double> Real(ReadOnlySpan<double> momenta, ReadOnlySpan<double> mask, double[] real)
    {
        int count = 0;
        for (int slot = 0; slot < mask.Length; slot++)
            if (mask[slot] != 0) momenta.Slice(4 * slot, 4).CopyTo(real.AsSpan(4 * count++, 4));
        return real.AsSpan(0, 4 * count);
    }

    private static void Spread(ReadOnlySpan<double> slope, ReadOnlySpan<double> mask, double factor, Span<double> gradient)
    {
        int at = 0;
        for (int slot = 0; slot < mask.Length; slot++)
        {
            if (mask[slot] == 0) continue;
            for (int k = 0; k < 4; k++) gradient[4 * slot + k] = factor * slope[at++];
        }
    }

    private static bool Finite(ReadOnlySpan<double> values)
    {
        foreach (double value in values)
            if (!double.IsFinite(value)) return false;
        return true;
    }

    private static void Check(PaddedJets jets, string name)
    {
        long[] momenta = jets.Momenta.shape, mask = jets.Mask.shape;
        if (momenta.Length != 3 || momenta[2] != 4 || mask.Length != 2 || mask[0] != momenta[0] || mask[1] != momenta[1])
            throw new ArgumentException($"Momenta [{string.Join(", ", momenta)}] with a mask [{string.Join(", ", mask)}].", name);
    }

    private static Tensor Numbers(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.detach().to(ScalarType.Float64).cpu().contiguous().DetachFromDisposeScope();
    }

    private static ReadOnlySpan<double> Doubles(Tensor tensor) => MemoryMarshal.Cast<byte, double>(tensor.bytes);
}
