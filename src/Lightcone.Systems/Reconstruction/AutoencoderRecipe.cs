using System.ComponentModel.DataAnnotations;
using Lightcone.Training.Recipes;

namespace Lightcone.Systems.Reconstruction;

/// <summary>Distance between a jet and its reconstruction that a training minimises.</summary>
public enum ReconstructionLoss
{
    /// <summary>Chamfer: every constituent to the nearest of the other jet, both ways, squared Euclidean distance of four-momenta (arXiv:2212.07347, eq. 10).</summary>
    Chamfer,

    /// <summary>Chamfer with the distance taken in the rest frame of the true jet: unchanged under Lorentz transformations of the jet.</summary>
    RestFrameChamfer,

    /// <summary>The same divided by the square of the true jet's mass: heavy and light jets weigh alike, and neither frame nor unit matters.</summary>
    ScaleFreeChamfer,

    /// <summary>Constituent by constituent in the order of the file; not invariant under permutations.</summary>
    MeanSquare,

    /// <summary>Mean square after the cheapest one-to-one assignment.</summary>
    Hungarian,

    /// <summary>Energy mover's distance in (pseudorapidity, azimuth), weights pT (arXiv:1902.02346); its transport plan is held fixed in the gradient.</summary>
    EnergyMover,
}

/// <summary>What all autoencoders of jets are told, beside what every training is told.</summary>
public abstract record AutoencoderRecipe : TrainingRecipe
{
    /// <summary>Distance between a jet and its reconstruction.</summary>
    public ReconstructionLoss Loss { get; init; } = ReconstructionLoss.Chamfer;

    /// <summary>Weight of the squared difference of the jets' four-momenta beside the loss over constituents.</summary>
    [Range(0, 1e6)]
    public double JetWeight { get; init; }

    /// <summary>Momentum that counts as 1 inside the network and the loss [GeV].</summary>
    [Range(0, 1e9, MinimumIsExclusive = true)]
    public double MomentumUnit { get; init; } = 1000;

    /// <summary>RestFrameChamfer: mass below which a true jet counts as that heavy [GeV]; a massless jet has no rest frame, and float32 momenta of 1 TeV leave about 0.3 GeV² of rounding in a squared mass.</summary>
    [Range(0, 1e6, MinimumIsExclusive = true)]
    public double RestMassFloor { get; init; } = 5;

    /// <summary>Weight of the sum of absolute weights, beside a loss that is a mean over jets.</summary>
    [Range(0, 1e3)]
    public double L1 { get; init; }
}
