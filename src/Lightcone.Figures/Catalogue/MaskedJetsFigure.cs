namespace Lightcone.Figures.Catalogue;

/// <summary>A jet of which a part was hidden, and what a network put in its place.</summary>
/// <param name="Name">For the table, plain: "row 1601".</param>
/// <param name="Heading">Class, transverse momentum, mass, markup; cut where the frame ends.</param>
/// <param name="Constituents">All its constituents around its axis; <see cref="DrawnConstituent.Hidden"/> marks those that the network did not see.</param>
/// <param name="Predicted">A predicted constituent for each hidden one, in the order of the hidden ones, around the same axis.</param>
/// <param name="Radius">Jet radius for the dashed circle; null for none.</param>
public sealed record MaskedJet(string Name, string Heading, IReadOnlyList<DrawnConstituent> Constituents, IReadOnlyList<DrawnConstituent> Predicted, double? Radius = null);

/// <summary>Jets with hidden constituents, <c>masked-jets</c>: a row a jet, three panels a row: what is stored, what the network sees, what it predicts.</summary>
public static class MaskedJetsFigure
{
    /// <summary>Most jets of one figure: with the longest jets there are, a third would make the picture larger than the page takes (120 kB).</summary>
    public const int MostJets = 2;

    private const double Room = 286;

    /// <param name="header">Label (the model), statement, conditions.</param>
    /// <param name="jets">Jets in the order in which they are drawn. Constituents without a positive, finite momentum (padding) are left out.</param>
    /// <param name="rule">How the jets were chosen, a sentence; never by hand.</param>
    /// <returns>One figure <c>masked-jets</c> for up to <see cref="MostJets"/> jets, else <c>masked-jets-1</c>, <c>masked-jets-2</c>, …; none without jets.</returns>
    public static IReadOnlyList<Figure> Build(FigureHeader header, IReadOnlyList<MaskedJet> jets, string rule)
    {
        MaskedJet[][] parts = [.. jets.Select(Drawable).Chunk(MostJets)];
        return [.. parts.Select((part, i) => Drawing(header, parts.Length == 1 ? "masked-jets" : $"masked-jets-{i + 1}", part, rule))];
    }

    private static Figure Drawing(FigureHeader header, string id, MaskedJet[] jets, string rule)
    {
        double half = JetShapes.HalfRange(jets.Select(j => new JetSymbols { Constituents = j.Constituents }));
        return new()
        {
            Id = id,
            Title = "Jets with hidden constituents and their predictions: " + string.Join("; ", jets.Select(j => Markup.ToPlain(j.Heading))),
            Answer = Answer(jets),
            Canvas = CanvasKind.Grid,
            Label = header.Label,
            Statement = header.Statement,
            Conditions = header.Conditions,
            Panels = [.. jets.SelectMany(j => Panels(j, half))],
            Table = new()
            {
                Comments = header.Comments(("chosen by", Markup.ToPlain(rule))),
                Columns = ["panel", "constituent", "pt_gev", "delta_eta", "delta_phi", "type", "hidden", "layer"],
                Rows = [.. jets.SelectMany(j => Rows(j, j.Constituents, "stored").Concat(Rows(j, j.Predicted, "predicted")))],
            },
            Notes =
            [
                rule,
                "Left: all constituents. Middle: those that the network sees. Right: filled what it predicts, hollow beneath the hidden constituents at their true places, faint what it sees. "
                + "Area of a symbol: transverse momentum, on one scale in all panels." + JetsFigure.Outside([.. jets.SelectMany(j => j.Constituents.Concat(j.Predicted))], half),
            ],
        };
    }

    private static Panel[] Panels(MaskedJet jet, double half)
    {
        DrawnConstituent[] seen = [.. jet.Constituents.Where(c => !c.Hidden)], hidden = [.. jet.Constituents.Where(c => c.Hidden)], all = [.. jet.Constituents.Select(c => c with { Hidden = false })];
        Panel Panel(string heading, params Mark[] marks) => new()
        {
            X = new Axis { Title = "Δ*η*", Low = -half, High = half },
            Y = new Axis { Title = "Δ*φ*", Unit = "rad", Low = -half, High = half, MayRaise = false },
            Marks = marks,
            Heading = FrameDrawing.Fitted(heading, 13, Room),
        };

        return
        [
            Panel($"stored: {jet.Heading}", new JetSymbols { Constituents = all, Radius = jet.Radius }),
            Panel($"seen: {seen.Length} of {all.Length} constituents", new JetSymbols { Constituents = seen, Radius = jet.Radius }),
            Panel(
                hidden.Length == 0 && jet.Predicted.Count == 0 ? "predicted: nothing was hidden" : $"predicted: the {hidden.Length} hidden ones",
                new JetSymbols { Constituents = seen, Radius = jet.Radius, Layer = JetLayer.Seen },
                new JetSymbols { Constituents = hidden },
                new JetSymbols { Constituents = jet.Predicted }),
        ];
    }

    private static IEnumerable<IReadOnlyList<TableCell>> Rows(MaskedJet jet, IReadOnlyList<DrawnConstituent> constituents, string layer) => constituents.Select((c, i) =>
        (IReadOnlyList<TableCell>)[jet.Name, i, c.TransverseMomentum, c.DeltaEta, c.DeltaPhi, JetShapes.Look(c.Kind).Name, c.Hidden || layer == "predicted" ? 1 : 0, layer]);

    private static MaskedJet Drawable(MaskedJet jet)
    {
        static bool Kept(DrawnConstituent c) => c.TransverseMomentum > 0 && double.IsFinite(c.TransverseMomentum) && double.IsFinite(c.DeltaEta) && double.IsFinite(c.DeltaPhi);
        return jet with { Constituents = [.. jet.Constituents.Where(Kept)], Predicted = [.. jet.Predicted.Where(Kept).Select(c => c with { Hidden = false })] };
    }

    /// <summary>Transverse momentum of predicted over hidden constituents, and the share whose type is right.</summary>
    private static string Answer(MaskedJet[] jets)
    {
        DrawnConstituent[] hidden = [.. jets.SelectMany(j => j.Constituents).Where(c => c.Hidden)], predicted = [.. jets.SelectMany(j => j.Predicted)];
        double truth = hidden.Sum(c => c.TransverseMomentum);
        if (!(truth > 0))
        {
            return "Nothing was hidden.";
        }

        string start = $"The {NumberText.Count(predicted.Length)} predicted constituents hold {NumberText.Plain(100 * predicted.Sum(c => c.TransverseMomentum) / truth, 3)} % of the transverse momentum of the {NumberText.Count(hidden.Length)} hidden ones";
        (DrawnConstituent True, DrawnConstituent Predicted)[] pairs = [.. jets.Select(j => (Hidden: j.Constituents.Where(c => c.Hidden).ToArray(), j.Predicted)).Where(j => j.Hidden.Length == j.Predicted.Count).SelectMany(j => j.Hidden.Zip(j.Predicted))];
        pairs = [.. pairs.Where(p => p.True.Kind != ConstituentKind.Unknown)];
        return Markup.ToPlain(start + (pairs.Length == 0 ? "." : $"; {NumberText.Plain(100.0 * pairs.Count(p => p.True.Kind == p.Predicted.Kind) / pairs.Length, 2)} % have the right type."));
    }
}
