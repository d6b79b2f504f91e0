using Lightcone.Figures;
using Lightcone.Figures.Catalogue;
using Lightcone.Jets;
using Lightcone.Kinematics;
using Lightcone.Statistics;

namespace Lightcone.Systems.Reconstruction;

/// <summary>Figures of an autoencoder, most important first: the search, what it does to the mass, how well jets are rebuilt, jets themselves.</summary>
internal static class SearchPages
{
    private const int ScoreBins = 50, MostCurves = 6;

    private static readonly string[] Shown = ["score", "score_decorrelated", "latent_density", "transverse", "chamfer", "hungarian", "emd", "chamfer_rest", "emd_relative", "jet"];

    /// <summary>Draws them.</summary>
    public static IReadOnlyList<Figure> Build(FigureHeader header, SearchResult result, SearchNumbers numbers)
    {
        var figures = new List<Figure>();
        if (result.Searches.Count > 0 && result.Background.Count > 0) figures.AddRange(Search(header, result, numbers));
        figures.AddRange(Reconstruction(header, result));
        return figures;
    }

    private static IEnumerable<Figure> Search(FigureHeader header, SearchResult result, SearchNumbers numbers)
    {
        string score = Markup.ToPlain(AnomalyModel.Scores[0].Title);
        RocSeries[] own = [.. result.Searches.Take(MostCurves).Select(s => Curve(s.Name, numbers, result.Models[0].Score(0), s.Labels))];
        yield return AnomalyAucFigure.Build(header, [.. result.Searches.Select(s => s.Name)],
            [.. Rows(numbers)], $"Scores of {result.Models[0].Name} unless another model is named; they know {result.Classes.BackgroundName} jets alone. Below the line: taggers that know the labels, plain variables cut on one side.") with { Answer = numbers.Best };
        yield return AnomalyRocFigure.Build(header, score, own, []);
        yield return SicFigure.Build(header, own);
        yield return AnomalyRocFigure.Build(header, $"{score}; jets of {result.Searches[0].Name}", [.. Models(result, numbers)], []) with
        {
            Id = "models-roc", Title = "Background rejection of all models against signal efficiency", Answer = numbers.Ranking,
        };
        yield return Scores(header, result);
        yield return Sculpting(header, result, 0, score, "mass-sculpting-anomaly");
        if (!result.Background.Any(i => double.IsNaN(result.Models[0].Score(AnomalyModel.Decorrelated)[i])))
            yield return Sculpting(header, result, AnomalyModel.Decorrelated, "decorrelated score", "mass-sculpting-decorrelated");
    }

    private static IEnumerable<AnomalyScoreRow> Rows(SearchNumbers numbers)
    {
        var scores = AnomalyModel.Scores;
        for (int r = 0; r < numbers.Table.Count; r++)
        {
            var (name, kind, auc) = numbers.Table[r];
            if (r < scores.Count && !Shown.Contains(scores[r].Column)) continue;
            if (auc.All(a => double.IsNaN(a.Value))) continue;
            yield return new AnomalyScoreRow(name, auc, Reference: kind != SearchRow.Score);
        }
    }

    private static RocSeries Curve(string name, SearchNumbers numbers, IReadOnlyList<double> values, IReadOnlyList<int> labels)
    {
        var (background, signal) = numbers.Split(values, labels);
        return new RocSeries { Name = name, Curve = RocCurve.From([.. background, .. signal], [.. background.Select(_ => 0), .. signal.Select(_ => 1)]) };
    }

    private static IEnumerable<RocSeries> Models(SearchResult result, SearchNumbers numbers)
    {
        var labels = result.Searches[0].Labels;
        // The evaluated model, then the ceiling of those that know the labels, then its rivals.
        var models = result.Models.Select(m => Curve(m.Name, numbers, m.Score(0), labels)).ToList();
        var series = models.Take(1).Concat(result.Others.Select(o => Curve(o.Name, numbers, o.Scores, labels))).Concat(models.Skip(1)).Take(MostCurves - 1);
        return [.. series, Curve("mass of the constituents", numbers, result.Jets.StoredMass, labels)];
    }

    private static Figure Scores(FigureHeader header, SearchResult result)
    {
        var values = result.Models[0].Score(0);
        double[] positive = [.. values.Where(v => v > 0).DefaultIfEmpty(1)];
        double low = Math.Max(Quantile.Of(positive, 0.001), Quantile.Of(positive, 0.5) * 1e-4), high = Quantile.Of(positive, 0.999) * 2;
        double[] edges = [.. Enumerable.Range(0, ScoreBins + 1).Select(k => low * Math.Pow(high / low, (double)k / ScoreBins))];
        var classes = new List<HistogramSeries> { Filled(result.Classes.BackgroundName, result.Background) };
        classes.AddRange(result.Classes.Signals.Take(4).Select(s => Filled(result.Classes.Names[s], result.Of([s]))));
        double[] falling = [.. result.Background.Select(i => values[i]).OrderDescending()];
        var cuts = new[] { 0.1, 0.01 }.Where(share => share * falling.Length >= 1).Select(share => (share, falling[(int)(share * falling.Length) - 1]));
        return ScoreFigure.BuildClasses(header, AnomalyModel.Scores[0].Title, "", classes, [.. cuts], AxisScale.Log);

        HistogramSeries Filled(string name, IReadOnlyList<int> jets)
        {
            var histogram = new Histogram(edges);
            foreach (int i in jets) histogram.Fill(values[i]);
            return new HistogramSeries(name, histogram);
        }
    }

