using Lightcone.Evaluation;

namespace Lightcone.Systems.Mpm.Acceptance;

/// <summary>A group of requirements that need no data, with their outcomes.</summary>
/// <param name="Id">Stable id: "E7".</param>
/// <param name="Title">What they show.</param>
/// <param name="Gates">The requirements.</param>
internal sealed record AcceptanceCheck(string Id, string Title, IReadOnlyList<EvaluationGate> Gates);
