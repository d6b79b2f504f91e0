using Lightcone.Jets;
using Lightcone.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Lgae;

/// <summary>One of the two networks behind an LGAE recipe, with how jets reach it and what it is trained on.</summary>
internal abstract class LgaeCore(LgaeRecipe recipe) : IDisposable
{
    /// <summary>Parameters.</summary>
    public abstract NetworkState State { get; }

    /// <summary>The recipe.</summary>
    protected LgaeRecipe Recipe { get; } = recipe;

    /// <summary>The network a recipe asks for, with fresh weights from the engine's global generator.</summary>
    /// <exception cref="UsageException">The published network cannot have these settings.</exception>
    public static LgaeCore For(LgaeRecipe recipe) => recipe.Mode == LgaeMode.Reference ? new LgaePublished(recipe) : new LgaeCorrected(recipe);

    /// <summary>What training minimises, a scalar with a gradient.</summary>
    public abstract Tensor Loss(JetBatch jets);

    /// <summary>Sum over the jets of what training minimises beside regularisation, and by what to divide it for a mean.</summary>
    public abstract (double Sum, double Weight) Validation(JetBatch jets);

    /// <summary>Latent representation and reconstruction of jets, as measured [GeV].</summary>
    public abstract LgaeOutput Rebuild(JetBatch jets);

    /// <summary>Throws what a backward pass could not throw itself; call it after each.</summary>
    public virtual void AfterBackward()
    {
    }

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>A tensor's numbers in row-major order; the engine itself cannot list those of an empty one.</summary>
    internal static double[] Doubles(Tensor tensor)
    {
        if (tensor.numel() == 0) return [];
        using var numbers = tensor.detach().to(ScalarType.Float64).contiguous();
        return numbers.data<double>().ToArray();
    }
}

/// <summary>What a network made of some jets.</summary>
/// <param name="Scalars">Latent scalars, shape [jets, scalars].</param>
/// <param name="Vectors">Latent four-vectors as measured [GeV], shape [jets, vectors, 4].</param>
/// <param name="Offsets">First constituent of each jet, then the number of constituents, shape [jets + 1].</param>
/// <param name="Constituents">Reconstructed four-momenta as measured [GeV], shape [constituents, 4].</param>
internal sealed record LgaeOutput(double[] Scalars, double[] Vectors, int[] Offsets, double[] Constituents);
