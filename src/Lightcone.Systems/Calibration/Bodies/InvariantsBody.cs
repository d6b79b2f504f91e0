using Lightcone.Systems.LorentzNet;
using Lightcone.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Calibration.Bodies;

/// <summary>LorentzNet without its decoder: node features from Minkowski products, averaged over the jet (arXiv:2201.08187); beside them the quantities of the jet.</summary>
internal sealed class InvariantsBody : IBody, IDisposable
{
    private const int Hidden = 24, Layers = 3;

    private readonly LorentzNetRecipe recipe = new() { Hidden = Hidden, Layers = Layers };
    private readonly LorentzNetNetwork network;

    /// <summary>Puts its weights into a state, which they outlive.</summary>
    public InvariantsBody(NetworkState state, string name, int quantities)
    {
        network = new LorentzNetNetwork(recipe);
        state.Adopt($"{name}.", network.State);
        Width = Hidden + quantities;
    }

    /// <inheritdoc/>
    public int Width { get; }

    /// <inheritdoc/>
    public Tensor Encode(EventTensors events, bool training)
    {
        using var graph = JetGraph.Of(events.Jets!, recipe);
        return cat([network.Pooled(graph, training), events.Quantities], 1);
    }

    /// <inheritdoc/>
    public void AfterBackward() => network.AfterBackward();

    /// <inheritdoc/>
    public void Dispose() => network.Dispose();
}
