using Lightcone.Jets;
using Lightcone.Training;
using Lightcone.Training.Optimisation;
using Lightcone.Training.Recipes;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Tests.Training;

/// <summary>A recipe with a field of every kind that recipes may have.</summary>
internal sealed record LineRecipe : TrainingRecipe
{
    public override string System => "line";

    /// <summary>Width of the noise on the inputs, drawn from the engine's generator as dropout would be.</summary>
    public double Noise { get; init; }

    public bool Reverse { get; init; }

    public string Remark { get; init; } = "none";
}

/// <summary>The smallest task: a linear fit of the label from a jet's scaled four-momentum, in float64. Its criterion is the number of jets seen: each epoch is the best so far.</summary>
internal sealed class LineTask : ITrainingTask
{
    private readonly LineRecipe recipe;

    public LineTask(LineRecipe recipe)
    {
        this.recipe = recipe;
        Network = new NetworkState(ScalarType.Float64);
        Network.AddParameter("w", tensor(new[] { 0.1, -0.2, 0.3, -0.4 }, [4, 1]));
        Network.AddParameter("b", zeros(1, ScalarType.Float64));
        Network.AddBuffer("seen", zeros(1, ScalarType.Float64));
    }

    public NetworkState Network { get; }

    public string Criterion => "seen";

    public bool LargerIsBetter => true;

    public Func<IReadOnlyDictionary<string, double>, IReadOnlyDictionary<string, double>> Spoil { get; init; } = numbers => numbers;

    public List<long> Rows { get; } = [];

    public Tensor Loss(JetBatch batch)
    {
        Rows.AddRange(batch.Rows);
        var inputs = new double[4 * batch.JetCount];
        for (int jet = 0; jet < batch.JetCount; jet++)
        {
            var p = batch.Jet(jet);
            (inputs[4 * jet], inputs[4 * jet + 1], inputs[4 * jet + 2], inputs[4 * jet + 3]) = (p.E / 300, p.Px / 300, p.Py / 300, p.Pz / 300);
        }

        var x = tensor(inputs, [batch.JetCount, 4]);
        if (recipe.Noise > 0) x += randn(x.shape, ScalarType.Float64) * tensor(recipe.Noise);
        using (no_grad()) Network["seen"].add_(tensor((double)batch.JetCount), 1);
        var miss = mm(x, Network["w"]) + Network["b"] - tensor(Array.ConvertAll(batch.Labels!, l => (double)l), [batch.JetCount, 1]);
        return (miss * miss).mean();
    }

    public void AfterBackward()
    {
    }

    public IReadOnlyDictionary<string, double> Validate(IEnumerable<JetBatch> batches) => Spoil(new Dictionary<string, double>
    {
        ["seen"] = Network["seen"].item<double>(),
        ["jets"] = batches.Sum(b => b.JetCount),
    });

    public void Dispose() => Network.Dispose();

    /// <summary>All parameters, one after the other.</summary>
    public double[] Parameters() => [.. Network.Parameters.SelectMany(p => p.Tensor.detach().contiguous().data<double>().ToArray())];
}

/// <summary>Hears a training and can interrupt it.</summary>
internal sealed class Listener : ITrainingObserver
{
    public List<StepReport> Steps { get; } = [];

    public List<EpochReport> Epochs { get; } = [];

    public Action<StepReport> OnStep { get; init; } = _ => { };

    public void Step(StepReport step)
    {
        Steps.Add(step);
        OnStep(step);
    }

    public void Epoch(EpochReport epoch) => Epochs.Add(epoch);

    public void Checkpoint(int epoch, long step)
    {
    }
}
