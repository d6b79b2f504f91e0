using Lightcone.Training;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Lightcone.Systems.Lgae;

/// <summary>From the constituents' features to one latent representation (arXiv:2212.07347, §3.1); only real constituents take part. A jet without any gives zeros.</summary>
internal sealed class LgaeLatentPooling
{
    /// <summary>Difference of two invariants that counts as none, as a share of the jet's largest: a frame-independent measure, wider than rounding in the rest frame.</summary>
    private const double DoubleRounding = 1e-9, SingleRounding = 1e-5;

    private readonly NetworkState state;
    private readonly LgaeRecipe recipe;

    /// <summary>Adds the pooling's parameters to <paramref name="state"/>.</summary>
    public LgaeLatentPooling(NetworkState state, LgaeRecipe recipe, int channels)
    {
        (this.state, this.recipe) = (state, recipe);
        int inputs = recipe.Pooling == LgaePooling.Mix ? channels * recipe.Slots : channels;
        if (recipe.LatentScalars > 0) state.AddParameter("encoder.latent.scalars", LgaeInitialisation.Mixing(recipe, recipe.LatentScalars, inputs, spin: 0));
        state.AddParameter("encoder.latent.vectors", LgaeInitialisation.Mixing(recipe, recipe.LatentVectors, inputs, spin: 1));
        if (recipe.Pooling == LgaePooling.Softmax) state.AddParameter("encoder.latent.attention", LgaeInitialisation.Normal([recipe.LatentScalars + recipe.LatentVectors, channels], 1 / Math.Sqrt(channels)));
    }

    /// <summary>The latent representation of every jet.</summary>
    public LgaeLatent Pool(LgaeFeatures features, LgaeInputs jets)
    {
        if (recipe.Pooling == LgaePooling.Mix) return Mix(features, jets);
        var scalars = recipe.LatentScalars > 0 ? linear(features.Scalars, state["encoder.latent.scalars"]) : features.Scalars.narrow(1, 0, 0);
        var vectors = linear(features.Vectors, state["encoder.latent.vectors"]);
        return recipe.Pooling switch
        {
            LgaePooling.MinMax => MinMax(scalars, vectors, jets),
            LgaePooling.Softmax => Softmax(features.Scalars, scalars, vectors, jets),
            _ => new LgaeLatent(Mean(scalars, jets), Mean(vectors.flatten(1), jets).unflatten(1, 4, recipe.LatentVectors)),
        };
    }

    private LgaeLatent Mix(LgaeFeatures features, LgaeInputs jets)
    {
        var place = new long[jets.Offsets[^1]];
        for (int jet = 0; jet < jets.JetCount; jet++)
            for (int n = jets.Offsets[jet]; n < jets.Offsets[jet + 1]; n++) place[n] = (long)jet * recipe.Slots + n - jets.Offsets[jet];
        var index = tensor(place);
        long channels = features.Scalars.shape[1], rows = (long)jets.JetCount * recipe.Slots;
        var padded = zeros([rows, 4, channels], features.Vectors.dtype).PlusRows(index, features.Vectors);
        var sorted = padded.reshape(jets.JetCount, recipe.Slots, 4, channels).permute(0, 2, 1, 3).reshape(jets.JetCount, 4, recipe.Slots * channels);
        var vectors = linear(sorted, state["encoder.latent.vectors"]);
        if (recipe.LatentScalars == 0) return new LgaeLatent(zeros([jets.JetCount, 0], vectors.dtype), vectors);
        var scalars = zeros([rows, channels], features.Scalars.dtype).PlusRows(index, features.Scalars).reshape(jets.JetCount, recipe.Slots * channels);
        return new LgaeLatent(linear(scalars, state["encoder.latent.scalars"]), vectors);
    }

