using Lightcone.Jets;
using Lightcone.Systems.Mpm;
using Lightcone.Systems.Mpm.Network;
using Lightcone.Systems.Mpm.Particles;
using Lightcone.Systems.Mpm.Tokens;
using Lightcone.Training.Optimisation;
using static TorchSharp.torch;

/// <summary>A training in one layout: a step is all that the trainer does with a batch, from its particles to new weights.</summary>
internal sealed class Pretraining : IDisposable
{
    private readonly MpmRecipe recipe;
    private readonly MpmTask task;
    private readonly AdamW optimiser;

    public Pretraining(TokenLayout layout, Preprocessing preprocessing, KMeansTokenizer tokenizer)
    {
        recipe = new MpmRecipe { TokenLayout = layout };
        manual_seed(1);
        task = new MpmTask(recipe, preprocessing, tokenizer);
        optimiser = new AdamW(task.Network, 0.9, 0.95, 1e-8, 0.01);
    }

    /// <summary>One step.</summary>
    public void Step(JetBatch batch)
    {
        using var scope = NewDisposeScope();
        optimiser.ZeroGradients();
        task.Loss(batch).backward();
        task.AfterBackward();
        optimiser.ClipGradients(1);
        optimiser.Step(1e-3);
    }

    /// <summary>Floating-point operations of a step on real tokens, a multiplication and an addition counted apart: 20 n d² + 4 n² d a block forward, three times that with the way back.</summary>
    public double Operations(JetBatch batch)
    {
        double sum = 0;
        for (int jet = 0; jet < batch.JetCount; jet++)
        {
            double n = Math.Min(recipe.Constituents, batch.Multiplicity(jet)), hidden = n < 2 ? 0 : Math.Clamp(Math.Floor(recipe.HiddenFraction * n), 1, n - 1);
            double seen = n - hidden + recipe.Registers, all = n + recipe.Registers, d = recipe.Width, small = recipe.DecoderWidth;
            sum += recipe.Layers * Block(seen, d) + recipe.DecoderLayers * Block(all, small) + 2 * seen * d * small + 2 * (n - hidden) * 7 * d + 2 * hidden * small * (recipe.Clusters + ParticleTypes.Count);
        }

        return 3 * sum;
    }

    public void Dispose()
    {
        optimiser.Dispose();
        task.Dispose();
    }

    private static double Block(double tokens, double width) => 20 * tokens * width * width + 4 * tokens * tokens * width;
}
