using Lightcone.Randomness;

namespace Lightcone.Statistics;

/// <summary>
/// What a search looks at: signal efficiencies at fixed background efficiencies and the gain in significance ε_S/√ε_B, with intervals from Poisson
/// bootstrap replicas of both classes, so that the threshold's own uncertainty is in them.
/// </summary>
public sealed class SearchCurve
{
    /// <summary>Fewest background jets behind a point of the gain that may be its maximum.</summary>
    public const int FewestBackgrounds = 10;

    private const int Replicas = 200;

    private readonly double[] scores; // falling
    private readonly bool[] isSignal;
    private readonly byte[][] replicas; // weights by jet

    /// <summary>Prepares a search.</summary>
    /// <param name="background">Scores of background jets, larger for jets more like signal.</param>
    /// <param name="signal">Scores of signal jets.</param>
    /// <param name="seed">Of the replicas.</param>
    /// <exception cref="ArgumentException">A class is empty, or a score not a number.</exception>
    public SearchCurve(ReadOnlySpan<double> background, ReadOnlySpan<double> signal, ulong seed)
    {
        if (background.IsEmpty || signal.IsEmpty) throw new ArgumentException("A search needs jets of both classes.");
        scores = [.. background, .. signal];
        foreach (double s in scores)
            if (double.IsNaN(s)) throw new ArgumentException("A score is not a number.");
        isSignal = new bool[scores.Length];
        Array.Fill(isSignal, true, background.Length, signal.Length);
        double[] negative = Array.ConvertAll(scores, s => -s);
        int[] order = [.. Enumerable.Range(0, scores.Length)];
        Array.Sort(negative, order);
        scores = Array.ConvertAll(negative, s => -s);
        isSignal = Array.ConvertAll(order, i => isSignal[i]);
        (Backgrounds, Signals) = (background.Length, signal.Length);
        replicas = [.. Enumerable.Range(0, Replicas).Select(r => Weights(order, seed, r))];
    }

    /// <summary>Background jets.</summary>
    public int Backgrounds { get; }

    /// <summary>Signal jets.</summary>
    public int Signals { get; }

    /// <summary>
    /// Signal efficiency where a share of the background passes: where k jets are that share, at the score of the k-th highest, whose mean background efficiency is
    /// k/(N + 1); linear between. NaN where less than one background jet would stand behind it.
    /// </summary>
    /// <param name="backgroundEfficiency">The share, in (0, 1).</param>
    /// <param name="level">Confidence level of the interval.</param>
    public Interval SignalEfficiency(double backgroundEfficiency, double level = Interval.OneSigma)
    {
        if (backgroundEfficiency * Backgrounds < 1) return new Interval(double.NaN, double.NaN, double.NaN, level, "fewer than one background jet");
        var interval = Measured(weights => EfficiencyAt(weights, backgroundEfficiency), level);
        // No replica of jets that all failed lets one pass: the signal's own counting is the least uncertainty there is.
        var counting = ClopperPearson.Of(interval.Value * Signals, Signals, level);
        return interval with { Lower = Math.Min(interval.Lower, counting.Lower), Upper = Math.Max(interval.Upper, counting.Upper) };
    }

    /// <summary>
    /// Largest ε_S/√ε_B over thresholds that at least <see cref="FewestBackgrounds"/> background jets pass. A maximum over thresholds is biased upwards by
    /// the same fluctuations that the interval shows.
    /// </summary>
    public Interval LargestGain(double level = Interval.OneSigma) => Measured(LargestGain, level);

    private Interval Measured(Func<byte[]?, double> measure, double level)
    {
        double[] values = [.. replicas.Select(measure).Where(double.IsFinite)];
        double tail = Interval.HalfTail(level);
        return values.Length < Replicas / 2
            ? new(measure(null), double.NaN, double.NaN, level, "bootstrap")
            : new(measure(null), Quantile.Of(values, tail), Quantile.Of(values, 1 - tail), level, "bootstrap");
    }

    private double EfficiencyAt(byte[]? weights, double target)
    {
        var (signals, backgrounds) = Totals(weights);
        double s = 0, b = 0, lastS = 0, lastB = 0, wanted = target * backgrounds;
        for (int i = 0; i < scores.Length;)
        {
            (lastS, lastB) = (s, b);
            i = Take(i, weights, ref s, ref b);
            if (b >= wanted && b > lastB) return (lastS + (wanted - lastB) / (b - lastB) * (s - lastS)) / signals;
        }

        return 1;
    }

    private double LargestGain(byte[]? weights)
    {
        var (signals, backgrounds) = Totals(weights);
        double s = 0, b = 0, largest = double.NaN;
        for (int i = 0; i < scores.Length;)
        {
            i = Take(i, weights, ref s, ref b);
            if (b < FewestBackgrounds) continue;
            double gain = s / signals / Math.Sqrt(b / backgrounds);
            if (!(gain <= largest)) largest = gain;
        }

        return largest;
    }

    // Passes over all jets of one score: a threshold cannot part them.
    private int Take(int i, byte[]? weights, ref double signals, ref double backgrounds)
    {
        double score = scores[i];
        for (; i < scores.Length && scores[i] == score; i++)
            if (isSignal[i]) signals += weights?[i] ?? 1;
            else backgrounds += weights?[i] ?? 1;
        return i;
    }

    private (double Signals, double Backgrounds) Totals(byte[]? weights)
    {
        if (weights is null) return (Signals, Backgrounds);
        double s = 0, b = 0;
        for (int i = 0; i < weights.Length; i++)
            if (isSignal[i]) s += weights[i];
            else b += weights[i];
        return (s, b);
    }

    // Poisson weights of mean 1, keyed by the jet's place in the input.
    private static byte[] Weights(int[] order, ulong seed, int replica) => Array.ConvertAll(order, jet =>
    {
        double u = new RandomStream(seed, "search replica", replica, jet).NextDouble(), term = Math.Exp(-1), sum = term;
        int k = 0;
        for (; u > sum && k < 20; sum += term) term /= ++k;
        return (byte)k;
    });
}
