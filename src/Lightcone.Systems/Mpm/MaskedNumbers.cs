using Lightcone.Evaluation;
using Lightcone.Figures;
using Lightcone.Statistics;

namespace Lightcone.Systems.Mpm;

/// <summary>
/// The numbers by which masked particle modelling is judged: what a hidden particle costs, how much less than for one who knows the shares of the tokens alone (H_uni), and than for a network that
/// knows rank and number of the hidden particles alone (H_free).
/// </summary>
internal sealed class MaskedNumbers
{
    // Set from a short training of a smaller network on 20,000 jets of ten classes with 512 tokens; finer or coarser tokens have other entropies, and so has one class alone.
    private const int TokensOfLimits = 512;
    private const double LeastOverShares = 1.2, LeastOverRank = 0.45, LeastTypeOverRank = 0.01, LeastShareOfL1 = 0.05, LeastShareOfVelocity = 0.03, Leak = 3;
    private const string Nats = "nats";

    private readonly MaskedResult result;
    private readonly MpmModel model;
    private readonly bool[] judged;
    private readonly List<EvaluationNumber> numbers = [];
    private readonly List<EvaluationGate> gates = [];
    private readonly List<EvaluationWarning> warnings = [];

    /// <summary>Measures everything.</summary>
    /// <param name="model">The network.</param>
    /// <param name="result">What it made of the jets.</param>
    /// <param name="classes">Names of the classes, in the order of the label.</param>
    /// <param name="isBackground">Which classes count in the numbers of all jets.</param>
    /// <exception cref="InputDataException">Nothing could be hidden.</exception>
    public MaskedNumbers(MpmModel model, MaskedResult result, IReadOnlyList<string> classes, Func<int, bool> isBackground)
    {
        (this.result, this.model) = (result, model);
        judged = [.. result.Labels.Select(l => l < 0 || isBackground(l))];
        Loss = Ratio(result.Own.Target, result.Hidden, judged);
        if (!double.IsFinite(Loss.Value))
            throw new InputDataException("No jet has two particles, so nothing can be hidden.", "the test file", "Empty jets only, or classes of which the file has none.", "Check it: lightcone dataset inspect.");
        Target();
        Types();
        if (result.Labelled) Classes(classes);
        Warn();
    }

    /// <summary>Loss of the target per hidden particle.</summary>
    public Interval Loss { get; }

    /// <summary>What the shares of the tokens alone cost (H_uni); null where they are not known.</summary>
    public Interval? OfShares { get; private set; }

    /// <summary>What rank and number alone cost (H_free); null without the network that knows them.</summary>
    public Interval? OfRank { get; private set; }

    /// <summary>All numbers, the key ones first.</summary>
    public IReadOnlyList<EvaluationNumber> All => [.. numbers.OrderByDescending(n => n.Key)];

    /// <summary>What must hold.</summary>
    public IReadOnlyList<EvaluationGate> Gates => gates;

    /// <summary>What a reader must know.</summary>
    public IReadOnlyList<EvaluationWarning> Warnings => warnings;

    /// <summary>The answer in one sentence.</summary>
    public string Answer
    {
        get
        {
            string text = $"{result.Own.Name} predicts hidden particles at {NumberText.WithInterval(Loss)} {(model.PredictsTokens ? "nats" : $"({What})")} each";
            if (Value("token-gain") is { } gain) text += $", {NumberText.Plain(gain, 3)} below the entropy of the tokens";
            if (Value("token-context") is { } context) text += $"{(Value("token-gain") is null ? "," : " and")} {NumberText.Plain(context, 3)} below what rank and number alone tell";
            if (Value("context") is { } share) text += $", {NumberText.Plain(100 * share, 2)} % below what rank and number alone tell";
            return Markup.ToPlain(text + ".");
        }
    }

    private string What => model.TargetName switch { "token" => "token loss", "features" => "L1 of the transformed features", _ => $"{model.TargetName} loss" };

    private bool HasLimits => model.Recipe.Context == MaskedContext.Jet && model.Recipe.Classes.IsEmpty;

    private double? Value(string id) => numbers.FirstOrDefault(n => n.Id == id)?.Value;

    private void Target()
    {
        string? unit = model.PredictsTokens ? Nats : null;
        Add(model.TargetName, $"{(model.PredictsTokens ? "*H*: " : "")}{What} per hidden particle", Loss, result.Hidden, unit, key: true);
        if (model.PredictsTokens && result.Shares is { } shares)
        {
            OfShares = Ratio(shares.Target, result.Hidden, judged);
            Add("token-shares", "*H*_{uni}: shares of the tokens alone", OfShares.Value, result.Hidden, unit);
            Add("token-gain", "*H*_{uni} − *H*", Difference(shares.Target, result.Own.Target, result.Hidden, judged), result.Hidden, unit, key: true);
        }

        if (result.Free is { } free)
        {
            OfRank = Ratio(free.Target, result.Hidden, judged);
            Add($"{model.TargetName}-rank", model.PredictsTokens ? "*H*_{free}: rank and number alone" : $"{What}: rank and number alone", OfRank.Value, result.Hidden, unit);
            if (model.PredictsTokens) Add("token-context", "*H*_{free} − *H*", Difference(free.Target, result.Own.Target, result.Hidden, judged), result.Hidden, unit, key: true);
            else Add("context", $"{What}: share saved over rank and number alone", Difference(free.Target, result.Own.Target, free.Target, judged), result.Hidden, null, key: true);
        }

        if (HasLimits && model.TokenCount == TokensOfLimits)
        {
            Gate("token-gain", LeastOverShares, "*H*_{uni} − *H* [nats]");
            Gate("token-context", LeastOverRank, "*H*_{free} − *H* [nats]");
        }

        if (HasLimits && !model.PredictsTokens) Gate("context", model.TargetName == "features" ? LeastShareOfL1 : LeastShareOfVelocity, $"{What}: share saved over rank and number alone");
    }

