using Lightcone.Jets;

namespace Lightcone.Systems.Reconstruction;

/// <summary>A model beside an autoencoder that only scores jets: a tagger that was trained with labels.</summary>
internal sealed class OtherModel(string name, IModel model) : IDisposable
{
    private readonly List<double> scores = [];

    /// <summary>Name in figures and tables, plain.</summary>
    public string Name { get; } = name;

    /// <summary>Its scores, a jet each.</summary>
    public IReadOnlyList<double> Scores => scores;

    /// <summary>Scores a batch.</summary>
    public void Add(JetBatch jets)
    {
        foreach (float score in model.Score(jets)[0]) scores.Add(score);
    }

    /// <inheritdoc/>
    public void Dispose() => model.Dispose();
}

/// <summary>What stands beside an evaluated autoencoder: principal components of the same size, and the runs that were named.</summary>
internal sealed class Others : IDisposable
{
    private readonly List<IDisposable> owned = [];

    private Others()
    {
    }

    /// <summary>Autoencoders, judged in every way.</summary>
    public List<EvaluatedModel> Autoencoders { get; } = [];

    /// <summary>Models that only score.</summary>
    public List<OtherModel> Taggers { get; } = [];

    /// <summary>Opens them.</summary>
    /// <param name="subject">What is evaluated.</param>
    /// <param name="training">Jets to fit principal components on; null for none.</param>
    /// <param name="request">Names the runs.</param>
    /// <exception cref="InputDataException">A run has no weights.</exception>
    public static Others Open(AutoencoderSubject subject, IJetSource? training, EvaluationRequest request)
    {
        var others = new Others();
        try
        {
            if (training is not null) others.AddComponents(subject, training);
            foreach (var run in request.Beside) others.Add(run);
            return others;
        }
        catch
        {
            others.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var model in owned) model.Dispose();
    }

    private void AddComponents(AutoencoderSubject subject, IJetSource training)
    {
        var components = PcaAutoencoder.Fit(training, subject.Autoencoder.LatentNumbers);
        owned.Add(components);
        Autoencoders.Add(new EvaluatedModel("PCA", components, AnomalyModel.Fit(components, training)));
    }

    private void Add(Training.Runs.Run run)
    {
        var system = SystemCatalogue.Of(run);
        var model = system.Load(run);
        owned.Add(model);
        string plain = $"{system.Title} {run.Name}", name = plain;
        for (int k = 2; Autoencoders.Any(m => m.Name == name) || Taggers.Any(t => t.Name == name); k++) name = $"{plain} ({k})"; // runs of one name in different folders
        if (model is AutoencoderScorer scorer) Autoencoders.Add(new EvaluatedModel(name, scorer.Autoencoder, scorer.Anomaly));
        else Taggers.Add(new OtherModel(name, model));
    }
}
