using Lightcone.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Training;

/// <summary>Between the engine's tensors and tensors of weight files.</summary>
public static class TensorConversion
{
    /// <summary>Copies a tensor (any device, float32, float64 or int64) into a weight with the given name.</summary>
    public static WeightTensor ToWeight(string name, Tensor tensor)
    {
        using var scope = NewDisposeScope();
        var contiguous = tensor.detach().cpu().contiguous();
        return new WeightTensor(name, ToWeightType(tensor.dtype), tensor.shape, contiguous.bytes.ToArray());
    }

    /// <summary>Copies a weight into a new tensor on the CPU; the caller owns it.</summary>
    public static Tensor ToTensor(WeightTensor weight)
    {
        var tensor = empty(weight.Shape, dtype: weight.Type switch
        {
            WeightType.F64 => ScalarType.Float64,
            WeightType.F32 => ScalarType.Float32,
            WeightType.F16 => ScalarType.Float16,
            WeightType.BF16 => ScalarType.BFloat16,
            WeightType.I64 => ScalarType.Int64,
            WeightType.I32 => ScalarType.Int32,
            WeightType.I16 => ScalarType.Int16,
            WeightType.I8 => ScalarType.Int8,
            WeightType.U8 => ScalarType.Byte,
            WeightType.Bool => ScalarType.Bool,
            _ => throw new ArgumentOutOfRangeException(nameof(weight)),
        });
        weight.Data.Span.CopyTo(tensor.bytes);
        return tensor;
    }

    /// <summary>Copies the weight of a name into a tensor of the same shape; the engine alone would spread a single number over it.</summary>
    /// <exception cref="InputDataException">The weight is missing or has another shape.</exception>
    internal static void CopyInto(Tensor tensor, WeightSet weights, string name)
    {
        var weight = weights[name];
        if (!weight.Shape.AsSpan().SequenceEqual(tensor.shape))
            throw new InputDataException($"The tensor {name} has shape [{string.Join(", ", weight.Shape)}]; the network wants [{string.Join(", ", tensor.shape)}].", weights.Origin,
                "The weights belong to a network of another size.", "Set layers, hidden size and inputs of the recipe to those of the weights.");
        using var values = ToTensor(weight);
        tensor.copy_(values);
    }

    private static WeightType ToWeightType(ScalarType type) => type switch
    {
        ScalarType.Float64 => WeightType.F64,
        ScalarType.Float32 => WeightType.F32,
        ScalarType.Int64 => WeightType.I64,
        _ => throw new ArgumentException($"{type} is not a type that weights are stored in.", nameof(type)),
    };
}
