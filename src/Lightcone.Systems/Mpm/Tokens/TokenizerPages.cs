using Lightcone.Figures;
using Lightcone.Figures.Catalogue;
using Lightcone.Systems.Mpm.Particles;

namespace Lightcone.Systems.Mpm.Tokens;

/// <summary>Figures of a tokenizer.</summary>
internal static class TokenizerPages
{
    private const string Name = "vector-quantised";

    /// <summary>How codes are used, and what they keep of each feature.</summary>
    public static IReadOnlyList<Figure> Build(FigureHeader header, TokenizerQuality quality, ParticleInputs inputs, double gate) =>
    [
        CodesFigure.Build(header, [new CodeUsage(Name, quality.Counts)]),
        TokenizerR2Figure.Build(header, Features(inputs), [new TokenizerFit(Name, [.. quality.FeatureR2.Select(r => r.Value)])], gate, "In transformed features; displacements of charged particles only."),
    ];

    private static string[] Features(ParticleInputs inputs) => inputs == ParticleInputs.Full
        ? ["*p*_{T}", "Δ*η*", "Δ*φ*", "*d*_{0}", "σ(*d*_{0})", "*d*_{z}", "σ(*d*_{z})"]
        : ["log(*p*_{T} + 1)", "Δ*η*", "Δ*φ*"];
}
