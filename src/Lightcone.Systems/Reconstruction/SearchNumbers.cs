using Lightcone.Evaluation;
using Lightcone.Figures;
using Lightcone.Statistics;

namespace Lightcone.Systems.Reconstruction;

/// <summary>What a row of <see cref="SearchNumbers.Table"/> is.</summary>
internal enum SearchRow
{
    /// <summary>A score that knows the background alone.</summary>
    Score,

    /// <summary>A tagger that was trained with labels: a ceiling.</summary>
    Tagger,

    /// <summary>A plain variable, cut on one side.</summary>
    Variable,
}

/// <summary>The numbers by which an autoencoder is judged: how well it rebuilds the background, how well its scores find each signal, what they do to the mass.</summary>
internal sealed class SearchNumbers
{
    /// <summary>Share of the background that the quoted cut on the mass keeps.</summary>
    public const double QuotedShare = 0.01;

    private const ulong Seed = 20221214;
    private const int FewJets = 10, SculptingReplicas = 200;

    /// <summary>Background efficiencies at which signal efficiencies are quoted.</summary>
    public static IReadOnlyList<double> BackgroundEfficiencies { get; } = [1e-1, 1e-2, 1e-3, 1e-4];

    private readonly SearchResult result;
    private readonly List<EvaluationNumber> numbers = [];
    private readonly List<EvaluationReference> references = [];

    /// <summary>Measures everything.</summary>
    public SearchNumbers(SearchResult result)
    {
        this.result = result;
        if (result.Searches.Count > 0) Search();
        Reconstruction();
    }

    /// <summary>All numbers, the key ones first.</summary>
    public IReadOnlyList<EvaluationNumber> All => [.. numbers.OrderByDescending(n => n.Key)];

    /// <summary>Plain variables and other models on the same jets.</summary>
    public IReadOnlyList<EvaluationReference> References => references;

    /// <summary>AUC of every score and plain variable for every search, in the order of <see cref="SearchResult.Searches"/>.</summary>
    public List<(string Name, SearchRow Kind, IReadOnlyList<Interval> Auc)> Table { get; } = [];

    /// <summary>The answer in one sentence.</summary>
    public string Answer { get; private set; } = "";

    /// <summary>Which score finds each signal best, and which plain variable, a sentence; a tagger that knows the labels is no rival.</summary>
    public string Best
    {
        get
        {
            string Of(SearchRow kind, int search) => Table.Where(r => r.Kind == kind && double.IsFinite(r.Auc[search].Value)).OrderByDescending(r => r.Auc[search].Value)
                .Select(r => $"{r.Name} {Markup.ToPlain(NumberText.Plain(r.Auc[search].Value, 3))}").FirstOrDefault("none");
            return "Best AUC of a score that knows the background alone, and of a plain variable: "
                + string.Join("; ", result.Searches.Select((s, i) => $"{s.Name}: {Of(SearchRow.Score, i)}, {Of(SearchRow.Variable, i)}")) + ".";
        }
    }

    /// <summary>How the models compare on the first search, a sentence.</summary>
    public string Ranking
    {
        get
        {
            string Named(SearchRow kind, int skip) => string.Join(", ", Table.Where(r => r.Kind == kind).Skip(skip).Select(r => $"{r.Name.Split(": ")[0]} {Markup.ToPlain(NumberText.WithInterval(r.Auc[0]))}"));
            string rivals = Named(SearchRow.Score, AnomalyModel.Scores.Count), taggers = Named(SearchRow.Tagger, 0);
            return $"AUC for {result.Searches[0].Name}: {result.Models[0].Name} {Markup.ToPlain(NumberText.WithInterval(Table[0].Auc[0]))}"
                + (rivals.Length > 0 ? $"; the same score of {rivals}" : "") + (taggers.Length > 0 ? $"; with labels {taggers}" : "") + ".";
        }
    }

    /// <summary>What a reader should know.</summary>
    public IReadOnlyList<EvaluationWarning> Warnings
    {
        get
        {
            var warnings = new List<EvaluationWarning>();
            foreach (double share in BackgroundEfficiencies)
                if (share * result.Background.Count < FewJets && result.Searches.Count > 0)
                {
                    warnings.Add(new EvaluationWarning
                    {
                        Id = "few-background-jets",
                        Text = $"Fewer than {FewJets} of {NumberText.Count(result.Background.Count)} background jets stand behind signal efficiencies at a background efficiency of {NumberText.Plain(share, 1)} and below: quote their intervals.",
                    });
                    break;
                }

            if (result.Models.All(m => m.Name != "PCA"))
                warnings.Add(new EvaluationWarning { Id = "no-training-jets", Text = "The jets of the training were not found, so principal components, the latent density and the decorrelated score are missing." });
            return warnings;
        }
    }

