namespace Lightcone.Figures.Catalogue;

/// <summary>How the estimate moves when the spectrum of the training is another one.</summary>
/// <param name="Name">Plain name of the other spectrum.</param>
/// <param name="Differences">Estimate trained on it minus estimate trained on the nominal one, in σ of the nominal one, at each place of the figure; NaN where there is none.</param>
public sealed record PriorAuditSeries(string Name, IReadOnlyList<double> Differences);

/// <summary>Whether a calibration depends on the spectrum that it was trained on, <c>prior-audit</c>: differences of the estimate against the measured value, with the gate (arXiv:2205.05084).</summary>
public static class PriorAuditFigure
{
    /// <summary>The vertical axis reaches at most this many times the gate; beyond stand arrows.</summary>
    private const double Farthest = 8;

    private const int MostEntries = 6;

    /// <param name="header">Label, statement, conditions.</param>
    /// <param name="variable">The measured value along the axis.</param>
    /// <param name="places">Values along the axis, rising.</param>
    /// <param name="nominal">Plain name of the nominal spectrum.</param>
    /// <param name="series">One to six other spectra.</param>
    /// <param name="supportLow">Lower end of the region that all spectra populate; outside it is grey.</param>
    /// <param name="supportHigh">Its upper end.</param>
    /// <param name="seedNoise">The same largest difference between seeds on the nominal spectrum, in σ; NaN if not measured.</param>
    /// <param name="gate">Largest difference that passes, in σ.</param>
    public static Figure Build(FigureHeader header, BinnedVariable variable, IReadOnlyList<double> places, string nominal, IReadOnlyList<PriorAuditSeries> series, double supportLow, double supportHigh, double seedNoise, double gate = 0.12)
    {
        bool Inside(double x) => x >= supportLow && x <= supportHigh;
        double[] within = [.. series.SelectMany(s => s.Differences.Where((d, i) => double.IsFinite(d) && Inside(places[i]))).Select(Math.Abs)];
        double half = Math.Min(Farthest * gate, Math.Max(1.6 * gate, 1.15 * within.DefaultIfEmpty(0).Max()));
        (double low, double high) = places.Count > 1 ? (places[0], places[^1]) : (supportLow, supportHigh);
        string limit = NumberText.Plain(gate, 2);
        return new()
        {
            Id = "prior-audit",
            Title = "Dependence of the estimate on the spectrum of the training",
            Answer = Answer(series, places, Inside, gate, seedNoise),
            Label = header.Label,
            Statement = header.Statement,
            Conditions = header.Conditions,
            Panels =
            [
                new Panel
                {
                    X = new Axis { Title = variable.Title, Unit = variable.Unit, Low = low, High = high },
                    Y = new Axis { Title = $"*ẑ* − *ẑ*({Markup.Escape(nominal)})", Unit = "*σ*", Low = -half, High = half },
                    Marks =
                    [
                        .. Outside(low, high, supportLow, supportHigh, half, series.Count < MostEntries ? "outside common support" : null),
                        new Hairline { At = 0, Vertical = false, Colour = SeriesColour.Mute, Line = LineStyle.Solid },
                        new Hairline { At = gate, Vertical = false, Colour = SeriesColour.Ink, Line = LineStyle.Dashed, Label = $"gate ±{limit}" },
                        new Hairline { At = -gate, Vertical = false, Colour = SeriesColour.Ink, Line = LineStyle.Dashed },
                        .. series.Select((s, i) => Line(s, i, places, Inside, half)),
                    ],
                },
            ],
            Table = new()
            {
                Comments = header.Comments(("nominal", nominal), ("gate", NumberText.Exact(gate)), ("support_low", NumberText.Exact(supportLow)), ("support_high", NumberText.Exact(supportHigh)), ("seed_noise", NumberText.Exact(seedNoise))),
                Columns = ["series", variable.Column, "difference_sigma", "in_support"],
                Rows = [.. series.SelectMany(s => s.Differences.Select((d, i) => (IReadOnlyList<TableCell>)[s.Name, places[i], d, Inside(places[i]) ? 1 : 0]))],
            },
            Reading = new() { Kind = "Curves", X = variable.Column, Y = "difference_sigma", At = places.Count == 0 ? [] : [supportLow, (supportLow + supportHigh) / 2, supportHigh] },
            Notes =
            [
                $"Estimate of a network trained on each spectrum minus that of one trained on {Markup.Escape(nominal)}, same recipe, in *σ* of the latter. Dashed: gate ±{limit} *σ*.",
                "Grey: not populated by all spectra; there the estimates are extrapolations and do not count. Lines end where they leave the figure there.",
                .. double.IsFinite(seedNoise) ? [$"Largest difference between seeds on {Markup.Escape(nominal)}: {NumberText.Plain(seedNoise, 2)} *σ*."] : (string[])[],
            ],
        };
    }

    /// <summary>Grey over the whole height where some spectrum has no jets.</summary>
    private static IEnumerable<Mark> Outside(double low, double high, double supportLow, double supportHigh, double half, string? legend)
    {
        foreach ((double from, double to) in (IEnumerable<(double, double)>)[(low, Math.Min(high, supportLow)), (Math.Max(low, supportHigh), high)])
        {
            if (to > from)
            {
                // The legend may raise the upper end of the axis by at most 1.6 times its length.
                yield return new Band { X = [from, to], Lower = [-half, -half], Upper = [3 * half, 3 * half], Colour = SeriesColour.C5, Opacity = 0.22, Legend = legend };
            }
        }
    }

    private static Curve Line(PriorAuditSeries series, int index, IReadOnlyList<double> places, Func<double, bool> inside, double half)
    {
        double worst = Largest(series, places, inside);
        return new()
        {
            X = places,
            Y = [.. series.Differences.Select((d, i) => inside(places[i]) || Math.Abs(d) <= half ? d : double.NaN)],
            Colour = SeriesLook.Colour(index),
            Line = SeriesLook.Undotted(index),
            Width = index == 0 ? 2 : 1.8,
            Legend = Markup.Escape(series.Name) + (double.IsFinite(worst) ? $", at most {NumberText.Plain(worst, 2)} *σ*" : string.Empty),
        };
    }

    private static double Largest(PriorAuditSeries series, IReadOnlyList<double> places, Func<double, bool> inside) =>
        series.Differences.Where((d, i) => double.IsFinite(d) && inside(places[i])).Select(Math.Abs).DefaultIfEmpty(double.NaN).Max();

    private static string Answer(IReadOnlyList<PriorAuditSeries> series, IReadOnlyList<double> places, Func<double, bool> inside, double gate, double seedNoise)
    {
        (string Name, double Worst)[] known = [.. series.Select(s => (s.Name, Largest(s, places, inside))).Where(s => double.IsFinite(s.Item2))];
        if (known.Length == 0)
        {
            return "No two spectra have a common support.";
        }

        (string name, double worst) = known.MaxBy(k => k.Worst);
        string noise = double.IsFinite(seedNoise) ? $" (between seeds: {NumberText.Plain(seedNoise, 2)} σ)" : string.Empty;
        return Markup.ToPlain($"Another spectrum of the training moves the estimate by at most {NumberText.Plain(worst, 2)} σ ({Markup.Escape(name)}) on the common support{noise}; the gate of {NumberText.Plain(gate, 2)} σ is {(worst < gate ? "kept" : "missed")}.");
    }
}
