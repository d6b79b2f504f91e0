using Lightcone.Jets;
using Lightcone.Randomness;
using Lightcone.Systems.Mpm.Particles;

namespace Lightcone.Systems.Mpm;

/// <summary>What an evaluation measures jet by jet, before it becomes numbers and figures: every jet once, under the masks by which trainings are compared.</summary>
internal sealed class MaskedResult
{
    private readonly MpmModel model;
    private readonly MpmModel? twin;
    private readonly TokenMarginal? marginal;
    private readonly List<int> labels = [], multiplicities = [];
    private readonly List<double> hidden = [], known = [], scores = [];

    /// <summary>No jets yet.</summary>
    /// <param name="title">Name of the network in figures.</param>
    /// <param name="model">The evaluated network; not owned.</param>
    /// <param name="twin">One that sees rank and number of the hidden particles alone; null for none. Not owned.</param>
    /// <param name="marginal">Shares of tokens and types among the training jets; null where they are not known.</param>
    public MaskedResult(string title, MpmModel model, MpmModel? twin, TokenMarginal? marginal)
    {
        (this.model, this.twin, this.marginal) = (model, twin, marginal);
        Own = new(title);
        if (twin is not null) Free = new("rank and number alone");
        if (marginal is not null) Shares = new("shares of the tokens");
        TokenCounts = new long[model.TokenCount];
    }

    /// <summary>The evaluated network.</summary>
    public MaskedSums Own { get; }

    /// <summary>The network that sees rank and number of the hidden particles alone; null for none.</summary>
    public MaskedSums? Free { get; }

    /// <summary>One who knows the shares of tokens and types alone; null for none.</summary>
    public MaskedSums? Shares { get; }

    /// <summary>How often each token occurs among all particles.</summary>
    public long[] TokenCounts { get; }

    /// <summary>Class of each jet; −1 where the file tells none.</summary>
    public IReadOnlyList<int> Labels => labels;

    /// <summary>Particles of each jet that are read.</summary>
    public IReadOnlyList<int> Multiplicities => multiplicities;

    /// <summary>Hidden particles of each jet.</summary>
    public IReadOnlyList<double> Hidden => hidden;

    /// <summary>Hidden particles of known type of each jet.</summary>
    public IReadOnlyList<double> Known => known;

    /// <summary>Score of each jet; empty where scores were not asked for.</summary>
    public IReadOnlyList<double> Scores => scores;

    /// <summary>Number of jets.</summary>
    public int Count => labels.Count;

    /// <summary>Whether the jets have labels.</summary>
    public bool Labelled => labels.Count > 0 && labels[0] >= 0;

    /// <summary>The masks by which trainings are compared.</summary>
    public static HiddenParticles Mask(ParticleTable table, MpmRecipe recipe) =>
        HiddenParticles.Draw(table, recipe.HiddenFraction, new RandomStream(MpmTask.ValidationMaskSeed, MpmTask.ValidationMaskPurpose, 0, 0));

    /// <summary>Judges a batch.</summary>
    /// <param name="batch">The jets.</param>
    /// <param name="scored">Whether to score them, too.</param>
    public void Add(JetBatch batch, bool scored)
    {
        var table = model.Preprocessing.Apply(batch);
        var mask = Mask(table, model.Recipe);
        int[] types = Array.ConvertAll(mask.Hidden, p => table.Types[p]);
        Own.Add(mask, model.Losses(table, mask, 0));
        if (twin is not null) Free!.Add(mask, twin.Losses(table, mask, 0));
        if (marginal is not null) Shares!.Add(mask, marginal.Costs(model.Tokens(table, mask.Hidden), types));
        foreach (int token in model.Tokens(table, [.. Enumerable.Range(0, table.ParticleCount)]) ?? []) TokenCounts[token]++;
        if (scored) scores.AddRange(model.Scores(table));
        for (int jet = 0, at = 0; jet < table.JetCount; at += mask.HiddenCounts[jet++])
        {
            labels.Add(batch.Labels?[jet] ?? -1);
            multiplicities.Add(table.Multiplicity(jet));
            hidden.Add(mask.HiddenCounts[jet]);
            known.Add(types.AsSpan(at, mask.HiddenCounts[jet]).ToArray().Count(t => t != ParticleTypes.Unknown));
        }
    }
}