    /// <summary>Scores of the positions of one search: background, then signal.</summary>
    public (double[] Background, double[] Signal) Split(IReadOnlyList<double> values, IReadOnlyList<int> labels) =>
        ([.. result.Background.Select(i => values[i])], [.. result.Of(labels).Select(i => values[i])]);

    private void Search()
    {
        var own = result.Models[0];
        for (int s = 0; s < AnomalyModel.Scores.Count; s++) AddRow(Markup.ToPlain(AnomalyModel.Scores[s].Title), AnomalyModel.Scores[s].Column, own.Score(s), SearchRow.Score);
        foreach (var model in result.Models.Skip(1)) AddRow($"{model.Name}: {Markup.ToPlain(AnomalyModel.Scores[0].Title)}", $"{model.Name}.score", model.Score(0), SearchRow.Score, reference: model.Name);
        foreach (var (name, scores) in result.Others) AddRow(name, name, scores, SearchRow.Tagger, reference: name);
        foreach (var (name, id, values) in Variables()) AddRow(name, id, values, SearchRow.Variable, reference: $"{name}, one-sided");
        foreach (var (name, labels) in result.Searches)
        {
            foreach (var model in result.Models) AddWorkingPoints(name, labels, model.Score(0), model == own ? "" : model.Name);
            foreach (var (tagger, scores) in result.Others) AddWorkingPoints(name, labels, scores, tagger);
        }

        AddSculpting(own);
        Say(own);
    }

    private IEnumerable<(string Name, string Id, IReadOnlyList<double> Values)> Variables()
    {
        yield return ("jet mass", "mass", result.Jets.Mass);
        yield return ("jet pT", "pt", result.Jets.Pt);
        yield return ("number of constituents", "n", result.Jets.Multiplicity);
        if (!result.Jets.StatesJets) yield break;
        yield return ("mass of stored constituents", "stored_mass", result.Jets.StoredMass);
        yield return ("pT of stored constituents", "stored_pt", result.Jets.StoredPt);
    }

    private void AddRow(string name, string id, IReadOnlyList<double> values, SearchRow kind, string? reference = null)
    {
        var row = new List<Interval>();
        foreach (var (search, labels) in result.Searches)
        {
            var auc = Auc(values, labels);
            row.Add(auc);
            bool main = id == "score";
            numbers.Add(EvaluationNumber.From(main ? $"auc@{search}" : $"auc/{id}@{search}", main ? $"AUC, {Markup.Escape(search)}" : $"AUC of {Markup.Escape(name)}, {Markup.Escape(search)}", auc,
                n: result.Background.Count + result.Of(labels).Count, key: main));
            if (reference is not null && double.IsFinite(auc.Value))
                references.Add(new EvaluationReference { Number = $"auc@{search}", Name = reference, Value = auc.Value, Lower = auc.Lower, Upper = auc.Upper, Source = kind == SearchRow.Variable ? "the same jets, no training" : "the same jets", SameSample = true });
        }

        Table.Add((name, kind, row));
    }

    private Interval Auc(IReadOnlyList<double> values, IReadOnlyList<int> labels)
    {
        var (background, signal) = Split(values, labels);
        if (background.Concat(signal).Any(double.IsNaN) || background.Length == 0 || signal.Length == 0) return new(double.NaN, double.NaN, double.NaN, Interval.OneSigma, "DeLong");
        return RocCurve.From([.. background, .. signal], [.. background.Select(_ => 0), .. signal.Select(_ => 1)]).Auc();
    }

    private void AddWorkingPoints(string search, IReadOnlyList<int> labels, IReadOnlyList<double> scores, string model)
    {
        var (background, signal) = Split(scores, labels);
        if (background.Length == 0 || signal.Length == 0) return;
        var curve = new SearchCurve(background, signal, Seed);
        var (prefix, whose) = model.Length == 0 ? ("", "") : ($"{model}/", $"{Markup.Escape(model)}: ");
        foreach (double share in BackgroundEfficiencies)
            numbers.Add(EvaluationNumber.From($"{prefix}tpr@{NumberText.Exact(share)}@{search}", $"{whose}*ε*_{{S}} at *ε*_{{B}} = {NumberText.Plain(share, 1)}, {Markup.Escape(search)}", curve.SignalEfficiency(share),
                n: signal.Length, k: (long)Math.Floor(share * background.Length), reason: "less than one background jet would pass"));
        numbers.Add(EvaluationNumber.From($"{prefix}sic@{search}", $"{whose}largest *ε*_{{S}}/√*ε*_{{B}}, {Markup.Escape(search)}", curve.LargestGain(), n: background.Length + signal.Length));
    }

