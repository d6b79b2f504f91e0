using Lightcone.Randomness;

namespace Lightcone.Statistics;

/// <summary>Difference of the areas under the ROC curves of two taggers on the same jets, whose errors are correlated and mostly cancel.</summary>
public static class AucDifference
{
    /// <summary>AUC of <paramref name="first"/> minus AUC of <paramref name="second"/> with DeLong's interval for correlated curves.</summary>
    /// <exception cref="InputDataException">As for <see cref="RocCurve.From"/>.</exception>
    public static Interval ByDeLong(ReadOnlySpan<double> first, ReadOnlySpan<double> second, ReadOnlySpan<int> labels, double level = Interval.OneSigma)
    {
        RocCurve.CheckJets(first, labels);
        RocCurve.CheckJets(second, labels);
        var a = DeLong.Placements(first, labels);
        var b = DeLong.Placements(second, labels);
        double[] ofSignals = [.. a.OfSignals.Zip(b.OfSignals, (x, y) => x - y)], ofBackgrounds = [.. a.OfBackgrounds.Zip(b.OfBackgrounds, (x, y) => x - y)];
        double half = -SpecialFunctions.NormalQuantile(Interval.HalfTail(level)) * Math.Sqrt(VarianceOfMean(ofSignals) + VarianceOfMean(ofBackgrounds));
        double difference = ofSignals.Average();
        return new(difference, difference - half, difference + half, level, DeLong.Method);
    }

    /// <summary>
    /// The same with an interval from resampled jets: in each replica both taggers see the same jets, drawn with replacement within each class;
    /// the ends are quantiles of the replicas' differences.
    /// </summary>
    /// <param name="first">Scores of the first tagger, one a jet.</param>
    /// <param name="second">Scores of the second tagger, one a jet.</param>
    /// <param name="labels">1 for signal, 0 for background, one a jet.</param>
    /// <param name="seed">Seed of the resampling.</param>
    /// <param name="replicas">Number of replicas.</param>
    /// <param name="level">Confidence level.</param>
    /// <exception cref="InputDataException">As for <see cref="RocCurve.From"/>.</exception>
    public static Interval ByBootstrap(
        ReadOnlySpan<double> first, ReadOnlySpan<double> second, ReadOnlySpan<int> labels, ulong seed, int replicas = 1000, double level = Interval.OneSigma)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(replicas);
        RocCurve.CheckJets(first, labels);
        RocCurve.CheckJets(second, labels);
        double tail = Interval.HalfTail(level);
        var (a, b) = (new RankedJets(first, labels), new RankedJets(second, labels));
        int[] signals = JetsOf(1, labels), backgrounds = JetsOf(0, labels);
        var times = new int[labels.Length];
        var differences = new double[replicas];
        for (int r = 0; r < replicas; r++)
        {
            Array.Clear(times);
            var random = new RandomStream(seed, "bootstrap", 0, r);
            Draw(signals, times, ref random);
            Draw(backgrounds, times, ref random);
            differences[r] = a.Auc(times) - b.Auc(times);
        }
        Array.Fill(times, 1);
        return new(a.Auc(times) - b.Auc(times), Quantile.Of(differences, tail), Quantile.Of(differences, 1 - tail), level, $"paired bootstrap, {replicas} replicas");
    }

    private static int[] JetsOf(int label, ReadOnlySpan<int> labels)
    {
        var jets = new List<int>();
        for (int i = 0; i < labels.Length; i++)
            if (labels[i] == label) jets.Add(i);
        return [.. jets];
    }

    private static void Draw(int[] jets, int[] times, ref RandomStream random)
    {
        for (int i = 0; i < jets.Length; i++) times[jets[random.NextInt(jets.Length)]]++;
    }

    private static double VarianceOfMean(double[] values)
    {
        double mean = values.Average();
        return values.Length < 2 ? double.NaN : values.Sum(x => (x - mean) * (x - mean)) / (values.Length - 1.0) / values.Length;
    }

    /// <summary>Jets sorted by a score once, so that the area of any resampling is one pass.</summary>
    private sealed class RankedJets
    {
        private readonly int[] jets;
        private readonly bool[] endsTie;
        private readonly bool[] isSignal;

        public RankedJets(ReadOnlySpan<double> scores, ReadOnlySpan<int> labels)
        {
            var sorted = scores.ToArray();
            jets = [.. Enumerable.Range(0, sorted.Length)];
            Array.Sort(sorted, jets);
            endsTie = new bool[sorted.Length];
            isSignal = new bool[sorted.Length];
            for (int i = 0; i < sorted.Length; i++)
            {
                endsTie[i] = i + 1 == sorted.Length || sorted[i + 1] != sorted[i];
                isSignal[i] = labels[jets[i]] == 1;
            }
        }

        /// <summary>Area when each jet stands there so many times.</summary>
        public double Auc(int[] times)
        {
            double twice = 0; // integers below 2⁵³: exact
            long below = 0, signals = 0, tiedSignals = 0, tiedBackgrounds = 0;
            for (int i = 0; i < jets.Length; i++)
            {
                if (isSignal[i]) tiedSignals += times[jets[i]];
                else tiedBackgrounds += times[jets[i]];
                if (!endsTie[i]) continue;
                twice += (double)tiedSignals * (2 * below + tiedBackgrounds);
                below += tiedBackgrounds;
                signals += tiedSignals;
                tiedSignals = tiedBackgrounds = 0;
            }
            return twice / (2.0 * signals * below);
        }
    }
}
