namespace Lightcone.Systems;

/// <summary>Outcome of <c>check symmetry</c>.</summary>
/// <param name="Subject">What the numbers are, for example “largest change of a logit”.</param>
/// <param name="Jets">Jets measured on.</param>
/// <param name="Frames">The transformations.</param>
/// <param name="Variants">What was measured for each variant of the model.</param>
/// <param name="Gates">What must hold.</param>
public sealed record SymmetryReport(string Subject, int Jets, IReadOnlyList<SymmetryFrame> Frames, IReadOnlyList<SymmetryVariant> Variants, IReadOnlyList<SymmetryGate> Gates);

/// <summary>A Lorentz transformation, or another change of a jet that outputs do not follow, such as another order of its constituents (no boost, no angle).</summary>
/// <param name="Name">What it is.</param>
/// <param name="Gamma">Lorentz factor of its boost; 1 for a pure rotation.</param>
/// <param name="Angle">Angle of a pure rotation [rad]; 0 otherwise.</param>
/// <param name="Group">Heading under which tables give the largest change over frames of one kind, for example <c>boost 0.99</c>; empty for a frame that tables leave out.</param>
public sealed record SymmetryFrame(string Name, double Gamma, double Angle, string Group);

/// <summary>One variant of a model under all transformations.</summary>
/// <param name="Name">What is special about it.</param>
/// <param name="LargestOutput">Largest output in the untransformed frame: the scale of the changes.</param>
/// <param name="LargestChange">Largest change of an output over all jets, one number a transformation.</param>
public sealed record SymmetryVariant(string Name, double LargestOutput, IReadOnlyList<double> LargestChange);

/// <summary>A limit on the largest change.</summary>
/// <param name="Name">Of which variant.</param>
/// <param name="Measured">What was measured.</param>
/// <param name="Limit">What is allowed.</param>
public sealed record SymmetryGate(string Name, double Measured, double Limit)
{
    /// <summary>Whether the limit holds.</summary>
    public bool Passed => Measured <= Limit;
}
