using Lightcone.Jets;

namespace Lightcone.Systems.Reconstruction;

/// <summary>Test jets of an anomaly search: truth, and the plain variables that every score must beat.</summary>
internal sealed class EvaluatedJets
{
    private readonly List<int> labels = [];
    private readonly List<double> mass = [], storedMass = [], pt = [], storedPt = [], multiplicity = [];

    /// <summary>Class of each jet.</summary>
    public IReadOnlyList<int> Labels => labels;

    /// <summary>Jet mass [GeV]: as the file states it, else of the constituents.</summary>
    public IReadOnlyList<double> Mass => mass;

    /// <summary>Mass of the stored constituents [GeV].</summary>
    public IReadOnlyList<double> StoredMass => storedMass;

    /// <summary>Transverse momentum of the jet [GeV]: as the file states it, else of the constituents.</summary>
    public IReadOnlyList<double> Pt => pt;

    /// <summary>Transverse momentum of the stored constituents [GeV].</summary>
    public IReadOnlyList<double> StoredPt => storedPt;

    /// <summary>Stored constituents.</summary>
    public IReadOnlyList<double> Multiplicity => multiplicity;

    /// <summary>Whether the file states mass and transverse momentum of its own: of the whole jet, where not all constituents are stored.</summary>
    public bool StatesJets { get; private set; }

    /// <summary>Number of jets.</summary>
    public int Count => labels.Count;

    /// <summary>Adds a batch.</summary>
    /// <exception cref="InputDataException">The jets have no labels.</exception>
    public void Add(JetBatch jets)
    {
        labels.AddRange(jets.Labels ?? throw new InputDataException("The jets have no labels, so there is nothing to evaluate against.", "the test file", "A file of data.", "Score it instead: lightcone score."));
        float[]? statedMass = jets.JetColumns.GetValueOrDefault("mass"), statedPt = jets.JetColumns.GetValueOrDefault("pt");
        StatesJets = statedMass is not null && statedPt is not null;
        for (int jet = 0; jet < jets.JetCount; jet++)
        {
            var momentum = jets.Jet(jet);
            storedMass.Add(momentum.Mass);
            mass.Add(statedMass?[jet] ?? momentum.Mass);
            storedPt.Add(momentum.Pt);
            pt.Add(statedPt?[jet] ?? momentum.Pt);
            multiplicity.Add(jets.Multiplicity(jet));
        }
    }
}
