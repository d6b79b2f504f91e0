using Lightcone.Jets;
using Lightcone.Systems.Reconstruction;
using Lightcone.Training.Recipes;
using Lightcone.Training.Runs;
using Lightcone.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Gnnae;

/// <summary>A trained GNNAE: compresses jets and builds them up again.</summary>
public sealed class GnnaeModel : IAutoencoder
{
    /// <summary>Jets that are computed together; bounds the memory.</summary>
    private const int LargestBatch = 64;

    /// <summary>An untrained model.</summary>
    internal GnnaeModel(GnnaeRecipe recipe) => (Recipe, Network) = (recipe, new GnnaeNetwork(recipe));

    /// <summary>The recipe of the run.</summary>
    public GnnaeRecipe Recipe { get; }

    /// <inheritdoc/>
    public int LatentNumbers => Recipe.LatentNumbers;

    /// <inheritdoc/>
    public IReadOnlyList<int> Invariants => [.. Enumerable.Range(0, LatentNumbers)];

    /// <summary>The network.</summary>
    internal GnnaeNetwork Network { get; }

    /// <summary>Loads the best weights of a run.</summary>
    /// <exception cref="InputDataException">The run has no weights yet, or they do not fit its recipe.</exception>
    public static GnnaeModel Load(Run run)
    {
        var recipe = RecipeFile.Load(run.RecipePath, new GnnaeRecipe());
        run.RequireWeights();
        var weights = Safetensors.ReadAll(run.BestPath);
        var model = new GnnaeModel(recipe);
        try
        {
            model.Network.State.Load(weights);
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
        using var noGrad = no_grad();
        var latents = new float[checked(jets.JetCount * LatentNumbers)];
        var momenta = new List<double>(jets.Momenta.Length);
        var offsets = new int[jets.JetCount + 1];
        for (int first = 0; first < jets.JetCount; first += LargestBatch)
        {
            using var scope = NewDisposeScope();
            using var inputs = Inputs(jets, first);
            var (nodes, latent) = Reconstructed(inputs);
            WriteLatents(latents.AsSpan(first * LatentNumbers), inputs, Values(latent));
            double[] made = Values(inputs.Momenta(nodes.to(ScalarType.Float64), Recipe));
            for (int jet = 0; jet < inputs.Jets.JetCount; jet++)
            {
                int count = Recipe.Mode == GnnaeMode.Reference ? Recipe.Slots : inputs.Jets.Multiplicity(jet);
                for (int c = 0; c < 4 * count; c++) momenta.Add(made[4 * inputs.Slots * jet + c] * Recipe.MomentumUnit);
                offsets[first + jet + 1] = momenta.Count / 4;
            }
        }

        var reconstructed = new JetBatch { Rows = jets.Rows, Offsets = offsets, Momenta = [.. momenta], Labels = jets.Labels, JetColumns = jets.JetColumns };
        return new ReconstructedJets(jets, reconstructed, latents);
    }

    /// <inheritdoc/>
    public void Dispose() => Network.Dispose();

    private GnnaeInputs Inputs(JetBatch jets, int first) =>
        GnnaeInputs.Of(jets.Select(Enumerable.Range(first, Math.Min(LargestBatch, jets.JetCount - first)).ToArray()), Recipe);

    private (Tensor Nodes, Tensor Latents) Reconstructed(GnnaeInputs inputs)
    {
        var latents = Network.Encode(inputs.Nodes, inputs.Mask);
        return (Network.Decode(latents, inputs.Slots, inputs.Mask), latents);
    }

    // What goes round the network, then its own numbers: the number of constituents, the jet's pT [GeV], η and φ [rad], latent numbers with zeros to the recipe's slots.
    private void WriteLatents(Span<float> target, GnnaeInputs inputs, double[] values)
    {
        int jets = inputs.Jets.JetCount, own = values.Length / jets;
        for (int jet = 0; jet < jets; jet++)
        {
            var row = target.Slice(jet * LatentNumbers, LatentNumbers);
            int at = 0;
            if (Recipe.Mode == GnnaeMode.Corrected) row[at++] = inputs.Jets.Multiplicity(jet);
            if (Recipe.Coordinates == GnnaeCoordinates.Relative)
            {
                row[at++] = (float)(inputs.JetAxes[3 * jet] * Recipe.MomentumUnit);
                row[at++] = (float)inputs.JetAxes[3 * jet + 1];
                row[at++] = (float)inputs.JetAxes[3 * jet + 2];
            }

            for (int k = 0; k < own; k++) row[at + k] = (float)values[jet * own + k];
        }
    }

    private static double[] Values(Tensor t) => t.to(ScalarType.Float64).contiguous().data<double>().ToArray();
}
