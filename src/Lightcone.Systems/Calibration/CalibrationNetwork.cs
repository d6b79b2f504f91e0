using Lightcone.Jets;
using Lightcone.Systems.Calibration.Ansatz;
using Lightcone.Systems.Calibration.Bodies;
using Lightcone.Systems.Mpm;
using Lightcone.Training;
using Lightcone.Training.Runs;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Calibration;

/// <summary>The network of a recipe on jets: an ansatz or a baseline, its body, and how it reads jets.</summary>
internal sealed class CalibrationNetwork : IDisposable
{
    private const int JetsAtOnce = 1024;

    private readonly BodyKind kind;

    private CalibrationNetwork(CalibrationRecipe recipe, CalibrationScales scales, Backbone? backbone)
    {
        (kind, Scales) = (BodyKinds.Of(recipe.Model), scales);
        if (recipe.Objective == CalibrationObjective.Ansatz) Ansatz = new AnsatzNetwork(recipe.Shape with { SharedBody = recipe.SharedBody || kind.IsLarge() }, Body);
        else Regression = new RegressionNetwork(recipe, Body);

        IBody Body(NetworkState state, string name) => kind switch
        {
            BodyKind.Dense => new QuantitiesBody(scales.Names.Length),
            BodyKind.Invariants => new InvariantsBody(state, name, scales.Names.Length),
            BodyKind.Pretrained => Pretrained = new PretrainedBody(state, backbone!, scales.Names.Length),
            _ => new ParticleFlowBody(state, name, kind, recipe, scales.Names.Length),
        };
    }

    /// <summary>How jets are read.</summary>
    public CalibrationScales Scales { get; }

    /// <summary>The ansatz; null for a baseline.</summary>
    public AnsatzNetwork? Ansatz { get; }

    /// <summary>The baseline; null for an ansatz.</summary>
    public RegressionNetwork? Regression { get; }

    /// <summary>The pre-trained body; null for others.</summary>
    public PretrainedBody? Pretrained { get; private set; }

    /// <summary>The weights.</summary>
    public NetworkState State => Ansatz?.State ?? Regression!.State;

    /// <summary>A network with fresh weights for a run that was prepared.</summary>
    public static CalibrationNetwork Of(Run run, CalibrationRecipe recipe) => new(
        recipe, CalibrationScales.Read(run.PreprocessingPath, recipe), BodyKinds.Of(recipe.Model) == BodyKind.Pretrained ? Backbone.Open(BackbonePath(run)) : null);

    /// <summary>Puts into a run what its network needs beside weights.</summary>
    public static void Prepare(Run run, CalibrationRecipe recipe, IJetSource training)
    {
        CalibrationScales.Prepared(run.PreprocessingPath, training, recipe);
        if (BodyKinds.Of(recipe.Model) != BodyKind.Pretrained || File.Exists(BackbonePath(run))) return;
        Directory.CreateDirectory(run.InputsFolder);
        Backbone.Open(recipe.Model[BodyKinds.PretrainedPrefix.Length..]).Write(BackbonePath(run));
    }

    /// <summary>Jets as the body reads them, in the caller's dispose scope.</summary>
    public EventTensors Events(JetBatch jets) => JetEvents.Of(jets, Scales, kind);

    /// <summary>True transverse momenta [GeV] in units of the ansatz, shape [n, 1].</summary>
    public Tensor ScaledTargets(double[] truth) => tensor(Array.ConvertAll(truth, z => (float)Scales.Target.Scaled(Math.Log(z), 0)), [truth.Length, 1]).clone();

    /// <summary>What the ansatz knows of jets; targets are ln(pT/GeV).</summary>
    public LearnedLikelihood Likelihood(JetBatch jets) => LearnedLikelihood.Of(Ansatz!, Scales.Target, Parts(jets));

    /// <summary>What the baseline says of jets, restored to ln(pT/GeV), row-major [jets, outputs]; a logarithm of a variance becomes the deviation.</summary>
    public double[] Predictions(JetBatch jets)
    {
        using var noGrad = no_grad();
        var all = new List<double>();
        foreach (var part in Parts(jets))
        {
            using var scope = NewDisposeScope();
            all.AddRange(Regression!.Outputs(part, training: false).to(ScalarType.Float64).contiguous().data<double>().ToArray());
        }

        bool gaussian = Regression!.Objective == CalibrationObjective.Gaussian;
        return [.. all.Select((y, i) => gaussian && i % 2 == 1 ? Scales.Target.Units[0] * Math.Exp(0.5 * Math.Clamp(y, RegressionNetwork.LeastLogVariance, RegressionNetwork.LargestLogVariance)) : Scales.Target.Restored(y, 0))];
    }

    /// <summary>Throws what a backward pass could not throw itself.</summary>
    public void AfterBackward()
    {
        Ansatz?.AfterBackward();
        Regression?.AfterBackward();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Ansatz?.Dispose();
        Regression?.Dispose();
    }

    private static string BackbonePath(Run run) => Path.Combine(run.InputsFolder, "backbone.safetensors");

    private IEnumerable<EventTensors> Parts(JetBatch jets)
    {
        for (int first = 0; first < jets.JetCount; first += JetsAtOnce)
        {
            using var scope = NewDisposeScope();
            int count = Math.Min(JetsAtOnce, jets.JetCount - first);
            yield return Events(count == jets.JetCount ? jets : jets.Select([.. Enumerable.Range(first, count)]));
        }
    }
}
