using Lightcone.Jets;
using Lightcone.Kinematics;
using Lightcone.Systems.Reconstruction;
using Lightcone.Tests.Training;

namespace Lightcone.Tests.Reconstruction;

public sealed class TransverseResidualTests
{
    private readonly TransverseResidual residual = new();

    private double Of(JetBatch original, JetBatch reconstructed, int jet) => residual.Of(Momenta(original, jet), Momenta(reconstructed, jet), original.Jet(jet));

    private static ReadOnlySpan<double> Momenta(JetBatch jets, int jet) => jets.Momenta.AsSpan(4 * jets.Offsets[jet], 4 * jets.Multiplicity(jet));

    [Fact]
    public void A_jet_and_its_permuted_copy_do_not_miss_each_other()
    {
        var jets = ToyJets.Make([1, 2, 7, 30, 12], 3);
        var shuffled = JetPairs.Shuffled(jets, 5);
        for (int jet = 0; jet < jets.JetCount; jet++) Assert.Equal(0, Of(jets, shuffled, jet));
    }

    [Theory]
    [InlineData(0.3, 0)]
    [InlineData(-0.9, 0)]
    [InlineData(0, 2)]
    [InlineData(0.99, -2.5)]
    public void Boosts_along_the_beam_and_turns_about_it_change_nothing(double beta, double angle)
    {
        var (reconstructed, original) = (ToyJets.Make([5, 12, 30, 1], 1), ToyJets.Make([7, 3, 30, 1], 2));
        var frame = LorentzTransform.Boost(0, 0, beta).After(LorentzTransform.Rotation(0, 0, 1, angle));
        for (int jet = 0; jet < original.JetCount; jet++)
        {
            double here = Of(original, reconstructed, jet);
            Assert.True(here > 0);
            // Momenta across the axis lose digits to energies that are γ (1 + |v|) times as large, β = 0.99: 14.
            Assert.Equal(here, Of(JetPairs.Seen(original, frame), JetPairs.Seen(reconstructed, frame), jet), 1e-10 * here);
        }
    }

    [Fact]
    public void A_boost_across_the_beam_changes_it() =>
        Assert.NotEqual(Of(ToyJets.Make([5], 1), ToyJets.Make([5], 2), 0),
            Of(JetPairs.Seen(ToyJets.Make([5], 1), LorentzTransform.Boost(0.5, 0, 0)), JetPairs.Seen(ToyJets.Make([5], 2), LorentzTransform.Boost(0.5, 0, 0)), 0), 1e-3);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 4)]
    [InlineData(5, 3)]
    [InlineData(2, 6)]
    [InlineData(0, 2)]
    [InlineData(3, 0)]
    public void Small_jets_miss_each_other_as_the_cheapest_of_all_matchings_says(int constituents, int rebuilt)
    {
        for (ulong seed = 1; seed <= 10; seed++)
        {
            JetBatch original = ToyJets.Make([constituents], seed), reconstructed = ToyJets.Make([rebuilt], seed + 50);
            double expected = constituents == 0 ? 0 : Cheapest(Around(original, original.Jet(0)), Around(reconstructed, original.Jet(0)));
            Assert.Equal(expected, Of(original, reconstructed, 0), 1e-9 * Math.Max(1, expected));
        }
    }

    [Fact]
    public void A_jet_without_an_axis_misses_nothing()
    {
        double[] opposite = [10, 10, 0, 0, 10, -10, 0, 0], along = [10, 0, 0, 10];
        Assert.Equal(0, residual.Of(opposite, along, new FourMomentum(20, 0, 0, 0)));
        Assert.Equal(0, residual.Of(along, opposite, new FourMomentum(10, 0, 0, 10)));
        Assert.Equal(0, residual.Of([], opposite, default));
    }

    /// <summary>Constituents (x along the axis) after a boost along the beam and a turn that bring the jet to rapidity 0 and azimuth 0.</summary>
    private static List<FourMomentum> Around(JetBatch jets, FourMomentum axis)
    {
        var frame = LorentzTransform.Rotation(0, 0, 1, -axis.Azimuth).After(LorentzTransform.Boost(0, 0, -axis.Pz / axis.E));
        return [.. Enumerable.Range(0, jets.ConstituentCount).Select(c => frame.Apply(jets.Constituent(c)))];
    }

    /// <summary>Tries all one-to-one matchings; what is left alone costs its own square. Returns what the cheapest misses across the axis.</summary>
    private static double Cheapest(List<FourMomentum> x, List<FourMomentum> y)
    {
        if (x.Count > y.Count) (x, y) = (y, x);
        double cheapest = double.PositiveInfinity, across = 0;
        Try(0, new bool[y.Count], 0, 0);
        return across;

        void Try(int next, bool[] taken, double cost, double crosswise)
        {
            if (next == x.Count)
            {
                for (int b = 0; b < y.Count; b++)
                    if (!taken[b]) (cost, crosswise) = (cost + Square(y[b]) + y[b].Px * y[b].Px, crosswise + Square(y[b]));
                if (cost < cheapest) (cheapest, across) = (cost, crosswise);
                return;
            }

            for (int b = 0; b < y.Count; b++)
            {
                if (taken[b]) continue;
                taken[b] = true;
                var d = x[next] - y[b];
                Try(next + 1, taken, cost + Square(d) + d.Px * d.Px, crosswise + Square(d));
                taken[b] = false;
            }
        }

        static double Square(FourMomentum p) => p.Py * p.Py + p.Pz * p.Pz;
    }
}
