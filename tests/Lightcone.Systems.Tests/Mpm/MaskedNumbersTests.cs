using Lightcone.Evaluation;
using Lightcone.Systems.Mpm;
using Lightcone.Systems.Mpm.Particles;
using Lightcone.Systems.Mpm.Targets;

namespace Lightcone.Systems.Tests.Mpm;

/// <summary>How losses of hidden particles become numbers.</summary>
public sealed class MaskedNumbersTests
{
    private static MaskedResult Judged(MpmModel model, MpmModel? twin = null, TokenMarginal? marginal = null, bool scored = false)
    {
        var result = new MaskedResult("MPM", model, twin, marginal);
        result.Add(MaskableJets.Make(60, 5, small: true), scored);
        return result;
    }

    private static double Value(MaskedNumbers numbers, string id) => numbers.All.Single(n => n.Id == id).Value!.Value;

    [Fact]
    public void The_mean_weighs_particles_and_its_error_is_the_scatter_of_jets()
    {
        var mean = MaskedSums.Ratio([2, 6, 4], [1, 2, 1]); // 12 / 4 = 3; misses −1, 0, 1; √(2 · 3/2) / 4
        Assert.Equal(3, mean.Value, 1e-12);
        Assert.Equal(3 + Math.Sqrt(3) / 4, mean.Upper, 1e-12);
        Assert.Equal(3 - Math.Sqrt(3) / 4, mean.Lower, 1e-12);
        Assert.True(double.IsNaN(MaskedSums.Ratio([0], [0]).Value));
        Assert.True(double.IsNaN(MaskedSums.Ratio([5], [2]).Upper));
    }

    [Fact]
    public void Jets_and_ranks_add_up_to_the_losses_of_their_particles()
    {
        using var model = TinyModel.Of(TinyModel.Recipe);
        var jets = MaskableJets.Make([4, 0, 7, 2], 6);
        var table = model.Preprocessing.Apply(jets);
        var hidden = MaskedResult.Mask(table, model.Recipe); // 1, 0, 2 and 1
        Assert.Equal([1, 0, 2, 1], hidden.HiddenCounts);
        var sums = new MaskedSums("own");
        sums.Add(hidden, new([1, 2, 4, 8], [0.5, double.NaN, 0.25, 1]));
        Assert.Equal([1, 0, 6, 8], sums.Target);
        Assert.Equal([0.5, 0, 0.25, 1], sums.Type);
        var ranks = sums.ByRank(types: false, least: 1);
        Assert.Equal([(1, 11 / 3.0), (2, 4)], ranks.Select(r => (r.Rank, r.Value)));
        Assert.Equal(Math.Sqrt(((1 - 11 / 3.0) * (1 - 11 / 3.0) + (2 - 11 / 3.0) * (2 - 11 / 3.0) + (8 - 11 / 3.0) * (8 - 11 / 3.0)) / 6), ranks[0].StandardError, 1e-12);
        Assert.Single(sums.ByRank(types: false, least: 2));
    }

    [Fact]
    public void Shares_of_the_training_tokens_cost_minus_their_logarithm_and_unseen_ones_are_not_infinite()
    {
        var marginal = new TokenMarginal([7, 0, 2], [9, 0, 0, 0, 0, 0, 0, 0]);
        var costs = marginal.Costs([0, 1, 2], [0, 1, ParticleTypes.Unknown]);
        Assert.Equal([-Math.Log(7.5 / 10.5), -Math.Log(0.5 / 10.5), -Math.Log(2.5 / 10.5)], costs.Target);
        Assert.Equal(-Math.Log(9.5 / 13), costs.Type[0], 1e-12);
        Assert.True(double.IsNaN(costs.Type[2]));
    }

    [Fact]
    public void A_network_gains_nothing_over_itself_and_its_gates_fail()
    {
        using var model = TinyModel.Of(TinyModel.Recipe with { Target = new(TargetKind.Regression, "") });
        var numbers = new MaskedNumbers(model, Judged(model, twin: model), ["QCD", "Tbqq"], _ => true);
        Assert.Equal(0, Value(numbers, "context"), 1e-6); // float32 rounding: threads may share a sum in another way
        Assert.Equal(0, Value(numbers, "type-context"), 1e-6);
        Assert.Equal(["context fail", "type-context fail"], numbers.Gates.Select(g => $"{g.Id} {g.Result.ToString().ToLowerInvariant()}"));
        Assert.Equal(numbers.All.Single(n => n.Id == "features").N, numbers.All.Single(n => n.Id == "features@QCD").N + numbers.All.Single(n => n.Id == "features@Tbqq").N);
    }

    [Fact]
    public void Without_a_twin_its_gates_are_not_run_and_classes_that_are_signal_do_not_count()
    {
        using var model = TinyModel.Of(TinyModel.Recipe with { Target = new(TargetKind.Regression, "") });
        var result = Judged(model);
        MaskedNumbers all = new(model, result, ["QCD", "Tbqq"], _ => true), background = new(model, result, ["QCD", "Tbqq"], c => c == 0);
        Assert.All(all.Gates, g => Assert.Equal(GateResult.NotRun, g.Result));
        Assert.Contains(all.Warnings, w => w.Id == "no-context-free-run");
        Assert.Contains(all.Warnings, w => w.Id == "unmaskable" && w.Text.StartsWith("10 of 60", StringComparison.Ordinal));
        Assert.Equal(Value(all, "features@QCD"), Value(background, "features"));
        Assert.NotEqual(Value(all, "features"), Value(background, "features"));
    }

    [Fact]
    public void Nothing_to_hide_is_bad_input()
    {
        using var model = TinyModel.Of(TinyModel.Recipe);
        var result = new MaskedResult("MPM", model, null, null);
        result.Add(MaskableJets.Make([0, 1, 1], 1), scored: true);
        Assert.Throws<InputDataException>(() => new MaskedNumbers(model, result, ["QCD", "Tbqq"], _ => true));
    }

    [Fact]
    public void A_gate_from_below_passes_at_its_limit_and_fails_without_a_number()
    {
        Assert.Equal(GateResult.Pass, EvaluationGate.AtLeast("g", 0.45, 0.45).Result);
        Assert.Equal(GateResult.Fail, EvaluationGate.AtLeast("g", 0.44, 0.45).Result);
        Assert.Equal((GateResult.Fail, null), (EvaluationGate.AtLeast("g", double.PositiveInfinity, 0.45).Result, EvaluationGate.AtLeast("g", double.NaN, 0.45).Measured));
        Assert.Equal(">=", EvaluationGate.AtLeast("g", 1, 0).Relation);
    }
}
