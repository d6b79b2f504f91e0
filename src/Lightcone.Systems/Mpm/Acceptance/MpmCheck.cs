using Lightcone.Evaluation;
using Lightcone.Figures.Catalogue;
using Lightcone.Systems.Mpm.Probing;

namespace Lightcone.Systems.Mpm.Acceptance;

/// <summary>The acceptance of masked particle modelling: what must hold exactly, and studies that train.</summary>
public static class MpmCheck
{
    /// <summary>Name of the control that is pre-trained on scrambled jets.</summary>
    internal const string Scrambled = "scrambled";

    /// <summary>Name of the arm that is pre-trained with the files named pretrain.</summary>
    internal const string Pool = "pool";

    private static readonly string[] Exact = ["E0", "E6", "E7", "E8"];

    /// <summary>Runs the parts asked for, in order.</summary>
    /// <param name="request">What to run.</param>
    /// <param name="say">Hears what begins.</param>
    /// <param name="stop">Asked to stop; trainings that were under way go on when the check is run again.</param>
    /// <exception cref="UsageException">A part is unknown, or wants data.</exception>
    public static IEnumerable<MpmCheckPart> Run(MpmCheckRequest request, Action<string> say, CancellationToken stop)
    {
        var parts = Parts(request, say, stop);
        var wanted = request.Only.Count > 0 ? request.Only.Select(o => o.ToUpperInvariant()).ToList() : [.. request.Data is null ? Exact : (IEnumerable<string>)parts.Keys];
        foreach (string id in wanted)
        {
            if (!parts.ContainsKey(id)) throw new UsageException($"There is no part {id}.", "--only", "A misspelt name.", $"The parts are: {string.Join(", ", parts.Keys)}.");
            if (request.Data is null && !Exact.Contains(id)) throw new UsageException($"{id} trains, so it wants data.", "--data", "The option was forgotten.", "Add --data FOLDER --out FOLDER.");
        }

        foreach (string id in wanted) yield return parts[id]();
    }

    private static Dictionary<string, Func<MpmCheckPart>> Parts(MpmCheckRequest request, Action<string> say, CancellationToken stop)
    {
        var runs = new StudyRuns(request.Out, request.Data ?? "", request.Threads, request.Command, say, stop);
        var backbones = new PretrainedRuns(runs);
        return new Dictionary<string, Func<MpmCheckPart>>
        {
            ["E0"] = () => Part(BuildCheck.Run()),
            ["E1"] = () => new TokenizerCheck(runs, request.Data!, backbones.Tuned()).Run(),
            ["E2"] = () => new MaskedCheck(runs, request, backbones).Run(),
            ["E3"] = () => FrozenCheck.Run(new MpmProbeRequest { Backbone = backbones.Tuned().Backbone, Data = request.Data!, Seeds = request.Seeds }, say, stop),
            ["E4"] = () => new FineTuningCheck(runs, request.Seeds, backbones.Tuned(), new Arm("scratch", ""), backbones.WithPool, backbones.OnScrambled).Run(),
            ["E5"] = () => new WeakSupervisionCheck(runs, request.Data!, backbones.Tuned(), new Arm("scratch", "")).Run(),
            ["E6"] = () => Part(SymmetryCheck.Run()),
            ["E7"] = () => Part(LeakCheck.Run()),
            ["E8"] = () => Part(PackingCheck.Run()),
        };
    }

    /// <summary>A gate on what several seeds tell; with one seed there is no error, so it was not run.</summary>
    internal static EvaluationGate OverSeeds(string id, double measured, double limit, string name)
    {
        var gate = EvaluationGate.AtLeast(id, measured, limit, name);
        return double.IsNaN(measured) ? gate with { Result = GateResult.NotRun } : gate;
    }

    private static MpmCheckPart Part(AcceptanceCheck check) => new(check.Id, check.Title, check.Gates, []);
}

/// <summary>The pre-trainings that several parts share, made when first asked for.</summary>
internal sealed class PretrainedRuns(StudyRuns runs)
{
    private static readonly MpmRecipe Small = (MpmRecipe)new MpmSystem().Recipes[0].Recipe;

    // Of the pool three times fewer passes, so that all see as many jets.
    private const int PoolEpochs = 13;

    /// <summary>Pre-trained on the training jets.</summary>
    public Arm Tuned() => Made("tuned", "mpm-20k", Small);

    /// <summary>Pre-trained on those and the files named pretrain.</summary>
    public Arm WithPool() => Made(MpmCheck.Pool, "mpm-60k", Small with { Pool = true, Epochs = PoolEpochs });

    /// <summary>Pre-trained on scrambled jets.</summary>
    public Arm OnScrambled() => Made(MpmCheck.Scrambled, "mpm-scrambled", Small with { Context = MaskedContext.Scrambled });

    /// <summary>The context-free twin.</summary>
    public StudyRun ContextFree() => new("mpm-free", new MpmSystem(), Small with { Context = MaskedContext.Nothing });

    private Arm Made(string arm, string name, MpmRecipe recipe)
    {
        runs.Make([new StudyRun(name, new MpmSystem(), recipe)]);
        return new(arm, runs.PathOf(name));
    }
}

/// <summary>What the acceptance of masked particle modelling is told.</summary>
public sealed record MpmCheckRequest
{
    /// <summary>Folder with JetClass files; null checks what needs none.</summary>
    public string? Data { get; init; }

    /// <summary>Folder for the trainings; those that are finished there are not made again.</summary>
    public string Out { get; init; } = "";

    /// <summary>Parts to run, by their letter and number (E4); empty for all.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>Trainings of each kind, with seeds 1, 2, ….</summary>
    public int Seeds { get; init; } = 3;

    /// <summary>Processor threads.</summary>
    public required int Threads { get; init; }

    /// <summary>The command as typed.</summary>
    public required string Command { get; init; }
}

/// <summary>One measured number of a part.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Value">Its value.</param>
/// <param name="Error">Standard error or standard deviation over seeds, as the name says; null for none.</param>
public sealed record MpmCheckNumber(string Name, double Value, double? Error);

/// <summary>One part of the acceptance.</summary>
/// <param name="Id">Letter and number.</param>
/// <param name="Title">What it shows.</param>
/// <param name="Gates">What it demands.</param>
/// <param name="Numbers">What else it measured.</param>
public sealed record MpmCheckPart(string Id, string Title, IReadOnlyList<EvaluationGate> Gates, IReadOnlyList<MpmCheckNumber> Numbers)
{
    /// <summary>Accuracy against the number of labels, to be drawn.</summary>
    internal IReadOnlyList<SeededSeries> LabelSeries { get; init; } = [];

    /// <summary>Significance improvement against the number of signal jets, to be drawn.</summary>
    internal IReadOnlyList<SeededSeries> SearchSeries { get; init; } = [];

    /// <summary>What training on true labels reaches; null where no search was made.</summary>
    internal ReferenceLevel? Supervised { get; init; }

    /// <summary>How many labels pre-training is worth; null where it was not measured.</summary>
    internal LabelEquivalence? Equivalence { get; init; }
}
