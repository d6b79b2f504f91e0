using Lightcone.Jets;
using Lightcone.Kinematics;
using Lightcone.Systems.Reconstruction;
using Lightcone.Tests.Training;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Tests.Reconstruction;

public sealed class ReconstructionLossTests
{
    public static TheoryData<ReconstructionLoss> Losses => JetPairs.Losses;

    private static JetPairs.Recipe For(ReconstructionLoss loss, double jetWeight = 0.3) => new() { Loss = loss, JetWeight = jetWeight };

    [Theory]
    [MemberData(nameof(Losses))]
    public void Gradients_are_those_of_central_differences(ReconstructionLoss loss)
    {
        var (reconstructed, truth) = JetPairs.Ragged();
        var recipe = For(loss);
        var (_, gradient) = JetPairs.Gradient((x, y) => ReconstructionLosses.Of(recipe, x, y), reconstructed, truth);
        int slots = 30;
        double scale = gradient.Max(Math.Abs);
        for (int jet = 0; jet < reconstructed.JetCount; jet++)
            for (int i = 0; i < 4 * reconstructed.Multiplicity(jet); i++)
            {
                int at = 4 * reconstructed.Offsets[jet] + i;
                const double step = 1e-6;
                double Moved(double by)
                {
                    var momenta = reconstructed.Momenta.ToArray();
                    momenta[at] += by * JetPairs.Unit;
                    return JetPairs.Loss(recipe, JetPairs.With(reconstructed, momenta), truth);
                }

                // The third derivative times step² and the rounding of the loss over the step: below 1e-7 of the largest slope.
                Assert.Equal((Moved(step) - Moved(-step)) / (2 * step), gradient[4 * slots * jet + i], 1e-7 * scale + 1e-8);
            }
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void A_batch_is_the_mean_of_its_jets_and_nothing_depends_on_padding(ReconstructionLoss loss)
    {
        var (reconstructed, truth) = JetPairs.Ragged();
        double mean = Enumerable.Range(0, truth.JetCount).Average(jet => JetPairs.Loss(For(loss), reconstructed.Select([jet]), truth.Select([jet])));
        Assert.Equal(mean, JetPairs.Loss(For(loss), reconstructed, truth), 1e-13 * mean);

        using var scope = NewDisposeScope();
        using PaddedJets x = PaddedJets.Of(reconstructed, JetPairs.Unit, ScalarType.Float64), y = PaddedJets.Of(truth, JetPairs.Unit, ScalarType.Float64);
        PaddedJets xGarbage = new(where(x.Mask.unsqueeze(2).to(ScalarType.Bool), x.Momenta, full(x.Momenta.shape, 1e6, dtype: ScalarType.Float64)), x.Mask);
        PaddedJets yLong = new(cat([y.Momenta, full(y.Momenta.shape, double.NaN, dtype: ScalarType.Float64)], 1), cat([y.Mask, zeros_like(y.Mask)], 1));
        xGarbage.Momenta.requires_grad_();
        var garbled = ReconstructionLosses.Of(For(loss), xGarbage, yLong);
        Assert.Equal(ReconstructionLosses.Of(For(loss), x, y).item<double>(), garbled.item<double>());
        garbled.backward();
        Assert.Equal(0, (xGarbage.Momenta.grad! * (ones_like(x.Mask) - x.Mask).unsqueeze(2)).abs().sum().item<double>());
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void Jets_without_constituents_contribute_nothing(ReconstructionLoss loss)
    {
        JetBatch some = ToyJets.Make([3], 1), none = ToyJets.Make([0], 1);
        Assert.Equal(0, JetPairs.Loss(For(loss), none, none));
        Assert.Equal(0, JetPairs.Loss(For(loss), some, none));
        Assert.Equal(0, JetPairs.Loss(For(loss), none, some));
        var (_, gradient) = JetPairs.Gradient((x, y) => ReconstructionLosses.Of(For(loss), x, y), some, none);
        Assert.All(gradient, g => Assert.Equal(0, g));
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void Order_of_constituents_counts_for_the_mean_square_alone(ReconstructionLoss loss)
    {
        var (reconstructed, truth) = JetPairs.Ragged();
        double before = JetPairs.Loss(For(loss), reconstructed, truth), after = JetPairs.Loss(For(loss), JetPairs.Shuffled(reconstructed, 1), JetPairs.Shuffled(truth, 2));
        if (loss == ReconstructionLoss.MeanSquare) Assert.NotEqual(before, after, 1e-3 * before);
        else Assert.Equal(before, after, 1e-12 * before);
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void A_jet_is_nothing_away_from_itself(ReconstructionLoss loss)
    {
        var truth = ToyJets.Make([1, 5, 30], 3);
        Assert.Equal(0, JetPairs.Loss(For(loss), truth, truth));
        var shuffled = JetPairs.Loss(For(loss, jetWeight: 0), JetPairs.Shuffled(truth, 3), truth);
        if (loss == ReconstructionLoss.MeanSquare) Assert.True(shuffled > 0.01);
        else if (loss == ReconstructionLoss.RestFrameChamfer) Assert.Equal(0, shuffled, 1e-24);
        else Assert.Equal(0, shuffled);
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void Single_precision_loses_only_its_own_digits(ReconstructionLoss loss)
    {
        var (reconstructed, truth) = JetPairs.Ragged();
        double exact = JetPairs.Loss(For(loss), reconstructed, truth);
        using var scope = NewDisposeScope();
        using PaddedJets x = PaddedJets.Of(reconstructed, JetPairs.Unit, ScalarType.Float32), y = PaddedJets.Of(truth, JetPairs.Unit, ScalarType.Float32);
        Assert.Equal(exact, ReconstructionLosses.Of(For(loss), x, y).item<float>(), 2e-5 * exact);
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void A_momentum_that_is_not_a_number_makes_the_loss_none(ReconstructionLoss loss)
    {
        var (reconstructed, truth) = JetPairs.Ragged();
        foreach (double bad in new[] { double.NaN, double.PositiveInfinity })
        {
            var momenta = reconstructed.Momenta.ToArray();
            momenta[6] = bad;
            Assert.True(double.IsNaN(JetPairs.Loss(For(loss), JetPairs.With(reconstructed, momenta), truth)));
        }
    }

    [Fact]
    public void Chamfer_agrees_with_its_slow_twin_in_value_and_gradient()
    {
        var (reconstructed, truth) = (ToyJets.Make([5, 12, 1, 30, 8], 1), ToyJets.Make([7, 3, 6, 30, 8], 2));
        var (fast, fastGradient) = JetPairs.Gradient(ReconstructionLosses.Chamfer, reconstructed, truth);
        var (slow, slowGradient) = JetPairs.Gradient(SlowChamfer, reconstructed, truth);
        Assert.Equal(slow, fast, 1e-13 * slow);
        double scale = slowGradient.Max(Math.Abs);
        for (int i = 0; i < fastGradient.Length; i++) Assert.Equal(slowGradient[i], fastGradient[i], 1e-13 * scale);
    }

    [Fact]
    public void The_mean_square_compares_what_one_jet_lacks_with_nothing()
    {
        JetBatch two = Jet(1, 2, 3, 4, 5, 6, 7, 8), one = Jet(1, 2, 3, 5);
        double expected = (1 + 25 + 36 + 49 + 64) / 2.0 / (JetPairs.Unit * JetPairs.Unit);
        Assert.Equal(expected, JetPairs.Loss(For(ReconstructionLoss.MeanSquare, 0), two, one), 1e-15);
        Assert.Equal(expected, JetPairs.Loss(For(ReconstructionLoss.MeanSquare, 0), one, two), 1e-15);
        // (5, 6, 7, 9) goes with the second constituent; the first stays alone.
        Assert.Equal((1 + 1 + 4 + 9 + 16) / 2.0 / 1e4, JetPairs.Loss(For(ReconstructionLoss.Hungarian, 0), Jet(5, 6, 7, 9), two), 1e-15);
        Assert.Equal((1 + 1 + 4 + 9 + 16) / 2.0 / 1e4, JetPairs.Loss(For(ReconstructionLoss.Hungarian, 0), two, Jet(5, 6, 7, 9)), 1e-15);
    }

    [Fact]
    public void A_cycle_of_three_is_undone_by_the_assignment()
    {
        // The inverse of a 3-cycle is another one: a matching applied the wrong way round would not give 0 here.
        JetBatch jet = Jet(1, 0, 0, 1, 5, 0, 5, 0, 9, 9, 0, 0), turned = Jet(5, 0, 5, 0, 9, 9, 0, 0, 1, 0, 0, 1);
        Assert.Equal(0, JetPairs.Loss(For(ReconstructionLoss.Hungarian, 0), turned, jet));
        Assert.True(JetPairs.Loss(For(ReconstructionLoss.MeanSquare), turned, jet) > 1e-4);
    }

    [Fact]
    public void The_jet_term_is_the_squared_difference_of_the_jets_momenta()
    {
        var (reconstructed, truth) = (ToyJets.Make([5, 12], 1), ToyJets.Make([7, 3], 2));
        double expected = Enumerable.Range(0, 2).Average(jet =>
        {
            var d = reconstructed.Jet(jet) - truth.Jet(jet);
            return (d.E * d.E + d.Px * d.Px + d.Py * d.Py + d.Pz * d.Pz) / (JetPairs.Unit * JetPairs.Unit);
        });
        double without = JetPairs.Loss(For(ReconstructionLoss.Chamfer, 0), reconstructed, truth), with = JetPairs.Loss(For(ReconstructionLoss.Chamfer, 2.5), reconstructed, truth);
        Assert.Equal(2.5 * expected, with - without, 1e-12 * with);
    }

    [Fact]
    public void The_rest_frame_loss_does_not_see_the_frame_and_the_plain_one_does()
    {
        var (reconstructed, truth) = (ToyJets.Make([5, 12, 30], 1), ToyJets.Make([7, 3, 30], 2));
        foreach (double beta in new[] { 0.3, 0.9, 0.995 })
        {
            var frame = LorentzTransform.Boost(0.6 * beta, -0.64 * beta, 0.48 * beta).After(LorentzTransform.Rotation(1, 2, 3, 1.3));
            double gamma2 = 1 / (1 - beta * beta);
            var (x, y) = (JetPairs.Seen(reconstructed, frame), JetPairs.Seen(truth, frame));
            double here = JetPairs.Loss(For(ReconstructionLoss.RestFrameChamfer), reconstructed, truth);
            Assert.Equal(here, JetPairs.Loss(For(ReconstructionLoss.RestFrameChamfer), x, y), 1e-12 * gamma2 * here); // γ² of the digits go
            double plain = JetPairs.Loss(For(ReconstructionLoss.Chamfer), reconstructed, truth);
            Assert.NotEqual(plain, JetPairs.Loss(For(ReconstructionLoss.Chamfer), x, y), 0.01 * plain);
        }
    }

    [Fact]
    public void The_rest_frame_loss_is_the_invariant_form_and_that_of_boosted_jets()
    {
        var (reconstructed, truth) = (ToyJets.Make([5, 12, 30], 1), ToyJets.Make([7, 3, 30], 2));
        for (int jet = 0; jet < truth.JetCount; jet++)
        {
            var (x, y, total) = (reconstructed.Select([jet]), truth.Select([jet]), truth.Jet(jet));
            double loss = JetPairs.Loss(For(ReconstructionLoss.RestFrameChamfer, 0), x, y);
            var rest = LorentzTransform.Boost(-total.Px / total.E, -total.Py / total.E, -total.Pz / total.E);
            Assert.Equal(0, rest.Apply(total).P, 1e-10 * total.E);
            Assert.Equal(JetPairs.Loss(For(ReconstructionLoss.Chamfer, 0), JetPairs.Seen(x, rest), JetPairs.Seen(y, rest)), loss, 1e-11 * loss);
            Assert.Equal(Invariant(x, y, total), loss, 1e-10 * loss);
        }
    }

    [Fact]
    public void A_massless_jet_counts_as_heavy_as_the_floor()
    {
        JetBatch truth = Jet(1000, 0, 0, 1000), shifted = Jet(1000, 3, 0, 1000);
        var recipe = For(ReconstructionLoss.RestFrameChamfer, 0);
        Assert.Equal(9 / (JetPairs.Unit * JetPairs.Unit), JetPairs.Loss(recipe, shifted, truth), 1e-12); // across the jet nothing is stretched
        double gamma = Math.Sqrt(1 + 200.0 * 200);
        Assert.Equal(gamma * gamma * (1 + Math.Pow(200 / gamma, 2)) / 1e4, JetPairs.Loss(recipe, Jet(1001, 0, 0, 1000), truth), 1e-6);
    }

    [Fact]
    public void The_energy_mover_needs_no_more_than_the_energy_that_is_missing()
    {
        var truth = ToyJets.Make([8], 1);
        var half = JetPairs.With(truth, [.. truth.Momenta.Select(p => 0.5 * p)]);
        double pt = Enumerable.Range(0, 8).Sum(c => truth.Constituent(c).Pt) / JetPairs.Unit;
        Assert.Equal(0.5 * pt, JetPairs.Loss(For(ReconstructionLoss.EnergyMover, 0), half, truth), 1e-12 * pt);
    }

    [Fact]
    public void Nearest_constituents_are_those_of_all_pairs_and_the_first_of_equals()
    {
        var nearest = new NearestConstituents();
        foreach (var (n, m) in new[] { (1, 1), (3, 9), (30, 30), (17, 4), (5, 16) })
        {
            double[] x = Coarse(n, 1), y = Coarse(m, 2);
            nearest.Find(x, y);
            for (int a = 0; a < n; a++) Assert.Equal(Enumerable.Range(0, m).MinBy(b => Distance(x, a, y, b)), nearest.Second[a]);
            for (int b = 0; b < m; b++) Assert.Equal(Enumerable.Range(0, n).MinBy(a => Distance(x, a, y, b)), nearest.First[b]);
        }

        static double[] Coarse(int n, ulong seed)
        {
            var random = new Randomness.RandomStream(seed, "coarse", 0, n);
            return [.. Enumerable.Range(0, 4 * n).Select(_ => (double)random.NextInt(3))]; // full of ties
        }

        static double Distance(double[] x, int a, double[] y, int b) => Enumerable.Range(0, 4).Sum(k => Math.Pow(x[4 * a + k] - y[4 * b + k], 2));
    }

    [Fact]
    public void Batches_of_different_sizes_are_refused()
    {
        using PaddedJets x = PaddedJets.Of(ToyJets.Make([2], 1), 1, ScalarType.Float64), y = PaddedJets.Of(ToyJets.Make([2, 2], 1), 1, ScalarType.Float64);
        Assert.Throws<ArgumentException>(() => ReconstructionLosses.Chamfer(x, y));
    }

    private static JetBatch Jet(params double[] momenta) => new() { Rows = [0], Offsets = [0, momenta.Length / 4], Momenta = momenta };

    private static double Invariant(JetBatch x, JetBatch y, FourMomentum total)
    {
        double Squared(FourMomentum a, FourMomentum b)
        {
            var d = a - b;
            double along = d.Dot(total) / total.Mass;
            return (2 * along * along - d.Dot(d)) / (JetPairs.Unit * JetPairs.Unit);
        }

        List<FourMomentum> p = [.. Enumerable.Range(0, x.ConstituentCount).Select(x.Constituent)], q = [.. Enumerable.Range(0, y.ConstituentCount).Select(y.Constituent)];
        return 0.5 * (p.Average(a => q.Min(b => Squared(a, b))) + q.Average(b => p.Min(a => Squared(a, b))));
    }

    // As the formula reads, over all pairs of a rectangle, differentiated by the engine.
    internal static Tensor SlowChamfer(PaddedJets reconstructed, PaddedJets truth)
    {
        var distance = (reconstructed.Momenta.unsqueeze(2) - truth.Momenta.unsqueeze(1)).Squared().sum(dim: 3);
        var toTruth = distance.Plus(Barrier(truth.Mask).unsqueeze(1)).amin([2]);
        var toReconstructed = distance.Plus(Barrier(reconstructed.Mask).unsqueeze(2)).amin([1]);
        return MaskedMean(toTruth, reconstructed.Mask).Plus(MaskedMean(toReconstructed, truth.Mask)).mean().Times(0.5);

        static Tensor Barrier(Tensor mask) => mask.Times(-1e30).Plus(1e30);
        static Tensor MaskedMean(Tensor values, Tensor mask) => (values * mask).sum(dim: 1) / mask.sum(dim: 1).clamp_min(Arithmetic.One);
    }
}
