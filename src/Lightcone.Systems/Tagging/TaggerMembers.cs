using Lightcone.Jets;
using Lightcone.Training.Runs;

namespace Lightcone.Systems.Tagging;

/// <summary>A trained network with logits of classes.</summary>
internal interface ITagger : IModel
{
    /// <summary>Number of classes.</summary>
    int Classes { get; }

    /// <summary>What was fitted to its logits when its training ended; null for nothing.</summary>
    TaggerCalibration? Calibration { get; }

    /// <summary>Logits of each jet, row-major, shape [jets, classes].</summary>
    double[] LogitRows(JetBatch jets);
}

/// <summary>The loaded networks of one run or of the members of an ensemble.</summary>
internal sealed class TaggerMembers<T> : IDisposable
    where T : class, ITagger
{
    private readonly List<T> models = [];

    /// <summary>Loads the networks.</summary>
    /// <param name="runs">Their runs.</param>
    /// <param name="load">Loads one.</param>
    public TaggerMembers(IReadOnlyList<Run> runs, Func<Run, T> load)
    {
        try
        {
            foreach (var run in runs) models.Add(load(run));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>That of the evaluated run.</summary>
    public T First => models[0];

    /// <summary>What each has.</summary>
    public IReadOnlyList<TaggerCalibration?> Calibrations => [.. models.Select(m => m.Calibration)];

    /// <summary>Logits of each member for a batch.</summary>
    public double[][] Logits(JetBatch batch) => [.. models.Select(m => m.LogitRows(batch))];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var model in models) model.Dispose();
    }
}
