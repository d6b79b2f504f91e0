using Lightcone.Evaluation;
using Lightcone.Randomness;
using Lightcone.Systems.Mpm;
using Lightcone.Systems.Mpm.Acceptance;
using Lightcone.Systems.Mpm.Network;
using Lightcone.Systems.Mpm.Particles;
using Lightcone.Tests.Training;
using Lightcone.Training;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Tests.Mpm.Acceptance;

/// <summary>The checks of masked particle modelling that need no data pass, and each of them can fail.</summary>
[Collection(SeededGenerator.Name)]
public sealed class AcceptanceTests
{
    [Fact]
    public void Network_has_the_described_numbers_of_parameters_and_the_gradients_of_its_loss() => AssertPassed(BuildCheck.Run());

    [Fact]
    public void Small_network_learns_jets_by_heart() => AssertPassed(BuildCheck.Overfit(BuildCheck.Small with { Width = 32, Layers = 2, DecoderWidth = 32 }));

    // The same at full size: minutes on a busy machine, so only when asked for (--explicit only).
    [Fact(Explicit = true)]
    public void Network_of_the_small_size_learns_jets_by_heart() => AssertPassed(BuildCheck.Overfit());

    [Fact]
    public void Order_of_particles_counts_where_it_should_and_nowhere_else() => AssertPassed(SymmetryCheck.Run());

    [Fact]
    public void Nothing_of_a_hidden_particle_reaches_its_prediction() => AssertPassed(LeakCheck.Run());

    [Fact]
    public void A_token_that_knows_the_rank_among_all_particles_is_found()
    {
        var check = LeakCheck.Run(jets: 30, (network, table, hidden, pick) =>
        {
            var places = new double[hidden.Hidden.Length];
            for (int i = 0, jet = 0; i < places.Length; i++)
            {
                while (hidden.Hidden[i] >= table.Offsets[jet + 1]) jet++;
                places[i] = 1e-3 * (hidden.Hidden[i] - table.Offsets[jet]);
            }

            return network.Decode(table, hidden, pick, training: false).Plus(tensor(places).unsqueeze(1));
        });
        Assert.Contains("new-ranks-removed", Failed(check));
        Assert.Contains("counts-alone-removed", Failed(check));
        Assert.DoesNotContain("all-replaced-removed", Failed(check)); // the particle itself is safe: without new ranks nobody would notice
    }

    [Fact]
    public void Truth_beside_the_null_token_is_found()
    {
        var check = LeakCheck.Run(jets: 30, (network, table, hidden, pick) =>
            network.Decode(table, hidden, pick, training: false).Plus(pick(hidden.Hidden).Features.sum(dim: 1).unsqueeze(1).Times(1e-9)));
        var failed = Failed(check);
        Assert.Contains("one-replaced-removed", failed);
        Assert.Contains("one-replaced-replaced", failed);
        Assert.Contains("hidden-gradient-removed", failed);
        Assert.Contains("hidden-gradient-replaced", failed);
        Assert.Contains("truth-of-jets-removed", failed);
    }

    [Fact]
    public void A_decoder_that_ignores_the_jet_is_found()
    {
        var check = LeakCheck.Run(jets: 30, (network, table, hidden, pick) => network.Decode(table, hidden, pick, training: false).Times(1e-12));
        Assert.Contains("visible-replaced-removed", Failed(check));
    }

    [Fact]
    public void A_position_in_the_encoder_is_found()
    {
        var table = ToyParticles.Table(ToyParticles.Multiplicities(10, 3), 3);
        manual_seed(1);
        using var network = new MpmNetwork(ToyModels.Recipe(Lightcone.Systems.Mpm.Targets.TargetKind.Regression, HidingLayout.Removed), null);
        double Change(double size) => SymmetryCheck.Change(table, t => network.Encode(t, training: false).Particles().Plus(arange(t.ParticleCount, dtype: ScalarType.Float64).Times(size).unsqueeze(1)), ofParticles: true);
        Assert.InRange(Change(0), 0, 1e-10);
        Assert.InRange(Change(1e-9), 1e-9, 1e-6);
    }

    [Fact]
    public void A_gradient_that_is_stopped_is_found()
    {
        using var state = new NetworkState(ScalarType.Float64);
        manual_seed(1);
        state.AddLinear("layer", 3, 2);
        var x = tensor(new[] { 0.3, -0.2, 0.5 }, [1, 3]);
        Tensor Loss(bool stopped)
        {
            var y = nn.functional.linear(x, state["layer.weight"], state["layer.bias"]);
            return (stopped ? y.mul(y.detach()) : y.mul(y)).sum();
        }

        Assert.InRange(FiniteDifferences.Compare(state, () => Loss(stopped: false), 1, entries: 2).WorstError, 0, 1e-6);
        Assert.InRange(FiniteDifferences.Compare(state, () => Loss(stopped: true), 1, entries: 2).WorstError, 0.1, 10);
    }

    private static string[] Failed(AcceptanceCheck check) => [.. check.Gates.Where(g => g.Result != GateResult.Pass).Select(g => g.Id).Order(StringComparer.Ordinal)];

    private static void AssertPassed(AcceptanceCheck check)
    {
        foreach (var gate in check.Gates) TestContext.Current.TestOutputHelper?.WriteLine($"{gate.Result} {gate.Id}: {gate.Measured:R} {gate.Relation} {gate.Limit:R} ({gate.Name})");
        Assert.NotEmpty(check.Gates);
        Assert.Equal(check.Gates.Count, check.Gates.Select(g => g.Id).Distinct().Count());
        Assert.Empty(Failed(check));
    }
}
