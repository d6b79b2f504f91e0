namespace Lightcone.Systems.LorentzNet.Kernels;

/// <content>Lengths are checked once here; the kernels work on addresses.</content>
public sealed unsafe partial class EdgeBlockEngine
{
    private void CheckInputs(EdgeBlockSettings settings, in EdgeBlockInputs inputs)
    {
        if (settings.Channels != _channels)
            throw Wrong($"a block of {settings.Channels} channels met an engine of {_channels}", "EdgeBlockSettings.Channels", "an engine made for another network", "make an engine for this number of channels");
        int nodes = CheckOffsets(inputs.Offsets), square = _channels * _channels;
        CheckLength(inputs.Receiver.Length, nodes * (long)_channels, nameof(inputs.Receiver));
        CheckLength(inputs.Sender.Length, nodes * (long)_channels, nameof(inputs.Sender));
        CheckLength(inputs.Momenta.Length, 4L * nodes, nameof(inputs.Momenta));
        CheckLength(inputs.NormWeight.Length, _channels, nameof(inputs.NormWeight));
        CheckLength(inputs.ProductWeight.Length, _channels, nameof(inputs.ProductWeight));
        CheckLength(inputs.NormalisationWeight.Length, _channels, nameof(inputs.NormalisationWeight));
        CheckLength(inputs.NormalisationBias.Length, _channels, nameof(inputs.NormalisationBias));
        CheckLength(inputs.MessageWeight.Length, square, nameof(inputs.MessageWeight));
        CheckLength(inputs.MessageBias.Length, _channels, nameof(inputs.MessageBias));
        CheckLength(inputs.GateWeight.Length, _channels, nameof(inputs.GateWeight));
        CheckLength(inputs.GateBias.Length, 1, nameof(inputs.GateBias));
        if (!settings.MovesNodes) return;
        CheckLength(inputs.PositionWeight.Length, square, nameof(inputs.PositionWeight));
        CheckLength(inputs.PositionBias.Length, _channels, nameof(inputs.PositionBias));
        CheckLength(inputs.PositionOutput.Length, _channels, nameof(inputs.PositionOutput));
    }

    private void CheckGradients(EdgeBlockSettings settings, in EdgeBlockInputs inputs, in EdgeBlockGradients gradients)
    {
        CheckLength(gradients.Receiver.Length, inputs.Receiver.Length, nameof(gradients.Receiver));
        CheckLength(gradients.Sender.Length, inputs.Sender.Length, nameof(gradients.Sender));
        CheckLength(gradients.Momenta.Length, inputs.Momenta.Length, nameof(gradients.Momenta));
        CheckLength(gradients.NormWeight.Length, _channels, nameof(gradients.NormWeight));
        CheckLength(gradients.ProductWeight.Length, _channels, nameof(gradients.ProductWeight));
        CheckLength(gradients.NormalisationWeight.Length, _channels, nameof(gradients.NormalisationWeight));
        CheckLength(gradients.NormalisationBias.Length, _channels, nameof(gradients.NormalisationBias));
        CheckLength(gradients.MessageWeight.Length, inputs.MessageWeight.Length, nameof(gradients.MessageWeight));
        CheckLength(gradients.MessageBias.Length, _channels, nameof(gradients.MessageBias));
        CheckLength(gradients.GateWeight.Length, _channels, nameof(gradients.GateWeight));
        CheckLength(gradients.GateBias.Length, 1, nameof(gradients.GateBias));
        if (!settings.MovesNodes) return;
        CheckLength(gradients.PositionWeight.Length, inputs.PositionWeight.Length, nameof(gradients.PositionWeight));
        CheckLength(gradients.PositionBias.Length, _channels, nameof(gradients.PositionBias));
        CheckLength(gradients.PositionOutput.Length, _channels, nameof(gradients.PositionOutput));
    }

    private static int CheckOffsets(ReadOnlySpan<int> offsets)
    {
        bool rising = offsets.Length > 0 && offsets[0] == 0;
        for (int jet = 1; jet < offsets.Length; jet++) rising &= offsets[jet] >= offsets[jet - 1];
        if (!rising)
            throw Wrong("jet offsets do not start at zero or fall", nameof(EdgeBlockInputs.Offsets), "offsets of a slice, or counts in their place", "pass [0, n1, n1 + n2, …]");
        return offsets[^1];
    }

    private static void CheckLength(long length, long expected, string name)
    {
        if (length != expected)
            throw Wrong($"{name} has {length} numbers where {expected} are needed", name, "a tensor of another shape", "pass the shape that its documentation states");
    }

    private static UsageException Wrong(string what, string where, string cause, string todo) => new(what, where, cause, todo);
}
