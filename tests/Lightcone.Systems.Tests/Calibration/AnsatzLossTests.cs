using Lightcone.Randomness;
using Lightcone.Systems.Calibration;
using Lightcone.Systems.Calibration.Ansatz;
using Lightcone.Systems.Calibration.Toys;
using Lightcone.Systems.Tests.Mpm.BadInputTests;
using Lightcone.Tests.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Tests.Calibration;

/// <summary>Losses and mutual information with the exact ratio of toy G1: nothing is trained.</summary>
[Collection(SeededGenerator.Name)]
public sealed class AnsatzLossTests
{
    private const double Information = 0.804719; // ½ ln 5

    public static TheoryData<InformationLoss> Losses => [.. Enum.GetValues<InformationLoss>()];

    [Fact]
    public void The_network_of_the_exact_ratio_is_the_exact_ratio()
    {
        Assert.Equal(Information, GaussianToy.ExactInformation, 1e-6);
        using var scope = NewDisposeScope();
        using var network = ExactAnsatz.Gaussian();
        var table = Events(100, 1);
        double[] t = ExactAnsatz.Numbers(network.LogRatios(network.Terms(ExactAnsatz.Events(table.Quantities)), tensor(table.Targets, [100, 1]))[0]);
        for (int i = 0; i < 100; i++) Assert.Equal(GaussianToy.ExactLogRatio(table.Quantities[i], table.Targets[i]), t[i], 1e-12);
    }

    [Fact]
    public void The_exact_ratio_gives_the_exact_information()
    {
        var table = Events(100_000, 1);
        var estimate = MutualInformation.Of(t => [.. table.Quantities.Zip(t, GaussianToy.ExactLogRatio)], table.Targets, 1, 1);
        Assert.Equal(Information, estimate.Nats, 0.01);
        // Var T = 0.8 among joint pairs and Var exp T = 4 among shuffled ones (their fourth moment is large: a tenth).
        Assert.Equal(Math.Sqrt(0.8 / 1e5 + 4 / 1e6), estimate.Error, 0.1 * estimate.Error);
        Assert.Equal(0, estimate.Constant, 4 * Math.Sqrt(4 / 1e6));
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var network = ExactAnsatz.Gaussian();
        manual_seed(1);
        Assert.Equal(Information, -Loss(network, table, new AnsatzSettings()), 0.01);
        manual_seed(1);
        Assert.Equal(Information, -Loss(network, table, new AnsatzSettings { Shuffles = 10 }), 0.01);
    }

    [Fact]
    public void The_error_of_the_information_is_the_spread_of_samples()
    {
        const int Samples = 40, Count = 2000;
        var estimates = new InformationEstimate[Samples];
        for (int s = 0; s < Samples; s++)
        {
            var table = Events(Count, (ulong)s + 100);
            estimates[s] = MutualInformation.Of(t => [.. table.Quantities.Zip(t, GaussianToy.ExactLogRatio)], table.Targets, 1, (ulong)s);
        }

        double mean = estimates.Average(e => e.Nats), spread = Math.Sqrt(estimates.Sum(e => (e.Nats - mean) * (e.Nats - mean)) / (Samples - 1)), error = estimates.Average(e => e.Error);
        // A standard deviation of 40 is known to 11 %.
        Assert.InRange(spread / error, 0.66, 1.34);
        Assert.Equal(Information, mean, 4 * error / Math.Sqrt(Samples));
    }

    [Fact]
    public void Partners_are_never_the_event_itself_and_a_derangement_lifts_a_small_batch_where_a_permutation_lowers_it()
    {
        const int Size = 64, Batches = 4000;
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var network = ExactAnsatz.Gaussian();
        var table = Events(Size * Batches, 2);
        var estimate = MutualInformation.Of(t => new double[t.Length], table.Targets[..7], 1, 1);
        for (int pair = 0; pair < estimate.Partners.Length; pair++) Assert.NotEqual(pair % 7, estimate.Partners[pair]);
        double deranged = 0, permuted = 0;
        manual_seed(2);
        for (int b = 0; b < Batches; b++)
        {
            using var step = NewDisposeScope();
            var rows = table.Select([.. Enumerable.Range(b * Size, Size)]);
            deranged -= Loss(network, rows, new AnsatzSettings()) / Batches;
            var terms = network.Terms(ExactAnsatz.Events(rows.Quantities));
            var targets = tensor(rows.Targets, [Size, 1]);
            var ratios = network.LogRatios(terms, targets, targets.index_select(0, randperm(Size)));
            permuted += (ratios[0].mean() - AnsatzLosses.LogMeanExp(ratios[1], null)).item<double>() / Batches;
        }

        // Measured with another program at this size: +0.0181 and −0.0151, each from 6250 batches that scatter by 0.23 (to first order ± χ²/2N = 0.031); four errors of both.
        double error = 4 * 0.23 * Math.Sqrt(1.0 / Batches + 1.0 / 6250);
        Assert.True(deranged > Information && permuted < Information, $"{deranged}, {permuted}");
        Assert.Equal(0.0181, deranged - Information, error);
        Assert.Equal(-0.0151, permuted - Information, error);
    }

