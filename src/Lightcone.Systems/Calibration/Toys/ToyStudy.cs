using System.Diagnostics;
using Lightcone.Evaluation;
using Lightcone.Systems.Calibration.Ansatz;

namespace Lightcone.Systems.Calibration.Toys;

/// <summary>What a check on toys is told.</summary>
public sealed record CalibrationToyRequest
{
    /// <summary>Names of toys; empty for all.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Events to train on, and as many to test.</summary>
    public int Events { get; init; } = 100_000;

    /// <summary>Trainings, with seeds 1, 2, …; gates are on the median.</summary>
    public int Seeds { get; init; } = 1;

    /// <summary>Passes of the main phase.</summary>
    public int Epochs { get; init; } = 80;

    /// <summary>Which bound is maximised.</summary>
    public InformationLoss Loss { get; init; }

    /// <summary>Whether training begins from the posterior mean.</summary>
    public bool Pretraining { get; init; } = true;

    /// <summary>Shuffled partners an event.</summary>
    public int Shuffles { get; init; } = 1;
}

/// <summary>One number of a toy: the median over seeds, beside what is exact.</summary>
/// <param name="Id">Stable id.</param>
/// <param name="Name">What it is.</param>
/// <param name="Median">Median over seeds.</param>
/// <param name="Least">Least over seeds.</param>
/// <param name="Largest">Largest over seeds.</param>
/// <param name="Exact">Exact value; null for a limit or where the number is shown only.</param>
/// <param name="Gate">What it is held to; null where it is shown only.</param>
public sealed record CalibrationToyNumber(string Id, string Name, double Median, double Least, double Largest, double? Exact, EvaluationGate? Gate);

/// <summary>What came of one toy.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Title">What it is.</param>
/// <param name="Numbers">The numbers.</param>
/// <param name="Seconds">Wall-clock time of each training with its test [s].</param>
public sealed record CalibrationToyResult(string Name, string Title, IReadOnlyList<CalibrationToyNumber> Numbers, IReadOnlyList<double> Seconds);

/// <summary>The Gaussian Ansatz on problems whose likelihood is known: for anyone who doubts.</summary>
public static class CalibrationToys
{
    private static readonly ICalibrationToy[] All = [new GaussianToy(), new EdgeToy(), new PriorToy(), new GammaToy(), new HeteroscedasticToy(), new PlaneToy(), new MorphingToy()];

    /// <summary>Names of all toys.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(t => t.Name)];

    /// <summary>Runs toys one after another.</summary>
    /// <exception cref="UsageException">A toy is unknown.</exception>
    public static IEnumerable<CalibrationToyResult> Run(CalibrationToyRequest request, Action<string> say, CancellationToken stop)
    {
        ICalibrationToy[] chosen = request.Names.Count == 0 ? All : [.. request.Names.Select(Named)];
        foreach (var toy in chosen) yield return Run(toy, request, say, stop);
    }

    private static ICalibrationToy Named(string name) => All.FirstOrDefault(t => t.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? throw new UsageException(
        $"There is no toy “{name}”.", "--name", "A misspelt name.", $"The toys are: {string.Join(", ", Names)}.");

    private static CalibrationToyResult Run(ICalibrationToy toy, CalibrationToyRequest request, Action<string> say, CancellationToken stop)
    {
        var (measured, seconds) = (new List<IReadOnlyList<ToyMeasure>>(), new List<double>());
        for (int seed = 1; seed <= request.Seeds; seed++)
        {
            say($"{toy.Name}, seed {seed}");
            var clock = Stopwatch.StartNew();
            measured.Add(toy.Run(new ToyOptions
            {
                Events = request.Events, Seed = (ulong)seed, Stop = stop,
                Recipe = new TableRecipeChoice { Loss = request.Loss, Pretraining = request.Pretraining, Epochs = request.Epochs, Shuffles = request.Shuffles },
            }));
            seconds.Add(clock.Elapsed.TotalSeconds);
        }

        return new(toy.Name, toy.Title, [.. Enumerable.Range(0, measured[0].Count).Select(k => Over(toy, [.. measured.Select(m => m[k])]))], seconds);
    }

    private static CalibrationToyNumber Over(ICalibrationToy toy, ToyMeasure[] seeds)
    {
        double[] values = [.. seeds.Select(s => s.Value).Order()];
        double median = values.Length % 2 == 1 ? values[values.Length / 2] : 0.5 * (values[values.Length / 2 - 1] + values[values.Length / 2]);
        var measure = seeds[0] with { Value = median };
        var gate = measure.Gate();
        return new($"{toy.Name}/{measure.Id}", measure.Name, median, values[0], values[^1], measure.Relation == ToyRelation.Near ? measure.Expected : null, gate is null ? null : gate with { Id = $"{toy.Name}/{measure.Id}" });
    }
}
