using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Lightcone.Systems.Reconstruction;
using Lightcone.Training.Optimisation;
using Lightcone.Training.Recipes;

namespace Lightcone.Systems.Lgae;

/// <summary>Which network a recipe builds.</summary>
public enum LgaeMode
{
    /// <summary>Real features, padding without influence, live radial functions on both sides: the network this system is for.</summary>
    Corrected,

    /// <summary>The published network to the last digit, its defects included (arXiv:2212.07347 and its code).</summary>
    Reference,
}

/// <summary>How the constituents' features become one latent representation.</summary>
public enum LgaePooling
{
    /// <summary>Mean over the constituents.</summary>
    Mean,

    /// <summary>Of each channel the four-vectors of smallest and of largest mass squared: twice as many latent vectors and scalars.</summary>
    MinMax,

    /// <summary>A mean weighted by a soft-max of a scalar: invariant under permutations like the mean, and smooth.</summary>
    Softmax,

    /// <summary>One linear map over all constituents in the order of the file; not invariant under permutations.</summary>
    Mix,
}

/// <summary>A frame to look at a jet from.</summary>
public enum LgaeFrame
{
    /// <summary>As measured.</summary>
    Laboratory,

    /// <summary>Boosted along the beam and turned about it until the jet lies at rapidity 0 and azimuth 0: every jet is compared at the same place.</summary>
    Transverse,

    /// <summary>Boosted to rest: components are as small as the jet is heavy, so float32 keeps the most digits.</summary>
    Rest,
}

/// <summary>Defects of the published network that a corrected one can be given back, each alone or several with commas, to measure what its cure brings.</summary>
/// <param name="Set">The defects.</param>
public readonly record struct LgaeDefects(IReadOnlySet<LgaeDefect> Set)
{
    /// <summary>No defect.</summary>
    public static LgaeDefects None { get; } = new(new HashSet<LgaeDefect>());

    /// <summary>Whether a defect is there.</summary>
    public bool Has(LgaeDefect defect) => Set is not null && Set.Contains(defect);

    /// <summary>Reads <c>None</c> or names with commas between.</summary>
    /// <exception cref="FormatException">A name is unknown.</exception>
    public static LgaeDefects Parse(string text, IFormatProvider? provider) => text.Trim() is "" or "None"
        ? None
        : new(text.Split(',', StringSplitOptions.TrimEntries).Select(word => Enum.GetNames<LgaeDefect>().FirstOrDefault(n => n.Equals(word, StringComparison.OrdinalIgnoreCase)) is { } name
            ? Enum.Parse<LgaeDefect>(name)
            : throw new FormatException("Write None, or some of " + string.Join(", ", Enum.GetNames<LgaeDefect>()) + ".")).ToHashSet());

    /// <inheritdoc/>
    public override string ToString() => Set is null || Set.Count == 0 ? "None" : string.Join(',', Set.Order());

    /// <inheritdoc/>
    public bool Equals(LgaeDefects other) => ToString() == other.ToString();

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);
}

/// <summary>One defect of the published network.</summary>
public enum LgaeDefect
{
    /// <summary>Every jet is filled up with constituents of zero momentum that count like real ones.</summary>
    PaddedConstituents,

    /// <summary>A constituent sends a message to itself.</summary>
    SelfMessages,

    /// <summary>The decoder's radial functions are constants: it never sees a distance.</summary>
    ConstantDecoder,

    /// <summary>Time-like and space-like intervals of the same size look alike.</summary>
    UnsignedInterval,

    /// <summary>The decoder ignores the latent scalars.</summary>
    UnusedScalars,

    /// <summary>Weights begin as small as the published ones, so that fresh outputs are eight orders of magnitude below the inputs.</summary>
    PublishedInitialisation,
}

/// <summary>Channels of successive levels, the input's first: <c>3,3,4,4</c>.</summary>
/// <param name="Values">Channels; one level of messages between two neighbours.</param>
public readonly record struct LgaeChannels(IReadOnlyList<int> Values)
{
    /// <summary>Reads numbers with commas between.</summary>
    /// <exception cref="FormatException">A number is missing or out of range.</exception>
    public static LgaeChannels Parse(string text, IFormatProvider? provider)
    {
        var values = text.Split(',', StringSplitOptions.TrimEntries).Select(word => int.TryParse(word, NumberStyles.None, provider, out int n) && n is > 0 and <= 256
            ? n
            : throw new FormatException("Write two or more numbers from 1 to 256, for example 8,8,8,8.")).ToList();
        return values.Count is >= 2 and <= 17 ? new(values) : throw new FormatException("Write 2 to 17 numbers, for example 8,8,8,8.");
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(',', Values);

    /// <inheritdoc/>
    public bool Equals(LgaeChannels other) => Values.SequenceEqual(other.Values);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);
}

