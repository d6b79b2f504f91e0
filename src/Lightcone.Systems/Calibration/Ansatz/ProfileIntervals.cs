namespace Lightcone.Systems.Calibration.Ansatz;

/// <summary>Interval of one event from its likelihood, d = 1.</summary>
/// <param name="Lower">Lower end.</param>
/// <param name="Upper">Upper end.</param>
/// <param name="LowerIsEdge">Whether the lower end is the edge of the training's targets: the likelihood says nothing beyond.</param>
/// <param name="UpperIsEdge">The same above.</param>
internal readonly record struct ProfileInterval(double Lower, double Upper, bool LowerIsEdge, bool UpperIsEdge);

/// <summary>
/// Likelihood intervals {z: λ(x, z) ≤ q} for all events at once: steps outwards from the best target, then bisection. With q = χ² quantiles their coverage is asymptotic (Wilks); with q fitted
/// at fixed z it is calibrated.
/// </summary>
internal static class ProfileIntervals
{
    /// <summary>By how much λ must lie below 0 for another maximum: less is what is left of D, a tenth of a deviation.</summary>
    public const double Elsewhere = 0.01;

    private const int MostDoublings = 60, Bisections = 20, ScanPoints = 200;

    /// <summary>The interval about the best target of each event.</summary>
    /// <param name="likelihood">The events; d must be 1.</param>
    /// <param name="threshold">q at a target.</param>
    public static ProfileInterval[] Of(LearnedLikelihood likelihood, Func<double, double> threshold)
    {
        if (likelihood.Dimension != 1) throw new ArgumentException("Profile intervals are of one target.", nameof(likelihood));
        var lower = Ends(likelihood, threshold, -1);
        var upper = Ends(likelihood, threshold, +1);
        return [.. lower.Zip(upper, (l, u) => new ProfileInterval(l.Value, u.Value, l.IsEdge, u.IsEdge))];
    }

    /// <summary>For each event, the target of the least λ among points across the support, and that λ: below 0 where B is not the maximum.</summary>
    public static (double Target, double Lambda)[] Scan(LearnedLikelihood likelihood)
    {
        var (low, high) = (likelihood.Scale.Lows[0], likelihood.Scale.Highs[0]);
        var least = new (double Target, double Lambda)[likelihood.Count];
        Array.Fill(least, (double.NaN, double.PositiveInfinity));
        double[] grid = [.. Enumerable.Range(0, ScanPoints).Select(point => low + (high - low) * point / (ScanPoints - 1))];
        double[][] lambda = likelihood.LambdaOnGrid(grid);
        for (int point = 0; point < ScanPoints; point++)
            for (int i = 0; i < likelihood.Count; i++)
                if (lambda[point][i] < least[i].Lambda)
                    least[i] = (grid[point], lambda[point][i]);
        return least;
    }

    private static (double Value, bool IsEdge)[] Ends(LearnedLikelihood likelihood, Func<double, double> threshold, int direction)
    {
        int n = likelihood.Count;
        double edge = direction < 0 ? likelihood.Scale.Lows[0] : likelihood.Scale.Highs[0];
        double[] step = likelihood.Deviations(), inside = [.. likelihood.Best], outside = new double[n], probe = new double[n];
        var found = new bool[n]; // whether λ exceeds the threshold at outside
        var done = new bool[n];
        for (int i = 0; i < n; i++)
        {
            step[i] = double.IsFinite(step[i]) && step[i] > 0 ? step[i] / 2 : likelihood.Scale.Units[0] / 2;
            // A best target beyond the edge has no room left on that side.
            if (direction * (edge - inside[i]) <= 0) (outside[i], done[i]) = (inside[i], true);
        }

        for (int k = 0; k < MostDoublings && !done.All(d => d); k++)
        {
            for (int i = 0; i < n; i++) probe[i] = done[i] ? inside[i] : direction * (edge - (inside[i] + direction * step[i])) <= 0 ? edge : inside[i] + direction * step[i];
            double[] lambda = likelihood.Lambda(probe);
            for (int i = 0; i < n; i++)
            {
                if (done[i]) continue;
                outside[i] = probe[i];
                if (lambda[i] > threshold(probe[i])) (found[i], done[i]) = (true, true);
                else if (probe[i] == edge) done[i] = true;
                else (inside[i], step[i]) = (probe[i], 2 * step[i]);
            }
        }

        for (int k = 0; k < Bisections && found.Any(f => f); k++)
        {
            for (int i = 0; i < n; i++) probe[i] = 0.5 * (inside[i] + outside[i]);
            double[] lambda = likelihood.Lambda(probe);
            for (int i = 0; i < n; i++)
            {
                if (!found[i]) continue;
                if (lambda[i] > threshold(probe[i])) outside[i] = probe[i];
                else inside[i] = probe[i];
            }
        }

        return [.. Enumerable.Range(0, n).Select(i => found[i] ? (0.5 * (inside[i] + outside[i]), false) : (outside[i], true))];
    }
}
