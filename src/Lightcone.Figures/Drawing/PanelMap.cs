namespace Lightcone.Figures;

/// <summary>A frame with its two axis maps: everything a mark needs to become shapes.</summary>
internal sealed record PanelMap(Frame Frame, AxisMap X, AxisMap Y)
{
    public Pixel At(double x, double y) => new(X.Map(x), Y.Map(y));
}
