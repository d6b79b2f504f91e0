using Lightcone.Evaluation;
using Lightcone.Formats;
using Lightcone.Formats.Compact;
using Lightcone.Jets;
using Lightcone.Kinematics;
using Lightcone.Systems.LorentzNet;
using Lightcone.Tests;
using Lightcone.Tests.Training;
using Lightcone.Training.Runs;
using Lightcone.Weights;
using TorchSharp;

namespace Lightcone.Systems.Tests.EndToEnd;

/// <summary>Evaluations of so few jets that a number is only a limit.</summary>
public sealed class SmallSampleEvaluation
{
    private const double TopMass = 173, LightMass = 20, Momentum = 300;

    [Fact]
    public void A_rival_that_lets_no_background_jet_pass_is_left_out_of_the_references()
    {
        using var folder = new TemporaryFolder();
        var run = FreshRun(folder["run"]);
        CompactWriter.Write(new InMemorySource(TopsAndLightJets(20), ToyJets.Schema), folder["test.h5"]);
        using var data = SplitFolder.Open(folder["test.h5"], DataSplit.Test);
        new LorentzNetSystem().Evaluate(run, data, new EvaluationRequest { Command = "lightcone evaluate", Threads = 1 });
        var document = EvaluationDocument.Read(run.EvaluationPath);
        Assert.Equal(1.0, document.Number("auc/jet-mass window")!.Value);
        Assert.Empty(document.References);
        Assert.DoesNotContain("times as many", document.Answer, StringComparison.Ordinal);
    }

    private static Run FreshRun(string folder)
    {
        var recipe = new LorentzNetRecipe { Hidden = 4, Layers = 1 };
        torch.manual_seed(1);
        using var network = new LorentzNetNetwork(recipe);
        var run = Run.Create(folder, recipe, Provenance.OfThisProcess(1, mklAnyCpu: false), "");
        Safetensors.Write(run.BestPath, network.State.ToWeights().ToList(), new Dictionary<string, string> { ["system"] = "lorentznet" });
        return run;
    }

    // Two massless constituents a jet, as far apart as the mass asks for: m² = 2 p² (1 − cos Δφ).
    private static JetBatch TopsAndLightJets(int jets)
    {
        var momenta = new List<double>();
        for (int jet = 0; jet < jets; jet++)
        {
            double mass = jet % 2 == 1 ? TopMass : LightMass, apart = Math.Acos(1 - mass * mass / (2 * Momentum * Momentum));
            foreach (double azimuth in (ReadOnlySpan<double>)[0.1 * jet, 0.1 * jet + apart])
            {
                var p = FourMomentum.FromPtEtaPhiMass(Momentum, 0, azimuth, 0);
                momenta.AddRange([p.E, p.Px, p.Py, p.Pz]);
            }
        }

        return new JetBatch
        {
            Rows = [.. Enumerable.Range(0, jets).Select(r => (long)r)],
            Offsets = [.. Enumerable.Range(0, jets + 1).Select(j => 2 * j)],
            Momenta = [.. momenta],
            Labels = [.. Enumerable.Range(0, jets).Select(j => j % 2)],
        };
    }
}
