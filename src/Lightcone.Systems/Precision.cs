using static TorchSharp.torch;

namespace Lightcone.Systems;

/// <summary>Element type of a part of the computation.</summary>
public enum Precision
{
    /// <summary>Single precision.</summary>
    Float32,

    /// <summary>Double precision.</summary>
    Float64,
}

/// <summary>How the part of a network that takes most of its time is computed.</summary>
public enum KernelChoice
{
    /// <summary>The fused kernels of this library where they apply, the engine's operations elsewhere.</summary>
    Auto,

    /// <summary>The engine's operations, one by one: the slow twin.</summary>
    Eager,
}

/// <summary>Between a recipe's words and the engine's types.</summary>
internal static class PrecisionTypes
{
    /// <summary>The engine's element type.</summary>
    public static ScalarType ToScalarType(this Precision precision) => precision == Precision.Float64 ? ScalarType.Float64 : ScalarType.Float32;
}
