using Lightcone.Jets;
using Lightcone.Randomness;
using Lightcone.Systems.Calibration;
using Lightcone.Systems.Tests.Mpm.BadInputTests;
using Lightcone.Tests;
using Lightcone.Tests.Training;
using Lightcone.Training.Runs;
using TorchSharp;

namespace Lightcone.Systems.Tests.Calibration;

/// <summary>What a network says of a jet depends on that jet alone, and not on the order of its particles.</summary>
[Collection(SeededGenerator.Name)]
public sealed class NeighbourTests
{
    // float32: B is of order ten in units of the ansatz, so a last bit is 10⁻⁶; some ten sums in another order, times a unit of 0.1 in ln pT.
    private const double Rounding = 1e-6;

    [Theory]
    [InlineData("dnn")]
    [InlineData("efn")]
    [InlineData("pfn")]
    [InlineData("pfn-pid")]
    [InlineData("lorentznet")]
    public void A_jet_is_calibrated_alike_alone_and_among_others(string model)
    {
        using var toy = new UntrainedCalibration(model);
        var jets = CalibrationJets.Make(60, 5);
        var (best, deviation) = toy.Of(jets);
        for (int i = 0; i < jets.JetCount; i += 7)
        {
            Near(toy.Of(jets.Select([i])), 0, i);
            Near(toy.Of(jets.Select([59, i, i, 0])), 2, i);
        }

        // Equal jets of one batch are equal bit by bit, and a batch is the same twice.
        var twice = toy.Of(jets.Select([.. Enumerable.Range(0, 60)]));
        Assert.Equal(best, twice.Best);
        Assert.Equal(deviation, twice.Deviation);

        void Near((double[] Best, double[] Deviation) other, int at, int jet)
        {
            Assert.Equal(best[jet], other.Best[at], Rounding);
            Assert.Equal(1, other.Deviation[at] / deviation[jet], 1e-5); // softplus of sums of order one
        }
    }

    [Theory]
    [InlineData("efn")]
    [InlineData("pfn")]
    [InlineData("pfn-pid")]
    [InlineData("lorentznet")]
    public void The_order_of_particles_does_not_matter_and_the_particles_do(string model)
    {
        using var toy = new UntrainedCalibration(model);
        var jets = CalibrationJets.Make(40, 6);
        double[] best = toy.Of(jets).Best, shuffled = toy.Of(Shuffled(jets)).Best, other = toy.Of(With(jets, CalibrationJets.Make(40, 7))).Best;
        for (int i = 0; i < best.Length; i++) Assert.Equal(best[i], shuffled[i], Rounding);
        // Fresh weights see particles weakly; still most jets are calibrated otherwise with others, by far more than the order of a sum changes.
        double order = best.Zip(shuffled).Max(p => Math.Abs(p.First - p.Second));
        Assert.InRange(best.Zip(other).Count(p => Math.Abs(p.First - p.Second) > 10 * order), best.Length / 2, best.Length);
    }

    [Fact]
    public void A_dense_body_sees_no_particle()
    {
        using var toy = new UntrainedCalibration("dnn");
        var jets = CalibrationJets.Make(40, 6);
        Assert.Equal(toy.Of(jets).Best, toy.Of(With(jets, CalibrationJets.Make(40, 7))).Best);
    }

    [Fact]
    public void A_jet_turned_about_the_beam_is_calibrated_alike()
    {
        using var toy = new UntrainedCalibration("pfn");
        var jets = CalibrationJets.Make(40, 6);
        double[] momenta = [.. jets.Momenta];
        for (int c = 0; c < jets.ConstituentCount; c++) (momenta[4 * c + 1], momenta[4 * c + 2]) = (-momenta[4 * c + 1], -momenta[4 * c + 2]); // by π: some cross the seam of the azimuth
        double[] best = toy.Of(jets).Best, turned = toy.Of(Replaced(jets, momenta, jets.ConstituentColumns)).Best;
        for (int i = 0; i < best.Length; i++) Assert.Equal(best[i], turned[i], Rounding);
    }

    [Fact]
    public void Particles_without_identity_or_of_no_momentum_are_refused()
    {
        var jets = CalibrationJets.Make(5, 6);
        using var pid = new UntrainedCalibration("pfn-pid");
        Refusal.Of<InputDataException>(() => pid.Of(Replaced(jets, jets.Momenta, new Dictionary<string, float[]>())), "model=pfn");
        Refusal.Of<InputDataException>(() => pid.Of(Replaced(jets, jets.Momenta, new Dictionary<string, float[]>(jets.ConstituentColumns) { ["pid"] = [.. jets.ConstituentColumns["pid"].Select(_ => 211f)] })), "211");
        using var pfn = new UntrainedCalibration("pfn");
        Refusal.Of<InputDataException>(() => pfn.Of(Replaced(jets, new double[jets.Momenta.Length], jets.ConstituentColumns)), "transverse momentum");
        Refusal.Of<InputDataException>(() => pfn.Of(Replaced(jets, [.. jets.Momenta.Select((p, i) => i == 5 ? double.NaN : p)], jets.ConstituentColumns)));
        Refusal.Of<InputDataException>(() => pfn.Of(jets.With("pt", [.. jets.JetColumns["pt"].Select((p, i) => i == 2 ? 0 : p)])), "Jet 2", "pt");
        Refusal.Of<InputDataException>(() => pfn.Of(jets.With("eta", [.. jets.JetColumns["eta"].Select((p, i) => i == 2 ? float.NaN : p)])), "Jet 2", "eta");
    }

    private static JetBatch Shuffled(JetBatch jets)
    {
        int[] order = [.. Enumerable.Range(0, jets.ConstituentCount)];
        for (int jet = 0; jet < jets.JetCount; jet++) new RandomStream(1, "order", 0, jet).Shuffle(order.AsSpan(jets.Offsets[jet], jets.Multiplicity(jet)));
        return Replaced(jets, [.. order.SelectMany(c => jets.Momenta[(4 * c)..(4 * c + 4)])], jets.ConstituentColumns.ToDictionary(c => c.Key, c => order.Select(o => c.Value[o]).ToArray()));
    }

    // The quantities of some jets on the particles of others.
    private static JetBatch With(JetBatch jets, JetBatch particles) =>
        new() { Rows = jets.Rows, Offsets = particles.Offsets, Momenta = particles.Momenta, ConstituentColumns = particles.ConstituentColumns, JetColumns = jets.JetColumns };

    private static JetBatch Replaced(JetBatch jets, double[] momenta, IReadOnlyDictionary<string, float[]> columns) =>
        new() { Rows = jets.Rows, Offsets = jets.Offsets, Momenta = momenta, ConstituentColumns = columns, JetColumns = jets.JetColumns };

    /// <summary>A network with fresh weights and scales of toy jets.</summary>
    private sealed class UntrainedCalibration : IDisposable
    {
        private readonly TemporaryFolder folder = new();
        private readonly CalibrationNetwork network;

        public UntrainedCalibration(string model)
        {
            var recipe = new CalibrationRecipe { Model = model };
            var run = Run.Create(folder["run"], recipe, Provenance.OfThisProcess(1, mklAnyCpu: false), "");
            CalibrationNetwork.Prepare(run, recipe, CalibrationJets.Source(500, 1));
            torch.manual_seed(1);
            network = CalibrationNetwork.Of(run, recipe);
        }

        public (double[] Best, double[] Deviation) Of(JetBatch jets)
        {
            using var likelihood = network.Likelihood(jets);
            return (likelihood.Best, likelihood.Deviations());
        }

        public void Dispose()
        {
            network.Dispose();
            folder.Dispose();
        }
    }
}
