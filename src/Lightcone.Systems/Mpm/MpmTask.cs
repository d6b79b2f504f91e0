using Lightcone.Jets;
using Lightcone.Randomness;
using Lightcone.Systems.Mpm.Kernels;
using Lightcone.Systems.Mpm.Network;
using Lightcone.Systems.Mpm.Particles;
using Lightcone.Systems.Mpm.Targets;
using Lightcone.Systems.Mpm.Tokens;
using Lightcone.Training;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Mpm;

/// <summary>Pre-training: hide particles of jets without labels and ask for them. Every hidden particle weighs alike (arXiv:2409.12589).</summary>
internal sealed class MpmTask(MpmRecipe recipe, Preprocessing preprocessing, ITokenizer? tokenizer) : ITrainingTask
{
    /// <summary>Seed of the masks by which trainings are compared.</summary>
    public const ulong ValidationMaskSeed = 5;

    /// <summary>Purpose of their random stream.</summary>
    public const string ValidationMaskPurpose = "validation masks";

    private readonly MpmNetwork network = new(recipe, tokenizer);

    /// <inheritdoc/>
    public NetworkState Network => network.State;

    /// <summary>The network with its heads.</summary>
    internal MpmNetwork Model => network;

    /// <inheritdoc/>
    public string Criterion => network.Target.Name;

    /// <inheritdoc/>
    public bool LargerIsBetter => false;

    /// <inheritdoc/>
    public Tensor Loss(JetBatch batch)
    {
        // One draw of the step's generator seeds the masks, so that what the network draws cannot shift them.
        ulong seed = Drawn();
        using var scope = NewDisposeScope();
        var table = preprocessing.Apply(batch);
        if (recipe.Context == MaskedContext.Scrambled)
        {
            var scramble = new RandomStream(seed, "scramble", 0, 0);
            table = table.Scrambled(ref scramble);
        }

        var (target, type) = Losses(table, Hide(table, seed), training: true);
        return (type is null ? target.mean() : target.mean().Plus(type.Times(recipe.TypeWeight))).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void AfterBackward() => PackedAttention.ThrowIfBackwardFailed();

    /// <summary>Losses without smoothing under fixed masks, in nats (or absolute differences) a hidden particle.</summary>
    public IReadOnlyDictionary<string, double> Validate(IEnumerable<JetBatch> batches)
    {
        using var noGrad = no_grad();
        double sum = 0, types = 0;
        long count = 0, known = 0;
        foreach (var batch in batches)
        {
            using var scope = NewDisposeScope();
            var table = preprocessing.Apply(batch);
            var hidden = HiddenParticles.Draw(table, recipe.HiddenFraction, new RandomStream(ValidationMaskSeed, ValidationMaskPurpose, 0, 0));
            if (hidden.Hidden.Length == 0) continue;
            var truth = Truth(table, hidden);
            var outputs = network.Decode(table, hidden, training: false);
            sum += network.Target.Losses(outputs, truth, training: false).sum().to(ScalarType.Float64).item<double>();
            count += truth.Count;
            if (network.Type is null || truth.KnownTypes == 0) continue;
            types += network.Type.Losses(outputs, truth, training: false).sum().to(ScalarType.Float64).item<double>();
            known += truth.KnownTypes;
        }

        if (count == 0) throw new InputDataException("No validation jet has two particles, so nothing can be hidden.", "the validation file", "Empty jets only.", "Check it: lightcone dataset inspect.");
        var numbers = new Dictionary<string, double> { [network.Target.Name] = sum / count };
        if (known > 0) numbers["type"] = types / known;
        return numbers;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        network.Dispose();
        tokenizer?.Dispose();
    }

    private (Tensor Target, Tensor? Type) Losses(ParticleTable table, HiddenParticles hidden, bool training)
    {
        if (hidden.Hidden.Length == 0)
            throw new InputDataException("No jet of a batch has two particles, so nothing can be hidden.", "the training file", "A batch of very few jets, or a sample of single particles.", "Raise batchSize, or check the file: lightcone dataset inspect.");
        var truth = Truth(table, hidden);
        var outputs = network.Decode(table, hidden, training);
        bool typed = network.Type is not null && recipe.TypeWeight > 0 && truth.KnownTypes > 0;
        return (network.Target.Losses(outputs, truth, training), typed ? network.Type!.Losses(outputs, truth, training).sum().Times(1.0 / truth.KnownTypes) : null);
    }

    /// <summary>What the hidden particles of some jets are.</summary>
    internal HiddenTruth Truth(ParticleTable table, HiddenParticles hidden) => new(table, hidden.Hidden, tokenizer?.Ids(table, hidden.Hidden), network.State.DType);

    /// <summary>What a training step hides.</summary>
    internal HiddenParticles Hide(ParticleTable table, ulong seed) => HiddenParticles.Draw(table, recipe.HiddenFraction, new RandomStream(seed, "hidden particles", 0, 0));

    /// <summary>Seed of a training step's masks: the first draw of the engine's generator.</summary>
    internal static ulong Drawn()
    {
        using var drawn = randint(0, long.MaxValue, [1], ScalarType.Int64);
        return (ulong)drawn.item<long>();
    }
}
