using Lightcone.Formats.Scores;
using Lightcone.Jets;
using Lightcone.Randomness;
using Lightcone.Systems.Mpm.Network;
using Lightcone.Systems.Mpm.Particles;
using Lightcone.Systems.Mpm.Targets;
using Lightcone.Systems.Mpm.Tokens;
using Lightcone.Training.Recipes;
using Lightcone.Training.Runs;
using Lightcone.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Mpm;

/// <summary>
/// A trained network of masked particle modelling. Its score is how badly hidden particles are predicted, the mean over a few random choices of them; its embedding what the encoder makes of the
/// whole jet. Masks and noise depend on a jet's row alone, so a jet's numbers do not depend on the jets beside it.
/// </summary>
internal sealed class MpmModel : IModel
{
    /// <summary>Choices of hidden particles a score is the mean of.</summary>
    public const int Masks = 8;

    /// <summary>Jets that are computed together; bounds the memory, has no influence on any number beyond rounding.</summary>
    public const int LargestBatch = 256;

    private const ulong ScoreSeed = 8;

    private readonly MpmNetwork network;
    private readonly ITokenizer? tokenizer;
    private readonly MultiplicityCorrection? correction;

    /// <summary>A model around a network; takes both over.</summary>
    internal MpmModel(MpmRecipe recipe, Preprocessing preprocessing, ITokenizer? tokenizer, MultiplicityCorrection? correction)
    {
        (Recipe, Preprocessing, this.tokenizer, this.correction) = (recipe, preprocessing, tokenizer, correction);
        network = new MpmNetwork(recipe, tokenizer);
        var columns = new List<ScoreColumn> { new("score", [], $"{Meaning()}, mean over {Masks} choices of the hidden ones; 0 where none can be hidden") };
        if (correction is not null) columns.Add(new("score_corrected", [], "score minus the median score of training jets with as many particles"));
        columns.Add(new("unmaskable", [], "1 for a jet with fewer than two particles, of which none can be hidden"));
        columns.Add(new("embedding", [recipe.Width], "mean of the encoder's output over the particles, nothing hidden; 0 for a jet without particles"));
        Columns = columns;
    }

    /// <summary>The recipe of the run.</summary>
    public MpmRecipe Recipe { get; }

    /// <summary>How jets are read.</summary>
    public Preprocessing Preprocessing { get; }

    /// <inheritdoc/>
    public IReadOnlyList<ScoreColumn> Columns { get; }

    /// <summary>The weights.</summary>
    public Training.NetworkState State => network.State;

    /// <summary>Name of the target's loss.</summary>
    public string TargetName => network.Target.Name;

    /// <summary>Whether the loss of the target is a cross entropy over tokens.</summary>
    public bool PredictsTokens => network.Target is TokenTarget;

    /// <summary>Whether types are asked for.</summary>
    public bool PredictsTypes => network.Type is not null;

    /// <summary>Number of tokens; 0 where the target has none.</summary>
    public int TokenCount => tokenizer?.Count ?? 0;

