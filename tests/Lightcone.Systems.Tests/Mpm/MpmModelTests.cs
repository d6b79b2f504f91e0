using Lightcone.Jets;
using Lightcone.Systems.Mpm;
using Lightcone.Systems.Mpm.Network;
using Lightcone.Systems.Mpm.Particles;
using Lightcone.Systems.Mpm.Targets;

namespace Lightcone.Systems.Tests.Mpm;

/// <summary>What a trained network of masked particle modelling says of jets.</summary>
public sealed class MpmModelTests
{
    // Jets of no, one, two and many particles; more than are read, too.
    private static readonly JetBatch Jets = MaskableJets.Make([0, 5, 1, 2, 13, 0, 3, 30, 1, 8, 2, 16], 4);

    private static float[] Column(MpmModel model, float[][] scored, string name) => scored[model.Columns.ToList().FindIndex(c => c.Name == name)];

    [Theory]
    [InlineData(TokenLayout.Packed, TargetKind.KMeans)]
    [InlineData(TokenLayout.Padded, TargetKind.KMeans)]
    [InlineData(TokenLayout.Packed, TargetKind.Regression)]
    [InlineData(TokenLayout.Packed, TargetKind.Flow)]
    public void Numbers_of_a_jet_do_not_depend_on_the_jets_beside_it(TokenLayout layout, TargetKind target)
    {
        using var model = TinyModel.Of(TinyModel.Recipe with { TokenLayout = layout, Target = new(target, "") });
        float[][] together = model.Score(Jets);
        for (int jet = 0; jet < Jets.JetCount; jet++)
        {
            float[][] alone = model.Score(Jets.Select([jet]));
            for (int c = 0; c < model.Columns.Count; c++)
                for (int k = 0; k < alone[c].Length; k++)
                {
                    float expected = together[c][jet * alone[c].Length + k];
                    // Sums of a few dozen numbers of order 1 in another order: some tens of float32's 6e-8, behind layer norms that may enlarge them tenfold.
                    Assert.InRange(alone[c][k], expected - 2e-5f * (1 + Math.Abs(expected)), expected + 2e-5f * (1 + Math.Abs(expected)));
                }
        }
    }

