namespace Lightcone.Figures.Catalogue;

/// <summary>How exactly a network commutes with Lorentz transformations, <c>equivariance</c>: a curve a variant (pooling, precision), published values hollow.</summary>
public static class EquivarianceFigure
{
    /// <param name="header">Label, statement, conditions.</param>
    /// <param name="series">Measured variants and published ones; see <see cref="SymmetrySeries.Counterpart"/>.</param>
    /// <param name="limits">Horizontal limits with their names (markup): rounding bounds.</param>
    public static Figure Build(FigureHeader header, IReadOnlyList<SymmetrySeries> series, IReadOnlyList<(string Name, double Change)> limits)
    {
        Figure symmetry = SymmetryFigure.Build(header, series, limits);
        Panel main = symmetry.Panels[0];
        bool matched = series.Any(s => s.Published && s.Counterpart is not null), published = series.Any(s => s.Published);
        return symmetry with
        {
            Id = "equivariance",
            Title = "Deviation from equivariance under boosts",
            Answer = symmetry.Answer.Replace("no output moves by more than", "the output deviates from equivariance by no more than", StringComparison.Ordinal),
            Panels =
            [
                main with
                {
                    Y = main.Y with { Title = "Relative deviation" },
                    LegendNote = matched ? "hollow: published" : string.Empty,
                },
            ],
            Notes = ["Largest |*f*(Λ*p*) − Λ*f*(*p*)| over jets and outputs, relative to the largest |Λ*f*(*p*)|." + SymmetryFigure.Rotations(series)
                + (limits.Count > 0 ? " Dotted: rounding bounds." : string.Empty) + (published ? " Hollow points: published values." : string.Empty)],
        };
    }
}
