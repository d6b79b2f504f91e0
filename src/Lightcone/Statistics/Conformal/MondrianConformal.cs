namespace Lightcone.Statistics;

/// <summary>One group of <see cref="MondrianConformal"/>.</summary>
/// <param name="Group">Its number.</param>
/// <param name="Offset">Its quantile of scores; +∞ for too few entries.</param>
/// <param name="Law">How its coverage varies with the calibration sample.</param>
public readonly record struct ConformalGroup(int Group, double Offset, ConformalLaw Law);

/// <summary>
/// A separate conformal quantile for each group: a class, a bin of transverse momentum, a detector region. Each group covers with the level. Groups
/// must be fixed before the calibration sample is looked at; 500 entries in each are recommended, and 1/(1 − level) − 1 are needed for a finite interval.
/// </summary>
public sealed class MondrianConformal
{
    private readonly Dictionary<int, ConformalGroup> groups;

    private MondrianConformal(IEnumerable<ConformalGroup> groups, double level)
    {
        Groups = [.. groups.OrderBy(g => g.Group)];
        this.groups = Groups.ToDictionary(g => g.Group);
        Level = level;
    }

    /// <summary>Coverage that is promised in every group.</summary>
    public double Level { get; }

    /// <summary>The groups of the calibration sample, by number.</summary>
    public IReadOnlyList<ConformalGroup> Groups { get; }

    /// <summary>Takes the quantiles from a calibration sample.</summary>
    /// <param name="scores">Scores, such as |truth − prediction| or that over σ.</param>
    /// <param name="groupOf">Group of each entry, any numbers.</param>
    /// <param name="level">Coverage to promise, between 0 and 1.</param>
    /// <exception cref="InputDataException">A score is NaN.</exception>
    public static MondrianConformal Fit(ReadOnlySpan<double> scores, ReadOnlySpan<int> groupOf, double level)
    {
        SampleRules.Level(level);
        SampleRules.SameLength(scores.Length, groupOf.Length, nameof(groupOf));
        SampleRules.NotNaN(scores, "score");
        var members = new Dictionary<int, List<double>>();
        for (int i = 0; i < scores.Length; i++)
        {
            if (!members.TryGetValue(groupOf[i], out var list)) members[groupOf[i]] = list = [];
            list.Add(scores[i]);
        }

        return new(members.Select(m => new ConformalGroup(m.Key, ConformalQuantile.Of([.. m.Value], level), ConformalLaw.Of(m.Value.Count, level))), level);
    }

    /// <summary>Quantile of scores in a group; +∞ for a group that the calibration sample does not have.</summary>
    public double Offset(int group) => groups.TryGetValue(group, out var found) ? found.Offset : double.PositiveInfinity;

    /// <summary>prediction ± offset·scale.</summary>
    /// <param name="prediction">The prediction.</param>
    /// <param name="group">Its group.</param>
    /// <param name="scale">σ where the scores were divided by it.</param>
    public ConformalInterval Interval(double prediction, int group, double scale = 1) => scale >= 0
        ? ConformalInterval.Around(prediction, Offset(group), scale)
        : throw new ArgumentOutOfRangeException(nameof(scale), $"{scale} is no standard deviation.");
}