    private void Types()
    {
        if (!model.PredictsTypes || model.Recipe.TypeWeight == 0 || result.Known.Sum() == 0) return;
        Add("type", "type loss per hidden particle", Ratio(result.Own.Type, result.Known, judged), result.Known, Nats, key: true);
        if (result.Shares is { } shares)
        {
            Add("type-shares", "type: shares alone", Ratio(shares.Type, result.Known, judged), result.Known, Nats);
            Add("type-gain", "type: gain over the shares alone", Difference(shares.Type, result.Own.Type, result.Known, judged), result.Known, Nats);
        }

        if (result.Free is { } free)
        {
            Add("type-rank", "type: rank and number alone", Ratio(free.Type, result.Known, judged), result.Known, Nats);
            Add("type-context", "type: gain over rank and number alone", Difference(free.Type, result.Own.Type, result.Known, judged), result.Known, Nats, key: true);
        }

        if (HasLimits) Gate("type-context", LeastTypeOverRank, "type: gain over rank and number alone [nats]");
    }

    private void Classes(IReadOnlyList<string> classes)
    {
        for (int c = 0; c < classes.Count; c++)
        {
            bool[] own = [.. result.Labels.Select(l => l == c)];
            string name = Markup.Escape(classes[c]);
            var loss = Ratio(result.Own.Target, result.Hidden, own);
            if (!double.IsFinite(loss.Value)) continue;
            Add($"{model.TargetName}@{classes[c]}", $"{What}, {name}", loss, result.Hidden, model.PredictsTokens ? Nats : null, among: own);
            if (result.Free is { } free)
                Add($"{model.TargetName}-context@{classes[c]}", $"gain over rank and number alone, {name}",
                    model.PredictsTokens ? Difference(free.Target, result.Own.Target, result.Hidden, own) : Difference(free.Target, result.Own.Target, free.Target, own), result.Hidden, model.PredictsTokens ? Nats : null, among: own);
            if (model.PredictsTypes && Ratio(result.Own.Type, result.Known, own) is var type && double.IsFinite(type.Value)) Add($"type@{classes[c]}", $"type loss, {name}", type, result.Known, Nats, among: own);
        }
    }

    private void Warn()
    {
        if (Value("token-context") is > Leak and var gap)
            warnings.Add(new()
            {
                Id = "leak", Severity = WarningSeverity.Error, Number = "token-context",
                Text = $"Context lowers the loss by {NumberText.Plain(gap, 3)} nats, more than jets were seen to tell: hidden particles may leak into what is visible.",
            });
        if (result.Free is null && model.Recipe.Context == MaskedContext.Jet)
            warnings.Add(new() { Id = "no-context-free-run", Severity = WarningSeverity.Note, Text = "What rank and number of the hidden particles alone tell was not measured: train the same recipe with --set context=Nothing and evaluate with --beside." });
        if (result.Shares is null && model.PredictsTokens)
            warnings.Add(new() { Id = "no-training-jets", Severity = WarningSeverity.Note, Text = "The jets of the training were not found where the run recorded them, so the entropy of the tokens is left out." });
        int none = result.Hidden.Count(n => n == 0);
        if (none > 0)
            warnings.Add(new() { Id = "unmaskable", Severity = WarningSeverity.Note, Text = $"{NumberText.Count(none)} of {NumberText.Count(result.Count)} jets have fewer than two particles: nothing of them can be hidden, and they count nothing." });
    }

    private void Gate(string id, double limit, string name) => gates.Add(Value(id) is { } measured
        ? EvaluationGate.AtLeast(id, measured, limit, name)
        : new() { Id = id, Name = name, Measured = null, Limit = limit, Relation = ">=", Result = GateResult.NotRun });

    private void Add(string id, string name, Interval value, IReadOnlyList<double> sizes, string? unit, bool key = false, bool[]? among = null) =>
        numbers.Add(EvaluationNumber.From(id, name, value, n: Of(sizes, among ?? judged).Count(n => n > 0), key: key, unit: unit));

    private static Interval Ratio(IReadOnlyList<double> sums, IReadOnlyList<double> sizes, bool[] among) => MaskedSums.Ratio(Of(sums, among), Of(sizes, among));

    // Of the same particles under the same masks: what both find hard cancels in the error.
    private static Interval Difference(IReadOnlyList<double> first, IReadOnlyList<double> second, IReadOnlyList<double> sizes, bool[] among)
    {
        double[] differences = [.. first.Zip(second, (a, b) => a - b)];
        return Ratio(differences, sizes, among) with { Method = "standard error over jets, paired" };
    }

    private static double[] Of(IReadOnlyList<double> values, bool[] among) => [.. values.Where((_, jet) => among[jet])];
}
