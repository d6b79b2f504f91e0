using Lightcone.Systems.LorentzNet;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Tests.Parity;

/// <summary>Fresh weights: the same draws in the same order as the published code (seed 99, CPU).</summary>
[Collection(Training.SeededGenerator.Name)]
public sealed class LorentzNetInitialisation
{
    [Theory]
    [InlineData("embedding.weight", -0.561004817, 0.664900839, 13.241907909)]
    [InlineData("LGEBs.0.phi_e.0.weight", 0.0517014414, 0.0734648705, 0.680954345185)]
    [InlineData("LGEBs.0.phi_x.0.weight", -0.00999418367, -0.0646871105, -1.63579149046)]
    [InlineData("LGEBs.0.phi_x.2.weight", -5.54808212e-05, 5.68470859e-05, 0.0002299406774)]
    [InlineData("LGEBs.0.phi_m.0.weight", -0.0407055542, -0.0506796055, -0.32281839964)]
    [InlineData("LGEBs.5.phi_m.0.weight", -0.0708663687, 0.0676454678, 0.222189930733)]
    [InlineData("graph_dec.0.weight", -0.0301127005, 0.0658067539, -1.32059359027)]
    [InlineData("graph_dec.3.bias", 0.0554995313, -0.0777995959, -0.0223000645638)]
    public void Seed_99_draws_the_published_weights(string name, double first, double second, double sum)
    {
        manual_seed(99);
        using var network = new LorentzNetNetwork(new LorentzNetRecipe());
        using var scope = NewDisposeScope();
        float[] values = network.State[name].detach().contiguous().data<float>().ToArray();
        // The reference prints nine significant digits of the values and twelve of the sum.
        Assert.Equal(first, values[0], 5e-10 * 10);
        Assert.Equal(second, values[1], 5e-10 * 10);
        Assert.Equal(sum, values.Sum(v => (double)v), Math.Abs(sum) * 1e-10);
    }

    [Theory]
    [InlineData(LorentzNetInputs.Top, 224_072)]
    [InlineData(LorentzNetInputs.QuarkGluon, 227_096)]
    public void The_network_has_as_many_parameters_as_the_published_one(LorentzNetInputs inputs, long count)
    {
        using var network = new LorentzNetNetwork(new LorentzNetRecipe { Inputs = inputs });
        Assert.Equal(count, network.State.ParameterCount);
    }
}