    /// <summary>Loads the weights of a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="change">Changes what has no influence on the shape of the weights, for example the precision; null for nothing.</param>
    /// <exception cref="InputDataException">The run has no weights yet, or its files do not fit together.</exception>
    public static MpmModel Load(Run run, Func<MpmRecipe, MpmRecipe>? change = null)
    {
        var recipe = RecipeFile.Load(run.RecipePath, new MpmRecipe());
        run.RequireWeights();
        recipe = change?.Invoke(recipe) ?? recipe;
        var preprocessing = Preprocessing.Read(run.PreprocessingPath);
        var model = new MpmModel(recipe, preprocessing, MpmInputs.Tokenizer(run, recipe, preprocessing), MultiplicityCorrection.Read(run));
        try
        {
            model.State.Load(Safetensors.ReadAll(run.BestPath));
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
        var (scores, unmaskable, embeddings, multiplicities) = (new double[jets.JetCount], new float[jets.JetCount], new float[jets.JetCount * Recipe.Width], new int[jets.JetCount]);
        for (int first = 0; first < jets.JetCount; first += LargestBatch)
        {
            int count = Math.Min(LargestBatch, jets.JetCount - first);
            var table = Preprocessing.Apply(count == jets.JetCount ? jets : jets.Select([.. Enumerable.Range(first, count)]));
            Scores(table).CopyTo(scores, first);
            MpmNetwork.Counts(table).CopyTo(multiplicities, first);
            Array.ConvertAll(Embeddings(table), e => (float)e).CopyTo(embeddings, first * Recipe.Width);
        }

        for (int jet = 0; jet < jets.JetCount; jet++) unmaskable[jet] = multiplicities[jet] < 2 ? 1 : 0;
        float[] plain = Array.ConvertAll(scores, s => (float)s);
        if (correction is null) return [plain, unmaskable, embeddings];
        return [plain, [.. scores.Select((s, jet) => unmaskable[jet] == 1 ? 0 : (float)correction.Apply(s, multiplicities[jet]))], unmaskable, embeddings];
    }

    /// <summary>Score of each jet: loss of the target and of the type per hidden particle, mean over the choices of hidden particles; 0 where none can be hidden. Shape [jets].</summary>
    public double[] Scores(ParticleTable table)
    {
        var scores = new double[table.JetCount];
        bool typed = network.Type is not null && Recipe.TypeWeight > 0;
        for (int mask = 0; mask < Masks; mask++)
        {
            var hidden = HiddenParticles.Draw(table, Recipe.HiddenFraction, new RandomStream(ScoreSeed, "scoring masks", mask, 0));
            var losses = Losses(table, hidden, mask);
            for (int jet = 0, at = 0; jet < scores.Length; at += hidden.HiddenCounts[jet++])
            {
                var own = at..(at + hidden.HiddenCounts[jet]);
                if (hidden.HiddenCounts[jet] > 0) scores[jet] += (losses.Target[own].Average() + (typed ? losses.Type[own].Where(double.IsFinite).DefaultIfEmpty(0).Average() : 0)) / Masks;
            }
        }

        return scores;
    }

    /// <summary>Mean of the encoder's output over the particles of each whole jet, row-major, shape [jets, width]; 0 for a jet without particles.</summary>
    public double[] Embeddings(ParticleTable table)
    {
        if (table.ParticleCount == 0) return new double[table.JetCount * Recipe.Width];
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var encoded = network.Encode(table, training: false);
        using var sequences = encoded.Sequences;
        return Numbers(encoded.ParticleMeans());
    }

    /// <summary>What hidden particles cost.</summary>
    /// <param name="table">The jets.</param>
    /// <param name="hidden">Which particles are hidden.</param>
    /// <param name="mask">Number of the choice; a target that draws random numbers takes others for each.</param>
    public HiddenLosses Losses(ParticleTable table, HiddenParticles hidden, int mask)
    {
        if (hidden.Hidden.Length == 0) return HiddenLosses.None;
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var truth = new HiddenTruth(table, hidden.Hidden, Tokens(table, hidden.Hidden), State.DType) { Noise = network.Target is FlowTarget ? Noise(table, hidden, mask) : null };
        var outputs = network.Decode(table, hidden, training: false);
        double[] target = Numbers(network.Target.Losses(outputs, truth, training: false));
        double[] type = network.Type is { } asked && truth.KnownTypes > 0 ? Numbers(asked.Losses(outputs, truth, training: false)) : new double[target.Length];
        for (int i = 0; i < type.Length; i++)
            if (network.Type is null || table.Types[hidden.Hidden[i]] == ParticleTypes.Unknown) type[i] = double.NaN;
        return new(target, type);
    }

    /// <summary>Tokens of some particles; null where the target has none.</summary>
    public int[]? Tokens(ParticleTable table, int[] particles) => tokenizer?.Ids(table, particles);

    /// <summary>The likeliest features (transformed, row-major, shape [hidden, features]; null where the target says nothing of them) and types of hidden particles.</summary>
    public (float[]? Features, int[] Types) Guesses(ParticleTable table, HiddenParticles hidden)
    {
        if (hidden.Hidden.Length == 0) return ([], []);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var outputs = network.Decode(table, hidden, training: false);
        int[] types = network.Type is { } asked
            ? [.. asked.Logits(outputs).argmax(1).data<long>().ToArray().Select(t => (int)t)]
            : [.. hidden.Hidden.Select(_ => ParticleTypes.Unknown)];
        return (network.Target.Guess(outputs) is { } guess ? Array.ConvertAll(Numbers(guess), g => (float)g) : null, types);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        network.Dispose();
        tokenizer?.Dispose();
    }

    private string Meaning() => network.Target switch
    {
        TokenTarget => "−ln p of token and type of a hidden particle [nats]",
        RegressionTarget => "mean absolute difference of a hidden particle's transformed features, and −ln p of its type [nats]",
        _ => "squared difference of the flow's velocity for a hidden particle, and −ln p of its type [nats]",
    };

    private Tensor Noise(ParticleTable table, HiddenParticles hidden, int mask)
    {
        int width = 1 + table.Width;
        var noise = new float[hidden.Hidden.Length * width];
        var stream = new RandomStream(ScoreSeed, "noise of the flow", mask, 0);
        for (int jet = 0, at = 0; jet < table.JetCount; jet++)
        {
            var own = stream.ForItem(table.Rows[jet]);
            for (int end = at + hidden.HiddenCounts[jet] * width; at < end; at++) noise[at] = (float)own.NextGaussian();
        }

        return tensor(noise, [hidden.Hidden.Length, width]).to(State.DType);
    }

    private static double[] Numbers(Tensor values) => values.to(ScalarType.Float64).contiguous().data<double>().ToArray();
}