/// <summary>The Lorentz group autoencoder's numbers. Defaults are this project's; recipes named for the paper hold its own.</summary>
public sealed record LgaeRecipe : AutoencoderRecipe
{
    /// <summary>A recipe with the defaults, among them those of what every training is told.</summary>
    public LgaeRecipe()
    {
        BatchSize = 64;
        Epochs = 40;
        LearningRate = 3e-3;
        JetWeight = 0.01;
        Schedule = LearningRateShape.Cosine;
        WeightDecay = 0;
        ClipGradient = 1;
        Classes = ClassList.Of(["g", "q"]);
    }

    /// <inheritdoc/>
    public override string System => "lgae";

    /// <summary>Which network.</summary>
    public LgaeMode Mode { get; init; } = LgaeMode.Corrected;

    /// <summary>Largest representation: 2 keeps scalars and four-vectors, 3 tensors of rank two as well (arXiv:2212.07347, §2).</summary>
    [Range(2, 3)]
    public int MaxDim { get; init; } = 2;

    /// <summary>How the latent representation is made.</summary>
    public LgaePooling Pooling { get; init; } = LgaePooling.MinMax;

    /// <summary>Latent scalars a pooling (MinMax makes two poolings of it).</summary>
    [Range(0, 256)]
    public int LatentScalars { get; init; } = 2;

    /// <summary>Latent four-vectors a pooling (MinMax makes two poolings of it). The published networks count complex vectors: one of theirs is two of these.</summary>
    [Range(1, 256)]
    public int LatentVectors { get; init; } = 8;

    /// <summary>Channels of the encoder's levels.</summary>
    public LgaeChannels EncoderChannels { get; init; } = new([8, 8, 8, 8]);

    /// <summary>Channels of the decoder's levels.</summary>
    public LgaeChannels DecoderChannels { get; init; } = new([8, 8, 8, 8]);

    /// <summary>Terms of a radial function.</summary>
    [Range(1, 64)]
    public int RadialTerms { get; init; } = 12;

    /// <summary>Hidden width of the scalars' network, in channels of its level.</summary>
    [Range(1, 64)]
    public int MlpWidth { get; init; } = 6;

    /// <summary>Hidden layers of the scalars' network.</summary>
    [Range(1, 16)]
    public int MlpDepth { get; init; } = 1;

    /// <summary>Most constituents a jet is rebuilt with; a jet with more enters with its hardest ones.</summary>
    [Range(1, 1024)]
    public int Slots { get; init; } = 30;

    /// <summary>Squared interval at which radial functions turn from linear to logarithmic, in units of <see cref="AutoencoderRecipe.MomentumUnit"/> squared.</summary>
    [Range(0, 1e6, MinimumIsExclusive = true)]
    public double IntervalScale { get; init; } = 1e-5;

    /// <summary>Frame in which the loss compares jets; losses of the rest frame take no notice.</summary>
    public LgaeFrame Frame { get; init; } = LgaeFrame.Transverse;

    /// <summary>Precision of the learned layers; intervals between input momenta are float64 always.</summary>
    public Precision Network { get; init; } = Precision.Float32;

    /// <summary>How messages are computed.</summary>
    public KernelChoice Kernel { get; init; } = KernelChoice.Auto;

    /// <summary>Defects of the published network given back, for ablations.</summary>
    public LgaeDefects Defects { get; init; } = LgaeDefects.None;

    /// <summary>Frame in which the network works. It is equivariant, so only rounding notices, and least where the jet rests.</summary>
    internal LgaeFrame NetworkFrame { get; init; } = LgaeFrame.Rest;

    /// <summary>Latent scalars in all.</summary>
    internal int AllScalars => LatentScalars * (Pooling == LgaePooling.MinMax ? 2 : 1);

    /// <summary>Latent four-vectors in all.</summary>
    internal int AllVectors => LatentVectors * (Pooling == LgaePooling.MinMax ? 2 : 1);

    /// <summary>Numbers a jet is compressed to: the corrected network's number of constituents is one, every number of the published one is complex.</summary>
    internal int LatentNumbers => Mode == LgaeMode.Corrected ? AllScalars + 4 * AllVectors + 1 : 2 * (AllScalars + 4 * AllVectors);
}
