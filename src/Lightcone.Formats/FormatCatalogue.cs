using Lightcone.Formats.Compact;
using Lightcone.Formats.EnergyFlow;
using Lightcone.Formats.Hdf5;
using Lightcone.Formats.JetNet;
using Lightcone.Formats.Lgn;
using Lightcone.Formats.Npz;
using Lightcone.Formats.SmallNpz;
using Lightcone.Formats.TopLandscape;
using Lightcone.Jets;

namespace Lightcone.Formats;

/// <summary>All file layouts that Lightcone reads. A file's layout is recognised by its content; names and extensions play no part.</summary>
public static class FormatCatalogue
{
    private static readonly IHdf5Layout[] Hdf5Layouts = [new CompactLayout(), new LgnLayout(), new JetNetLayout(), new TopLandscapeLayout()];
    private static readonly INpzLayout[] NpzLayouts = [new SmallNpzLayout(), new EnergyFlowLayout()];

    /// <summary>Names of the layouts, as <see cref="JetSchema.Layout"/> states them.</summary>
    public static IReadOnlyList<string> LayoutNames { get; } = [.. Hdf5Layouts.Select(l => l.Name), .. NpzLayouts.Select(l => l.Name)];

    /// <summary>Opens a file of jets.</summary>
    /// <exception cref="InputDataException">The file is damaged, or holds no layout that is known.</exception>
    /// <exception cref="UsageException">There is no such file.</exception>
    public static IJetSource Open(string path, FormatOptions? options = null)
    {
        options ??= new FormatOptions();
        var file = InputFile.Open(path);
        bool hdf5, npz;
        try
        {
            (hdf5, npz) = (Hdf5File.Recognises(file), NpzFile.Recognises(file));
        }
        catch
        {
            file.Dispose();
            throw;
        }
        if (hdf5) return OpenHdf5(Hdf5File.Open(file), options);
        if (npz) return OpenNpz(NpzFile.Open(file), options);
        file.Dispose();
        throw new InputDataException("the file is neither HDF5 nor a NumPy archive", path, "it has another format, or a download ended in an error page", "look at its first bytes with 'head -c 200'; Lightcone reads " + string.Join(", ", LayoutNames));
    }

    /// <summary>
    /// Opens all files of one split in a folder as one source: <c>train.h5</c>, or the parts <c>train_0.h5</c>, <c>train_1.h5</c>, …; where there
    /// is none, files with the split's word in their name. Rows count through the files in order.
    /// </summary>
    /// <exception cref="UsageException">The folder is missing or has no file of the split.</exception>
    /// <exception cref="InputDataException">A file is damaged, or the files differ in their layout.</exception>
    public static IJetSource OpenFolder(string folder, DataSplit split, FormatOptions? options = null)
    {
        var paths = FilesOf(folder, split);
        if (paths.Count == 0) throw SplitFiles.NoFiles(folder, split, ", or give files instead of a folder.");
        var sources = new List<IJetSource>();
        try
        {
            foreach (string path in paths) sources.Add(Open(path, options));
            var layouts = sources.Select(s => s.Schema.Layout).Distinct().ToList();
            if (layouts.Count > 1)
                throw new InputDataException($"the files of one split have different layouts: {string.Join(", ", layouts)}", $"{folder}: {string.Join(", ", paths.Select(Path.GetFileName))}", "copies of one set in several layouts lie together", "keep one layout in the folder, named train.h5, val.h5, test.h5");
            return sources.Count == 1 ? sources[0] : new ConcatenatedSource(sources);
        }
        catch
        {
            foreach (var source in sources) source.Dispose();
            throw;
        }
    }

    /// <summary>Paths of the files of one split in a folder, in reading order; empty where there are none.</summary>
    /// <exception cref="UsageException">The folder is missing.</exception>
    public static IReadOnlyList<string> FilesOf(string folder, DataSplit split) => SplitFiles.Find(folder, split);

    private static IJetSource OpenHdf5(Hdf5File file, FormatOptions options)
    {
        try
        {
            foreach (var layout in Hdf5Layouts)
                if (layout.Matches(file)) return layout.Open(file, options);
            throw Unknown(file.Path, file.Group("")!.Names);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static IJetSource OpenNpz(NpzFile file, FormatOptions options)
    {
        try
        {
            foreach (var layout in NpzLayouts)
                if (layout.Matches(file)) return layout.Open(file, options);
            throw Unknown(file.Path, file.Names);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static InputDataException Unknown(string path, IEnumerable<string> names)
    {
        string found = string.Join(", ", names.Take(12).Select(n => n.Length > 40 ? n[..40] : n));
        return new InputDataException($"the file holds no layout that Lightcone knows; it has: {(found.Length == 0 ? "nothing" : found)}", path, "another layout, or a file of something else than jets", "convert it to one of: " + string.Join(", ", LayoutNames));
    }
}
