using Lightcone.Jets;

namespace Lightcone.Systems.Tagging;

/// <summary>Jets of a test sample with the logits of a classifier of two or more classes, the truth, and the jet's own kinematics.</summary>
public sealed class ClassifiedJets
{
    private readonly List<double> logits = [], pt = [], mass = [], multiplicity = [];
    private readonly List<int> labels = [];

    /// <summary>No jets yet.</summary>
    /// <param name="classes">Number of classes K, two at least.</param>
    public ClassifiedJets(int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        Classes = classes;
    }

    /// <summary>Number of classes K.</summary>
    public int Classes { get; }

    /// <summary>Number of jets.</summary>
    public int Count => labels.Count;

    /// <summary>Logits, row-major, shape [jets, K]; a copy, as all columns.</summary>
    public double[] Logits => [.. logits];

    /// <summary>Truth: 0 … K − 1.</summary>
    public int[] Labels => [.. labels];

    /// <summary>Jet pT [GeV].</summary>
    public double[] Pt => [.. pt];

    /// <summary>Jet mass [GeV].</summary>
    public double[] Mass => [.. mass];

    /// <summary>Constituents.</summary>
    public double[] Multiplicity => [.. multiplicity];

    /// <summary>Adds a batch, or none of it if a jet cannot be judged.</summary>
    /// <param name="jets">The jets, with labels.</param>
    /// <param name="batchLogits">Their logits, row-major, shape [jets, K].</param>
    /// <exception cref="InputDataException">The jets have no labels, or labels outside 0 … K − 1, or a logit is not finite.</exception>
    public void Add(JetBatch jets, ReadOnlySpan<double> batchLogits)
    {
        if (batchLogits.Length != (long)jets.JetCount * Classes) throw new ArgumentException($"There are {batchLogits.Length} logits for {jets.JetCount} jets and {Classes} classes.", nameof(batchLogits));
        int[] truth = jets.Labels ?? throw new InputDataException("The jets have no labels, so there is nothing to evaluate against.", "the test file", "A file of data.", "Score it instead: lightcone score.");
        for (int jet = 0; jet < truth.Length; jet++)
        {
            if ((uint)truth[jet] >= (uint)Classes)
                throw new InputDataException($"Jet {jets.Rows[jet]} has label {truth[jet]}; a classifier of {Classes} classes knows 0 to {Classes - 1}.", "the test file", "A file of other classes than those of the training.", "Evaluate on a file with the classes of the training.");
            foreach (double logit in batchLogits.Slice(jet * Classes, Classes))
                if (!double.IsFinite(logit))
                    throw new InputDataException($"A logit of jet {jets.Rows[jet]} is not a finite number.", "the test file", "A four-momentum that is not finite or extreme.", "lightcone dataset check on the file.");
        }

        logits.AddRange(batchLogits);
        labels.AddRange(truth);
        for (int jet = 0; jet < truth.Length; jet++)
        {
            var momentum = jets.Jet(jet);
            pt.Add(momentum.Pt);
            mass.Add(momentum.Mass);
            multiplicity.Add(jets.Multiplicity(jet));
        }
    }

    /// <inheritdoc cref="Add(JetBatch, ReadOnlySpan{double})"/>
    public void Add(JetBatch jets, ReadOnlySpan<float> batchLogits)
    {
        var wide = new double[batchLogits.Length];
        for (int i = 0; i < wide.Length; i++) wide[i] = batchLogits[i];
        Add(jets, wide);
    }
}
