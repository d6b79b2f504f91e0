namespace Lightcone.Figures.Catalogue;

/// <summary>Where the weights of a network come from; decides colour, dashes and marker in every figure.</summary>
public enum TrainingArm
{
    /// <summary>Pre-trained, then trained as a whole.</summary>
    FineTuned,

    /// <summary>Pre-trained and held, with a head trained on top.</summary>
    Frozen,

    /// <summary>Started at random and trained as a whole: what the others are compared with.</summary>
    Scratch,

    /// <summary>Started at random and held, with a head trained on top.</summary>
    RandomFrozen,
}

/// <summary>The result of one training.</summary>
/// <param name="X">What was varied: labels, signal jets.</param>
/// <param name="Seed">Seed; trainings of one seed and one <paramref name="X"/> saw the same jets.</param>
/// <param name="Value">The result; NaN for a training that failed.</param>
public readonly record struct SeededPoint(double X, int Seed, double Value);

/// <summary>Trainings of one kind.</summary>
/// <param name="Name">Plain name.</param>
/// <param name="Arm">Its role.</param>
/// <param name="Points">Any order.</param>
public sealed record SeededSeries(string Name, TrainingArm Arm, IReadOnlyList<SeededPoint> Points);

/// <summary>A value to compare with, drawn as a line across the panel.</summary>
/// <param name="Name">Plain name; the value is written behind it.</param>
/// <param name="Value">On the vertical axis.</param>
public sealed record ReferenceLevel(string Name, double Value)
{
    internal Hairline Line() => new() { At = Value, Vertical = false, Colour = SeriesColour.Mute, Label = $"{Markup.Escape(Name)}: {NumberText.Plain(Value, 3)}" };
}

/// <summary>Mean over the trainings at one place.</summary>
/// <param name="X">The place.</param>
/// <param name="Seeds">Number of trainings with a result.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="Deviation">Sample standard deviation, n − 1 below; NaN for one training.</param>
internal readonly record struct SeedSpread(double X, int Seeds, double Mean, double Deviation)
{
    /// <summary>Standard error of the mean.</summary>
    public double Error => Deviation / Math.Sqrt(Seeds);

    public static SeedSpread[] Of(IEnumerable<(double X, double Value)> points) => [.. points.GroupBy(p => p.X).OrderBy(g => g.Key).Select(g => At(g.Key, [.. g.Select(p => p.Value)]))];

    public static SeedSpread[] Of(SeededSeries series) => Of(series.Points.Select(p => (p.X, p.Value)));

    private static SeedSpread At(double x, double[] values)
    {
        double mean = values.Average();
        return new(x, values.Length, mean, values.Length < 2 ? double.NaN : Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1)));
    }
}

/// <summary>Trainings of several kinds on one logarithmic axis: the kinds are set apart sideways, a few pixels each, so that bars and single seeds do not hide one another.</summary>
internal sealed class SeededDrawing
{
    /// <summary>Width of the frame these figures have, px.</summary>
    private const double FrameWidth = 398;

    /// <summary>Distance of two kinds at one place, px.</summary>
    private const double Apart = 10;

    private readonly double step;

    public SeededDrawing(IReadOnlyList<SeededSeries> series)
    {
        Series = [.. series.Select(s => s with { Points = [.. s.Points.Where(p => p.X > 0 && double.IsFinite(p.X) && double.IsFinite(p.Value)).OrderBy(p => p.X).ThenBy(p => p.Seed)] })];
        LeftOut = series.Sum(s => s.Points.Count) - Series.Sum(s => s.Points.Count);
        Places = [.. Series.SelectMany(s => s.Points).Select(p => p.X).Distinct().Order()];
        (double from, double to) = Places.Length == 0 ? (100, 10_000) : (Places[0], Places[^1]);
        double margin = to > from ? Math.Max(1.5, Math.Pow(to / from, 0.13)) : 3;
        (Low, High) = (from / margin, to * margin);
        double pixel = Math.Log(High / Low) / FrameWidth;
        double narrowest = Places.Zip(Places.Skip(1), (a, b) => Math.Log(b / a)).DefaultIfEmpty(double.PositiveInfinity).Min();
        step = Math.Min(Apart * pixel, 0.7 * narrowest / Math.Max(1, Series.Length));
    }

