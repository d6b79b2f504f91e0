using Lightcone.Jets;

namespace Lightcone.Formats.Checks;

/// <summary>What a file holds, told from its structure and its first jets alone, so it is quick for files of any length.</summary>
public sealed record DatasetInspection
{
    /// <summary>The file.</summary>
    public required string Path { get; init; }

    /// <summary>Its size in bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>Number of jets.</summary>
    public required long Jets { get; init; }

    /// <summary>Layout, classes, columns and facts.</summary>
    public required JetSchema Schema { get; init; }

    /// <summary>The first few jets.</summary>
    public required JetBatch First { get; init; }

    /// <summary>Looks at a file.</summary>
    /// <exception cref="InputDataException">The file is damaged, or holds no layout that is known.</exception>
    /// <exception cref="UsageException">There is no such file.</exception>
    public static DatasetInspection Of(string path, int jets = 3, FormatOptions? options = null)
    {
        using var source = FormatCatalogue.Open(path, options);
        return new DatasetInspection
        {
            Path = path,
            Bytes = new FileInfo(path).Length,
            Jets = source.Count,
            Schema = source.Schema,
            First = source.Read(0, (int)Math.Min(jets, source.Count)),
        };
    }
}
