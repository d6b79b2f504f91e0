using Lightcone.Randomness;
using Lightcone.Statistics;

namespace Lightcone.Systems.Calibration.Ansatz;

/// <summary>A mutual information with its error, and what it was made of.</summary>
/// <param name="Nats">The Donsker–Varadhan bound on test events [nats].</param>
/// <param name="Error">Its standard error from the spread of both terms.</param>
/// <param name="Constant">c = ln mean exp T′: T − c is the logarithm of the ratio on events of this spectrum.</param>
/// <param name="Joint">T of each event with its own target.</param>
/// <param name="Shuffled">T of shuffled pairs, ten to a hundred an event, one rotation after another.</param>
/// <param name="Partners">Event whose target each shuffled pair has.</param>
internal sealed record InformationEstimate(double Nats, double Error, double Constant, double[] Joint, double[] Shuffled, int[] Partners)
{
    /// <summary>Value and standard error.</summary>
    public Interval ToInterval() => new(Nats, Nats - Error, Nats + Error, Interval.OneSigma, "Donsker–Varadhan on test events");
}

/// <summary>Mutual information of events and targets, from a learned or an exact likelihood ratio (arXiv:1801.04062, eq. 10).</summary>
internal static class MutualInformation
{
    private const int FewestShuffles = 10, MostShuffles = 100, Pairs = 1_000_000;

    /// <summary>Estimates on events that were not trained on.</summary>
    /// <param name="logRatio">T for one target an event; targets as given, shape [n, d].</param>
    /// <param name="targets">True targets, shape [n, d].</param>
    /// <param name="dimension">d.</param>
    /// <param name="seed">Seed of the shuffles.</param>
    /// <exception cref="InputDataException">There are fewer than two events.</exception>
    public static InformationEstimate Of(Func<double[], double[]> logRatio, double[] targets, int dimension, ulong seed)
    {
        int n = targets.Length / dimension;
        if (n < 2) throw new InputDataException("One event has no mutual information.", "the events", "A file of one event.", "Give at least two, better thousands.");
        double[] joint = logRatio(targets);
        int rounds = Math.Min(Math.Clamp(Pairs / n, FewestShuffles, MostShuffles), n - 1);
        var (shuffled, partners) = (new double[rounds * n], new int[rounds * n]);
        int[] rotations = Rotations(n, rounds, seed);
        var rotated = new double[targets.Length];
        for (int r = 0; r < rounds; r++)
        {
            for (int i = 0; i < n; i++)
            {
                int partner = (i + rotations[r]) % n;
                partners[r * n + i] = partner;
                targets.AsSpan(partner * dimension, dimension).CopyTo(rotated.AsSpan(i * dimension));
            }

            logRatio(rotated).CopyTo(shuffled, r * n);
        }

        double largest = shuffled.Max(), sum = 0, squares = 0;
        foreach (double t in shuffled)
        {
            double e = Math.Exp(t - largest);
            sum += e;
            squares += e * e;
        }

        double constant = largest + Math.Log(sum / shuffled.Length), mean = joint.Average(), spread = 0;
        foreach (double t in joint) spread += (t - mean) * (t - mean);
        // Shuffled pairs count as independent: where T is right, the mean of exp T over the partners of one event is the same for all, so that sharing events adds nothing.
        double relative = squares / shuffled.Length / Math.Pow(sum / shuffled.Length, 2) - 1;
        return new(mean - constant, Math.Sqrt(spread / n / n + relative / shuffled.Length), constant, joint, shuffled, partners);
    }

    private static int[] Rotations(int n, int count, ulong seed)
    {
        var random = new RandomStream(seed, "shuffled pairs", 0, 0);
        var chosen = new HashSet<int>();
        while (chosen.Count < count) chosen.Add(1 + random.NextInt(n - 1));
        return [.. chosen];
    }
}
