namespace Lightcone.Figures.Catalogue;

/// <summary>A jet and what a decoder makes of it, or a point between two jets.</summary>
/// <param name="Name">For the table and the answer, plain: "median", "step 2".</param>
/// <param name="Heading">Line above its frame, markup; cut where the frame ends.</param>
/// <param name="Original">Its constituents around its axis; empty where there is no original.</param>
/// <param name="Reconstructed">The reconstructed constituents around the axis of the original.</param>
/// <param name="Radius">Jet radius for the dashed circle; null for none.</param>
public sealed record ReconstructedJet(
    string Name, string Heading, IReadOnlyList<DrawnConstituent> Original, IReadOnlyList<DrawnConstituent> Reconstructed, double? Radius = null);

/// <summary>Jets with their reconstructions on top, <c>jets-…</c>: up to five panels on one scale, filled what was reconstructed, hollow the original beneath.</summary>
public static class ReconstructedJetsFigure
{
    /// <summary>Most panels of a figure.</summary>
    public const int MostPanels = 5;

    /// <summary>A panel a jet.</summary>
    /// <param name="header">Label (the model), statement, conditions.</param>
    /// <param name="id">Id of the figure: "jets-reconstructed".</param>
    /// <param name="jets">One to five jets. Constituents without a positive, finite momentum (padding) are left out.</param>
    /// <param name="rule">How the jets were chosen, a sentence; never by hand.</param>
    public static Figure Build(FigureHeader header, string id, IReadOnlyList<ReconstructedJet> jets, string rule)
    {
        ReconstructedJet[] drawn = Drawable(jets);
        string shares = string.Join(", ", drawn.Where(j => Sum(j.Original) > 0).Select(j => $"{NumberText.Plain(100 * Sum(j.Reconstructed) / Sum(j.Original), 3)} % ({j.Name})"));
        return Panels(header, id, drawn, rule) with
        {
            Title = "Constituents of jets and of their reconstructions: " + string.Join("; ", jets.Select(j => Markup.ToPlain(j.Heading))),
            Answer = shares.Length == 0 ? "There is no jet to compare." : $"The reconstruction holds of the jet's summed transverse momentum {shares}.",
        };
    }

    /// <summary>A walk from one jet to another in the latent space, a panel a step.</summary>
    /// <param name="header">Label (the model), statement, conditions.</param>
    /// <param name="id">Id of the figure: "jets-interpolation".</param>
    /// <param name="steps">Two to five steps; the first and the last may have their originals.</param>
    /// <param name="rule">How the two jets were chosen and what is interpolated, a sentence.</param>
    public static Figure Interpolation(FigureHeader header, string id, IReadOnlyList<ReconstructedJet> steps, string rule)
    {
        ReconstructedJet[] drawn = Drawable(steps);
        string sums = string.Join(", ", drawn.Select(j => NumberText.Plain(Sum(j.Reconstructed), 3)));
        return Panels(header, id, drawn, rule) with
        {
            Title = $"Decoded jets between {steps[0].Name} and {steps[^1].Name}",
            Answer = $"On the way from {steps[0].Name} to {steps[^1].Name} the summed transverse momentum of the decoded constituents runs {Markup.ToPlain(sums)} GeV.",
        };
    }

    private static Figure Panels(FigureHeader header, string id, ReconstructedJet[] jets, string rule)
    {
        JetSymbols[][] layers = [.. jets.Select(j => (JetSymbols[])
        [
            new() { Constituents = j.Original, Radius = j.Radius, Layer = JetLayer.Original },
            new() { Constituents = j.Reconstructed, Layer = JetLayer.Reconstructed },
        ])];
        double half = JetShapes.HalfRange(layers.SelectMany(l => l)), room = jets.Length switch { <= 2 => 190, 3 => 286, _ => 168 };
        return new()
        {
            Id = id,
            Title = string.Empty,
            Answer = string.Empty,
            Canvas = jets.Length switch { <= 2 => CanvasKind.Pair, 3 => CanvasKind.Triple, _ => CanvasKind.Row },
            Label = header.Label,
            Statement = header.Statement,
            Conditions = header.Conditions,
            Panels = [.. jets.Select((j, i) => new Panel
            {
                X = new Axis { Title = "Δ*η*", Low = -half, High = half },
                Y = new Axis { Title = "Δ*φ*", Unit = "rad", Low = -half, High = half, MayRaise = false },
                Marks = layers[i],
                Heading = FrameDrawing.Fitted(j.Heading, 13, room),
            })],
            Table = Table(header, jets, rule),
            Notes =
            [
                rule,
                "Filled: reconstructed; hollow, beneath: the original. Area of a symbol: transverse momentum, on one scale in all panels; coordinates relative to the axis of the original."
                + JetsFigure.Outside([.. jets.SelectMany(j => j.Original.Concat(j.Reconstructed))], half),
            ],
        };
    }

    private static FigureTable Table(FigureHeader header, ReconstructedJet[] jets, string rule)
    {
        IEnumerable<IReadOnlyList<TableCell>> Rows(ReconstructedJet jet, IReadOnlyList<DrawnConstituent> constituents, string layer) => constituents.Select((c, i) =>
            (IReadOnlyList<TableCell>)[jet.Name, i, c.TransverseMomentum, c.DeltaEta, c.DeltaPhi, JetShapes.Look(c.Kind).Name, c.Hidden ? 1 : 0, layer]);

        return new()
        {
            Comments = header.Comments(("chosen by", Markup.ToPlain(rule))),
            Columns = ["panel", "constituent", "pt_gev", "delta_eta", "delta_phi", "type", "hidden", "layer"],
            Rows = [.. jets.SelectMany(j => Rows(j, j.Original, "original").Concat(Rows(j, j.Reconstructed, "reconstructed")))],
        };
    }

    private static ReconstructedJet[] Drawable(IReadOnlyList<ReconstructedJet> jets)
    {
        if (jets.Count is 0 or > MostPanels)
        {
            throw new ArgumentException($"A figure shows 1 to {MostPanels} jets, not {jets.Count}.", nameof(jets));
        }

        static DrawnConstituent[] Kept(IReadOnlyList<DrawnConstituent> constituents) =>
            [.. constituents.Where(c => c.TransverseMomentum > 0 && double.IsFinite(c.TransverseMomentum) && double.IsFinite(c.DeltaEta) && double.IsFinite(c.DeltaPhi))];
        return [.. jets.Select(j => j with { Original = Kept(j.Original), Reconstructed = Kept(j.Reconstructed) })];
    }

    private static double Sum(IReadOnlyList<DrawnConstituent> constituents) => constituents.Sum(c => c.TransverseMomentum);
}
