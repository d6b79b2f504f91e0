using Lightcone.Jets;
using Lightcone.Kinematics;
using Lightcone.Systems.Reconstruction;
using Lightcone.Training.Recipes;
using Lightcone.Training.Runs;
using Lightcone.Weights;
using static TorchSharp.torch;

namespace Lightcone.Systems.Lgae;

/// <summary>A trained autoencoder: jets in, their latent representation and reconstruction out.</summary>
internal sealed class LgaeModel : IAutoencoder
{
    /// <summary>Jets in memory at once; has no influence on any number.</summary>
    private const int BatchSize = 128;

    private readonly LgaeCore core;

    private LgaeModel(LgaeRecipe recipe) => (Recipe, core) = (recipe, LgaeCore.For(recipe));

    /// <summary>The recipe the model is run with.</summary>
    public LgaeRecipe Recipe { get; }

    /// <inheritdoc/>
    public int LatentNumbers => Recipe.LatentNumbers;

    /// <inheritdoc/>
    public IReadOnlyList<int> Invariants => [.. Enumerable.Range(0, Recipe.Mode == LgaeMode.Corrected ? Recipe.AllScalars : 2 * Recipe.AllScalars)];

    /// <summary>Trained numbers.</summary>
    public long ParameterCount => core.State.ParameterCount;

    /// <summary>Loads the best weights of a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="change">Changes the recipe before the weights are read (precision, frame); null for none.</param>
    /// <exception cref="InputDataException">The run has no weights yet, or they do not fit its recipe.</exception>
    public static LgaeModel Load(Run run, Func<LgaeRecipe, LgaeRecipe>? change = null)
    {
        var recipe = RecipeFile.Load(run.RecipePath, new LgaeRecipe());
        run.RequireWeights();
        var model = new LgaeModel(change is null ? recipe : change(recipe));
        try
        {
            model.core.State.Load(Safetensors.ReadAll(run.BestPath));
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public ReconstructedJets Reconstruct(JetBatch jets)
    {
        var latents = new float[checked(jets.JetCount * LatentNumbers)];
        var rebuilt = new List<JetBatch>();
        for (int first = 0; first < jets.JetCount; first += BatchSize)
        {
            int count = Math.Min(BatchSize, jets.JetCount - first);
            var part = count == jets.JetCount ? jets : jets.Select(Enumerable.Range(first, count).ToArray());
            rebuilt.Add(Rebuild(part, latents.AsSpan(first * LatentNumbers, count * LatentNumbers)));
        }

        return new ReconstructedJets(jets, JetBatch.Concatenate(rebuilt), latents);
    }

    /// <summary>Latent representation and reconstruction in float64, of jets that fit one batch.</summary>
    internal LgaeOutput Rebuild(JetBatch jets)
    {
        using var noGrad = no_grad();
        return core.Rebuild(jets);
    }

    /// <summary>Jets decoded on the way from the first of two jets to the second, each in the transverse frame of its ends [GeV].</summary>
    /// <param name="ends">Two jets.</param>
    /// <param name="steps">Jets on the way, both ends included.</param>
    internal IReadOnlyList<IReadOnlyList<FourMomentum>> Interpolate(JetBatch ends, int steps)
    {
        using var noGrad = no_grad();
        return ((LgaeCorrected)core).Interpolate(ends, steps);
    }

    /// <inheritdoc/>
    public void Dispose() => core.Dispose();

    private JetBatch Rebuild(JetBatch jets, Span<float> latents)
    {
        var output = Rebuild(jets);
        int scalars = output.Scalars.Length / jets.JetCount, vectors = output.Vectors.Length / jets.JetCount;
        for (int jet = 0; jet < jets.JetCount; jet++)
        {
            var row = latents.Slice(jet * LatentNumbers, LatentNumbers);
            for (int k = 0; k < scalars; k++) row[k] = (float)output.Scalars[jet * scalars + k];
            for (int k = 0; k < vectors; k++) row[scalars + k] = (float)output.Vectors[jet * vectors + k];
            if (Recipe.Mode == LgaeMode.Corrected) row[^1] = output.Offsets[jet + 1] - output.Offsets[jet];
        }

        return new JetBatch { Rows = jets.Rows, Offsets = output.Offsets, Momenta = output.Constituents, Labels = jets.Labels };
    }
}
