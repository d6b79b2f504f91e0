using Lightcone.Jets;

namespace Lightcone.Systems.Reconstruction;

/// <summary>Test jets of an anomaly search: truth, and the plain variables that every score must beat.</summary>
internal sealed class EvaluatedJets
{
    private readonly List<int> labels = [];
    private readonly List<double> mass = [], storedMass = [], pt = [], multiplicity = [];

    /// <summary>Class of each jet.</summary>
    public IReadOnlyList<int> Labels => labels;

    /// <summary>Jet mass [GeV]: as the file states it, else of the constituents.</summary>
    public IReadOnlyList<double> Mass => mass;

    /// <summary>Mass of the stored constituents [GeV].</summary>
    public IReadOnlyList<double> StoredMass => storedMass;

    /// <summary>Transverse momentum of the stored constituents [GeV].</summary>
    public IReadOnlyList<double> Pt => pt;

    /// <summary>Stored constituents.</summary>
    public IReadOnlyList<double> Multiplicity => multiplicity;

    /// <summary>Whether the file states a jet mass of its own.</summary>
    public bool StatesMass { get; private set; }

    /// <summary>Number of jets.</summary>
    public int Count => labels.Count;

    /// <summary>Adds a batch.</summary>
    /// <exception cref="InputDataException">The jets have no labels.</exception>
    public void Add(JetBatch jets)
    {
        labels.AddRange(jets.Labels ?? throw new InputDataException("The jets have no labels, so there is nothing to evaluate against.", "the test file", "A file of data.", "Score it instead: lightcone score."));
        float[]? stated = jets.JetColumns.GetValueOrDefault("mass");
        StatesMass = stated is not null;
        for (int jet = 0; jet < jets.JetCount; jet++)
        {
            var momentum = jets.Jet(jet);
            storedMass.Add(momentum.Mass);
            mass.Add(stated?[jet] ?? momentum.Mass);
            pt.Add(momentum.Pt);
            multiplicity.Add(jets.Multiplicity(jet));
        }
    }
}
