using static TorchSharp.torch;

namespace Lightcone.Systems.Lgae;

/// <summary>Features of nodes, one group a representation of the Lorentz group, channels innermost.</summary>
/// <param name="Scalars">(0,0), shape [nodes, channels].</param>
/// <param name="Vectors">(1,1), components (E, px, py, pz), shape [nodes, 4, channels].</param>
/// <param name="Tensors">Second rank, antisymmetric ((2,0) and (0,2) together) and symmetric traceless (2,2); null at maxdim 2.</param>
internal sealed record LgaeFeatures(Tensor Scalars, Tensor Vectors, LgaeTensors? Tensors = null);

/// <summary>Features of second rank T^{μν}, shape [nodes, 4, 4, channels] each.</summary>
/// <param name="Antisymmetric">(2,0) and (0,2) together: six real components.</param>
/// <param name="Symmetric">(2,2): symmetric, traceless, nine real components.</param>
internal sealed record LgaeTensors(Tensor Antisymmetric, Tensor Symmetric);

/// <summary>Latent representation of jets.</summary>
/// <param name="Scalars">Shape [jets, latent scalars].</param>
/// <param name="Vectors">Shape [jets, 4, latent vectors].</param>
internal sealed record LgaeLatent(Tensor Scalars, Tensor Vectors);
