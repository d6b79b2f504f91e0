namespace Lightcone.Formats.Scores;

/// <summary>Numbers that a model gives each jet under one name: one dataset of a score file.</summary>
/// <param name="Name">Name of the dataset, for example <c>logits</c>.</param>
/// <param name="Shape">Shape for each jet: empty for one number, [2] for two logits, [30, 4] for a list of four-momenta.</param>
/// <param name="Description">What the numbers are, with their unit; becomes the dataset's attribute <c>description</c>.</param>
public sealed record ScoreColumn(string Name, IReadOnlyList<int> Shape, string Description)
{
    private const int LongestRow = 1 << 20;

    /// <summary>Numbers for each jet.</summary>
    public int Length => Shape.Aggregate(1, (product, extent) => checked(product * extent));

    /// <summary>Refuses columns that do not make a score file: the first is one number a jet; names are different and none of the file's own.</summary>
    /// <exception cref="ArgumentException">They do not.</exception>
    public static void Check(IReadOnlyList<ScoreColumn> columns)
    {
        if (columns is not [{ Shape.Count: 0 }, ..]) throw new ArgumentException("The first column is one number a jet.", nameof(columns));
        var names = new HashSet<string>(StringComparer.Ordinal) { "row", "label" };
        foreach (var column in columns)
        {
            if (column.Name.Length == 0 || !column.Name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') || !names.Add(column.Name)) throw new ArgumentException($"“{column.Name}” is no name for a further column.", nameof(columns));
            long length = 1;
            foreach (int extent in column.Shape)
                if (extent <= 0 || (length *= extent) > LongestRow) throw new ArgumentException($"{column.Name} cannot have the shape [{string.Join(", ", column.Shape)}].", nameof(columns));
        }
    }
}
