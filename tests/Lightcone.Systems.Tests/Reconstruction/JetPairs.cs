using Lightcone.Jets;
using Lightcone.Kinematics;
using Lightcone.Randomness;
using Lightcone.Systems.Reconstruction;
using Lightcone.Tests.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Tests.Reconstruction;

/// <summary>Pairs of jets for distances: what is "reconstructed" is the truth of another seed mixed in, so that nothing is equal or ordered.</summary>
internal static class JetPairs
{
    public const double Unit = 100;

    /// <summary>A recipe of no system, for the losses alone.</summary>
    public sealed record Recipe : AutoencoderRecipe
    {
        public Recipe() => MomentumUnit = Unit;

        public override string System => "none";
    }

    public static TheoryData<ReconstructionLoss> Losses => [.. Enum.GetValues<ReconstructionLoss>()];

    /// <summary>Jets and something unlike them with other numbers of constituents; jets 2 and 3 are empty on one side or both.</summary>
    public static (JetBatch Reconstructed, JetBatch Truth) Ragged(ulong seed = 1) => (ToyJets.Make([5, 12, 0, 0, 1, 30, 8], seed), ToyJets.Make([7, 3, 4, 0, 6, 30, 8], seed + 100));

    /// <summary>The jets with constituents in another order.</summary>
    public static JetBatch Shuffled(JetBatch jets, ulong seed)
    {
        var momenta = jets.Momenta.ToArray();
        for (int jet = 0; jet < jets.JetCount; jet++)
        {
            int[] order = [.. Enumerable.Range(jets.Offsets[jet], jets.Multiplicity(jet))];
            new RandomStream(seed, "shuffle", 0, jet).Shuffle(order.AsSpan());
            for (int c = 0; c < order.Length; c++) jets.Momenta.AsSpan(4 * order[c], 4).CopyTo(momenta.AsSpan(4 * (jets.Offsets[jet] + c)));
        }

        return With(jets, momenta);
    }

    /// <summary>The jets seen from another frame.</summary>
    public static JetBatch Seen(JetBatch jets, LorentzTransform frame)
    {
        var momenta = jets.Momenta.ToArray();
        frame.Apply(momenta);
        return With(jets, momenta);
    }

    public static JetBatch With(JetBatch jets, double[] momenta) => new() { Rows = jets.Rows, Offsets = jets.Offsets, Momenta = momenta, Labels = jets.Labels };

    public static double Loss(AutoencoderRecipe recipe, JetBatch reconstructed, JetBatch truth)
    {
        using var scope = NewDisposeScope();
        using PaddedJets x = PaddedJets.Of(reconstructed, Unit, ScalarType.Float64), y = PaddedJets.Of(truth, Unit, ScalarType.Float64);
        return ReconstructionLosses.Of(recipe, x, y).item<double>();
    }

    /// <summary>Loss and its gradient by the reconstructed momenta, in units, padded.</summary>
    public static (double Loss, double[] Gradient) Gradient(Func<PaddedJets, PaddedJets, Tensor> loss, JetBatch reconstructed, JetBatch truth)
    {
        using var scope = NewDisposeScope();
        using PaddedJets x = PaddedJets.Of(reconstructed, Unit, ScalarType.Float64), y = PaddedJets.Of(truth, Unit, ScalarType.Float64);
        x.Momenta.requires_grad_();
        var value = loss(x, y);
        value.backward();
        return (value.item<double>(), x.Momenta.grad!.data<double>().ToArray());
    }
}
