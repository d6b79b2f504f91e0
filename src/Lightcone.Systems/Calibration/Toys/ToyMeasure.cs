using Lightcone.Evaluation;

namespace Lightcone.Systems.Calibration.Toys;

/// <summary>How a toy's number is judged.</summary>
internal enum ToyRelation
{
    /// <summary>|value − expected| at most the tolerance.</summary>
    Near,

    /// <summary>At most the expected value.</summary>
    AtMost,

    /// <summary>At least the expected value.</summary>
    AtLeast,

    /// <summary>Not judged.</summary>
    Shown,
}

/// <summary>One number that a toy measures, and what is exact.</summary>
/// <param name="Id">Stable id.</param>
/// <param name="Name">What it is.</param>
/// <param name="Value">What was measured.</param>
/// <param name="Relation">How it is judged.</param>
/// <param name="Expected">Exact value or limit.</param>
/// <param name="Tolerance">For <see cref="ToyRelation.Near"/>.</param>
internal sealed record ToyMeasure(string Id, string Name, double Value, ToyRelation Relation, double Expected = double.NaN, double Tolerance = double.NaN)
{
    /// <summary>A value that should be near an exact one.</summary>
    public static ToyMeasure Near(string id, string name, double value, double expected, double tolerance) => new(id, name, value, ToyRelation.Near, expected, tolerance);

    /// <summary>A value that should be small.</summary>
    public static ToyMeasure AtMost(string id, string name, double value, double limit) => new(id, name, value, ToyRelation.AtMost, limit);

    /// <summary>A value that should be large.</summary>
    public static ToyMeasure AtLeast(string id, string name, double value, double limit) => new(id, name, value, ToyRelation.AtLeast, limit);

    /// <summary>A value that is shown only.</summary>
    public static ToyMeasure Shown(string id, string name, double value) => new(id, name, value, ToyRelation.Shown);

    /// <summary>The gate; null where the number is shown only.</summary>
    public EvaluationGate? Gate() => Relation switch
    {
        ToyRelation.Near => EvaluationGate.AtMost(Id, Math.Abs(Value - Expected), Tolerance, $"{Name}: distance from {Expected.ToString("G6", System.Globalization.CultureInfo.InvariantCulture)}"),
        ToyRelation.AtMost => EvaluationGate.AtMost(Id, Value, Expected, Name),
        ToyRelation.AtLeast => EvaluationGate.AtLeast(Id, Value, Expected, Name),
        _ => null,
    };
}

/// <summary>What a toy is told.</summary>
internal sealed record ToyOptions
{
    /// <summary>Events to train on, and as many to test.</summary>
    public int Events { get; init; } = 100_000;

    /// <summary>How to train.</summary>
    public TableRecipeChoice Recipe { get; init; } = new();

    /// <summary>Seed of draws and weights.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Asked to stop.</summary>
    public CancellationToken Stop { get; init; }
}

/// <summary>What of a toy's training may be changed.</summary>
internal sealed record TableRecipeChoice
{
    /// <summary>The loss.</summary>
    public Ansatz.InformationLoss Loss { get; init; }

    /// <summary>Whether the first phase is there.</summary>
    public bool Pretraining { get; init; } = true;

    /// <summary>Passes of the main phase.</summary>
    public int Epochs { get; init; } = 80;

    /// <summary>Shuffled partners an event.</summary>
    public int Shuffles { get; init; } = 1;
}