    private static Figure Sculpting(FigureHeader header, SearchResult result, int score, string name, string id)
    {
        var values = result.Models[0].Score(score);
        int[] ordered = [.. result.Background.OrderByDescending(i => values[i])];
        var cuts = new[] { 0.1, 0.01 }.Select(share => (new HistogramSeries($"{100 * share:0} %", Masses(ordered.Take((int)Math.Round(share * ordered.Length)))), share));
        return MassSculptingFigure.BuildForShares(header, new HistogramSeries(result.Classes.BackgroundName, Masses(ordered)), [.. cuts], name) with { Id = id };

        Histogram Masses(IEnumerable<int> jets)
        {
            var histogram = Histogram.Uniform(0, 400, 40);
            foreach (int i in jets) histogram.Fill(result.Jets.Mass[i]);
            return histogram;
        }
    }

    private static IEnumerable<Figure> Reconstruction(FigureHeader header, SearchResult result)
    {
        var own = result.Models[0].Residuals;
        if (own.Mass.Count < 4) yield break;
        var models = result.Models.Take(MostCurves).ToList();
        foreach (var (variable, of) in new (BinnedVariable, Func<Residuals, List<double>>)[]
        {
            (new("mass", "mass_gev", "Jet mass *m*", "GeV"), r => r.Mass),
            (new("pt", "pt_gev", "Jet *p*_{T}", "GeV"), r => r.Pt),
            (new("constituent-pt", "constituent_pt_rel", "Constituent *p*_{T}/*p*_{T,jet}"), r => r.ConstituentPt),
            (new("constituent-eta", "constituent_delta_eta", "Constituent Δ*η*"), r => r.ConstituentEta),
        })
            yield return ResidualFigure.Build(header, variable, [.. models.Select(m => new ResidualSeries(m.Name, [.. of(m.Residuals).Select(v => double.IsFinite(v) ? v : double.NaN)]))], []);
        string background = result.Classes.BackgroundName;
        yield return SpectrumPairFigure.Build(header, new BinnedVariable("mass", "mass_gev", "Jet mass *m*", "GeV"),
            [Pair(background, Histogram.Uniform(0, 300, 60), own.Masses.Select(m => m.Original), own.Masses.Select(m => m.Reconstructed))], log: false);
        double low = Math.Floor(own.Pts.Min(p => p.Original) / 50) * 50, high = Math.Ceiling(own.Pts.Max(p => p.Original) / 50) * 50;
        yield return SpectrumPairFigure.Build(header, new BinnedVariable("pt", "pt_gev", "Jet *p*_{T}", "GeV"),
            [Pair(background, Histogram.Uniform(low, Math.Max(high, low + 50), 40), own.Pts.Select(p => p.Original), own.Pts.Select(p => p.Reconstructed))], log: true);
        yield return SpectrumPairFigure.Build(header, new BinnedVariable("constituent-pt", "constituent_pt_gev", "Constituent *p*_{T}", "GeV"),
            [Pair(background, Histogram.Uniform(0, 500, 50), own.ConstituentPts.Original, own.ConstituentPts.Reconstructed)], log: true);
        yield return Jets(header, result, result.Background, background, "jets-background");
        if (result.Classes.Signals.Count > 0 && result.Of(result.Classes.Signals).Count > 0)
            yield return Jets(header, result, result.Of(result.Classes.Signals), result.Searches[0].Name, "jets-signal");
    }

    private static SpectrumPair Pair(string name, Histogram empty, IEnumerable<double> original, IEnumerable<double> reconstructed)
    {
        Histogram before = new([.. empty.Edges]), after = new([.. empty.Edges]);
        foreach (double value in original) before.Fill(value);
        foreach (double value in reconstructed) after.Fill(value);
        return new SpectrumPair(name, before, after);
    }

    private static Figure Jets(FigureHeader header, SearchResult result, IReadOnlyList<int> among, string name, string id)
    {
        (string Name, double Quantile)[] places = [("lowest decile", 0.1), ("median", 0.5), ("highest decile", 0.9)];
        int[] chosen = [.. places.Select(p => result.AtQuantile(among, p.Quantile)!.Value)];
        var rebuilt = result.Models[0].Autoencoder.Reconstruct(result.Read(chosen));
        var jets = places.Select((place, k) =>
        {
            var axis = rebuilt.Original.Jet(k);
            string heading = $"{Markup.Escape(result.Classes.Names[result.Jets.Labels[chosen[k]]])}, {NumberText.Plain(axis.Mass, 3)} GeV, {place.Name}";
            return new ReconstructedJet(place.Name, heading, Drawn(rebuilt.Original, k, axis), Drawn(rebuilt.Reconstructed, k, axis));
        });
        return ReconstructedJetsFigure.Build(header, id, [.. jets], $"Jets of {name} at the 10, 50 and 90 % quantiles of the anomaly score; heading: class, mass of the stored constituents.");
    }

    private static List<DrawnConstituent> Drawn(JetBatch jets, int jet, FourMomentum axis)
    {
        double sign = axis.Pseudorapidity < 0 ? -1 : 1;
        return [.. Enumerable.Range(jets.Offsets[jet], jets.Multiplicity(jet)).Select(jets.Constituent).Where(c => c.Pt > 0)
            .Select(c => new DrawnConstituent(c.Pt, sign * (c.Pseudorapidity - axis.Pseudorapidity), FourMomentum.DeltaPhi(c.Azimuth, axis.Azimuth)))];
    }
}
