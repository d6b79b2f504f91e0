using Lightcone.Formats;
using Lightcone.Jets;
using Lightcone.Training.Recipes;
using Lightcone.Training.Runs;

namespace Lightcone.Systems;

/// <summary>
/// The jets of one split of a data set, opened as one source that knows its files: train, val and test files, or one file a class, each cut by rows. The front 60 % of a
/// class file train, the next 20 % validate and the last 20 % test. Jets for pre-training have files of their own.
/// </summary>
public sealed class SplitFolder : IDisposable
{
    private const int TrainingPercent = 60, ValidationPercent = 20;

    private readonly IReadOnlyList<(string Path, long Jets)> files;

    private SplitFolder(IJetSource jets, IReadOnlyList<(string, long)> files) => (Jets, this.files) = (jets, files);

    /// <summary>The jets.</summary>
    public IJetSource Jets { get; }

    /// <summary>Opens a file, or one split of a folder.</summary>
    /// <param name="path">A file, all of whose jets are taken, or a folder.</param>
    /// <param name="split">The split, for a folder.</param>
    /// <param name="classes">Classes that are used, in the order of the label; empty for all.</param>
    /// <param name="signals">Classes among them that become label 1, all others 0; empty for one label a class.</param>
    /// <param name="trainingFraction">Front share of each file's training jets that is used, in (0, 1]; other splits are whole.</param>
    /// <exception cref="UsageException">The folder has no such files, or a class is not there.</exception>
    /// <exception cref="InputDataException">A file cannot be read.</exception>
    public static SplitFolder Open(string path, DataSplit split, ClassList classes = default, ClassList signals = default, double trainingFraction = 1)
    {
        double share = split == DataSplit.Train ? trainingFraction : 1;
        if (!Directory.Exists(path)) return OpenFile(path, classes, signals);
        var paths = FormatCatalogue.FilesOf(path, split);
        if (paths.Count > 0) return OpenFiles(path, paths, classes, signals, share);
        if (split != DataSplit.Pretrain && Enum.GetValues<DataSplit>().All(other => FormatCatalogue.FilesOf(path, other).Count == 0) && ClassFiles.Find(path) is { Count: > 0 } classFiles)
            return OpenClasses(path, classFiles, split, classes, signals, share);
        throw new UsageException($"The folder has no file of the {split.ToString().ToLowerInvariant()} split.", path, "Its files have other names.",
            split == DataSplit.Pretrain
                ? "Name them pretrain.h5 (parts: pretrain_0.h5, pretrain_1.h5)."
                : "Name them train.h5, val.h5 and test.h5 (parts: train_0.h5, train_1.h5), or keep one JetNet file a class: g.hdf5, q.hdf5.");
    }

    /// <summary>The files with hashes, for a run's provenance.</summary>
    public IReadOnlyList<DataFile> Describe(string role) => files.Select(f => DataFile.Of(role, f.Path, f.Jets)).ToList();

    /// <inheritdoc/>
    public void Dispose() => Jets.Dispose();

    private static SplitFolder OpenFile(string path, ClassList classes, ClassList signals) => Opened(sources =>
    {
        var source = Kept(sources, FormatCatalogue.Open(path));
        if (ClassFiles.ClassOf(path, source) is not { } name) return new SplitFolder(Chosen(sources, source, classes, signals, path), [(path, source.Count)]);
        var choice = ClassChoice.Of([name], classes, signals, path);
        return new SplitFolder(Kept(sources, ClassSource.OfOneClass(source, choice.Names, choice.Labels[0])), [(path, source.Count)]);
    });

    private static SplitFolder OpenFiles(string folder, IReadOnlyList<string> paths, ClassList classes, ClassList signals, double share) => Opened(sources =>
    {
        var parts = paths.Select(file => Front(sources, Kept(sources, FormatCatalogue.Open(file)), share)).ToList();
        var all = parts.Count == 1 ? parts[0] : Kept(sources, new ConcatenatedSource(parts));
        return new SplitFolder(Chosen(sources, all, classes, signals, folder), [.. paths.Zip(parts, (p, s) => (p, s.Count))]);
    });

    private static SplitFolder OpenClasses(string folder, IReadOnlyList<ClassFile> files, DataSplit split, ClassList classes, ClassList signals, double share) => Opened(sources =>
    {
        var choice = ClassChoice.Of([.. files.Select(f => f.Class)], classes, signals, folder);
        var used = choice.Used.Select(u => files[u].Path).ToList();
        var parts = new List<IJetSource>();
        foreach (int u in choice.Used)
        {
            var part = Front(sources, Rows(sources, Kept(sources, FormatCatalogue.Open(files[u].Path)), split), share);
            parts.Add(Kept(sources, ClassSource.OfOneClass(part, choice.Names, choice.Labels[u])));
        }

        return new SplitFolder(parts.Count == 1 ? parts[0] : Kept(sources, new ConcatenatedSource(parts)), [.. used.Zip(parts, (p, s) => (p, s.Count))]);
    });

    private static IJetSource Chosen(List<IJetSource> sources, IJetSource source, ClassList classes, ClassList signals, string where)
    {
        if (classes.IsEmpty && signals.IsEmpty) return source;
        var choice = ClassChoice.Of(source.Schema.Classes, classes, signals, where);
        if (source.Count > 0 && source.Read(0, 1).Labels is null) throw ClassChoice.NoClasses(choice.Names[0], where);
        return Kept(sources, ClassSource.Renamed(source, choice.Names, choice.Labels));
    }

    private static IJetSource Rows(List<IJetSource> sources, IJetSource source, DataSplit split)
    {
        long train = source.Count * TrainingPercent / 100, validation = source.Count * (TrainingPercent + ValidationPercent) / 100;
        var (first, end) = split switch
        {
            DataSplit.Train => (0L, train),
            DataSplit.Validation => (train, validation),
            DataSplit.Test => (validation, source.Count),
            _ => throw new ArgumentOutOfRangeException(nameof(split), split, "Class files have no such part."),
        };
        return Kept(sources, new SliceSource(source, first, end - first));
    }

    private static IJetSource Front(List<IJetSource> sources, IJetSource source, double share) =>
        share >= 1 ? source : Kept(sources, new SliceSource(source, 0, (long)Math.Round(share * source.Count)));

    /// <summary>Opens, and closes what was opened when that fails.</summary>
    private static SplitFolder Opened(Func<List<IJetSource>, SplitFolder> open)
    {
        var sources = new List<IJetSource>();
        try
        {
            return open(sources);
        }
        catch
        {
            foreach (var source in sources) source.Dispose();
            throw;
        }
    }

    private static IJetSource Kept(List<IJetSource> sources, IJetSource source)
    {
        sources.Add(source);
        return source;
    }
}
