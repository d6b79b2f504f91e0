using Lightcone.Evaluation;
using Lightcone.Systems.Calibration.Ansatz;
using Lightcone.Systems.Calibration.Toys;
using Lightcone.Systems.Tests.Mpm.BadInputTests;
using Lightcone.Tests.Training;

namespace Lightcone.Systems.Tests.Calibration;

/// <summary>Small trainings on problems whose answer is exact.</summary>
[Collection(SeededGenerator.Name)]
public sealed class ToyTrainingTests
{
    // A fifth of the events and half of the passes that the toy's gates are made for: a tenth of the steps.
    private const int Events = 20_000, Epochs = 20;

    private const double Slack = 2;

    private static readonly Dictionary<string, double> Late = new() { ["sigma"] = 0.12, ["coverage"] = 0.08, ["pull"] = 0.12, ["profile"] = 0.08 };

    [Fact]
    public void G1_is_learned_from_a_fifth_of_its_events_within_twice_its_gates()
    {
        var measures = new GaussianToy().Run(new ToyOptions { Events = Events, Recipe = new TableRecipeChoice { Epochs = Epochs } });
        foreach (var measure in measures) TestContext.Current.TestOutputHelper?.WriteLine($"{measure.Id} {measure.Value:G5} ({measure.Relation} {measure.Expected:G5} {measure.Tolerance:G3})");
        Assert.Equal(["information", "information-lost", "best-rms", "best-largest", "slope", "sigma", "coverage", "pull", "slope-left", "profile", "constant"], measures.Select(m => m.Id));
        Assert.All(measures.Where(m => m.Relation != ToyRelation.Shown), m =>
        {
            // The curvature at B is what a network learns last: after 180 steps σ is still 18 % too wide, so what counts deviations has a gate of its own.
            if (Late.TryGetValue(m.Id, out double late)) m = m with { Tolerance = late / Slack };
            var doubled = m.Relation == ToyRelation.Near ? m with { Tolerance = Slack * m.Tolerance } : m with { Expected = Slack * m.Expected };
            Assert.True(doubled.Gate()!.Result == GateResult.Pass, $"{m.Name}: {m.Value}, gate {m.Expected} {m.Tolerance} doubled");
        });
    }

    [Fact]
    public void Least_squares_inherits_the_spectrum_of_its_training_and_the_ansatz_does_not()
    {
        var train = GaussianToy.Draw(Events, 1, "G2 train", r => r.NextGaussian());
        var shifted = GaussianToy.Draw(Events, 1, "G2 shifted", r => 1 + 0.5 * r.NextGaussian());
        using var regression = MeanNetwork.Fit(train, new TableRecipe { Epochs = 10, BatchSize = 512 });
        double bias = Bias(regression.Predict(shifted));
        // E[z|x] = 0.8 x, so 0.2 below a truth of mean 1; to 0.03 as the toy's gate.
        Assert.Equal(-0.2, bias, 0.03);
        using var ansatz = TableAnsatz.Fit(train, new TableRecipe { Epochs = Epochs });
        using var likelihood = ansatz.Of(shifted);
        Assert.True(Math.Abs(Bias(likelihood.Best)) < Slack * 0.03, $"{Bias(likelihood.Best)}");

        double Bias(double[] estimates) => estimates.Average() - shifted.Targets.Average();
    }

    [Theory]
    [InlineData(InformationLoss.DonskerVaradhan)]
    [InlineData(InformationLoss.DonskerVaradhanAveraged)]
    [InlineData(InformationLoss.CrossEntropy)]
    public void A_training_may_leave_the_first_phase_out(InformationLoss loss)
    {
        var table = GaussianToy.Draw(4000, 1, "bare", r => r.NextGaussian());
        using var ansatz = TableAnsatz.Fit(table, new TableRecipe { PretrainingEpochs = 0, Epochs = 10, BatchSize = 500, Settings = new AnsatzSettings { Loss = loss, Shuffles = 2 } });
        using var likelihood = ansatz.Of(table);
        var information = MutualInformation.Of(t => likelihood.LogRatio(t), table.Targets, 1, 1);
        Assert.InRange(information.Nats, 0.3, 0.9); // it has learned something, and no more than there is
    }

    [Fact]
    public void Equal_seeds_give_equal_bits()
    {
        var table = GaussianToy.Draw(1000, 1, "twice", r => r.NextGaussian());
        double[][] levels = [.. ((ulong[])[1, 1, 2]).Select(seed =>
        {
            using var ansatz = TableAnsatz.Fit(table, new TableRecipe { Epochs = 1, PretrainingEpochs = 1, BatchSize = 100, Seed = seed });
            using var likelihood = ansatz.Of(table);
            return likelihood.Level;
        })];
        Assert.Equal(levels[0], levels[1]);
        Assert.NotEqual(levels[0], levels[2]);
    }

    [Theory]
    [InlineData("NaN quantity")]
    [InlineData("infinite target")]
    [InlineData("constant quantity")]
    [InlineData("constant target")]
    [InlineData("one event")]
    [InlineData("no event")]
    [InlineData("negative weight")]
    [InlineData("NaN weight")]
    [InlineData("weights of sum zero")]
    public void Tables_that_cannot_be_learned_from_are_refused(string what)
    {
        var table = GaussianToy.Draw(what switch { "one event" => 1, "no event" => 0, _ => 100 }, 1, "bad", r => r.NextGaussian());
        switch (what)
        {
            case "NaN quantity": table.Quantities[7] = double.NaN; break;
            case "infinite target": table.Targets[7] = double.PositiveInfinity; break;
            case "constant quantity": Array.Fill(table.Quantities, 3.3); break;
            case "constant target": Array.Fill(table.Targets, 1e6); break;
            case "negative weight": table = table with { Weights = [-1, .. Enumerable.Repeat(1.0, 99)] }; break;
            case "NaN weight": table = table with { Weights = [double.NaN, .. Enumerable.Repeat(1.0, 99)] }; break;
            case "weights of sum zero": table = table with { Weights = new double[100] }; break;
        }

        Refusal.Of<InputDataException>(() => TableAnsatz.Fit(table, new TableRecipe { Epochs = 1 }).Dispose());
        Refusal.Of<InputDataException>(() => MeanNetwork.Fit(table, new TableRecipe { Epochs = 1 }).Dispose());
    }

    [Fact]
    public void A_table_may_weight_its_events()
    {
        var table = GaussianToy.Draw(2000, 1, "weighted", r => r.NextGaussian());
        using var ansatz = TableAnsatz.Fit(table with { Weights = [.. table.Targets.Select(z => z > 0 ? 2.0 : 0)] }, new TableRecipe { Epochs = 2, BatchSize = 500 });
        using var likelihood = ansatz.Of(table);
        Assert.All(likelihood.Best, b => Assert.True(double.IsFinite(b)));
    }

    [Fact]
    public void Unknown_toys_are_refused_with_the_names_of_those_that_there_are() => Refusal.Of<UsageException>(
        () => CalibrationToys.Run(new CalibrationToyRequest { Names = ["G9"] }, _ => { }, CancellationToken.None).ToList(), "G9", "G3b");
}
