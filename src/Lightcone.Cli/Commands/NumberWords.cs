using Lightcone.Evaluation;
using Lightcone.Figures;
using Lightcone.Statistics;

namespace Lightcone.Cli.Commands;

/// <summary>Measured numbers as cells of a table.</summary>
internal static class NumberWords
{
    /// <summary>The value with its interval, or the limit.</summary>
    public static string Value(EvaluationNumber number) => Markup.ToPlain(number switch
    {
        { Value: null, Lower: { } lower } => $"> {NumberText.Plain(lower, 3)}",
        { Value: { } value, Lower: null, Upper: { } limit } => $"{NumberText.Plain(value, 2)} (limit {NumberText.Plain(limit, 2)})",
        { Value: { } value, Lower: null } => NumberText.Plain(value, 3),
        _ => NumberText.WithInterval(number.ToInterval()),
    });

    /// <summary>The value of another method with its interval.</summary>
    public static string Value(EvaluationReference reference) => Markup.ToPlain(NumberText.WithInterval(
        new Interval(reference.Value ?? double.NaN, reference.Lower ?? double.NaN, reference.Upper ?? double.NaN, Interval.OneSigma, "")));

    /// <summary>How the interval was obtained, and how many background jets stand behind it.</summary>
    public static string How(EvaluationNumber number) =>
        number.K is { } k ? $"{number.Method}, {NumberText.Count(k)} background jet{(k == 1 ? "" : "s")}" : number.Method ?? "";
}
