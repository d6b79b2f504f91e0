using Lightcone.Randomness;

namespace Lightcone.Systems.Uncertainty;

/// <summary>
/// Several Gaussian networks of one kind, which differ in initial weights and order of the rows (arXiv:1612.01474). Without the bootstrap their spread is that of the optimisation;
/// with it, each sees its own draw of the rows and the spread includes that of the data.
/// </summary>
internal sealed class DeepEnsemble : IDisposable
{
    private readonly HeteroscedasticNetwork[] members;

    private DeepEnsemble(HeteroscedasticNetwork[] members) => this.members = members;

    /// <summary>Trains one.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="recipe">Recipe of each member; its seed names the ensemble.</param>
    /// <param name="members">Number of members.</param>
    /// <param name="bootstrap">Whether each member sees its own draw of the rows.</param>
    public static DeepEnsemble Train(TableRows rows, RegressionRecipe recipe, int members = 5, bool bootstrap = false)
    {
        var trained = new HeteroscedasticNetwork[members];
        for (int j = 0; j < members; j++)
        {
            ulong seed = new RandomStream(recipe.Seed, "member", j, 0).NextUInt64();
            trained[j] = HeteroscedasticNetwork.Train(bootstrap ? rows.Bootstrapped(seed) : rows, recipe with { Seed = seed });
        }

        return new DeepEnsemble(trained);
    }

    /// <summary>The mixture at inputs [rows, features].</summary>
    public GaussianMixtureAnswers Predict(float[] inputs) => new([.. members.Select(m => m.Predict(inputs))]);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var member in members) member.Dispose();
    }
}
