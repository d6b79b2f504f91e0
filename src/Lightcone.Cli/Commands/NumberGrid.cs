using Lightcone.Cli.Terminal;
using Lightcone.Evaluation;
using Lightcone.Figures;

namespace Lightcone.Cli.Commands;

/// <summary>
/// Numbers that measure the same quantities of several subjects, as their names say: “AUC, top” and “AUC, W” beside “largest gain, top” and “largest gain, W”.
/// One table of them is read at a glance where a list of all is not.
/// </summary>
internal sealed class NumberGrid
{
    private readonly List<string> quantities = [], subjects = [];
    private readonly Dictionary<(string Quantity, string Subject), EvaluationNumber> cells = [];

    private NumberGrid()
    {
    }

    /// <summary>Parts numbers into grids and those that stand alone. A subject needs two quantities to be one.</summary>
    public static (IReadOnlyList<NumberGrid> Grids, IReadOnlyList<EvaluationNumber> Others) Of(IReadOnlyList<EvaluationNumber> numbers)
    {
        var named = numbers.Select(n => (Number: n, Parts: Parts(n))).ToList();
        var shared = named.Where(n => n.Parts is not null).GroupBy(n => n.Parts!.Value.Subject).Where(g => g.DistinctBy(n => n.Parts!.Value.Quantity).Count() > 1).ToDictionary(g => g.Key, g => g.ToList());
        var order = named.Where(n => n.Parts is { } p && shared.ContainsKey(p.Subject)).Select(n => n.Parts!.Value.Quantity).Distinct().ToList();
        var grids = new SortedDictionary<int, NumberGrid>();
        var others = new List<EvaluationNumber>();
        foreach (var (number, parts) in named)
            if (parts is not { } p || !shared.TryGetValue(p.Subject, out var siblings)) others.Add(number);
            else
            {
                int first = siblings.Min(s => order.IndexOf(s.Parts!.Value.Quantity)); // subjects with a quantity in common belong together
                if (!grids.TryGetValue(first, out var grid)) grids[first] = grid = new NumberGrid();
                if (!grid.Add(p.Quantity, p.Subject, number)) others.Add(number);
            }

        return ([.. grids.Values], others);
    }

    /// <summary>The numbers as a table, the longer side downwards; a row without any value is left out.</summary>
    public TextTable Table()
    {
        bool upright = subjects.Count <= quantities.Count;
        var (rows, across) = upright ? (quantities, subjects) : (subjects, quantities);
        var table = new TextTable([new Column(upright ? "number" : ""), .. across.Select(Heading), new Column("how", Optional: true)]);
        foreach (string row in rows)
        {
            var numbers = across.Select(c => cells.GetValueOrDefault(upright ? (row, c) : (c, row))).ToList();
            if (numbers.All(n => n is null or { Value: null, Lower: null })) continue;
            table.Add([row, .. numbers.Select(n => n is null ? "" : NumberWords.Value(n)), Common(numbers, NumberWords.How) ?? Common(numbers, n => n.Method ?? "") ?? ""]);
        }

        return table;
    }

    /// <summary>What others reached, a table for each quantity they were measured by; taken out of <paramref name="references"/>.</summary>
    public IEnumerable<TextTable> Tables(List<EvaluationReference> references)
    {
        foreach (string quantity in quantities)
        {
            var subjectOf = subjects.Where(s => cells.ContainsKey((quantity, s))).ToDictionary(s => cells[(quantity, s)].Id);
            var here = references.Where(r => subjectOf.ContainsKey(r.Number)).ToList();
            if (here.Count == 0) continue;
            references.RemoveAll(here.Contains);
            var table = new TextTable([new Column($"on the same sample: {quantity}"), .. subjects.Select(Heading)]);
            foreach (var other in here.GroupBy(r => r.Name))
                table.Add([other.Key, .. subjects.Select(s => other.FirstOrDefault(r => subjectOf[r.Number] == s) is { } r ? NumberWords.Value(r) : "")]);
            yield return table;
        }
    }

    private bool Add(string quantity, string subject, EvaluationNumber number)
    {
        if (!cells.TryAdd((quantity, subject), number)) return false;
        if (!quantities.Contains(quantity)) quantities.Add(quantity);
        if (!subjects.Contains(subject)) subjects.Add(subject);
        return true;
    }

    private static (string Quantity, string Subject)? Parts(EvaluationNumber number)
    {
        string name = Markup.ToPlain(number.Name);
        int comma = name.LastIndexOf(", ", StringComparison.Ordinal);
        return comma > 0 ? (name[..comma], name[(comma + 2)..]) : null;
    }

    // On a narrow terminal the last ones go.
    private static Column Heading(string name, int position) => new(name, Optional: position > 0);

    private static string? Common(IEnumerable<EvaluationNumber?> numbers, Func<EvaluationNumber, string> word)
    {
        var words = numbers.OfType<EvaluationNumber>().Select(word).Distinct().ToList();
        return words.Count == 1 ? words[0] : null;
    }
}
