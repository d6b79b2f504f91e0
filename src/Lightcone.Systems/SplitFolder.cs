using Lightcone.Formats;
using Lightcone.Jets;
using Lightcone.Training.Runs;

namespace Lightcone.Systems;

/// <summary>The files of one split in a data folder, opened as one source that knows its files.</summary>
public sealed class SplitFolder : IDisposable
{
    private readonly IReadOnlyList<(string Path, long Jets)> files;

    private SplitFolder(IJetSource jets, IReadOnlyList<(string, long)> files) => (Jets, this.files) = (jets, files);

    /// <summary>The jets.</summary>
    public IJetSource Jets { get; }

    /// <summary>Opens a file, or the files of a split in a folder.</summary>
    /// <exception cref="InputDataException">There are none, or they cannot be read.</exception>
    public static SplitFolder Open(string path, Split split)
    {
        var paths = Directory.Exists(path) ? FilesOf(path, split) : [path];
        var sources = new List<IJetSource>();
        try
        {
            foreach (string file in paths) sources.Add(FormatCatalogue.Open(file));
            return new SplitFolder(sources.Count == 1 ? sources[0] : new ConcatenatedSource(sources), paths.Zip(sources, (p, s) => (p, s.Count)).ToList());
        }
        catch
        {
            foreach (var source in sources) source.Dispose();
            throw;
        }
    }

    private static string[] FilesOf(string folder, Split split)
    {
        string word = split switch { Split.Train => "train", Split.Validation => "val", _ => "test" };
        string[] files = Directory.GetFiles(folder)
            .Where(f => Path.GetFileName(f).StartsWith(word, StringComparison.Ordinal) || Path.GetFileNameWithoutExtension(f).EndsWith(word, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal).ToArray();
        return files.Length > 0 ? files : throw new InputDataException($"The folder has no {word} file.", folder, "Another folder, or files of other names.",
            $"Name the files train*.h5, val*.h5 and test*.h5, or give one file instead of a folder.");
    }

    /// <summary>The files with hashes, for a run's provenance.</summary>
    public IReadOnlyList<DataFile> Describe(string role) => files.Select(f => DataFile.Of(role, f.Path, f.Jets)).ToList();

    /// <inheritdoc/>
    public void Dispose() => Jets.Dispose();
}

/// <summary>Parts of a data set, told by the names of its files.</summary>
public enum Split
{
    /// <summary>To train on: files with <c>train</c> in their name.</summary>
    Train,

    /// <summary>To choose by: files with <c>val</c> in their name.</summary>
    Validation,

    /// <summary>To quote from: files with <c>test</c> in their name.</summary>
    Test,
}