    // How far a cut changes the background's mass, beside what as many jets drawn at random would show.
    private void AddSculpting(EvaluatedModel own)
    {
        double[] masses = [.. result.Background.Select(i => result.Jets.Mass[i])];
        int kept = (int)Math.Round(QuotedShare * masses.Length);
        if (kept < 1) return;
        foreach (var (score, id, name) in new[] { (0, "", "score"), (AnomalyModel.Decorrelated, "-decorrelated", "decorrelated score") })
        {
            var values = own.Score(score);
            if (result.Background.Any(i => double.IsNaN(values[i]))) continue;
            double[] passed = [.. result.Background.OrderByDescending(i => values[i]).Take(kept).Select(i => result.Jets.Mass[i])];
            numbers.Add(EvaluationNumber.From($"sculpting{id}", $"Jensen–Shannon divergence of the background's mass, 1 % cut on the {name}",
                new Interval(MassSpectrum.Divergence(masses, passed), double.NaN, double.NaN, Interval.OneSigma, "bits, ten equally filled bins"), n: masses.Length, k: kept));
        }

        var floor = MassSpectrum.Floor(masses, kept, SculptingReplicas, Seed);
        numbers.Add(EvaluationNumber.From("sculpting-floor", "the same for jets drawn at random", floor, n: masses.Length, k: kept));
    }

    private void Say(EvaluatedModel own)
    {
        var (search, labels) = result.Searches[0];
        var auc = Auc(own.Score(0), labels);
        var best = Table.Where(r => r.Kind == SearchRow.Variable).MaxBy(r => r.Auc[0].Value);
        Answer = $"{own.Name}, trained on {result.Classes.BackgroundName} alone, finds {search} jets with an AUC of {Markup.ToPlain(NumberText.WithInterval(auc))}; "
            + $"the best plain variable, {best.Name}, reaches {Markup.ToPlain(NumberText.WithInterval(best.Auc[0]))}.";
    }

    private void Reconstruction()
    {
        bool first = true;
        foreach (var model in result.Models)
        {
            string prefix = first ? "" : $"{model.Name}/";
            var r = model.Residuals;
            foreach (var (id, name, values) in new (string, string, List<double>)[]
            {
                ("mass", "jet mass", r.Mass), ("pt", "jet *p*_{T}", r.Pt), ("eta", "jet *η*", r.Eta), ("phi", "jet *φ* (difference)", r.Phi),
                ("constituent-pt", "constituent *p*_{T}", r.ConstituentPt), ("constituent-eta", "constituent Δ*η*", r.ConstituentEta), ("constituent-phi", "constituent Δ*φ*", r.ConstituentPhi),
            })
            {
                double[] finite = [.. values.Where(double.IsFinite)];
                if (finite.Length < 4) continue;
                string whose = first ? "" : $"{Markup.Escape(model.Name)}: ";
                numbers.Add(EvaluationNumber.From($"{prefix}{id}-median", $"{whose}median residual, {name}", Quantile.WithInterval(finite, 0.5) with { Method = Method(id) }, n: finite.Length));
                numbers.Add(EvaluationNumber.From($"{prefix}{id}-iqr", $"{whose}IQR of the residual, {name}", InterquartileRange(finite) with { Method = Method(id) }, n: finite.Length, key: first && id is "mass" or "pt"));
            }

            numbers.Add(EvaluationNumber.From($"{prefix}latent-numbers", $"{(first ? "" : Markup.Escape(model.Name) + ": ")}latent numbers a jet",
                new Interval(model.Autoencoder.LatentNumbers, double.NaN, double.NaN, double.NaN, "counted")));
            first = false;
        }

        if (Answer.Length == 0 && numbers.FirstOrDefault(n => n.Id == "mass-iqr") is { Value: { } spread })
            Answer = $"{result.Models[0].Name} keeps the jet mass within {NumberText.Plain(100 * spread, 2)} % (inter-quartile range) in {result.Models[0].Autoencoder.LatentNumbers} numbers a jet.";
        if (Answer.Length == 0) Answer = $"{result.Models[0].Name} was shown no background jet.";
    }

    // Constituents of one jet are rebuilt well or badly together: their intervals are too narrow, and say so.
    private static string Method(string id) => id.StartsWith("constituent", StringComparison.Ordinal) ? "order statistics, constituents as if independent" : "order statistics";

    // Ends from the order statistics of both quartiles, taken as independent: slightly too wide, since they are positively correlated.
    private static Interval InterquartileRange(double[] values)
    {
        Interval low = Quantile.WithInterval(values, 0.25), high = Quantile.WithInterval(values, 0.75);
        double value = high.Value - low.Value;
        double down = double.Hypot(high.Value - high.Lower, low.Upper - low.Value), up = double.Hypot(high.Upper - high.Value, low.Value - low.Lower);
        return new(value, value - down, value + up, Interval.OneSigma, "order statistics");
    }
}
