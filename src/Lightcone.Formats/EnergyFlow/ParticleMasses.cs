namespace Lightcone.Formats.EnergyFlow;

/// <summary>
/// Masses [GeV] by absolute PDG id, with the digits that the energyflow package uses for its quark-gluon jets (they follow Pythia's particle
/// data); the published quark-gluon networks were trained on four-momenta made with them. Ids that are not listed count as massless there too.
/// </summary>
internal static class ParticleMasses
{
    internal static double Of(long pdgId) => Math.Abs(pdgId) switch
    {
        11 => 5.11e-4,
        13 => 0.10566,
        15 => 1.77682,
        111 => 0.13498,
        130 or 310 => 0.49761,
        211 => 0.13957,
        221 => 0.54785,
        321 => 0.49368,
        2112 => 0.93957,
        2212 => 0.93827,
        3112 => 1.19745,
        3122 => 1.11568,
        3212 => 1.19264,
        3222 => 1.18937,
        3312 => 1.32171,
        3322 => 1.31486,
        3334 => 1.67245,
        _ => 0,
    };
}
