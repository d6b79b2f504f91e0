using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Calibration.Bodies;

/// <summary>What turns an event into a row of numbers, from which the heads of an ansatz read.</summary>
internal interface IBody
{
    /// <summary>Numbers an event.</summary>
    int Width { get; }

    /// <summary>The numbers, shape [events, <see cref="Width"/>]; they belong to the caller's dispose scope.</summary>
    Tensor Encode(EventTensors events, bool training);

    /// <summary>Throws what a backward pass could not throw itself.</summary>
    void AfterBackward()
    {
    }
}

/// <summary>Some events as tensors; a body takes what it needs. They belong to whoever made them.</summary>
internal sealed class EventTensors
{
    /// <summary>Number of events.</summary>
    public required int Count { get; init; }

    /// <summary>Quantities of the event as a whole, scaled, shape [events, quantities].</summary>
    public required Tensor Quantities { get; init; }

    /// <summary>A first guess of the target in the units of the ansatz, shape [events, d]; null where B is not counted from one.</summary>
    public Tensor? Anchor { get; init; }

    /// <summary>Features of the particles of all events, shape [particles, features]; null where the body reads none.</summary>
    public Tensor? Particles { get; init; }

    /// <summary>Share of each particle in its event's transverse momentum, shape [particles, 1].</summary>
    public Tensor? Shares { get; init; }

    /// <summary>Event of each particle, int64, shape [particles].</summary>
    public Tensor? EventOfParticle { get; init; }

    /// <summary>The jets themselves, for bodies that read them in their own way; null for tables.</summary>
    public Lightcone.Jets.JetBatch? Jets { get; init; }
}

/// <summary>The body of events that are rows of numbers: the numbers themselves.</summary>
internal sealed class QuantitiesBody(int width) : IBody
{
    /// <inheritdoc/>
    public int Width => width;

    /// <inheritdoc/>
    public Tensor Encode(EventTensors events, bool training) => events.Quantities;
}
