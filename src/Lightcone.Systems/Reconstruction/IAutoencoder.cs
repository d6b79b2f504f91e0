using Lightcone.Jets;

namespace Lightcone.Systems.Reconstruction;

/// <summary>A model that compresses jets to a few numbers and builds them up again.</summary>
public interface IAutoencoder : IDisposable
{
    /// <summary>Numbers a jet is compressed to, the number of constituents included where it is passed on.</summary>
    int LatentNumbers { get; }

    /// <summary>Positions of latent numbers that do not depend on the frame or stand for the rest: what a density of the latent space looks at, most important first.</summary>
    IReadOnlyList<int> Invariants { get; }

    /// <summary>Compresses and rebuilds jets; a jet's result does not depend on the jets beside it.</summary>
    ReconstructedJets Reconstruct(JetBatch jets);
}

/// <summary>Jets with what an autoencoder made of them.</summary>
/// <param name="Original">The jets.</param>
/// <param name="Reconstructed">The same number of jets in the same order [GeV]; a jet may have another number of constituents than its original.</param>
/// <param name="Latents">Latent numbers, row-major, shape [jets, <see cref="IAutoencoder.LatentNumbers"/>].</param>
public sealed record ReconstructedJets(JetBatch Original, JetBatch Reconstructed, float[] Latents);
