using Lightcone.Systems.Networks;
using Lightcone.Training;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Calibration.Bodies;

/// <summary>
/// Deep sets of particles (arXiv:1810.05165): Σ Φ(particle), or for the energy flow Σ (share in pT) · Φ(direction); beside it the quantities of the jet, which carry its scale. Particles are never padded.
/// </summary>
internal sealed class ParticleFlowBody : IBody
{
    // Jets have some fifty particles; their sum stays of order one.
    private const double Usual = 1.0 / 50;

    private readonly DenseStack phi;
    private readonly bool weighted;
    private readonly int latent;

    /// <summary>Adds its weights to a state.</summary>
    public ParticleFlowBody(NetworkState state, string name, BodyKind kind, CalibrationRecipe recipe, int quantities)
    {
        (weighted, latent) = (kind == BodyKind.EnergyFlow, recipe.Latent);
        phi = new DenseStack(state, $"{name}.phi", [JetEvents.ParticleWidth(kind), recipe.ParticleHidden, recipe.ParticleHidden, latent], Activation.Silu);
        Width = latent + quantities;
    }

    /// <inheritdoc/>
    public int Width { get; }

    /// <inheritdoc/>
    public Tensor Encode(EventTensors events, bool training)
    {
        var each = phi.Apply(events.Particles!);
        each = weighted ? each * events.Shares! : each.Times(Usual);
        var sums = zeros([events.Count, latent], each.dtype).PlusRows(events.EventOfParticle!, each);
        return cat([sums, events.Quantities], 1);
    }
}
