using Lightcone.Training.Recipes;

namespace Lightcone.Systems;

/// <summary>Which classes of a sample are used, and under which labels.</summary>
/// <param name="Used">Index among the present classes of each that is used, in the order of the choice.</param>
/// <param name="Names">Names of the new labels.</param>
/// <param name="Labels">New label of each present class; −1 for one that is not used.</param>
internal sealed record ClassChoice(IReadOnlyList<int> Used, IReadOnlyList<string> Names, IReadOnlyList<int> Labels)
{
    /// <summary>Applies a choice to the classes that are present.</summary>
    /// <param name="present">Their names.</param>
    /// <param name="classes">The wanted ones; empty for all, in their order.</param>
    /// <param name="signals">Those among them that become label 1, all others 0; empty for one label a class.</param>
    /// <param name="where">The sample, for messages.</param>
    /// <exception cref="UsageException">A class is not present, or no background or signal is left.</exception>
    public static ClassChoice Of(IReadOnlyList<string> present, ClassList classes, ClassList signals, string where)
    {
        int[] used = classes.IsEmpty ? [.. Enumerable.Range(0, present.Count)] : [.. classes.Names.Select(name => Find(present, name, where))];
        var labels = new int[present.Count];
        Array.Fill(labels, -1);
        if (signals.IsEmpty)
        {
            for (int i = 0; i < used.Length; i++) labels[used[i]] = i;
            return new(used, [.. used.Select(u => present[u])], labels);
        }

        var names = used.Select(u => present[u]).ToList();
        var marked = signals.Names.Select(name => used[Find(names, name, where)]).ToHashSet();
        if (marked.Count == used.Length)
            throw new UsageException("Every class counts as signal, so there is no background.", where, "Signals and classes name the same.", $"Name fewer signals; the classes are {string.Join(", ", names)}.");
        foreach (int u in used) labels[u] = marked.Contains(u) ? 1 : 0;
        return new(used, [.. ((int[])[0, 1]).Select(label => string.Join(" + ", used.Where(u => labels[u] == label).Select(u => present[u])))], labels);
    }

    /// <summary>What to say where there is nothing to choose from.</summary>
    public static UsageException NoClasses(string name, string where) =>
        new($"The jets have no classes, so “{name}” cannot be chosen.", where, "The files hold no labels, or do not name them.", "Name a folder with one file a class, or files with labels.");

    private static int Find(IReadOnlyList<string> present, string name, string where)
    {
        for (int pass = 0; pass < 2; pass++)
            for (int i = 0; i < present.Count; i++)
                if (string.Equals(present[i], name, pass == 0 ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase)) return i;
        throw present.Count == 0
            ? NoClasses(name, where)
            : new UsageException($"There is no class “{name}”.", where, "A misspelt name, or a file that is missing.", $"The classes are: {string.Join(", ", present)}.");
    }
}
