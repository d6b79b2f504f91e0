using Lightcone.Jets;
using Lightcone.Systems.Lgae.Reference;
using Lightcone.Systems.Reconstruction;
using Lightcone.Training;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Lgae;

/// <summary>
/// The published network (arXiv:2212.07347 and its code): every jet padded to all slots, momenta divided by the jet's largest component, and all slots
/// rebuilt, compared and summed over.
/// </summary>
internal sealed class LgaePublished(LgaeRecipe recipe) : LgaeCore(recipe)
{
    private const double Nothing = 1e-16; // added to the largest component, as published

    private readonly LgaeReferenceNetwork network = new(Settings(recipe), recipe.Network.ToScalarType());

    /// <inheritdoc/>
    public override NetworkState State => network.State;

    /// <summary>The published network's size from a recipe.</summary>
    /// <exception cref="UsageException">It has no such pooling, or defects to give back.</exception>
    public static LgaeReferenceSettings Settings(LgaeRecipe recipe) => recipe.Defects != LgaeDefects.None
        ? throw new UsageException("The published network has all its defects already.", "defects", "mode=Reference and defects were set together.", "Leave one of them out.")
        : new()
        {
            MaxDim = recipe.MaxDim,
            Pooling = recipe.Pooling switch
            {
                LgaePooling.Mean => ReferencePooling.Mean,
                LgaePooling.MinMax => ReferencePooling.MinBesideMax,
                LgaePooling.Mix => ReferencePooling.Mix,
                _ => throw new UsageException($"The published network has no {recipe.Pooling} pooling.", "pooling", "mode=Reference and a pooling of the corrected network were set together.", "Set pooling to Mean, MinMax or Mix."),
            },
            EncoderChannels = recipe.EncoderChannels.Values,
            DecoderChannels = recipe.DecoderChannels.Values,
            Slots = recipe.Slots,
            BasisFunctions = recipe.RadialTerms,
            MlpDepth = recipe.MlpDepth,
            MlpWidth = recipe.MlpWidth,
            LatentScalars = recipe.LatentScalars,
            LatentVectors = recipe.LatentVectors,
        };

    /// <inheritdoc/>
    public override Tensor Loss(JetBatch jets)
    {
        using var scope = NewDisposeScope();
        return Distance(jets).WithL1(Recipe, State).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override (double Sum, double Weight) Validation(JetBatch jets)
    {
        using var scope = NewDisposeScope();
        return (Distance(jets).to(ScalarType.Float64).item<double>(), 1);
    }

    /// <inheritdoc/>
    public override LgaeOutput Rebuild(JetBatch jets)
    {
        using var scope = NewDisposeScope();
        var (momenta, mask, scale) = Normalised(jets);
        var latent = network.Encode(momenta, mask);
        double[] constituents = Doubles(LgaeReferenceNetwork.RealSum(network.Decode(latent))), scalars = Doubles(latent.Scalars.permute(1, 0, 2, 3, 4)), vectors = Doubles(latent.Vectors.permute(1, 0, 2, 3, 4));
        Rescale(constituents, scale);
        Rescale(vectors, scale);
        return new LgaeOutput(scalars, vectors, [.. Enumerable.Range(0, jets.JetCount + 1).Select(j => j * Recipe.Slots)], constituents);
    }

    /// <inheritdoc/>
    public override void AfterBackward() => LgaeReferenceNetwork.AfterBackward();

    /// <inheritdoc/>
    public override void Dispose() => network.Dispose();

    private Tensor Distance(JetBatch jets)
    {
        var (momenta, mask, _) = Normalised(jets);
        var (rebuilt, truth) = (network.Reconstruct(momenta, mask), momenta.to(State.DType));
        var loss = Recipe.Loss == ReconstructionLoss.MeanSquare ? ReferenceLosses.MeanSquare(rebuilt, truth) : ReferenceLosses.Chamfer(rebuilt, truth);
        return Recipe.JetWeight > 0 ? loss.Plus(ReferenceLosses.JetTerm(rebuilt, truth).Times(Recipe.JetWeight)) : loss;
    }

    // The published normalisation: each jet by its largest component, always an energy. Units cancel in it.
    private (Tensor Momenta, Tensor Mask, double[] Scale) Normalised(JetBatch jets)
    {
        int slots = Recipe.Slots;
        var momenta = new double[checked(4 * slots * jets.JetCount)];
        var mask = new double[slots * jets.JetCount];
        var scale = new double[jets.JetCount];
        using var inputs = LgaeInputs.Of(jets, Recipe with { NetworkFrame = LgaeFrame.Laboratory, MomentumUnit = 1 });
        double[] values = Doubles(inputs.Momenta);
        for (int jet = 0; jet < jets.JetCount; jet++)
        {
            var source = values.AsSpan(4 * inputs.Offsets[jet], 4 * (inputs.Offsets[jet + 1] - inputs.Offsets[jet]));
            foreach (double component in source) scale[jet] = Math.Max(scale[jet], Math.Abs(component));
            scale[jet] += Nothing;
            for (int k = 0; k < source.Length; k++) momenta[4 * slots * jet + k] = source[k] / scale[jet];
            mask.AsSpan(slots * jet, source.Length / 4).Fill(1);
        }

        return (tensor(momenta, [jets.JetCount, slots, 4]), tensor(mask, [jets.JetCount, slots]), scale);
    }

    private static void Rescale(double[] values, double[] scale)
    {
        int each = values.Length / Math.Max(1, scale.Length);
        for (int k = 0; k < values.Length; k++) values[k] *= scale[k / each];
    }
}
