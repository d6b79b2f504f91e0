using Lightcone.Formats.Scores;
using Lightcone.Jets;
using Lightcone.Systems.Mpm.Particles;
using Lightcone.Training.Recipes;
using Lightcone.Training.Runs;
using Lightcone.Weights;

namespace Lightcone.Systems.Mpm.Tokens;

/// <summary>
/// A trained tokenizer. It computes in float64, so that what lies beside a jet in a batch changes a code by nothing but a coincidence of the sixteenth digit: BLAS rounds a row by the shape of
/// the whole matrix.
/// </summary>
internal sealed class VqModel : IModel
{
    private VqModel(TokenizerRecipe recipe, Preprocessing preprocessing) =>
        (Recipe, Preprocessing, Network) = (recipe, preprocessing, new VqNetwork(recipe with { Network = Precision.Float64 }));

    /// <summary>The recipe of its run.</summary>
    public TokenizerRecipe Recipe { get; }

    /// <summary>How it reads jets.</summary>
    public Preprocessing Preprocessing { get; }

    /// <summary>The network.</summary>
    public VqNetwork Network { get; }

    /// <inheritdoc/>
    public IReadOnlyList<ScoreColumn> Columns { get; } =
    [
        new("score", [], "mean Huber distance of a transformed feature to what is rebuilt from the codes; larger for jets less like those trained on, 0 for a jet without particles"),
        new("code_distance", [], "mean squared distance a number between encoded particles and their codes, 0 for a jet without particles"),
    ];

    /// <summary>Loads the weights of a run.</summary>
    /// <exception cref="InputDataException">The run has no weights yet, or they do not fit its recipe.</exception>
    public static VqModel Load(Run run)
    {
        var recipe = RecipeFile.Load(run.RecipePath, new TokenizerRecipe());
        run.RequireWeights();
        return Of(recipe, Preprocessing.Read(run.PreprocessingPath), Safetensors.ReadAll(run.BestPath), "");
    }

    /// <summary>A model from weights whose names carry a prefix.</summary>
    /// <exception cref="InputDataException">They do not fit the recipe, or the preprocessing does not.</exception>
    public static VqModel Of(TokenizerRecipe recipe, Preprocessing preprocessing, WeightSet weights, string prefix)
    {
        if (preprocessing.Inputs != recipe.Inputs || preprocessing.Constituents != recipe.Constituents)
            throw new InputDataException("The preprocessing does not fit the tokenizer's recipe.", weights.Origin, "Files of two runs were mixed.", "Copy the whole folder of one run.");
        var model = new VqModel(recipe, preprocessing);
        try
        {
            model.Network.State.Load(weights, prefix);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public float[][] Score(JetBatch jets)
    {
        var table = Preprocessing.Apply(jets);
        var coded = Network.Code(table);
        var distances = new float[table.JetCount];
        for (int jet = 0; jet < distances.Length; jet++)
            if (table.Multiplicity(jet) > 0) distances[jet] = coded.Distances.AsSpan(table.Offsets[jet], table.Multiplicity(jet)).ToArray().Average();
        return [Array.ConvertAll(TokenizerQuality.ReconstructionByJet(table, coded.Rebuilt), l => (float)l), distances];
    }

    /// <inheritdoc/>
    public void Dispose() => Network.Dispose();
}
