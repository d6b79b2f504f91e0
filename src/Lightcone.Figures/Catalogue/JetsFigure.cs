namespace Lightcone.Figures.Catalogue;

/// <summary>One jet to draw.</summary>
/// <param name="Name">For the table: "left", "row 1601".</param>
/// <param name="Heading">Line above its frame, markup.</param>
/// <param name="Constituents">Its constituents around the axis.</param>
/// <param name="Radius">Jet radius for the dashed circle; null for none.</param>
public sealed record DrawnJet(string Name, string Heading, IReadOnlyList<DrawnConstituent> Constituents, double? Radius = null);

/// <summary>Two jets, or one jet twice, in the plane of pseudorapidity and azimuth, <c>jets</c>.</summary>
public static class JetsFigure
{
    /// <param name="header">Label (the class), statement, conditions (*p*_{T}, mass).</param>
    /// <param name="id">Id of the figure: "jets", "jets-median".</param>
    /// <param name="left">Left panel.</param>
    /// <param name="right">Right panel.</param>
    /// <param name="rule">How the jets were chosen, a sentence; never by hand.</param>
    public static Figure Build(FigureHeader header, string id, DrawnJet left, DrawnJet right, string rule)
    {
        DrawnJet[] jets = [left, right];
        JetSymbols[] symbols = [.. jets.Select(j => new JetSymbols { Constituents = j.Constituents, Radius = j.Radius })];
        double half = JetShapes.HalfRange(symbols);
        return new()
        {
            Id = id,
            Title = $"Constituents of two jets around their axes: {Markup.ToPlain(left.Heading)}; {Markup.ToPlain(right.Heading)}",
            Answer = Answer(jets),
            Canvas = CanvasKind.Pair,
            Label = header.Label,
            Statement = header.Statement,
            Conditions = header.Conditions,
            Panels = [.. jets.Select((j, i) => new Panel
            {
                X = new Axis { Title = "Δ*η*", Low = -half, High = half },
                Y = new Axis { Title = "Δ*φ*", Unit = "rad", Low = -half, High = half, MayRaise = false },
                Marks = [symbols[i]],
                Heading = j.Heading,
            })],
            Table = new()
            {
                Comments = header.Comments(("chosen by", Markup.ToPlain(rule))),
                Columns = ["panel", "constituent", "pt_gev", "delta_eta", "delta_phi", "type", "hidden"],
                Rows = [.. jets.SelectMany(j => j.Constituents.Select((c, i) =>
                    (IReadOnlyList<TableCell>)[j.Name, i, c.TransverseMomentum, c.DeltaEta, c.DeltaPhi, JetShapes.Look(c.Kind).Name, c.Hidden ? 1 : 0]))],
            },
            Notes = [rule, "Area of a symbol: transverse momentum." + Outside([.. jets.SelectMany(j => j.Constituents)], half)],
        };
    }

    /// <summary>A sentence on what the frames cut off; empty if nothing.</summary>
    internal static string Outside(IReadOnlyList<DrawnConstituent> all, double half)
    {
        DrawnConstituent[] outside = [.. all.Where(c => Math.Abs(c.DeltaEta) > half || Math.Abs(c.DeltaPhi) > half)];
        double share = outside.Sum(c => c.TransverseMomentum) / Math.Max(1e-12, all.Sum(c => c.TransverseMomentum));
        return outside.Length == 0 ? string.Empty : $" {outside.Length} constituents with {NumberText.Plain(100 * share, 2)} % of *p*_{{T}} lie outside the frames.";
    }

    private static string Answer(DrawnJet[] jets)
    {
        string Leading(DrawnJet jet)
        {
            double total = jet.Constituents.Sum(c => c.TransverseMomentum), leading = jet.Constituents.Select(c => c.TransverseMomentum).OrderDescending().Take(3).Sum();
            return $"{jet.Constituents.Count} constituents, the hardest three with {NumberText.Plain(100 * leading / Math.Max(total, 1e-12), 2)} % of the transverse momentum";
        }

        return $"Left: {Leading(jets[0])}. Right: {Leading(jets[1])}.";
    }
}
