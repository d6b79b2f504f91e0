using Lightcone.Jets;

namespace Lightcone.Systems.Tagging;

/// <summary>Scored jets of a test sample with what evaluations look at: the score that does not saturate, the truth, and the jet's own kinematics.</summary>
public sealed class TaggedJets
{
    private readonly List<double> scores = [], pt = [], mass = [], multiplicity = [];
    private readonly List<int> labels = [];

    /// <summary>Difference of the logits, signal minus background.</summary>
    public double[] Scores => [.. scores];

    /// <summary>Truth: 1 for signal.</summary>
    public int[] Labels => [.. labels];

    /// <summary>Jet pT [GeV].</summary>
    public double[] Pt => [.. pt];

    /// <summary>Jet mass [GeV].</summary>
    public double[] Mass => [.. mass];

    /// <summary>Constituents.</summary>
    public double[] Multiplicity => [.. multiplicity];

    /// <summary>Number of jets.</summary>
    public int Count => labels.Count;

    /// <summary>Adds a batch with the difference of the logits of each jet.</summary>
    /// <exception cref="InputDataException">The jets have no labels, or other labels than 0 and 1, or a score is not a number.</exception>
    public void Add(JetBatch jets, IEnumerable<double> differences)
    {
        int[] truth = jets.Labels ?? throw new InputDataException("The jets have no labels, so there is nothing to evaluate against.", "the test file", "A file of data.", "Score it instead: lightcone score.");
        int jet = 0;
        foreach (double difference in differences)
        {
            if (truth[jet] is not (0 or 1))
                throw new InputDataException($"Jet {jets.Rows[jet]} has label {truth[jet]}; a tagger of two classes knows 0 and 1.", "the test file", "A file of more than two classes.", "Choose two classes.");
            if (!double.IsFinite(difference))
                throw new InputDataException($"The score of jet {jets.Rows[jet]} is not a number.", "the test file", "A four-momentum that is not finite or extreme.", "lightcone dataset check on the file.");
            var momentum = jets.Jet(jet);
            scores.Add(difference);
            labels.Add(truth[jet]);
            pt.Add(momentum.Pt);
            mass.Add(momentum.Mass);
            multiplicity.Add(jets.Multiplicity(jet));
            jet++;
        }
    }
}
