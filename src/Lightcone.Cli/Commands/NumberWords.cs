using Lightcone.Evaluation;
using Lightcone.Figures;
using Lightcone.Statistics;

namespace Lightcone.Cli.Commands;

/// <summary>Measured numbers as cells of a table.</summary>
internal static class NumberWords
{
    /// <summary>The value with its interval, or the limit, and its unit.</summary>
    public static string Value(EvaluationNumber number) => Markup.ToPlain(Digits(number)) + (number.Unit is { Length: > 0 } unit && number.Value is not null ? $" {unit}" : "");

    /// <summary>The value of another method with its interval.</summary>
    public static string Value(EvaluationReference reference) => Markup.ToPlain(NumberText.WithInterval(
        new Interval(reference.Value ?? double.NaN, reference.Lower ?? double.NaN, reference.Upper ?? double.NaN, Interval.OneSigma, "")));

    /// <summary>How the interval was obtained, and how many jets stand behind it: of a rejection those of the background that pass.</summary>
    public static string How(EvaluationNumber number) => number switch
    {
        { K: { } k } when number.Id.StartsWith("rejection", StringComparison.Ordinal) => $"{number.Method}, {NumberText.Count(k)} background jet{(k == 1 ? "" : "s")}",
        { K: { } k, N: { } n } => $"{number.Method}, {NumberText.Count(k)} of {NumberText.Count(n)}",
        _ => number.Method ?? "",
    };

    private static string Digits(EvaluationNumber number) => number switch
    {
        { Value: null, Lower: { } lower } => $"> {NumberText.Plain(lower, 3)}",
        { Value: { } value, Lower: null, Upper: { } limit } => $"{NumberText.Plain(value, 2)} (limit {NumberText.Plain(limit, 2)})",
        { Value: { } value, Lower: null } => NumberText.Plain(value, 3),
        _ => NumberText.WithInterval(number.ToInterval()),
    };
}
