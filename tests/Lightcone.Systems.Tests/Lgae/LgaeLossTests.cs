using Lightcone.Systems;
using Lightcone.Jets;
using Lightcone.Kinematics;
using Lightcone.Systems.Lgae;
using Lightcone.Systems.LorentzNet;
using Lightcone.Systems.Reconstruction;
using Lightcone.Tests.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Tests.Lgae;

/// <summary>What training minimises does not depend on where a jet points, and with a loss of the rest frame on nothing but the jet.</summary>
[Collection(SeededGenerator.Name)]
public sealed class LgaeLossTests
{
    private static readonly LorentzTransform AlongTheBeam = LorentzTransform.Rotation(0, 0, 1, 2.1).After(LorentzTransform.Boost(0, 0, 0.8));
    private static readonly LorentzTransform Anywhere = LorentzTransform.Rotation(1, 2, 3, 1.3).After(LorentzTransform.Boost(0.5, -0.3, 0.4));

    [Theory]
    [InlineData(ReconstructionLoss.Chamfer)]
    [InlineData(ReconstructionLoss.MeanSquare)]
    [InlineData(ReconstructionLoss.Hungarian)]
    [InlineData(ReconstructionLoss.RestFrameChamfer)]
    [InlineData(ReconstructionLoss.ScaleFreeChamfer)]
    public void A_boost_along_the_beam_or_a_turn_about_it_changes_no_loss(ReconstructionLoss loss)
    {
        var recipe = Recipe(loss);
        Assert.Equal(1, Loss(recipe, AlongTheBeam) / Loss(recipe, LorentzTransform.Identity), 1e-9);
    }

    [Theory]
    [InlineData(ReconstructionLoss.RestFrameChamfer)]
    [InlineData(ReconstructionLoss.ScaleFreeChamfer)]
    public void No_transformation_changes_a_loss_of_the_rest_frame(ReconstructionLoss loss)
    {
        var recipe = Recipe(loss);
        Assert.Equal(1, Loss(recipe, Anywhere) / Loss(recipe, LorentzTransform.Identity), 1e-9);
    }

    [Fact]
    public void Losses_of_the_laboratory_see_the_frame()
    {
        var recipe = Recipe(ReconstructionLoss.Chamfer) with { Frame = LgaeFrame.Laboratory };
        Assert.True(Math.Abs(Loss(recipe, AlongTheBeam) / Loss(recipe, LorentzTransform.Identity) - 1) > 0.01);
    }

    [Fact]
    public void The_scale_free_loss_does_not_see_the_unit()
    {
        var recipe = Recipe(ReconstructionLoss.ScaleFreeChamfer) with { RestMassFloor = 1e-3 };
        var jets = Jets();
        var larger = new JetBatch { Rows = jets.Rows, Offsets = jets.Offsets, Momenta = Array.ConvertAll(jets.Momenta, p => 7 * p) };
        Assert.Equal(1, Loss(recipe with { MomentumUnit = 7 * recipe.MomentumUnit }, larger) / Loss(recipe, jets), 1e-9);
    }

    [Theory]
    [InlineData(LgaeFrame.Laboratory)]
    [InlineData(LgaeFrame.Transverse)]
    [InlineData(LgaeFrame.Rest)]
    public void The_frame_the_network_works_in_changes_nothing(LgaeFrame frame)
    {
        var recipe = Recipe(ReconstructionLoss.Chamfer);
        Assert.Equal(1, Loss(recipe with { NetworkFrame = frame }, Jets()) / Loss(recipe, Jets()), 1e-9);
    }

    private static LgaeRecipe Recipe(ReconstructionLoss loss) => new()
    {
        Loss = loss,
        Network = Precision.Float64,
        MomentumUnit = 100,
        Pooling = LgaePooling.Softmax,
        LatentVectors = 3,
        EncoderChannels = new([4, 4, 4]),
        DecoderChannels = new([4, 4, 4]),
    };

    private static JetBatch Jets() => ToyJets.Make(8, seed: 3, least: 3, most: 15);

    private static double Loss(LgaeRecipe recipe, LorentzTransform frame)
    {
        var jets = Jets();
        double[] momenta = [.. jets.Momenta];
        frame.Apply(momenta);
        return Loss(recipe, new JetBatch { Rows = jets.Rows, Offsets = jets.Offsets, Momenta = momenta });
    }

    private static double Loss(LgaeRecipe recipe, JetBatch jets)
    {
        manual_seed(7);
        using var core = new LgaeCorrected(recipe);
        using var scope = NewDisposeScope();
        return core.Loss(jets).item<double>();
    }
}
