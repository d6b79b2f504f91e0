namespace Lightcone.Systems.Lgae.Kernels;

/// <summary>What the messages are computed from, as numbers in memory; shapes as in <see cref="RadialInputs"/>.</summary>
internal readonly ref struct RadialOperands
{
    public required int[] Offsets { get; init; }

    public required double IntervalScale { get; init; }

    public required int Channels { get; init; }

    public required int Terms { get; init; }

    public required int Depth0 { get; init; }

    public required int Depth1 { get; init; }

    public required ReadOnlySpan<double> Momenta { get; init; }

    public required ReadOnlySpan<float> Rates { get; init; }

    public required ReadOnlySpan<float> Centres { get; init; }

    public required ReadOnlySpan<float> Weight { get; init; }

    public required ReadOnlySpan<float> Bias { get; init; }

    public required ReadOnlySpan<float> X0 { get; init; }

    public required ReadOnlySpan<float> X1 { get; init; }
}

/// <summary>Where the gradients go, each shaped like its operand.</summary>
internal readonly ref struct RadialGradients
{
    /// <summary>Empty where nobody asks for it.</summary>
    public required Span<double> Momenta { get; init; }

    public required Span<float> Rates { get; init; }

    public required Span<float> Centres { get; init; }

    public required Span<float> Weight { get; init; }

    public required Span<float> Bias { get; init; }

    public required Span<float> X0 { get; init; }

    public required Span<float> X1 { get; init; }
}
