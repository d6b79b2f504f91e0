using Lightcone.Jets;
using Lightcone.Kinematics;
using Lightcone.Systems.Reconstruction;
using Lightcone.Training;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Lgae;

/// <summary>The corrected network: jets ragged, in the recipe's frame and unit; a jet is rebuilt with as many constituents as it has.</summary>
internal sealed class LgaeCorrected(LgaeRecipe recipe) : LgaeCore(recipe)
{
    private readonly LgaeNetwork network = new(recipe);

    /// <inheritdoc/>
    public override NetworkState State => network.State;

    /// <inheritdoc/>
    public override Tensor Loss(JetBatch jets)
    {
        using var scope = NewDisposeScope();
        using var inputs = LgaeInputs.Of(jets, Recipe);
        return Distance(inputs).WithL1(Recipe, State).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override (double Sum, double Weight) Validation(JetBatch jets)
    {
        using var scope = NewDisposeScope();
        using var inputs = LgaeInputs.Of(jets, Recipe);
        return (jets.JetCount * Distance(inputs).to(ScalarType.Float64).item<double>(), jets.JetCount);
    }

    /// <inheritdoc/>
    public override LgaeOutput Rebuild(JetBatch jets)
    {
        using var scope = NewDisposeScope();
        using var inputs = LgaeInputs.Of(jets, Recipe);
        var latent = network.Encode(inputs);
        double[] constituents = Doubles(network.Decode(latent, inputs.Offsets)), vectors = Doubles(latent.Vectors.transpose(1, 2));
        inputs.ToLaboratory(constituents, inputs.Offsets, Recipe.MomentumUnit);
        int[] perJet = [.. Enumerable.Range(0, inputs.JetCount + 1).Select(j => j * Recipe.AllVectors)];
        inputs.ToLaboratory(vectors, perJet, Recipe.MomentumUnit);
        return new LgaeOutput(Doubles(latent.Scalars), vectors, inputs.Offsets, constituents);
    }

    /// <summary>Decodes latent representations between those of two jets, each looked at in its transverse frame [GeV].</summary>
    public IReadOnlyList<IReadOnlyList<FourMomentum>> Interpolate(JetBatch ends, int steps)
    {
        using var scope = NewDisposeScope();
        using var inputs = LgaeInputs.Of(ends, Recipe with { NetworkFrame = LgaeFrame.Transverse });
        var latent = network.Encode(inputs);
        var jets = new List<IReadOnlyList<FourMomentum>>();
        for (int k = 0; k < steps; k++)
        {
            double share = (double)k / (steps - 1), first = inputs.Offsets[1], second = inputs.Offsets[2] - inputs.Offsets[1];
            var between = new LgaeLatent(Between(latent.Scalars, share), Between(latent.Vectors, share));
            double[] p = Doubles(network.Decode(between, [0, (int)Math.Round(first + share * (second - first))]).Times(Recipe.MomentumUnit));
            jets.Add([.. Enumerable.Range(0, p.Length / 4).Select(i => new FourMomentum(p[4 * i], p[4 * i + 1], p[4 * i + 2], p[4 * i + 3]))]);
        }

        return jets;
    }

    /// <inheritdoc/>
    public override void AfterBackward() => network.AfterBackward();

    /// <inheritdoc/>
    public override void Dispose() => network.Dispose();

    private static Tensor Between(Tensor ends, double share) => ends.narrow(0, 0, 1).Times(1 - share).Plus(ends.narrow(0, 1, 1).Times(share));

    private Tensor Distance(LgaeInputs inputs)
    {
        var rebuilt = network.Decode(network.Encode(inputs), inputs.Offsets);
        var truth = inputs.InLossFrame(inputs.Momenta).to(network.Type);
        return ReconstructionLosses.Of(Recipe, PaddedJets.OfNodes(inputs.InLossFrame(rebuilt), inputs.Offsets), PaddedJets.OfNodes(truth, inputs.Offsets));
    }
}
