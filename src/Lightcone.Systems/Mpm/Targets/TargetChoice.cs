using System.Diagnostics.CodeAnalysis;

namespace Lightcone.Systems.Mpm.Targets;

/// <summary>Kinds of what is asked of a hidden particle.</summary>
public enum TargetKind
{
    /// <summary>Which of the clusters of the training particles it belongs to.</summary>
    KMeans,

    /// <summary>Which code a vector-quantised autoencoder gives it.</summary>
    Vq,

    /// <summary>Its features, by their absolute differences.</summary>
    Regression,

    /// <summary>The density of its features, by conditional flow matching (arXiv:2210.02747).</summary>
    Flow,
}

/// <summary>What is asked of a hidden particle, and the run that tokens come from: <c>kmeans</c>, <c>vq:runs/tok</c>, <c>regression</c>, <c>flow</c>.</summary>
/// <param name="Kind">What.</param>
/// <param name="Tokenizer">Folder of the tokenizer's run, for <see cref="TargetKind.Vq"/>; else empty.</param>
public readonly record struct TargetChoice(TargetKind Kind, string Tokenizer) : IParsable<TargetChoice>
{
    private const string VqPrefix = "vq:";

    /// <inheritdoc/>
    public override string ToString() => Kind == TargetKind.Vq ? VqPrefix + Tokenizer : Kind.ToString().ToLowerInvariant();

    /// <inheritdoc/>
    public static TargetChoice Parse(string text, IFormatProvider? provider) => TryParse(text, provider, out var choice)
        ? choice
        : throw new FormatException("A target is kmeans, vq:RUN with the folder of a tokenizer's run, regression or flow.");

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? text, IFormatProvider? provider, out TargetChoice result)
    {
        result = default;
        if (text is null) return false;
        if (text.StartsWith(VqPrefix, StringComparison.OrdinalIgnoreCase))
        {
            result = new(TargetKind.Vq, text[VqPrefix.Length..].Trim());
            return result.Tokenizer.Length > 0 && !result.Tokenizer.Any(char.IsControl);
        }

        foreach (var kind in (TargetKind[])[TargetKind.KMeans, TargetKind.Regression, TargetKind.Flow])
        {
            if (!text.Equals(kind.ToString(), StringComparison.OrdinalIgnoreCase)) continue;
            result = new(kind, "");
            return true;
        }

        return false;
    }
}
