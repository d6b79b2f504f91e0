using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Lightcone.Training.Recipes;

namespace Lightcone.Systems.LorentzNet;

/// <summary>What the network is fed with.</summary>
public enum LorentzNetInputs
{
    /// <summary>Two beam particles beside the constituents; scalars (mass, 0) of a constituent and (0, mass) of a beam (arXiv:2201.08187, §4.1).</summary>
    Top,

    /// <summary>Constituents only; scalars are the one-hot particle identity (arXiv:2201.08187, §4.2). Needs a <c>pid</c> column with PDG codes.</summary>
    QuarkGluon,
}

/// <summary>Which rows the batch norm over nodes counts in training.</summary>
public enum BatchNormRows
{
    /// <summary>Real nodes only: a jet's training does not depend on its neighbours' lengths.</summary>
    Real,

    /// <summary>All rows of the padded batch, as the published code does.</summary>
    All,
}

/// <summary>
/// Divisor of the sum over nodes that feeds the decoder: <c>Own</c> (the jet's real nodes), <c>Fixed:N</c>, or <c>BatchMax</c> (the padded length of the
/// batch, as published, which makes a jet's score depend on its neighbours).
/// </summary>
/// <param name="Kind">Which divisor.</param>
/// <param name="Length">N of <c>Fixed:N</c>; 0 otherwise.</param>
public readonly record struct Pooling(PoolingKind Kind, int Length = 0)
{
    /// <summary>Reads <c>Own</c>, <c>BatchMax</c> or <c>Fixed:202</c>.</summary>
    /// <exception cref="FormatException">It is none of them.</exception>
    public static Pooling Parse(string text, IFormatProvider? provider)
    {
        if (text.StartsWith("Fixed:", StringComparison.OrdinalIgnoreCase))
            return int.TryParse(text.AsSpan(6), NumberStyles.None, provider, out int n) && n > 0
                ? new(PoolingKind.Fixed, n)
                : throw new FormatException("Fixed: wants a positive whole number, for example Fixed:202.");
        return text.ToUpperInvariant() switch
        {
            "OWN" => new(PoolingKind.Own),
            "BATCHMAX" => new(PoolingKind.BatchMax),
            _ => throw new FormatException("Write Own, BatchMax or Fixed:N."),
        };
    }

    /// <inheritdoc/>
    public override string ToString() => Kind == PoolingKind.Fixed ? string.Create(CultureInfo.InvariantCulture, $"Fixed:{Length}") : Kind.ToString();
}

/// <summary>The kinds of <see cref="Pooling"/>.</summary>
public enum PoolingKind
{
    /// <summary>The jet's number of real nodes, beams included.</summary>
    Own,

    /// <summary>A fixed number.</summary>
    Fixed,

    /// <summary>The longest jet of the batch.</summary>
    BatchMax,
}

/// <summary>LorentzNet's numbers; defaults are those of the published top tagger (arXiv:2201.08187, §4.1) but for pooling, batch-norm rows and clamp.</summary>
public sealed record LorentzNetRecipe : TrainingRecipe
{
    /// <inheritdoc/>
    public override string System => "lorentznet";

    /// <summary>What the network is fed with.</summary>
    public LorentzNetInputs Inputs { get; init; } = LorentzNetInputs.Top;

    /// <summary>Width of node features and messages.</summary>
    [Range(1, 4096)]
    public int Hidden { get; init; } = 72;

    /// <summary>Number of Lorentz group equivariant blocks.</summary>
    [Range(1, 64)]
    public int Layers { get; init; } = 6;

    /// <summary>c of eq. (3.4): size of the four-vector update (published: 0.005 top, 0.001 quark-gluon).</summary>
    public double CoordinateWeight { get; init; } = 0.005;

    /// <summary>
    /// Bound on each component of an edge's four-vector message [GeV]; 0 removes it. The published networks use 100, which breaks Lorentz symmetry;
    /// without it the network is exactly equivariant.
    /// </summary>
    [Range(0, double.MaxValue)]
    public double Clamp { get; init; }

    /// <summary>Share of decoder features dropped in training.</summary>
    [Range(0, 1.0, MaximumIsExclusive = true)]
    public double Dropout { get; init; } = 0.2;

    /// <summary>Divisor of the pooling.</summary>
    public Pooling Pooling { get; init; } = new(PoolingKind.Own);

    /// <summary>Rows the batch norm over nodes counts in training.</summary>
    public BatchNormRows BatchNormRows { get; init; } = BatchNormRows.Real;

    /// <summary>Precision of Minkowski products and four-vector updates.</summary>
    public Precision Geometry { get; init; } = Precision.Float64;

    /// <summary>Precision of the learned layers.</summary>
    public Precision Network { get; init; } = Precision.Float32;

    /// <summary>How the edge blocks are computed.</summary>
    public KernelChoice Kernel { get; init; } = KernelChoice.Auto;

    /// <summary>Number of scalars a node.</summary>
    internal int Scalars => Inputs == LorentzNetInputs.Top ? 2 : 8;
}