    [Fact]
    public void The_mean_of_exponentials_never_overflows()
    {
        using var scope = NewDisposeScope();
        foreach (var type in (ScalarType[])[ScalarType.Float32, ScalarType.Float64])
        {
            Assert.Equal(1000 + Math.Log(0.5 * (1 + Math.Exp(-1))), Value(AnsatzLosses.LogMeanExp(tensor((double[])[1000, 999]).to(type), null)), 1e-4);
            Assert.Equal(1000 + Math.Log(0.25 * (3 + Math.Exp(-1))), Value(AnsatzLosses.LogMeanExp(tensor((double[])[1000, 999]).to(type), tensor((double[])[3, 1]).to(type).log())), 1e-4);
            Assert.Equal(999, Value(AnsatzLosses.LogMeanExp(tensor((double[])[1000, 999]).to(type), tensor((double[])[0, 1]).to(type).log())), 1e-4);
            Assert.Equal(-1000, Value(AnsatzLosses.LogMeanExp(tensor((double[])[-1000, -1000]).to(type), null)), 1e-4);
        }

        using var noGrad = no_grad();
        using var network = ExactAnsatz.Gaussian();
        var table = Events(500, 3);
        double before = Seeded(() => Loss(network, table, new AnsatzSettings()));
        ExactAnsatz.Set(network, "a.head.0.bias", 1000);
        Assert.Equal(before, Seeded(() => Loss(network, table, new AnsatzSettings())), 1e-9);
        Assert.True(double.IsFinite(Seeded(() => Loss(network, table, new AnsatzSettings { Loss = InformationLoss.CrossEntropy }))));
        Assert.True(double.IsFinite(Seeded(() => Loss(network, table, new AnsatzSettings { Loss = InformationLoss.DonskerVaradhanAveraged }))));
        var far = MutualInformation.Of(t => [.. table.Quantities.Zip(t, (x, z) => 1000 + GaussianToy.ExactLogRatio(x, z))], table.Targets, 1, 1);
        var near = MutualInformation.Of(t => [.. table.Quantities.Zip(t, GaussianToy.ExactLogRatio)], table.Targets, 1, 1);
        Assert.Equal(near.Nats, far.Nats, 1e-9);
        Assert.Equal(near.Error, far.Error, 1e-9);
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void At_the_exact_ratio_every_loss_is_the_least(InformationLoss loss)
    {
        using var scope = NewDisposeScope();
        using var network = ExactAnsatz.Gaussian();
        var settings = new AnsatzSettings { Loss = loss, Shuffles = 10 };
        var table = Events(50_000, 4);
        double constant = loss == InformationLoss.NguyenWainwrightJordan ? 1 : 0;
        ExactAnsatz.Set(network, "a.head.0.bias", GaussianToy.ExactInformation + constant);
        // The averaged loss has the gradient of the bound but not its value, so it is the gradient that is compared.
        manual_seed(3);
        Batch(network, table, settings).backward();
        foreach (string name in (string[])["a.head.0.weight", "b.head.0.weight", "b.head.0.bias", "c.head.0.weight", "c.head.0.bias", "d.head.0.weight", "d.head.0.bias"])
            // A derivative of T is of order one to ten where there are events (ten: x² of a few); the mean of 5·10⁴ of them is known to 10/√(5·10⁴) = 0.045 at one deviation.
            Assert.All(ExactAnsatz.Numbers(network.State[name].grad!), g => Assert.True(Math.Abs(g) < 0.15, $"{name}: {g}"));

        if (loss == InformationLoss.DonskerVaradhanAveraged) return;
        using var noGrad = no_grad();
        double least = Value();
        foreach (var (name, values) in (IEnumerable<(string, double[])>)[
            ("b.head.0.weight", [0.85, 0]), ("b.head.0.weight", [1.15, 0]), ("b.head.0.bias", [0.2]), ("b.head.0.bias", [-0.2]), ("d.head.0.bias", [0.3]), ("d.head.0.bias", [-0.3]),
            ("a.head.0.weight", [0.3, 0.4]), ("a.head.0.weight", [-0.3, 0.4]), ("a.head.0.weight", [0, 0.5]), ("a.head.0.weight", [0, 0.3]), ("c.head.0.bias", [2.4]), ("c.head.0.bias", [1.3])])
        {
            double[] old = ExactAnsatz.Numbers(network.State[name]);
            ExactAnsatz.Set(network, name, values);
            // A change δT of the ratio costs about half its variance, 0.01 at least here; the noise of a first-order term is sd(δT)/√n ≈ 10⁻³.
            Assert.True(Value() > least + 1e-3, $"{name} = {string.Join(", ", values)}: {Value()} against {least}");
            ExactAnsatz.Set(network, name, old);
        }

        double Value() => Seeded(() => Loss(network, table, settings));
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void A_weighted_loss_is_its_formula(InformationLoss loss)
    {
        const int Count = 50, Shuffles = 3;
        const double Penalty = 2.5, Slope = 0.3;
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var network = ExactAnsatz.Gaussian();
        ExactAnsatz.Set(network, "d.head.0.weight", Slope, 0); // D = 0.3 x
        var table = Events(Count, 5) with { Weights = [.. Enumerable.Range(0, Count).Select(i => i % 3 == 0 ? 2.0 : i % 7 == 0 ? 0 : 1)] };
        double measured = Seeded(() => Value(Batch(network, table, new AnsatzSettings { Loss = loss, Shuffles = Shuffles }, Penalty)));
        manual_seed(1);
        long[] rotations = [.. randperm(Count - 1).data<long>().ToArray()[..Shuffles].Select(k => k + 1)];
        double[] x = table.Quantities, z = table.Targets, w = table.Weights;

        // The same, event by event; a row of weight 2 stands twice.
        double joint = 0, rows = 0, slopes = 0, shuffled = 0, pairs = 0;
        for (int i = 0; i < Count; i++)
            for (int again = 0; again < w[i]; again++)
            {
                (joint, rows, slopes) = (joint + (loss == InformationLoss.CrossEntropy ? Softplus(-T(x[i], z[i])) : T(x[i], z[i])), rows + 1, slopes + Slope * x[i] * Slope * x[i]);
            }

        foreach (long by in rotations)
            for (int i = 0; i < Count; i++)
            {
                int partner = (int)((i - by + Count) % Count);
                double t = T(x[i], z[partner]), both = w[i] * w[partner];
                shuffled += both * (loss == InformationLoss.CrossEntropy ? Softplus(t) : Math.Exp(loss == InformationLoss.NguyenWainwrightJordan ? t - 1 : t));
                pairs += both;
            }

        double bound = loss switch
        {
            InformationLoss.DonskerVaradhan => -joint / rows + Math.Log(shuffled / pairs),
            InformationLoss.DonskerVaradhanAveraged => -joint / rows + 1, // the average has just begun
            InformationLoss.NguyenWainwrightJordan => -joint / rows + shuffled / pairs,
            InformationLoss.MaximumLikelihood => -joint / rows + shuffled / pairs - 1,
            _ => joint / rows + shuffled / pairs,
        };
        Assert.Equal(bound + Penalty * slopes / rows, measured, 1e-11);

        double T(double event_, double target) => GaussianToy.ExactLogRatio(event_, target) + (target - event_) * Slope * event_;
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void Rows_of_weight_zero_have_no_influence_and_equal_weights_none_either(InformationLoss loss)
    {
        using var scope = NewDisposeScope();
        using var network = ExactAnsatz.Gaussian();
        var settings = new AnsatzSettings { Loss = loss, Shuffles = 2 };
        var table = Events(60, 6) with { Weights = [.. Enumerable.Range(0, 60).Select(i => i % 4 == 0 ? 0.0 : 1)] };
        var other = table with { Quantities = [.. table.Quantities], Targets = [.. table.Targets] };
        for (int i = 0; i < 60; i += 4) (other.Quantities[i], other.Targets[i]) = (3 - other.Quantities[i], -5);
        Assert.Equal(Fresh(table), Fresh(other), 1e-12);
        Assert.Equal(Fresh(table with { Weights = null }), Fresh(table with { Weights = [.. Enumerable.Repeat(3.0, 60)] }), 1e-12);
        manual_seed(1);
        Batch(network, table, settings, 1).backward();
        Assert.All(network.State.Parameters, p => Assert.True(p.Tensor.grad!.isfinite().all().item<bool>(), p.Name));

        double Fresh(CalibrationTable rows)
        {
            using var noGrad = no_grad();
            network.State[AnsatzNetwork.AverageName].zero_();
            return Seeded(() => Value(Batch(network, rows, settings, 1)));
        }
    }

    [Theory]
    [InlineData(CalibrationObjective.Mean)]
    [InlineData(CalibrationObjective.Gaussian)]
    [InlineData(CalibrationObjective.Quantiles)]
    public void A_baseline_with_weights_of_two_sees_these_rows_twice(CalibrationObjective objective)
    {
        using var scope = NewDisposeScope();
        using var network = new RegressionNetwork(new CalibrationRecipe { Objective = objective, Hidden = 4 }, (_, _) => new Systems.Calibration.Bodies.QuantitiesBody(1));
        int width = objective switch { CalibrationObjective.Mean => 1, CalibrationObjective.Gaussian => 2, _ => RegressionNetwork.Levels.Length };
        var outputs = randn(6, width);
        var targets = randn(6, 1);
        var rows = tensor((long[])[0, 0, 1, 2, 2, 4, 5]); // without 3
        foreach (bool warmUp in (bool[])[false, true])
            Assert.Equal(network.Loss(outputs.index_select(0, rows), targets.index_select(0, rows), null, warmUp).item<float>(),
                network.Loss(outputs, targets, tensor((float[])[2, 1, 2, 0, 1, 1]), warmUp).item<float>(), 1e-5);
    }

    [Fact]
    public void The_moving_average_begins_with_the_first_batch_and_remembers_99_percent()
    {
        using var scope = NewDisposeScope();
        using var network = ExactAnsatz.Gaussian();
        var settings = new AnsatzSettings { Loss = InformationLoss.DonskerVaradhanAveraged };
        CalibrationTable first = Events(200, 7), second = Events(200, 8);
        double a = Normalisation(first), b = Normalisation(second);
        manual_seed(1);
        Batch(network, first, settings).backward();
        double[] averaged = [.. network.State.Parameters.SelectMany(p => ExactAnsatz.Numbers(p.Tensor.grad!))];
        Assert.Equal(Math.Log(a), Average(), 1e-12);
        // In the first batch no gradient is lost: it is that of the bound itself.
        foreach (var (_, tensor) in network.State.Parameters) tensor.grad!.zero_();
        manual_seed(1);
        Batch(network, first, new AnsatzSettings()).backward();
        Assert.All(averaged.Zip(network.State.Parameters.SelectMany(p => ExactAnsatz.Numbers(p.Tensor.grad!))), p => Assert.Equal(p.Second, p.First, 1e-10));
        using var noGrad = no_grad();
        double value = Seeded(() => Loss(network, second, settings));
        Assert.Equal(Math.Log(0.99 * a + 0.01 * b), Average(), 1e-12);
        Assert.Equal(-second.Quantities.Zip(second.Targets, GaussianToy.ExactLogRatio).Average() + b / (0.99 * a + 0.01 * b), value, 1e-10);
        Assert.Contains(network.State.ToWeights(), t => t.Name == AnsatzNetwork.AverageName); // so that a resumed training goes on with it

        double Average() => ExactAnsatz.Numbers(network.State[AnsatzNetwork.AverageName]).Single();

        double Normalisation(CalibrationTable table)
        {
            manual_seed(1);
            int by = (int)randperm(table.Count - 1)[0].item<long>() + 1;
            return table.Quantities.Select((x, i) => Math.Exp(GaussianToy.ExactLogRatio(x, table.Targets[(i - by + table.Count) % table.Count]))).Average();
        }
    }

    [Fact]
    public void One_event_cannot_be_shuffled()
    {
        using var scope = NewDisposeScope();
        using var network = ExactAnsatz.Gaussian();
        Refusal.Of<InputDataException>(() => Loss(network, Events(1, 1), new AnsatzSettings()), "one event", "batchSize");
        Refusal.Of<InputDataException>(() => MutualInformation.Of(t => t, [1.0], 1, 1), "One event");
        using var noGrad = no_grad();
        Assert.True(double.IsFinite(Loss(network, Events(2, 1), new AnsatzSettings { Shuffles = 10 })));
        Assert.Equal(2, MutualInformation.Of(t => t, [1.0, 2.0], 1, 1).Shuffled.Length);
    }

    [Fact]
    public void The_penalty_grows_by_equal_factors()
    {
        var settings = new AnsatzSettings();
        Assert.Equal([0.1, 1, 10], ((double[])[0, 0.5, 1]).Select(p => Math.Round(settings.Penalty(p), 12)));
        Assert.Equal(settings.Penalty(1), settings.Penalty(1.5));
    }

    private static CalibrationTable Events(int count, ulong seed) => GaussianToy.Draw(count, seed, "exact ratio", (RandomStream r) => r.NextGaussian());

    private static Tensor Batch(AnsatzNetwork network, CalibrationTable table, AnsatzSettings settings, double penalty = 0) => AnsatzLosses.Main(
        network, network.Terms(ExactAnsatz.Events(table.Quantities)), tensor(table.Targets, [table.Count, 1]), table.Weights is null ? null : tensor(table.Weights), settings, penalty);

    private static double Loss(AnsatzNetwork network, CalibrationTable table, AnsatzSettings settings) => Value(Batch(network, table, settings));

    private static double Value(Tensor tensor) => tensor.to(ScalarType.Float64).item<double>();

    private static double Seeded(Func<double> value)
    {
        manual_seed(1);
        return value();
    }

    private static double Softplus(double x) => Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x)));
}
