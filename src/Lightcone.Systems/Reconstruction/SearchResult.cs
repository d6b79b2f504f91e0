using Lightcone.Jets;

namespace Lightcone.Systems.Reconstruction;

/// <summary>Which classes of a sample are background and which are looked for.</summary>
internal sealed class SearchClasses
{
    private readonly HashSet<int> signals;

    /// <summary>Splits the classes of a sample.</summary>
    /// <param name="names">Class names in the order of the label.</param>
    /// <param name="signalNames">Those that are signal.</param>
    public SearchClasses(IReadOnlyList<string> names, IReadOnlyList<string> signalNames)
    {
        Names = names;
        Signals = [.. signalNames.Select(s => Enumerable.Range(0, names.Count).First(c => names[c] == s))];
        signals = [.. Signals];
        Background = [.. Enumerable.Range(0, names.Count).Where(c => !signals.Contains(c))];
    }

    /// <summary>Class names in the order of the label.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Labels of the signals, in the order they were asked for.</summary>
    public IReadOnlyList<int> Signals { get; }

    /// <summary>Labels of the background.</summary>
    public IReadOnlyList<int> Background { get; }

    /// <summary>Name of the background: its classes.</summary>
    public string BackgroundName => Background.Count == 0 ? "jets" : string.Join(" + ", Background.Select(b => Names[b]));

    /// <summary>Whether a class is background; every class is where no signal was named.</summary>
    public bool IsBackground(int label) => !signals.Contains(label);
}

/// <summary>Everything an evaluation of an autoencoder measured, before it becomes numbers and figures.</summary>
/// <param name="classes">Background and signals.</param>
/// <param name="source">The jets' source, for those that are drawn.</param>
/// <param name="models">The autoencoders: the evaluated one, then those beside it.</param>
internal sealed class SearchResult(SearchClasses classes, IJetSource source, IReadOnlyList<EvaluatedModel> models)
{
    /// <summary>Background and signals.</summary>
    public SearchClasses Classes { get; } = classes;

    /// <summary>The jets' source, for those that are drawn.</summary>
    public IJetSource Source { get; } = source;

    /// <summary>The autoencoders: the evaluated one, then those beside it.</summary>
    public IReadOnlyList<EvaluatedModel> Models { get; } = models;

    /// <summary>Truth and plain variables.</summary>
    public EvaluatedJets Jets { get; } = new();

    /// <summary>Scores of other models beside, taggers for instance.</summary>
    public IReadOnlyList<(string Name, IReadOnlyList<double> Scores)> Others { get; set; } = [];

    /// <summary>Positions of the background's jets.</summary>
    public IReadOnlyList<int> Background => field ??= [.. Enumerable.Range(0, Jets.Count).Where(i => Classes.IsBackground(Jets.Labels[i]))];

    /// <summary>Positions of the jets of some classes.</summary>
    public IReadOnlyList<int> Of(IEnumerable<int> labels)
    {
        var wanted = labels.ToHashSet();
        return [.. Enumerable.Range(0, Jets.Count).Where(i => wanted.Contains(Jets.Labels[i]))];
    }

    /// <summary>Of some jets the one whose headline score is the median; null of none.</summary>
    public int? Median(IReadOnlyList<int> jets) => AtQuantile(jets, 0.5);

    /// <summary>Of some jets the one whose headline score stands at a quantile; null of none.</summary>
    public int? AtQuantile(IReadOnlyList<int> jets, double quantile) =>
        jets.Count == 0 ? null : jets.OrderBy(i => Models[0].Score(0)[i]).ElementAt((int)Math.Round(quantile * (jets.Count - 1)));

    /// <summary>Reads jets by their position, in that order.</summary>
    public JetBatch Read(IReadOnlyList<int> positions) => JetBatch.Concatenate([.. positions.Select(p => Source.Read(p, 1))]);

    /// <summary>The signals one by one with their names, and where there are several all together.</summary>
    public IReadOnlyList<(string Name, IReadOnlyList<int> Labels)> Searches
    {
        get
        {
            if (field is not null) return field;
            var searches = new List<(string, IReadOnlyList<int>)>();
            if (Classes.Signals.Count > 1) searches.Add((string.Join(" + ", Classes.Signals.Select(s => Classes.Names[s])), Classes.Signals));
            searches.AddRange(Classes.Signals.Select(s => (Classes.Names[s], (IReadOnlyList<int>)[s])));
            return field = searches;
        }
    }
}
