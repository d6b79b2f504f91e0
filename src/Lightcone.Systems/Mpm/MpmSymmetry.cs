using Lightcone.Jets;
using Lightcone.Systems.Mpm.Particles;
using Lightcone.Training.Runs;

namespace Lightcone.Systems.Mpm;

/// <summary>What score and embedding of a pre-training do when a jet's constituents stand in another order, or other jets stand beside it.</summary>
internal static class MpmSymmetry
{
    public static SymmetryReport Check(Run run, JetBatch jets)
    {
        using MpmModel single = MpmModel.Load(run), wide = MpmModel.Load(run, r => r with { Network = Precision.Float64 });
        return OrderSymmetry.Check("the score and of the embedding", jets, [Variant("as trained", single, OrderSymmetry.SingleLimit), Variant("in float64", wide, OrderSymmetry.DoubleLimit)]);
    }

    private static OrderFree Variant(string name, MpmModel model, double limit) => new(name, model.Preprocessing, table => Outputs(model, table), model.Embeddings, limit);

    private static double[] Outputs(MpmModel model, ParticleTable table)
    {
        double[] scores = model.Scores(table), embeddings = model.Embeddings(table);
        int width = model.Recipe.Width;
        return [.. scores.SelectMany((score, jet) => embeddings.Skip(jet * width).Take(width).Prepend(score))];
    }
}
