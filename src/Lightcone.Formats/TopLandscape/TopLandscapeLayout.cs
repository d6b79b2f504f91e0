using Lightcone.Formats.Hdf5;
using Lightcone.Jets;

namespace Lightcone.Formats.TopLandscape;

/// <summary>
/// The top-tagging reference set (arXiv:1902.09914): a pandas table with the columns E_0, PX_0, PY_0, PZ_0, … E_199, …, zero padded, the true
/// top's momentum, <c>ttv</c> and <c>is_signal_new</c>. Its index is no row number and is not used.
/// </summary>
internal sealed class TopLandscapeLayout : IHdf5Layout
{
    /// <inheritdoc/>
    public string Name => "toplandscape (pandas table)";

    /// <inheritdoc/>
    public bool Matches(Hdf5File file) => KeyOf(file) is not null;

    /// <inheritdoc/>
    public IJetSource Open(Hdf5File file, FormatOptions options) => new TopLandscapeSource(file, KeyOf(file)!, options, Name);

    /// <summary>The key that pandas was given: a group with a table of records that hold blocks of values.</summary>
    private static string? KeyOf(Hdf5File file)
    {
        foreach (string name in file.Group("")!.Names)
        {
            if (file.Group(name) is not { } group || !group.Links.ContainsKey("table")) continue;
            if (file.Dataset($"{name}/table") is { Type.Class: TypeClass.Compound, Extents.Length: 1 }) return name;
        }
        return null;
    }
}
