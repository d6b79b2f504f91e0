namespace Lightcone.Figures;

/// <summary>Symbols of jet constituents: one shape and colour a kind, area proportional to transverse momentum.</summary>
internal static class JetShapes
{
    /// <summary>Radius of the largest symbol, px.</summary>
    public const double LargestRadius = 14;

    private const double SmallestRadius = 1.5;

    /// <summary>Half ranges a jet panel may have.</summary>
    private static readonly double[] HalfRanges = [0.2, 0.3, 0.4, 0.62, 0.82, 1.02];

    /// <summary>The smallest half range that holds 97 % of the transverse momentum of every jet.</summary>
    public static double HalfRange(IEnumerable<JetSymbols> jets)
    {
        double needed = 0;
        foreach (JetSymbols jet in jets)
        {
            double total = jet.Constituents.Sum(c => c.TransverseMomentum);
            double held(double half) => jet.Constituents.Where(c => Math.Abs(c.DeltaEta) <= half && Math.Abs(c.DeltaPhi) <= half).Sum(c => c.TransverseMomentum);
            needed = Math.Max(needed, HalfRanges.FirstOrDefault(h => held(h) >= 0.97 * total, HalfRanges[^1]));
        }

        return needed == 0 ? HalfRanges[2] : needed;
    }

    /// <summary>Pixels of radius per √GeV: 1, or less so that the hardest constituent of the figure fits.</summary>
    public static double RadiusScale(IEnumerable<JetSymbols> jets)
    {
        double hardest = jets.SelectMany(j => j.Constituents).Select(c => c.TransverseMomentum).DefaultIfEmpty(1).Max();
        return Math.Min(1, LargestRadius / Math.Sqrt(Math.Max(hardest, 1e-9)));
    }

    public static double Radius(double transverseMomentum, double scale) => Math.Max(SmallestRadius, scale * Math.Sqrt(Math.Max(0, transverseMomentum)));

    public static (MarkerShape Shape, SeriesColour Colour, string Name) Look(ConstituentKind kind) => kind switch
    {
        ConstituentKind.ChargedHadron => (MarkerShape.Circle, SeriesColour.C1, "charged hadron"),
        ConstituentKind.NeutralHadron => (MarkerShape.Square, SeriesColour.C4, "neutral hadron"),
        ConstituentKind.Photon => (MarkerShape.Triangle, SeriesColour.C2, "photon"),
        ConstituentKind.Electron => (MarkerShape.Diamond, SeriesColour.C3, "electron"),
        ConstituentKind.Muon => (MarkerShape.Cross, SeriesColour.C6, "muon"),
        _ => (MarkerShape.Circle, SeriesColour.C5, "constituent"),
    };

    public static IEnumerable<Shape> Of(JetSymbols jet, PanelMap map) => Of(jet, map, RadiusScale([jet]));

    public static IEnumerable<Shape> Of(JetSymbols jet, PanelMap map, double scale)
    {
        double pixelsPerUnit = (map.X.PixelHigh - map.X.PixelLow) / (map.X.High - map.X.Low);
        Pixel centre = map.At(0, 0);
        if (jet.Radius is { } radius)
        {
            yield return new CircleShape(centre, radius * pixelsPerUnit) { Clipped = true, Line = new(SeriesColour.Mute, 0.9, "2 3") };
        }

        yield return new PathShape([centre with { X = centre.X - 4 }, centre with { X = centre.X + 4 }]) { Clipped = true, Line = new(SeriesColour.Mute, 1) };
        yield return new PathShape([centre with { Y = centre.Y - 4 }, centre with { Y = centre.Y + 4 }]) { Clipped = true, Line = new(SeriesColour.Mute, 1) };
        foreach (DrawnConstituent c in jet.Constituents.OrderByDescending(c => c.TransverseMomentum))
        {
            Pixel p = map.At(c.DeltaEta, c.DeltaPhi);
            if (map.Frame.Holds(p))
            {
                yield return Symbol(jet.Layer, c.Kind, c.Hidden, p, Radius(c.TransverseMomentum, scale)) with { Clipped = true };
            }
        }
    }

    /// <summary>The symbol of a constituent; in a layer of two the role has the colour, in a jet by itself the kind.</summary>
    public static Shape Symbol(JetLayer layer, ConstituentKind kind, bool hidden, Pixel centre, double radius)
    {
        (MarkerShape shape, SeriesColour colour, _) = Look(kind);
        return layer switch
        {
            JetLayer.Original => MarkerShapes.Marker(MarkerShape.Circle, centre, radius, SeriesColour.Ink, hollow: true, hollowWidth: 1.2),
            JetLayer.Reconstructed => MarkerShapes.Marker(MarkerShape.Circle, centre, radius, SeriesColour.C3, hollow: false, opacity: 0.5),
            JetLayer.Seen => MarkerShapes.Marker(shape, centre, radius, colour, hollow: false, opacity: 0.3),
            _ => MarkerShapes.Marker(shape, centre, radius, colour, hidden, 0.75, 0.6, 1.2),
        };
    }
}
