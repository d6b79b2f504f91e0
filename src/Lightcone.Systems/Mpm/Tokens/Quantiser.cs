using Lightcone.Randomness;
using Lightcone.Statistics;
using Lightcone.Training;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Mpm.Tokens;

/// <summary>
/// Replaces vectors by the nearest of some codes (arXiv:1711.00937). Gradients of what comes behind pass to the vectors as if nothing had been replaced. Codes begin on the first batch it
/// is trained with, and those that are hardly used move to vectors of a batch.
/// </summary>
internal sealed class Quantiser
{
    /// <summary>Use that a code begins with, as a share of the mean.</summary>
    public const double NewbornShare = 0.125;

    private const string Codebook = "quantiser.codebook", Counts = "quantiser.counts", Sums = "quantiser.sums", Initialised = "quantiser.initialised", Gain = "quantiser.gain", Shift = "quantiser.shift";
    private const double AffineRate = 2, Smallest = 1e-5;
    private const int StartIterations = 50;
    private const long DistancesAtOnce = 1 << 24;

    private readonly NetworkState state;
    private readonly TokenizerRecipe recipe;

    /// <summary>Adds the codes, and what must survive a checkpoint beside them, to a state.</summary>
    public Quantiser(NetworkState state, TokenizerRecipe recipe)
    {
        (this.state, this.recipe) = (state, recipe);
        Check(recipe);
        var first = NetworkState.Uniform([recipe.Codes, recipe.CodeWidth], 1.0 / recipe.Codes);
        if (recipe.CodebookUpdate == CodebookUpdate.Gradient) state.AddParameter(Codebook, first, decays: false);
        else
        {
            state.AddBuffer(Codebook, first);
            state.AddBuffer(Sums, zeros(recipe.Codes, recipe.CodeWidth));
        }

        state.AddBuffer(Counts, zeros(recipe.Codes));
        state.AddBuffer(Initialised, zeros(1));
        if (!recipe.Affine) return;
        state.AddParameter(Gain, zeros(recipe.CodeWidth), decays: false);
        state.AddParameter(Shift, zeros(recipe.CodeWidth), decays: false);
    }

    /// <summary>Number of codes.</summary>
    public int Count => recipe.Codes;

    /// <summary>The codes as they are compared with vectors, shape [codes, code width].</summary>
    public Tensor Codes() => recipe.Affine
        ? state[Codebook].mul(state[Gain].Times(AffineRate).Plus(1)).Plus(state[Shift].Times(AffineRate))
        : state[Codebook];

    /// <summary>Replaces vectors, shape [vectors, code width], by codes; in training the codes then move.</summary>
    public Quantised Apply(Tensor vectors, bool training)
    {
        if (training)
        {
            using var noGrad = no_grad();
            if (state[Initialised].to(ScalarType.Float64).item<double>() == 0) Begin(vectors.detach());
            else Revive(vectors.detach());
        }

        var codes = Codes();
        var ids = Nearest(vectors.detach(), codes.detach());
        var chosen = codes.index_select(0, ids);
        var passed = vectors.Plus((chosen - vectors).detach());
        if (recipe.Synchronise > 0) passed = passed.Plus((chosen - chosen.detach()).Times(recipe.Synchronise));
        var loss = (vectors - chosen.detach()).Squared().mean().Times(recipe.CommitWeight);
        if (recipe.CodebookUpdate == CodebookUpdate.Gradient) loss = loss.Plus((vectors.detach() - chosen).Squared().mean().Times(recipe.CodebookWeight));
        if (training)
        {
            using var noGrad = no_grad();
            Follow(vectors.detach(), ids);
        }

        return new(ids, chosen, passed, loss);
    }

    /// <summary>The code nearest to each vector, the first of equally near ones, int64, shape [vectors]. |c|² − 2 z·c orders codes as their distances to z do.</summary>
    public static Tensor Nearest(Tensor vectors, Tensor codes)
    {
        long atOnce = Math.Max(1, DistancesAtOnce / codes.shape[0]), count = vectors.shape[0];
        var squares = codes.Squared().sum(dim: 1);
        var columns = codes.t();
        if (count <= atOnce) return Block(vectors);
        var parts = new List<Tensor>();
        for (long first = 0; first < count; first += atOnce) parts.Add(Block(vectors.narrow(0, first, Math.Min(atOnce, count - first))));
        return cat(parts);

        Tensor Block(Tensor some)
        {
            using var scope = NewDisposeScope();
            return addmm(squares, some, columns, 1, -2).argmin(1).MoveToOuterDisposeScope();
        }
    }