    [Theory]
    [InlineData(HidingLayout.Removed, MaskedContext.Jet)]
    [InlineData(HidingLayout.Replaced, MaskedContext.Jet)]
    [InlineData(HidingLayout.Removed, MaskedContext.Nothing)]
    public void A_jet_of_which_nothing_can_be_hidden_scores_zero_and_is_marked(HidingLayout hiding, MaskedContext context)
    {
        using var model = TinyModel.Of(TinyModel.Recipe with { Hiding = hiding, Context = context });
        float[][] scored = model.Score(Jets);
        float[] score = Column(model, scored, "score"), unmaskable = Column(model, scored, "unmaskable"), embedding = Column(model, scored, "embedding");
        for (int jet = 0; jet < Jets.JetCount; jet++)
        {
            Assert.Equal(Jets.Multiplicity(jet) < 2 ? 1 : 0, unmaskable[jet]);
            Assert.Equal(Jets.Multiplicity(jet) >= 2, score[jet] > 0);
            bool nothing = embedding.AsSpan(8 * jet, 8).IndexOfAnyExcept(0f) < 0;
            Assert.Equal(Jets.Multiplicity(jet) == 0, nothing);
        }

        Assert.All(score.Concat(embedding), x => Assert.True(float.IsFinite(x)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_batch_of_nothing_but_small_jets_is_scored(int particles)
    {
        using var model = TinyModel.Of(TinyModel.Recipe with { Registers = 0 });
        float[][] scored = model.Score(MaskableJets.Make([particles, particles], 1));
        Assert.Equal([0, 0], Column(model, scored, "score"));
        Assert.Equal([1, 1], Column(model, scored, "unmaskable"));
        Assert.Equal(8 * 2, Column(model, scored, "embedding").Length);
    }

    [Fact]
    public void A_network_that_knows_nothing_pays_the_logarithms_of_the_numbers_of_tokens_and_types()
    {
        using var model = TinyModel.Of(TinyModel.Recipe);
        foreach (string head in (string[])["token", "type"])
            foreach (string part in (string[])["weight", "bias"])
                TinyModel.Set(model, $"heads.{head}.{part}", new float[model.State[$"heads.{head}.{part}"].numel()]);
        float[] score = model.Score(Jets)[0];
        for (int jet = 0; jet < Jets.JetCount; jet++) // float32 knows a logarithm to some 1e-7
            Assert.Equal(Jets.Multiplicity(jet) < 2 ? 0 : Math.Log(TinyModel.Tokens) + Math.Log(ParticleTypes.Count), score[jet], 1e-5);
    }

    [Fact]
    public void A_network_that_knows_the_shares_of_the_tokens_pays_minus_their_logarithms()
    {
        using var model = TinyModel.Of(TinyModel.Recipe);
        TinyModel.Set(model, "heads.token.weight", new float[TinyModel.Tokens * 8]);
        TinyModel.Set(model, "heads.token.bias", [.. Enumerable.Range(1, TinyModel.Tokens).Select(k => (float)Math.Log(k))]); // shares k / 21
        var table = model.Preprocessing.Apply(Jets);
        var hidden = MaskedResult.Mask(table, model.Recipe);
        var losses = model.Losses(table, hidden, 0);
        int[] tokens = model.Tokens(table, hidden.Hidden)!;
        Assert.True(tokens.Distinct().Count() > 2);
        for (int i = 0; i < tokens.Length; i++) Assert.Equal(Math.Log(21.0 / (tokens[i] + 1)), losses.Target[i], 1e-5);

        var (features, types) = model.Guesses(table, hidden);
        Assert.Equal(tokens.Length, types.Length);
        Assert.Single(features!.Chunk(table.Width).Select(f => string.Join(' ', f)).Distinct()); // the commonest token's mean, whatever is seen
    }

    [Fact]
    public void A_regression_to_zero_pays_the_mean_size_of_the_features_that_a_particle_has()
    {
        using var model = TinyModel.Of(TinyModel.Recipe with { Target = new(TargetKind.Regression, "") });
        TinyModel.Set(model, "heads.features.weight", new float[7 * 8]);
        TinyModel.Set(model, "heads.features.bias", new float[7]);
        var table = model.Preprocessing.Apply(Jets);
        var hidden = MaskedResult.Mask(table, model.Recipe);
        var losses = model.Losses(table, hidden, 0);
        for (int i = 0; i < hidden.Hidden.Length; i++)
        {
            int own = table.Tracks[hidden.Hidden[i]] ? 7 : 3;
            Assert.Equal(table.FeaturesOf(hidden.Hidden[i])[..own].ToArray().Average(f => Math.Abs((double)f)), losses.Target[i], 1e-5);
        }
    }

    [Fact]
    public void An_embedding_is_the_mean_over_the_particles_of_what_the_encoder_makes_of_them()
    {
        // Blocks that add nothing: a particle's output is the layer norm of its embedding.
        using var model = TinyModel.Of(TinyModel.Recipe with { LayerScale = 0 });
        double[] weight = TinyModel.Get(model, "encoder.features.weight"), bias = TinyModel.Get(model, "encoder.features.bias"), types = TinyModel.Get(model, "encoder.types");
        var table = model.Preprocessing.Apply(Jets);
        double[] embeddings = model.Embeddings(table);
        for (int jet = 0; jet < table.JetCount; jet++)
        {
            var expected = new double[8];
            for (int p = table.Offsets[jet]; p < table.Offsets[jet + 1]; p++)
            {
                double[] x = [.. Enumerable.Range(0, 8).Select(k => bias[k] + types[8 * table.Types[p] + k] + Enumerable.Range(0, 7).Sum(f => weight[7 * k + f] * table.FeaturesOf(p)[f]))];
                double mean = x.Average(), spread = Math.Sqrt(x.Average(v => (v - mean) * (v - mean)) + 1e-5);
                for (int k = 0; k < 8; k++) expected[k] += (x[k] - mean) / spread / table.Multiplicity(jet);
            }

            for (int k = 0; k < 8; k++) Assert.Equal(expected[k], embeddings[8 * jet + k], 1e-5);
        }
    }

    [Fact]
    public void A_fitted_correction_adds_a_column_without_the_median_at_the_number_of_particles()
    {
        var correction = MultiplicityCorrection.Fit([3, 3, 3], [8, 8, 8]);
        using var model = TinyModel.Of(TinyModel.Recipe, correction);
        float[][] scored = model.Score(Jets);
        float[] score = Column(model, scored, "score"), corrected = Column(model, scored, "score_corrected");
        Assert.Equal("score", model.Columns[0].Name);
        for (int jet = 0; jet < score.Length; jet++) Assert.Equal(Jets.Multiplicity(jet) < 2 ? 0 : score[jet] - 3, corrected[jet], 1e-5f);
    }
}