    // The choice is made outside the graph, on float64 masses: an equal choice in every frame, down to rounding.
    private LgaeLatent MinMax(Tensor scalars, Tensor vectors, LgaeInputs jets)
    {
        int τs = recipe.LatentScalars, τv = recipe.LatentVectors;
        var wide = vectors.detach().to(ScalarType.Float64);
        long[] ofVectors = Extremes(LgaeCore.Doubles(LgaeProducts.Dot(wide, wide)), τv, jets), ofScalars = Extremes(LgaeCore.Doubles(scalars), τs, jets);
        // One row of zeros behind the last node stands for "no constituent".
        var v = cat([vectors, zeros([1, 4, τv], vectors.dtype)], 0).transpose(1, 2).reshape(-1, 4);
        var s = cat([scalars, zeros([1, τs], scalars.dtype)], 0).reshape(-1);
        var pooled = v.index_select(0, tensor(ofVectors)).reshape(jets.JetCount, 2 * τv, 4).transpose(1, 2);
        return new LgaeLatent(s.index_select(0, tensor(ofScalars)).reshape(jets.JetCount, 2 * τs), pooled);
    }

    // Flat positions node · width + channel of the smallest, then of the largest value of each channel, jet after jet. Of values that rounding cannot tell
    // apart the first counts: the two constituents of a jet of two have equal masses in every channel, and another frame must not swap them.
    private long[] Extremes(double[] values, int width, LgaeInputs jets)
    {
        var chosen = new long[2 * width * jets.JetCount];
        for (int jet = 0; jet < jets.JetCount; jet++)
            for (int c = 0; c < width; c++)
            {
                int first = jets.Offsets[jet], end = jets.Offsets[jet + 1], low = first, high = first;
                double largest = 0;
                for (int n = first; n < end; n++) largest = Math.Max(largest, Math.Abs(values[n * width + c]));
                double tie = largest * (recipe.Network == Precision.Float64 ? DoubleRounding : SingleRounding);
                for (int n = first + 1; n < end; n++)
                {
                    if (values[n * width + c] < values[low * width + c] - tie) low = n;
                    if (values[n * width + c] > values[high * width + c] + tie) high = n;
                }

                if (first == end) low = high = jets.Offsets[^1];
                chosen[2 * width * jet + c] = (long)low * width + c;
                chosen[2 * width * jet + width + c] = (long)high * width + c;
            }

        return chosen;
    }

    private LgaeLatent Softmax(Tensor features, Tensor scalars, Tensor vectors, LgaeInputs jets)
    {
        int τs = recipe.LatentScalars, τv = recipe.LatentVectors;
        var logits = linear(features, state["encoder.latent.attention"]);
        var weights = (logits - Largest(logits, jets)).exp();
        var total = Sum(weights, jets).clamp_min(Arithmetic.One); // at least the largest's own 1
        Tensor ws = weights.narrow(1, 0, τs), wv = weights.narrow(1, τs, τv).unsqueeze(1);
        var pooledScalars = Sum(scalars * ws, jets) / total.narrow(1, 0, τs);
        var pooledVectors = Sum((vectors * wv).flatten(1), jets).unflatten(1, 4, τv) / total.narrow(1, τs, τv).unsqueeze(1);
        return new LgaeLatent(pooledScalars, pooledVectors);
    }

    // Largest value of each column over a node's jet, at every node; outside the graph, where it only keeps exponentials small.
    private static Tensor Largest(Tensor logits, LgaeInputs jets)
    {
        int width = (int)logits.shape[1];
        double[] values = LgaeCore.Doubles(logits);
        for (int jet = 0; jet < jets.JetCount; jet++)
            for (int c = 0; c < width; c++)
            {
                double largest = double.NegativeInfinity;
                for (int n = jets.Offsets[jet]; n < jets.Offsets[jet + 1]; n++) largest = Math.Max(largest, values[n * width + c]);
                for (int n = jets.Offsets[jet]; n < jets.Offsets[jet + 1]; n++) values[n * width + c] = largest;
            }

        return tensor(values, [logits.shape[0], width]).to(logits.dtype);
    }

    private static Tensor Sum(Tensor values, LgaeInputs jets) => zeros([jets.JetCount, values.shape[1]], values.dtype).PlusRows(jets.JetOfNode, values);

    private static Tensor Mean(Tensor values, LgaeInputs jets)
    {
        var counts = new double[jets.JetCount];
        for (int jet = 0; jet < counts.Length; jet++) counts[jet] = Math.Max(1, jets.Offsets[jet + 1] - jets.Offsets[jet]);
        return Sum(values, jets) / tensor(counts, [jets.JetCount, 1]).to(values.dtype);
    }
}
