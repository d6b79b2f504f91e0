using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Mpm.Targets;

/// <summary>One question about hidden particles: a head on the decoder's outputs and a loss.</summary>
internal interface ITarget
{
    /// <summary>Name in metrics.</summary>
    string Name { get; }

    /// <summary>Loss of each hidden particle, shape [hidden].</summary>
    /// <param name="outputs">The decoder's outputs, shape [hidden, width].</param>
    /// <param name="truth">What the particles are.</param>
    /// <param name="training">Whether labels are smoothed; a reported loss is without.</param>
    Tensor Losses(Tensor outputs, HiddenTruth truth, bool training);

    /// <summary>The features that the outputs speak for most, one guess a particle, shape [hidden, features]; null where the target says nothing of them.</summary>
    Tensor? Guess(Tensor outputs);
}
