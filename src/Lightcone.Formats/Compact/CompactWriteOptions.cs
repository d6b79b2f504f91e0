namespace Lightcone.Formats.Compact;

/// <summary>Order of the constituents of a jet in a written file.</summary>
public enum ConstituentOrder
{
    /// <summary>As the source has them.</summary>
    AsRead,

    /// <summary>By falling transverse momentum; equal momenta keep their order.</summary>
    FallingPt,
}

/// <summary>What to write into a compact file, and how precisely.</summary>
public sealed record CompactWriteOptions
{
    /// <summary>First jet of the source to write.</summary>
    public long First { get; init; }

    /// <summary>Number of jets to write; null: all from <see cref="First"/> on.</summary>
    public long? Count { get; init; }

    /// <summary>Order of the constituents of a jet.</summary>
    public ConstituentOrder Order { get; init; } = ConstituentOrder.AsRead;

    /// <summary>
    /// Bits to keep of the mantissa of constituents' pt, 1 to 23; fewer bits compress better. 13 bits are a relative rounding of at most 6·10⁻⁵,
    /// below any detector's resolution. Null: all bits of float32.
    /// </summary>
    public int? PtMantissaBits { get; init; }

    /// <summary>Constituents' eta and phi become multiples of 2 to the power of minus this number, 1 to 23 (12: 2.4·10⁻⁴). Null: as they are.</summary>
    public int? AngleGridBits { get; init; }

    /// <summary>Further facts for the file's attributes, such as <c>split</c>.</summary>
    public IReadOnlyDictionary<string, string> Facts { get; init; } = new Dictionary<string, string>();

    /// <summary>Jets read at once; bounds the memory.</summary>
    public int BatchSize { get; init; } = 4096;
}
