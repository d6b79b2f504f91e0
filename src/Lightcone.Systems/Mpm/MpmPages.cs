using System.Globalization;
using System.Text.Json;
using Lightcone.Figures;
using Lightcone.Figures.Catalogue;
using Lightcone.Jets;
using Lightcone.Systems.Mpm.Particles;
using Lightcone.Systems.Reconstruction;
using Lightcone.Training.Runs;

namespace Lightcone.Systems.Mpm;

/// <summary>Figures of a pre-training, most important first: the training, what context tells by rank, jets with what was hidden of them, the tokens.</summary>
internal static class MpmPages
{
    private const int DrawnJets = 10, FewestOfRank = 50;

    /// <summary>Draws them.</summary>
    public static IEnumerable<Figure> Build(FigureHeader header, Run run, IJetSource jets, MpmModel model, MaskedResult result, MaskedNumbers numbers)
    {
        if (model.PredictsTokens && TrainingCurve(run, model.TargetName) is { Count: > 1 } curve)
        {
            var figure = MaskedLossFigure.Build(header, [new("validation", curve)], numbers.OfShares?.Value, numbers.OfRank?.Value);
            yield return figure with { Notes = [.. figure.Notes, "Curve: jets of the validation, under the same masks after every epoch, labels not smoothed." + (numbers.OfShares is null && numbers.OfRank is null ? "" : " Lines: test jets.")] };
        }

        if (model.PredictsTokens || model.PredictsTypes) yield return ByRank(header, model, result);
        foreach (var figure in Masked(header, jets, model, result)) yield return figure;
        if (model.TokenCount > 0) yield return CodesFigure.Build(header, [new(model.Recipe.Target.Kind == Targets.TargetKind.KMeans ? "k-means" : "VQ", result.TokenCounts)]);
    }

    private static Figure ByRank(FigureHeader header, MpmModel model, MaskedResult result)
    {
        bool types = !model.PredictsTokens;
        int least = Math.Min(FewestOfRank, result.Count);
        var series = new List<RankLossSeries> { new(result.Own.Name, result.Own.ByRank(types, least)) };
        if (result.Free is { } free) series.Add(new(free.Name, free.ByRank(types, least), ContextFree: true));
        var figure = LossByRankFigure.Build(header, series);
        return figure with { Notes = [.. figure.Notes, $"Loss: cross entropy of the {(types ? "type" : "token")}, labels not smoothed. Ranks of fewer than {least} particles are left out."] };
    }

    /// <summary>Validation loss after each epoch.</summary>
    private static List<HistoryPoint> TrainingCurve(Run run, string name)
    {
        var points = new List<HistoryPoint>();
        if (!File.Exists(run.MetricsPath)) return points;
        foreach (var line in TrainingPages.Lines(run.MetricsPath))
            if (line.GetProperty("kind").GetString() == "epoch" && line.GetProperty("validation").TryGetProperty(name, out JsonElement loss))
                points.Add(new(line.GetProperty("step").GetDouble(), line.GetProperty("epoch").GetDouble() + 1, line.GetProperty("seconds").GetDouble(), loss.GetDouble()));
        return points;
    }

    private static IReadOnlyList<Figure> Masked(FigureHeader header, IJetSource source, MpmModel model, MaskedResult result)
    {
        int[] ordered = [.. Enumerable.Range(0, result.Count).Where(i => result.Hidden[i] > 0).OrderBy(i => result.Own.Target[i] / result.Hidden[i])];
        int[] chosen = [.. Enumerable.Range(0, DrawnJets).Select(k => ordered[(int)((k + 0.5) / DrawnJets * ordered.Length)]).Distinct()];
        var jets = JetBatch.Concatenate([.. chosen.Select(i => source.Read(i, 1))]);
        var table = model.Preprocessing.Apply(jets);
        var hidden = MaskedResult.Mask(table, model.Recipe);
        var (features, types) = model.Guesses(table, hidden);
        if (features is null) return [];
        var raw = RawParticles.Of(jets, model.Recipe.Inputs, model.Recipe.Constituents);
        double? radius = double.TryParse(source.Schema.Facts.GetValueOrDefault("jet_radius"), NumberStyles.Float, CultureInfo.InvariantCulture, out double r) && r > 0 ? r : null;
        var isHidden = hidden.Hidden.ToHashSet();
        var drawn = new List<MaskedJet>();
        for (int jet = 0, at = 0; jet < chosen.Length; at += hidden.HiddenCounts[jet++])
        {
            var constituents = Enumerable.Range(table.Offsets[jet], table.Multiplicity(jet)).Select(p => Stored(raw, model.Recipe.Inputs, p, isHidden.Contains(p)));
            var predicted = Enumerable.Range(at, hidden.HiddenCounts[jet]).Select(i => Predicted(model, features.AsSpan(i * table.Width, table.Width), types[i]));
            drawn.Add(new($"row {jets.Rows[jet]}", Heading(source.Schema, jets, jet), [.. constituents], [.. predicted], radius));
        }

        return MaskedJetsFigure.Build(header, drawn,
            $"Of all jets ordered by their mean loss per hidden constituent, those at {string.Join(", ", Enumerable.Range(0, DrawnJets).Select(k => 100 * k / DrawnJets + 50 / DrawnJets))} %; "
            + $"two a figure, the best predicted first. Predicted: {(model.PredictsTokens ? "the mean constituent of the likeliest token, so that several may lie on one another" : model.TargetName == "velocity" ? "one sample of the flow" : "the regressed features")}, and the likeliest type.");
    }

    private static string Heading(JetSchema schema, JetBatch jets, int jet)
    {
        double pt = jets.JetColumns.GetValueOrDefault("pt")?[jet] ?? jets.Jet(jet).Pt;
        string name = jets.Labels is { } labels ? Markup.Escape(DataCard.ClassName(schema, labels[jet])) + ", " : "";
        return $"{name}*p*_{{T}} {NumberText.Plain(pt, 3)} GeV, *m* {NumberText.Plain(AnomalyModel.MassOf(jets, jet), 3)} GeV";
    }

    private static DrawnConstituent Stored(ParticleTable raw, ParticleInputs inputs, int particle, bool hidden)
    {
        var own = raw.FeaturesOf(particle);
        return new(inputs == ParticleInputs.Full ? own[0] : Math.Exp(own[0]) - 1, own[1], own[2], Kind(raw.Types[particle]), hidden);
    }

    private static DrawnConstituent Predicted(MpmModel model, ReadOnlySpan<float> features, int type)
    {
        var (pt, deltaEta, deltaPhi) = model.Preprocessing.Direction(features);
        return new(pt, deltaEta, deltaPhi, Kind(type));
    }

    private static ConstituentKind Kind(int type) => ParticleTypes.IdentityOf(type) switch
    {
        0 => ConstituentKind.ChargedHadron,
        1 => ConstituentKind.NeutralHadron,
        2 => ConstituentKind.Photon,
        3 => ConstituentKind.Electron,
        4 => ConstituentKind.Muon,
        _ => ConstituentKind.Unknown,
    };
}