    private void Begin(Tensor vectors)
    {
        using var scope = NewDisposeScope();
        bool cluster = recipe.CodebookStart == CodebookStart.KMeans && vectors.shape[0] >= recipe.Codes;
        var codes = cluster ? Centres(vectors) : vectors.index_select(0, Drawn(vectors.shape[0], recipe.Codes));
        double use = NewbornShare * vectors.shape[0] / recipe.Codes;
        state[Codebook].copy_(codes);
        state[Counts].copy_(ones(recipe.Codes, state.DType).Times(use));
        if (recipe.CodebookUpdate == CodebookUpdate.MovingAverage) state[Sums].copy_(codes.Times(use));
        state[Initialised].copy_(ones(1, state.DType));
    }

    private void Revive(Tensor vectors)
    {
        if (recipe.RevivalShare == 0) return;
        using var scope = NewDisposeScope();
        var mean = state[Counts].mean();
        var dead = state[Counts].lt(mean.Times(recipe.RevivalShare)).nonzero().view(-1);
        if (dead.shape[0] == 0) return;
        var codes = vectors.index_select(0, Drawn(vectors.shape[0], dead.shape[0]));
        var use = mean.Times(NewbornShare).expand(dead.shape[0]);
        state[Codebook].index_copy_(0, dead, Plain(codes));
        state[Counts].index_copy_(0, dead, use.contiguous());
        if (recipe.CodebookUpdate == CodebookUpdate.MovingAverage) state[Sums].index_copy_(0, dead, codes.mul(use.unsqueeze(1)));
    }

    // n ← γ n + (1 − γ) uses, s ← γ s + (1 − γ) Σ z, code = s / n.
    private void Follow(Tensor vectors, Tensor ids)
    {
        using var scope = NewDisposeScope();
        double share = 1 - recipe.CodebookDecay;
        var uses = zeros(recipe.Codes, state.DType).PlusRows(ids, ones(ids.shape[0], state.DType));
        state[Counts].TimesInPlace(recipe.CodebookDecay).PlusInPlace(uses, share);
        if (recipe.CodebookUpdate != CodebookUpdate.MovingAverage) return;
        var sums = zeros(recipe.Codes, recipe.CodeWidth, state.DType).PlusRows(ids, vectors);
        state[Sums].TimesInPlace(recipe.CodebookDecay).PlusInPlace(sums, share);
        state[Codebook].copy_(state[Sums].div(state[Counts].Plus(Smallest).unsqueeze(1)));
    }

    // The codes whose scaled and shifted ones these are.
    private Tensor Plain(Tensor codes) => recipe.Affine ? (codes - state[Shift].Times(AffineRate)).div(state[Gain].Times(AffineRate).Plus(1)) : codes;

    private Tensor Centres(Tensor vectors)
    {
        using var drawn = randint(0, long.MaxValue, [1], ScalarType.Int64);
        float[] points = vectors.to(ScalarType.Float32).contiguous().data<float>().ToArray();
        var centres = KMeans.Fit(points, recipe.CodeWidth, recipe.Codes, StartIterations, new RandomStream((ulong)drawn.item<long>(), "codes", 0, 0));
        return tensor(centres.Centroids.ToArray(), [recipe.Codes, recipe.CodeWidth]).to(state.DType);
    }

    // Different rows where there are enough.
    private static Tensor Drawn(long rows, long count) => count <= rows ? randperm(rows, ScalarType.Int64).narrow(0, 0, count) : randint(0, rows, [count], ScalarType.Int64);

    private static void Check(TokenizerRecipe recipe)
    {
        if (recipe.CodebookUpdate == CodebookUpdate.Gradient || (!recipe.Affine && recipe.Synchronise == 0)) return;
        throw new UsageException("Codes that are moving averages have no gradient for affine or synchronise to use.", recipe.Affine ? "--set affine" : "--set synchronise",
            "Both belong to codebookUpdate=Gradient.", "Add --set codebookUpdate=Gradient, or leave them out.");
    }
}

/// <summary>Vectors that were replaced by codes.</summary>
/// <param name="Ids">The codes' numbers, int64, shape [vectors].</param>
/// <param name="Codes">The codes, shape [vectors, code width].</param>
/// <param name="Passed">The same values with the gradient of the vectors.</param>
/// <param name="Loss">Weighted distances between vectors and codes, a scalar.</param>
internal sealed record Quantised(Tensor Ids, Tensor Codes, Tensor Passed, Tensor Loss);
