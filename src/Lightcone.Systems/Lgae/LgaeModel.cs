using Lightcone.Jets;
using Lightcone.Systems.Reconstruction;
using Lightcone.Training.Recipes;
using Lightcone.Training.Runs;
using Lightcone.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Lgae;

/// <summary>A trained autoencoder: jets in, their latent representation and reconstruction out.</summary>
internal sealed class LgaeModel : IAutoencoder
{
    /// <summary>Jets in memory at once; has no influence on any number.</summary>
    private const int BatchSize = 128;

    private readonly LgaeNetwork network;

    private LgaeModel(LgaeRecipe recipe) => (Recipe, network) = (recipe, new LgaeNetwork(recipe));

    /// <summary>The recipe the model is run with.</summary>
    public LgaeRecipe Recipe { get; }

    /// <inheritdoc/>
    public int LatentNumbers => Recipe.LatentNumbers;

    /// <summary>Trained numbers.</summary>
    public long ParameterCount => network.State.ParameterCount;

    /// <summary>Loads the best weights of a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="change">Changes the recipe before the weights are read (precision, frame); null for none.</param>
    /// <exception cref="InputDataException">The run has no weights yet, or they do not fit its recipe.</exception>
    public static LgaeModel Load(Run run, Func<LgaeRecipe, LgaeRecipe>? change = null)
    {
        var recipe = RecipeFile.Load(run.RecipePath, new LgaeRecipe());
        if (!File.Exists(run.BestPath))
            throw new InputDataException("The run has no trained weights yet.", run.Folder, "Its first epoch has not ended.", $"Go on training: lightcone train --resume {run.Folder}");
        var model = new LgaeModel(change is null ? recipe : change(recipe));
        try
        {
            model.network.State.Load(Safetensors.ReadAll(run.BestPath));
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

    /// <summary>Latent four-vectors (float64, [jets, 4 · vectors], component by component within a vector) and constituents (float64, [nodes, 4]), as measured [GeV].</summary>
    internal (double[] Latents, double[] Constituents) Vectors(JetBatch jets)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var inputs = LgaeInputs.Of(jets, Recipe);
        var latent = network.Encode(inputs);
        double[] constituents = Doubles(network.Decode(latent, inputs.Offsets));
        inputs.ToLaboratory(constituents, inputs.Offsets, Recipe.MomentumUnit);
        return (LatentVectors(latent, inputs), constituents);
    }

    /// <inheritdoc/>
    public void Dispose() => network.Dispose();

    private JetBatch Rebuild(JetBatch jets, Span<float> latents)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var inputs = LgaeInputs.Of(jets, Recipe);
        var latent = network.Encode(inputs);
        double[] momenta = Doubles(network.Decode(latent, inputs.Offsets));
        inputs.ToLaboratory(momenta, inputs.Offsets, Recipe.MomentumUnit);
        double[] scalars = Doubles(latent.Scalars), vectors = LatentVectors(latent, inputs);
        int τs = Recipe.AllScalars, τv = Recipe.AllVectors;
        for (int jet = 0; jet < jets.JetCount; jet++)
        {
            var row = latents.Slice(jet * LatentNumbers, LatentNumbers);
            row[0] = inputs.Offsets[jet + 1] - inputs.Offsets[jet];
            for (int k = 0; k < τs; k++) row[1 + k] = (float)scalars[jet * τs + k];
            for (int k = 0; k < 4 * τv; k++) row[1 + τs + k] = (float)vectors[jet * 4 * τv + k];
        }

        return new JetBatch { Rows = jets.Rows, Offsets = inputs.Offsets, Momenta = momenta, Labels = jets.Labels };
    }

    private double[] LatentVectors(LgaeLatent latent, LgaeInputs inputs)
    {
        double[] vectors = Doubles(latent.Vectors.transpose(1, 2));
        int[] perJet = [.. Enumerable.Range(0, inputs.JetCount + 1).Select(j => j * Recipe.AllVectors)];
        inputs.ToLaboratory(vectors, perJet, Recipe.MomentumUnit);
        return vectors;
    }

    private static double[] Doubles(Tensor tensor) => tensor.to(ScalarType.Float64).contiguous().data<double>().ToArray();
}
