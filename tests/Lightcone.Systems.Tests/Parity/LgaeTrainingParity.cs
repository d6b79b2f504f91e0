using Lightcone.Systems.Lgae.Reference;
using Lightcone.Systems.Reconstruction;
using Lightcone.Training.Engine;
using Lightcone.Training.Optimisation;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Tests.Parity;

/// <summary>Losses, gradients and one step of Adam against numbers of the published LGAE (float64, six networks).</summary>
public sealed class LgaeTrainingParity
{
    private const double LearningRate = 5e-4, AbsoluteWeight = 1e-8;

    public static TheoryData<string> Groups => LgaeCase.Groups;

    [Theory]
    [MemberData(nameof(Groups))]
    public void Losses_follow_the_published_code(string group)
    {
        using var data = new LgaeCase(group);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var reconstruction = data.Network.Reconstruct(data.Momenta, data.Mask);
        Tensor chamfer = ReferenceLosses.Chamfer(reconstruction, data.Momenta), l1 = Regularisation.AbsoluteSum(data.Network.State);
        Compare("chamfer", chamfer);
        Compare("chamfer_with_jet_term", chamfer.Plus(ReferenceLosses.JetTerm(reconstruction, data.Momenta)));
        Compare("mse", ReferenceLosses.MeanSquare(reconstruction, data.Momenta));
        Compare("l1_norm_all_params", l1);
        Compare("total", chamfer.Plus(l1.Times(AbsoluteWeight)));

        void Compare(string name, Tensor value) => Closeness.Relative(data.Doubles($"loss/{name}"), [value.item<double>()], 1e-12, name);
    }

    [Theory]
    [MemberData(nameof(Groups))]
    public void Gradients_follow_the_published_code(string group)
    {
        using var data = new LgaeCase(group);
        using var scope = NewDisposeScope();
        ReferenceLosses.Chamfer(data.Network.Reconstruct(data.Momenta, data.Mask), data.Momenta).backward();
        double worst = 0;
        foreach (var (name, parameter) in data.Network.State.Parameters)
        {
            double[] expected = data.Parameters("grad_chamfer", name), actual = parameter.grad is { } g ? LgaeCase.Values(g) : new double[expected.Length];
            double largest = expected.Max(Math.Abs), off = expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max();
            Assert.True(off <= Math.Max(1e-10 * largest, 1e-11), $"{name}: off by {off:E2} of {largest:E2}.");
            if (largest == 0) Assert.True(actual.All(a => a == 0), $"{name} has a gradient, the published code gives it none.");
            if (largest > 1e-10) worst = Math.Max(worst, off / largest);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"gradients: off by at most {worst:E1} of the largest entry of a tensor, allowed 1E-010");
    }

    [Theory]
    [MemberData(nameof(Groups))]
    public void A_step_of_Adam_follows_the_published_code(string group)
    {
        using var data = new LgaeCase(group);
        using var scope = NewDisposeScope();
        var state = data.Network.State;
        using var adam = new AdamW(state, 0.9, 0.999, 1e-8, weightDecay: 0);
        Total().backward();
        adam.Step(LearningRate);
        double worst = 0;
        foreach (var (name, parameter) in state.Parameters)
        {
            double off = data.Parameters("params_after_adam", name).Zip(LgaeCase.Values(parameter), (e, a) => Math.Abs(e - a)).Max();
            Assert.True(off <= 1e-9, $"{name}: off by {off:E2}.");
            worst = Math.Max(worst, off);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"parameters after a step: off by at most {worst:E1}, allowed 1E-009");
        Closeness.Relative(data.Doubles("loss/total_after_adam"), [Total().item<double>()], 1e-9, "total after the step");

        Tensor Total() => ReferenceLosses.Chamfer(data.Network.Reconstruct(data.Momenta, data.Mask), data.Momenta).Plus(Regularisation.AbsoluteSum(state).Times(AbsoluteWeight));
    }
}