    /// <summary>The series without trainings that have no result or no place on the axis.</summary>
    public SeededSeries[] Series { get; }

    public int LeftOut { get; }

    /// <summary>All places on the axis, rising.</summary>
    public double[] Places { get; }

    public double Low { get; }

    public double High { get; }

    public static SeriesColour Colour(TrainingArm arm) => arm switch { TrainingArm.FineTuned => SeriesColour.C3, TrainingArm.Frozen => SeriesColour.C1, TrainingArm.Scratch => SeriesColour.C5, _ => SeriesColour.C4 };

    public static LineStyle Line(TrainingArm arm) => arm switch { TrainingArm.Scratch => LineStyle.Dashed, TrainingArm.RandomFrozen => LineStyle.Dotted, _ => LineStyle.Solid };

    public static MarkerShape Marker(TrainingArm arm) => arm switch { TrainingArm.FineTuned => MarkerShape.Circle, TrainingArm.Frozen => MarkerShape.Square, TrainingArm.Scratch => MarkerShape.Triangle, _ => MarkerShape.Diamond };

    /// <summary>Where the mean of a series stands that belongs to <paramref name="x"/>.</summary>
    public double Shifted(double x, int series) => x * Math.Exp(step * (series - ((Series.Length - 1) / 2.0)));

    /// <summary>A line through the means with bars of one standard deviation, and the single trainings beside them.</summary>
    public IEnumerable<Mark> Marks(int index)
    {
        SeededSeries series = Series[index];
        if (series.Points.Count == 0)
        {
            yield break;
        }

        SeedSpread[] means = SeedSpread.Of(series);
        SeriesColour colour = Colour(series.Arm);
        string legend = Markup.Escape(series.Name);
        yield return new Curve { X = [.. means.Select(m => Shifted(m.X, index))], Y = [.. means.Select(m => m.Mean)], Colour = colour, Line = Line(series.Arm), Width = index == 0 ? 2 : 1.8, Legend = legend };
        yield return Means(means, index) with { Legend = legend };
        SeededPoint[] repeated = [.. series.Points.Where(p => means.Any(m => m.X == p.X && m.Seeds > 1))];
        if (repeated.Length > 0)
        {
            yield return new Points
            {
                X = [.. repeated.Select(p => Shifted(p.X, index) * Math.Exp(0.55 * step))],
                Y = [.. repeated.Select(p => p.Value)],
                Colour = colour,
                Marker = Marker(series.Arm),
                Hollow = true,
                Radius = 2,
            };
        }
    }

    /// <summary>Means with bars.</summary>
    public Points Means(SeedSpread[] means, int index, bool errors = false)
    {
        double Half(SeedSpread m) => errors ? m.Error : m.Deviation;
        bool barred = means.Any(m => m.Seeds > 1);
        TrainingArm arm = Series[index].Arm;
        return new()
        {
            X = [.. means.Select(m => Shifted(m.X, index))],
            Y = [.. means.Select(m => m.Mean)],
            Lower = barred ? [.. means.Select(m => m.Mean - Half(m))] : [],
            Upper = barred ? [.. means.Select(m => m.Mean + Half(m))] : [],
            Colour = Colour(arm),
            Marker = Marker(arm),
        };
    }

    /// <summary>What the points are, a sentence for the caption.</summary>
    public string Note()
    {
        int[] seeds = [.. Series.SelectMany(s => SeedSpread.Of(s)).Select(m => m.Seeds).Distinct()];
        string left = LeftOut == 0 ? string.Empty : $" {LeftOut} trainings without a result or a place on the axis are left out.";
        string drawn = seeds is [] or [1] ? "Points: single trainings." : $"Filled: mean over seeds{(seeds.Length == 1 ? $" ({seeds[0]} each)" : string.Empty)} with the sample standard deviation; hollow, beside it: single seeds.";
        return drawn + (Series.Length > 1 ? " Points at one place are set apart sideways." : string.Empty) + left;
    }
}
