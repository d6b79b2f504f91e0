namespace Lightcone.Training.Recipes;

/// <summary>Names of classes, separated by commas, in the order that was given; empty where nothing is chosen.</summary>
public readonly record struct ClassList
{
    private const int MostNames = 1000, LongestName = 200;

    private readonly string? text; // one string, so that lists of equal names are equal

    private ClassList(string text) => this.text = text;

    /// <summary>The names.</summary>
    public IReadOnlyList<string> Names => string.IsNullOrEmpty(text) ? [] : text.Split(',');

    /// <summary>Whether nothing is chosen.</summary>
    public bool IsEmpty => string.IsNullOrEmpty(text);

    /// <summary>A list of names.</summary>
    /// <exception cref="FormatException">A name is empty or too long, holds a comma, a quote or a line's end, or stands there twice.</exception>
    public static ClassList Of(IEnumerable<string> names)
    {
        var list = names.ToList();
        foreach (string name in list)
            if (name.Length is 0 or > LongestName || name != name.Trim() || name.AsSpan().IndexOfAny(",\"'") >= 0 || name.Any(char.IsControl))
                throw new FormatException("A class needs a name without commas, quotes and spaces around it.");
        if (list.Count > MostNames) throw new FormatException($"{list.Count} classes are more than {MostNames}.");
        if (list.GroupBy(n => n, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1) is { } twice) throw new FormatException($"{twice.Key} stands there twice.");
        return list.Count == 0 ? default : new ClassList(string.Join(',', list));
    }

    /// <summary>Reads <c>g,q,t</c>; nothing but spaces is the empty list.</summary>
    /// <exception cref="FormatException">See <see cref="Of"/>.</exception>
    public static ClassList Parse(string text, IFormatProvider? provider) =>
        string.IsNullOrWhiteSpace(text) ? default : Of(text.Split(',', StringSplitOptions.TrimEntries));

    /// <inheritdoc/>
    public override string ToString() => text ?? "";
}
