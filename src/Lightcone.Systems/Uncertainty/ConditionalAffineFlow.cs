using Lightcone.Systems.Networks;
using Lightcone.Training;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Uncertainty;

/// <summary>
/// A conditional flow of the simplest kind: z₁ = m₁(x) + e^{s₁(x)} u₁, z₂ = m₂(x, z₁) + e^{s₂(x, z₁)} u₂, …, with u standard normal, trained on −ln q(z | x) = ½ |u|² + Σ s + (d/2) ln 2π.
/// </summary>
internal sealed class ConditionalAffineFlow : IDisposable
{
    private readonly NetworkState state = new();
    private readonly DenseStack[] stacks;
    private readonly Standardisation scale;
    private readonly int features;

    private ConditionalAffineFlow(TableRows rows, RegressionRecipe recipe)
    {
        (scale, features) = (Standardisation.Of(rows), rows.Features);
        TableTraining.SeedWeights(recipe.Seed);
        stacks = [.. Enumerable.Range(0, rows.Width).Select(d => new DenseStack(state, $"flow.{d}", recipe.Sizes(features + d, 2), recipe.Activation, DenseStack.Kept))];
        // Begin at the identity: scales drawn at random make gradients in the first steps that Adam remembers for thousands.
        using var noGrad = no_grad();
        for (int d = 0; d < rows.Width; d++) state[$"flow.{d}.{recipe.Hidden.Length}.weight"].zero_();
    }

    /// <summary>Trains one that gives the targets from the inputs.</summary>
    public static ConditionalAffineFlow Train(TableRows rows, RegressionRecipe recipe)
    {
        var flow = new ConditionalAffineFlow(rows, recipe);
        var scaled = flow.scale.Apply(rows);
        recipe.Training(rows.Count).Run(flow.state, (chosen, _) =>
        {
            var (u, logScale) = flow.ToBase(scaled.InputsOf(chosen), scaled.TargetsOf(chosen).reshape(chosen.Length, rows.Width));
            return u.Squared().Times(0.5).Plus(logScale).sum(dim: 1).mean();
        });
        return flow;
    }

    /// <summary>u of targets [rows, dimensions] at inputs [rows, features], row-major.</summary>
    public double[] Base(float[] inputs, float[] targets)
    {
        int width = stacks.Length, rows = targets.Length / width;
        float[] x = scale.Inputs(inputs), z = scale.Targets(targets), joined = new float[rows * (features + width)];
        for (int i = 0; i < rows; i++)
        {
            x.AsSpan(i * features, features).CopyTo(joined.AsSpan(i * (features + width)));
            z.AsSpan(i * width, width).CopyTo(joined.AsSpan(i * (features + width) + features));
        }

        return TableRows.Evaluate(joined, features + width, both => ToBase(both.narrow(1, 0, features), both.narrow(1, features, width)).Base);
    }

    /// <summary>One target drawn for each row of inputs, row-major.</summary>
    public float[] Draw(float[] inputs, ulong seed)
    {
        TableTraining.SeedWeights(seed);
        double[] drawn = TableRows.Evaluate(scale.Inputs(inputs), features, x =>
        {
            for (int d = 0; d < stacks.Length; d++)
            {
                var answer = stacks[d].Apply(x);
                var mean = answer.narrow(1, 0, 1);
                x = cat([x, mean.Plus(answer.narrow(1, 1, 1).exp() * randn_like(mean))], 1);
            }

            return x.narrow(1, features, stacks.Length);
        });
        return [.. drawn.Select((z, i) => (float)scale.Target(i % stacks.Length, z))];
    }

    /// <inheritdoc/>
    public void Dispose() => state.Dispose();

    private (Tensor Base, Tensor LogScale) ToBase(Tensor x, Tensor z)
    {
        var (parts, logScales) = (new List<Tensor>(), new List<Tensor>());
        for (int d = 0; d < stacks.Length; d++)
        {
            var answer = stacks[d].Apply(d == 0 ? x : cat([x, z.narrow(1, 0, d)], 1));
            var logScale = answer.narrow(1, 1, 1);
            parts.Add((z.narrow(1, d, 1) - answer.narrow(1, 0, 1)) * logScale.neg().exp());
            logScales.Add(logScale);
        }

        return (cat([.. parts], 1), cat([.. logScales], 1));
    }
}
