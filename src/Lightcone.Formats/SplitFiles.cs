using System.Globalization;
using System.Text.RegularExpressions;

namespace Lightcone.Formats;

/// <summary>
/// Which files of a folder belong to a split. A file named for the split and nothing else (<c>train.h5</c>, or the parts <c>train_0.h5</c>,
/// <c>train_1.h5</c>, …) wins; only where there is none, files with the word in their name count, as loaders of the field do it.
/// </summary>
internal static partial class SplitFiles
{
    private static readonly string[] Extensions = [".h5", ".hdf5", ".npz"];

    /// <summary>Full paths in the order of their parts; empty where there are none.</summary>
    internal static IReadOnlyList<string> Find(string folder, DataSplit split)
    {
        if (!Directory.Exists(folder)) throw NoFolder(folder);
        var files = Directory.EnumerateFiles(folder).Where(f => Extensions.Contains(Path.GetExtension(f).ToLowerInvariant())).ToList();
        var exact = files.Where(f => Word(f) is var word && Exact().Match(word) is { Success: true } match && SplitOf(match.Groups["split"].Value) == split).ToList();
        if (exact.Count > 0) return [.. exact.OrderBy(Part).ThenBy(f => f, StringComparer.Ordinal)];
        var loose = files.Where(f => Words().Matches(Word(f)) is { Count: > 0 } words && words.Select(w => SplitOf(w.Value)).Distinct().ToList() is [var only] && only == split);
        return [.. loose.OrderBy(Part).ThenBy(f => f, StringComparer.Ordinal)];
    }

    internal static UsageException NoFolder(string folder) =>
        new("there is no such folder", folder, File.Exists(folder) ? "the path names a file" : "the path is mistyped or relative to another folder", "name a folder with files such as train.h5, val.h5 and test.h5");

    internal static UsageException NoFiles(string folder, DataSplit split, string otherwise) =>
        new($"The folder has no file of the {split.ToString().ToLowerInvariant()} split.", folder, "Its files have other names.",
            (split == DataSplit.Pretrain ? "Name it pretrain.h5 (parts: pretrain_0.h5, pretrain_1.h5)" : "Name them train.h5, val.h5 and test.h5 (parts: train_0.h5, train_1.h5)") + otherwise);

    private static string Word(string path) => Path.GetFileNameWithoutExtension(path).ToLowerInvariant();

    private static DataSplit SplitOf(string word) => word switch
    {
        "train" or "training" => DataSplit.Train,
        _ when word.StartsWith("pre", StringComparison.Ordinal) => DataSplit.Pretrain,
        "test" or "testing" => DataSplit.Test,
        _ => DataSplit.Validation,
    };

    private static long Part(string path) => Trailing().Match(Word(path)) is { Success: true } match && long.TryParse(match.Value, NumberStyles.None, CultureInfo.InvariantCulture, out long part) ? part : -1;

    [GeneratedRegex("^(?<split>pretrain|pretraining|train|training|val|valid|validation|test|testing)([-_]?[0-9]+)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Exact();

    [GeneratedRegex("(?<![a-z])(pre[-_]?train|pre[-_]?training|train|training|val|valid|validation|test|testing)(?![a-z])", RegexOptions.CultureInvariant)]
    private static partial Regex Words();

    [GeneratedRegex("[0-9]+$", RegexOptions.CultureInvariant)]
    private static partial Regex Trailing();
}
