using Lightcone.Statistics;

namespace Lightcone.Figures.Catalogue;

/// <summary>One axis of a density over two quantities.</summary>
/// <param name="Column">For the table, with unit: "jet_mass_squared_gev2".</param>
/// <param name="Title">For the axis, markup: "Jet *m*^{2}".</param>
/// <param name="Unit">For the axis, markup: "GeV^{2}"; empty if none.</param>
/// <param name="Values">A value a jet.</param>
/// <param name="Scale">Linear, or logarithmic; then values that are not positive lie outside.</param>
public sealed record PlaneAxis(string Column, string Title, string Unit, IReadOnlyList<double> Values, AxisScale Scale = AxisScale.Linear);

/// <summary>An invariant of the latent space against the mass of the jet, <c>latent-mass</c>: does the network know the mass?</summary>
public static class LatentMassFigure
{
    private const int Bins = 40;

    /// <summary>Share of the jets that each end of an axis may leave outside.</summary>
    private const double Tail = 0.002;

    /// <param name="header">Label, statement, conditions.</param>
    /// <param name="jet">The jet's invariant, along x.</param>
    /// <param name="latent">The latent invariant of the same jets, along y.</param>
    public static Figure Build(FigureHeader header, PlaneAxis jet, PlaneAxis latent)
    {
        if (jet.Values.Count != latent.Values.Count)
        {
            throw new ArgumentException($"There are {jet.Values.Count} values along x and {latent.Values.Count} along y.", nameof(latent));
        }

        double[] x = Edges(jet), y = Edges(latent);
        (double[][] counts, int outside, int undefined) = Count(jet, latent, x, y);
        double most = Math.Max(10, counts.Max(row => row.Max())), r = Pearson(jet.Values, latent.Values);
        string sizes = $"{NumberText.Count(jet.Values.Count - undefined)} jets";
        return new()
        {
            Id = "latent-mass",
            Title = $"{Markup.ToPlain(latent.Title)} against {Markup.ToPlain(jet.Title)}",
            Answer = double.IsFinite(r)
                ? $"The latent invariant {(Math.Abs(r) < 0.1 ? "hardly follows" : Math.Abs(r) < 0.7 ? "partly follows" : "follows")} the jet's: Pearson r = {Markup.ToPlain(NumberText.Plain(r, 3))} over {sizes}."
                : "A correlation needs jets whose invariants differ.",
            Canvas = CanvasKind.Plane,
            Label = header.Label,
            Statement = header.Statement,
            Conditions = header.Conditions,
            Panels =
            [
                new Panel
                {
                    X = new Axis { Title = jet.Title, Unit = jet.Unit, Scale = jet.Scale, Low = x[0], High = x[^1] },
                    Y = new Axis { Title = latent.Title, Unit = latent.Unit, Scale = latent.Scale, Low = y[0], High = y[^1], MayRaise = false },
                    Marks = [new HeatMap { XEdges = x, YEdges = y, Values = counts, Low = 1, High = most, Scale = AxisScale.Log, BarTitle = "Jets / bin" }],
                    LegendNote = double.IsFinite(r) ? $"Pearson *r* = {NumberText.Plain(r, 3)}" : string.Empty,
                },
            ],
            Table = new()
            {
                Comments = header.Comments(("pearson_r", NumberText.Exact(r)), ("jets", NumberText.Exact(jet.Values.Count - undefined)), ("outside", NumberText.Exact(outside)), ("undefined", NumberText.Exact(undefined))),
                Columns = ["series", jet.Column + "_low", jet.Column + "_high", latent.Column + "_low", latent.Column + "_high", "count"],
                Rows = [.. counts.SelectMany((row, i) => row.Select((c, k) => (c, i, k))).Where(t => t.c > 0)
                    .Select(t => (IReadOnlyList<TableCell>)["jets", x[t.k], x[t.k + 1], y[t.i], y[t.i + 1], t.c])],
            },
            Notes =
            [
                $"{sizes} in {Bins} × {Bins} bins"
                + (outside > 0 ? $"; {NumberText.Count(outside)} lie outside the axes" : string.Empty)
                + (undefined > 0 ? $"; {NumberText.Count(undefined)} without a finite value are left out" : string.Empty)
                + ". The correlation is that of the values themselves, those outside the axes included.",
            ],
        };
    }

    /// <summary>Equal bins, in the logarithm where the axis is logarithmic, between the outermost quantiles.</summary>
    private static double[] Edges(PlaneAxis axis)
    {
        bool log = axis.Scale == AxisScale.Log;
        double[] drawable = [.. axis.Values.Where(v => double.IsFinite(v) && (!log || v > 0))];
        double low = Quantile.Of(drawable, Tail), high = Quantile.Of(drawable, 1 - Tail);
        if (!(high > low))
        {
            (low, high) = drawable.Length == 0 ? (1, 10) : log ? (low / 2, low * 2) : (low - 1 - Math.Abs(low), low + 1 + Math.Abs(low));
        }

        double step = log ? Math.Log(high / low) / Bins : (high - low) / Bins;
        return [.. Enumerable.Range(0, Bins + 1).Select(i => i == Bins ? high : log ? low * Math.Exp(step * i) : low + (step * i))];
    }

    private static (double[][] Counts, int Outside, int Undefined) Count(PlaneAxis jet, PlaneAxis latent, double[] x, double[] y)
    {
        double[][] counts = [.. Enumerable.Range(0, Bins).Select(_ => new double[Bins])];
        int outside = 0, undefined = 0;
        for (int i = 0; i < jet.Values.Count; i++)
        {
            (double a, double b) = (jet.Values[i], latent.Values[i]);
            (int column, int row) = (Bin(x, a), Bin(y, b));
            if (!double.IsFinite(a) || !double.IsFinite(b))
            {
                undefined++;
            }
            else if (column < 0 || row < 0)
            {
                outside++;
            }
            else
            {
                counts[row][column]++;
            }
        }

        return (counts, outside, undefined);
    }

    private static int Bin(double[] edges, double value)
    {
        if (!(value >= edges[0] && value <= edges[^1]))
        {
            return -1;
        }

        int found = Array.BinarySearch(edges, value);
        return Math.Min(found >= 0 ? found : ~found - 1, edges.Length - 2);
    }

    /// <summary>Correlation of the pairs that are finite; NaN where either does not vary.</summary>
    private static double Pearson(IReadOnlyList<double> a, IReadOnlyList<double> b)
    {
        (double X, double Y)[] pairs = [.. a.Zip(b).Where(p => double.IsFinite(p.First) && double.IsFinite(p.Second))];
        double x = pairs.Select(p => p.X).DefaultIfEmpty(0).Average(), y = pairs.Select(p => p.Y).DefaultIfEmpty(0).Average();
        double product = pairs.Sum(p => (p.X - x) * (p.Y - y)), scale = Math.Sqrt(pairs.Sum(p => (p.X - x) * (p.X - x)) * pairs.Sum(p => (p.Y - y) * (p.Y - y)));
        return pairs.Length > 1 && scale > 0 && double.IsFinite(scale) ? Math.Clamp(product / scale, -1, 1) : double.NaN;
    }
}
