using Lightcone.Training.Engine;
using static TorchSharp.torch;

namespace Lightcone.Systems.Lgae.Kernels;

/// <summary>
/// The messages of one step of the network, the sums over neighbours that cost nearly all of its time. With
/// d_ij = (p_i − p_j)² in the metric (+,−,−,−) and x_ij = sgn(d_ij) ln(1 + |d_ij|/s²)/8, the radial function of a pair is
/// f_ij[o] = β[o] + Σ_k W[o, k] / (1 + c_k² (x_ij − x0_k)²), and
/// Y0[i, a, c] = Σ_{j≠i} f_ij[c] X0[j, a, c], Y1[i, a, c] = Σ_{j≠i} f_ij[C + c] X1[j, a, c] over the nodes j of i's jet.
/// </summary>
/// <remarks>
/// Run every step in a dispose scope, and call <see cref="AfterBackward"/> after every <c>backward()</c>. Gradients are first-order: of
/// X0, X1, W, β, c, x0 and, where they ask for one, the four-momenta.
/// </remarks>
internal abstract class RadialMessages : IDisposable
{
    /// <summary>The kernels (float32, processor) or the engine's own operations (any precision).</summary>
    public static RadialMessages For(bool fused) => fused ? new FusedRadialMessages(Threads.Count) : new EagerRadialMessages();

    /// <summary>Y0 [nodes, A0, C] and Y1 [nodes, A1, C], owned by the caller's dispose scope. A node without neighbours gets zeros.</summary>
    /// <exception cref="UsageException">A tensor has the wrong type, place or shape.</exception>
    public abstract (Tensor Y0, Tensor Y1) Apply(RadialInputs inputs);

    /// <summary>Throws what a backward pass could not.</summary>
    public virtual void AfterBackward()
    {
    }

    /// <inheritdoc/>
    public virtual void Dispose()
    {
    }
}
