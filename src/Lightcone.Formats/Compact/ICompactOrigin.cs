using Lightcone.Formats.Hdf5;
using Lightcone.Jets;

namespace Lightcone.Formats.Compact;

/// <summary>A source that has the numbers of a compact file as they are stored, so that copying it changes no bit.</summary>
internal interface ICompactOrigin
{
    /// <summary>As <see cref="IJetSource.Read"/>, with the stored <c>pt</c>, <c>eta</c> and <c>phi</c> as further constituent columns.</summary>
    JetBatch ReadWithCoordinates(long first, int count);

    /// <summary>All attributes of the file.</summary>
    IReadOnlyDictionary<string, Hdf5Attribute> Attributes { get; }

    /// <summary>How a column is stored, by its path.</summary>
    Hdf5Type? StoredType(string path);
}
