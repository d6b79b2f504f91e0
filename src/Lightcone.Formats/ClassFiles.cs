using System.Text.RegularExpressions;
using Lightcone.Formats.JetNet;
using Lightcone.Jets;

namespace Lightcone.Formats;

/// <summary>A file all of whose jets are of one class.</summary>
/// <param name="Path">The file.</param>
/// <param name="Class">Name of the class, from the file's name.</param>
public sealed record ClassFile(string Path, string Class);

/// <summary>Sets that keep one file a class and say the class in the file's name alone: <c>g.hdf5</c>, or <c>g150.hdf5</c> of the longer set (JetNet).</summary>
public static partial class ClassFiles
{
    private static readonly string[] Extensions = [".h5", ".hdf5"];
    private static readonly string[] UsualOrder = ["g", "q", "t", "w", "z"];

    /// <summary>The class of an opened file's jets; null where its layout states labels, or knows no classes.</summary>
    public static string? ClassOf(string path, IJetSource source) => source.Schema is { Layout: JetNetLayout.LayoutName, Classes: [] } ? NameOf(path) : null;

    /// <summary>The class files of a folder, gluons first as the sets count them, then by name; empty where there are none.</summary>
    /// <exception cref="InputDataException">A file that has a class for a name is damaged.</exception>
    /// <exception cref="UsageException">There is no such folder, or two files are of one class.</exception>
    public static IReadOnlyList<ClassFile> Find(string folder)
    {
        if (!Directory.Exists(folder)) throw SplitFiles.NoFolder(folder);
        var found = Directory.EnumerateFiles(folder).Where(f => Extensions.Contains(Path.GetExtension(f).ToLowerInvariant())).Where(IsClassFile)
            .Select(f => new ClassFile(f, NameOf(f))).OrderBy(f => Array.IndexOf(UsualOrder, f.Class) is var at and >= 0 ? at : UsualOrder.Length).ThenBy(f => f.Class, StringComparer.Ordinal).ToList();
        for (int i = 1; i < found.Count; i++)
            if (found[i].Class == found[i - 1].Class)
                throw new UsageException($"Two files are of class {found[i].Class}.", $"{folder}: {Path.GetFileName(found[i - 1].Path)}, {Path.GetFileName(found[i].Path)}", "The sets of 30 and of 150 particles lie together.", "Keep each set in a folder of its own.");
        return found;
    }

    private static bool IsClassFile(string path)
    {
        try
        {
            using var source = FormatCatalogue.Open(path);
            return ClassOf(path, source) is not null;
        }
        catch (InputDataException) when (!UsualOrder.Contains(NameOf(path)))
        {
            return false; // something else that lies there
        }
    }

    private static string NameOf(string path) => Path.GetFileNameWithoutExtension(path) is var stem && Longer().Match(stem) is { Success: true } match ? match.Groups[1].Value : stem;

    [GeneratedRegex("^([gqtwz])150$", RegexOptions.CultureInvariant)]
    private static partial Regex Longer();
}
