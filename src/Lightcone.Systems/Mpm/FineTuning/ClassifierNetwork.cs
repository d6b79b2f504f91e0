using Lightcone.Systems.Mpm.Network;
using Lightcone.Systems.Mpm.Particles;
using Lightcone.Systems.Networks;
using Lightcone.Training;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Lightcone.Systems.Mpm.FineTuning;

/// <summary>An encoder with a head that gives classes.</summary>
internal sealed class ClassifierNetwork : IDisposable
{
    private const string Prior = "class_counts";

    private readonly FineTuneRecipe recipe;
    private readonly Encoder encoder;
    private readonly AttentionPooling? pooling;

    /// <summary>A network with fresh weights from the engine's global generator.</summary>
    public ClassifierNetwork(FineTuneRecipe recipe, int classes)
    {
        this.recipe = recipe;
        recipe.Size.Check("--set heads");
        if (recipe.HeadWidth % recipe.HeadHeads != 0)
            throw new UsageException($"{recipe.HeadHeads} heads do not divide a width of {recipe.HeadWidth}.", "--set headHeads", "Width and heads are set apart.", $"Choose a headWidth that is a multiple of {recipe.HeadHeads}.");
        State = new NetworkState(recipe.Network.ToScalarType());
        encoder = new Encoder(State, recipe.Size, recipe.Dropout);
        if (recipe.Head == ClassifierHead.Attention) pooling = new AttentionPooling(State, recipe);
        int width = recipe.Head == ClassifierHead.Attention ? recipe.HeadWidth : recipe.Width;
        State.AddNorm("head.norm", width);
        State.AddLayer("head.classes", width, classes);
        State.AddBuffer(Prior, zeros(classes));
    }

    /// <summary>The weights.</summary>
    public NetworkState State { get; }

    /// <summary>Logits of each jet, shape [jets, classes]; of a jet without particles those of the training jets' classes. Belongs to the caller's dispose scope.</summary>
    /// <param name="table">The jets.</param>
    /// <param name="training">Whether dropout is on.</param>
    /// <param name="movesEncoder">Whether gradients go into the encoder.</param>
    public Tensor Logits(ParticleTable table, bool training, bool movesEncoder = true)
    {
        EncodedJets encoded;
        if (movesEncoder)
        {
            encoded = Encode(table, training);
        }
        else
        {
            using var noGrad = no_grad();
            encoded = Encode(table, training: false);
        }

        using var sequences = encoded.Sequences;
        var logits = Classes(encoded, training);
        return training ? logits : WithPrior(logits, table);
    }

    /// <summary>Encodes whole jets.</summary>
    public EncodedJets Encode(ParticleTable table, bool training)
    {
        var particles = ParticleTensors.Of(table, [.. Enumerable.Range(0, table.ParticleCount)], State.DType);
        return encoder.Encode(encoder.Embed(particles), MpmNetwork.Counts(table), recipe.TokenLayout, training);
    }

    /// <summary>Logits of encoded jets, shape [jets, classes].</summary>
    public Tensor Classes(EncodedJets encoded, bool training)
    {
        var pooled = pooling is null ? encoded.ParticleMeans() : pooling.Pool(encoded, training);
        return State.Layer("head.classes", State.Norm("head.norm", pooled));
    }

    /// <summary>Counts the classes of jets that were trained on.</summary>
    public void Count(Tensor labels)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var counts = State[Prior];
        counts.PlusInPlace(labels.bincount(null, counts.shape[0]).to(counts.dtype), 1);
    }

    /// <inheritdoc/>
    public void Dispose() => State.Dispose();

    private Tensor WithPrior(Tensor logits, ParticleTable table)
    {
        if (Enumerable.Range(0, table.JetCount).All(jet => table.Multiplicity(jet) > 0)) return logits;
        var empty = tensor(Enumerable.Range(0, table.JetCount).Select(jet => table.Multiplicity(jet) == 0).ToArray()).unsqueeze(1);
        return where(empty, State[Prior].Plus(1).log().unsqueeze(0), logits);
    }
}
