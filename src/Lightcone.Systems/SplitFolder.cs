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
    public static SplitFolder Open(string path, DataSplit split)
    {
        var paths = Directory.Exists(path) ? FormatCatalogue.FilesOf(path, split) : [path];
        if (paths.Count == 0)
            throw new UsageException($"The folder has no file of the {split.ToString().ToLowerInvariant()} split.", path, "Its files have other names.", "Name them train.h5, val.h5 and test.h5 (parts: train_0.h5, train_1.h5).");
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

    /// <summary>The files with hashes, for a run's provenance.</summary>
    public IReadOnlyList<DataFile> Describe(string role) => files.Select(f => DataFile.Of(role, f.Path, f.Jets)).ToList();

    /// <inheritdoc/>
    public void Dispose() => Jets.Dispose();
}
