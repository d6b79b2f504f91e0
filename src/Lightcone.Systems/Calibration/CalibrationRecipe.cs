using System.ComponentModel.DataAnnotations;
using Lightcone.Systems.Calibration.Ansatz;
using Lightcone.Systems.Networks;
using Lightcone.Training.Optimisation;
using Lightcone.Training.Recipes;

namespace Lightcone.Systems.Calibration;

/// <summary>What a calibration learns.</summary>
public enum CalibrationObjective
{
    /// <summary>The likelihood ratio, as a Gaussian Ansatz (arXiv:2205.03413): free of the spectrum of the training.</summary>
    Ansatz,

    /// <summary>The mean of the target given the jet, by least squares: inherits the spectrum of the training.</summary>
    Mean,

    /// <summary>Mean and variance of the target given the jet, by a Gaussian likelihood: inherits the spectrum of the training.</summary>
    Gaussian,

    /// <summary>Quantiles of the target given the jet: inherit the spectrum of the training.</summary>
    Quantiles,
}

/// <summary>Numbers of a calibration of jets against simulated truth (arXiv:2205.03413, arXiv:2205.05084).</summary>
public sealed record CalibrationRecipe : TrainingRecipe
{
    /// <summary>A recipe with the settings of small samples.</summary>
    public CalibrationRecipe() =>
        (Epochs, BatchSize, LearningRate, Schedule, WarmUp, WeightDecay, ClipGradient, Keep) = (120, 1024, 3e-3, LearningRateShape.CosineBySteps, 0.02, 0.01, 1, KeptWeights.Last);

    /// <inheritdoc/>
    public override string System => "calibration";

    /// <summary>Body: dnn (quantities of the jet), efn, pfn, pfn-pid, lorentznet, or mpm:RUN with a pre-training's run or backbone file.</summary>
    public string Model { get; init; } = "dnn";

    /// <summary>What is learned.</summary>
    public CalibrationObjective Objective { get; init; }

    /// <summary>Column of the jets that holds the true transverse momentum [GeV].</summary>
    public string Target { get; init; } = "gen_pt";

    /// <summary>Quantities of the jet that every body reads, separated by commas: pt, eta, abs_eta, phi, mass, multiplicity, or a column of the file. Transverse momentum and mass enter as logarithms.</summary>
    public string Quantities { get; init; } = "pt,abs_eta";

    /// <summary>Numbers of each hidden layer of a head.</summary>
    [Range(1, 4096)]
    public int Hidden { get; init; } = 64;

    /// <summary>Hidden layers of a head.</summary>
    [Range(1, 16)]
    public int HiddenLayers { get; init; } = 3;

    /// <summary>Numbers of each hidden layer of a particle's network Φ (efn, pfn).</summary>
    [Range(1, 4096)]
    public int ParticleHidden { get; init; } = 64;

    /// <summary>Numbers that Φ gives each particle.</summary>
    [Range(1, 4096)]
    public int Latent { get; init; } = 64;

    /// <summary>Whether the heads share one body; lorentznet and mpm always do.</summary>
    public bool SharedBody { get; init; }

    /// <summary>Which bound on the mutual information is maximised.</summary>
    public InformationLoss Loss { get; init; }

    /// <summary>Shuffled partners a jet.</summary>
    [Range(1, 64)]
    public int Shuffles { get; init; } = 1;

    /// <summary>How the curvature is written.</summary>
    public CurvatureForm Curvature { get; init; }

    /// <summary>Share of the steps that begin from the posterior mean, before the bound is maximised.</summary>
    [Range(0, 0.9)]
    public double PretrainingShare { get; init; } = 0.1;

    /// <summary>Weight of the mean of |D|² at the beginning of the main phase.</summary>
    [Range(1e-6, 1e6)]
    public double PenaltyFrom { get; init; } = 0.1;

    /// <summary>The same at its end.</summary>
    [Range(1e-6, 1e6)]
    public double PenaltyTo { get; init; } = 10;

    /// <summary>
    /// Truth spectrum of the training, by weights on the jets as they are: none, power:N for (z/z₀)^N, or window:A:B for a slice [GeV]. For prior audits; weights are cut at 20.
    /// </summary>
    public string Prior { get; init; } = "none";

    /// <summary>Share of the steps in which a pre-trained body stays as it is (mpm).</summary>
    [Range(0, 1.0)]
    public double FreezeShare { get; init; } = 0.4;

    /// <summary>Learning rate of a pre-trained body after that, in units of the heads'.</summary>
    [Range(0, 100.0)]
    public double BodyRate { get; init; } = 0.1;

    /// <summary>What stands between layers.</summary>
    internal Activation Activation => Activation.Silu;

    /// <summary>Settings of the ansatz.</summary>
    internal AnsatzSettings Settings => new() { Loss = Loss, Shuffles = Shuffles, PenaltyFrom = PenaltyFrom, PenaltyTo = PenaltyTo };

    /// <summary>Shape of the ansatz.</summary>
    internal AnsatzShape Shape => new() { Dimension = 1, Hidden = Hidden, Layers = HiddenLayers, Activation = Activation, Curvature = Curvature, SharedBody = SharedBody, Anchored = true };

    /// <summary>Names of the quantities.</summary>
    internal string[] QuantityNames => Quantities.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
