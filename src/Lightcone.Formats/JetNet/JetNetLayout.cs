using Lightcone.Formats.Hdf5;
using Lightcone.Jets;

namespace Lightcone.Formats.JetNet;

/// <summary>
/// The JetNet sets (arXiv:2106.11535) of 30 and of 150 particles: <c>particle_features</c> (N, P, 4) as η, φ and pT relative to the jet and a mask, and
/// <c>jet_features</c> (N, 4) as pT [GeV], η, mass [GeV] and number of particles. One file a class; the class is in the file's name only.
/// </summary>
internal sealed class JetNetLayout : IHdf5Layout
{
    internal const string LayoutName = "JetNet";

    /// <inheritdoc/>
    public string Name => LayoutName;

    /// <inheritdoc/>
    public bool Matches(Hdf5File file) => file.Group("") is { } root && root.Links.ContainsKey("particle_features") && root.Links.ContainsKey("jet_features");

    /// <inheritdoc/>
    public IJetSource Open(Hdf5File file, FormatOptions options) => new JetNetSource(file, options);
}
