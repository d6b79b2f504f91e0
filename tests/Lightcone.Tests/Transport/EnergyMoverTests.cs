using CsCheck;
using Lightcone.Randomness;
using Lightcone.Transport;

namespace Lightcone.Tests.Transport;

public sealed class EnergyMoverTests
{
    private readonly EnergyMover mover = new();

    [Fact]
    public void Equal_weights_are_an_assignment() => Gen.Int[1, 12].Select(Gen.Int[0, 1_000_000]).Sample((n, seed) =>
    {
        Flow a = Flow.Random(n, (ulong)seed, 0), b = Flow.Random(n, (ulong)seed, 1);
        Array.Fill(a.Weights, 0.7);
        Array.Fill(b.Weights, 0.7);
        var costs = new double[n * n];
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++) costs[i * n + j] = 0.7 * Angle(a, i, b, j);
        Assert.Equal(new Assignment().Solve(costs, n, n, new int[n]), new EnergyMover().Distance(a.Of, b.Of), 1e-12 * n);
    }, iter: 200);

    [Fact]
    public void Whole_weights_cost_the_cheapest_of_all_tables() => Gen.Int[1, 3].Select(Gen.Int[1, 3], Gen.Int[0, 1_000_000]).Sample((n, m, seed) =>
    {
        Flow a = Flow.Random(n, (ulong)seed, 0), b = Flow.Random(m, (ulong)seed, 1);
        var random = new RandomStream((ulong)seed, "whole", 0, 0);
        for (int i = 0; i < n; i++) a.Weights[i] = random.NextInt(5);
        for (int j = 0; j < m; j++) b.Weights[j] = random.NextInt(5);
        Assert.Equal(Enumerated(a, b), new EnergyMover().Distance(a.Of, b.Of), 1e-12);
    }, iter: 300);

    [Fact]
    public void The_plan_carries_all_that_both_jets_have_and_costs_the_distance()
    {
        Flow a = Flow.Random(30, 1, 0), b = Flow.Random(25, 1, 1);
        double distance = mover.Distance(a.Of, b.Of), work = 0, carried = 0;
        for (int i = 0; i < 30; i++)
        {
            double leaving = 0;
            for (int j = 0; j < 25; j++)
            {
                double f = mover.Plan[i * 25 + j];
                Assert.True(f >= 0);
                leaving += f;
                work += f * Angle(a, i, b, j);
            }

            Assert.True(leaving <= a.Weights[i] + 1e-15 * a.Total);
            carried += leaving;
        }

        Assert.Equal(Math.Min(a.Total, b.Total), carried, 1e-13 * a.Total);
        Assert.Equal(work + Math.Abs(a.Total - b.Total), distance, 1e-13 * a.Total);
    }

    [Fact]
    public void A_jet_is_nothing_away_from_itself_in_any_order_and_round_the_circle()
    {
        var jet = Flow.Random(30, 2, 0);
        int[] order = [.. Enumerable.Range(0, 30)];
        new RandomStream(2, "order", 0, 0).Shuffle(order.AsSpan());
        var shuffled = new Flow([.. order.Select(i => jet.Weights[i])], [.. order.Select(i => jet.Rapidities[i])], [.. order.Select(i => jet.Azimuths[i])]);
        Assert.Equal(0, mover.Distance(jet.Of, shuffled.Of));
        var turned = jet with { Azimuths = [.. jet.Azimuths.Select(phi => phi + 2 * Math.PI)] };
        Assert.Equal(0, mover.Distance(jet.Of, turned.Of), 1e-14 * jet.Total);
        // Two particles on both sides of ±π are near each other.
        Assert.Equal(3 * 0.02, mover.Distance(new([3], [0], [Math.PI - 0.01]), new([3], [0], [-Math.PI + 0.01])), 1e-14);
    }

    [Fact]
    public void It_is_a_metric_while_no_angle_exceeds_twice_the_radius() => Gen.Int[0, 1_000_000].Sample(seed =>
    {
        var random = new RandomStream((ulong)seed, "sizes", 0, 0);
        Flow a = Flow.Random(1 + random.NextInt(9), (ulong)seed, 0), b = Flow.Random(1 + random.NextInt(9), (ulong)seed, 1), c = Flow.Random(1 + random.NextInt(9), (ulong)seed, 2);
        var wide = new EnergyMover { Radius = 3 }; // rapidities differ by 2 at most, azimuths by π
        double ab = wide.Distance(a.Of, b.Of), bc = wide.Distance(b.Of, c.Of), ac = wide.Distance(a.Of, c.Of);
        Assert.True(ab > 0);
        Assert.Equal(ab, wide.Distance(b.Of, a.Of), 1e-13 * (a.Total + b.Total));
        Assert.True(ac <= ab + bc + 1e-12);
    }, iter: 500);

    [Fact]
    public void Slopes_are_what_more_weight_costs()
    {
        Flow a = Flow.Random(9, 4, 0), b = Flow.Random(7, 4, 1);
        foreach (double heavier in new[] { 0.5, 2 })
        {
            var scaled = b with { Weights = [.. b.Weights.Select(w => heavier * w * a.Total / b.Total)] };
            mover.Distance(a.Of, scaled.Of);
            double[] first = mover.FirstSlopes.ToArray(), second = mover.SecondSlopes.ToArray();
            for (int i = 0; i < 9; i++) Assert.Equal(Quotient(a.Weights, i, () => mover.Distance(a.Of, scaled.Of)), first[i], 1e-7);
            for (int j = 0; j < 7; j++) Assert.Equal(Quotient(scaled.Weights, j, () => mover.Distance(a.Of, scaled.Of)), second[j], 1e-7);
        }
    }

    [Fact]
    public void Equal_totals_have_the_mean_of_both_slopes()
    {
        // More of one side must vanish, less of it need not travel: two different slopes.
        mover.Distance(new([2], [0], [0]), new([2], [0.3], [0]));
        double up = (mover.Distance(new([2 + 1e-6], [0], [0]), new([2], [0.3], [0])) - 0.6) / 1e-6, down = (0.6 - mover.Distance(new([2 - 1e-6], [0], [0]), new([2], [0.3], [0]))) / 1e-6;
        mover.Distance(new([2], [0], [0]), new([2], [0.3], [0]));
        Assert.Equal((up + down) / 2, mover.FirstSlopes[0], 1e-8);
    }

    [Fact]
    public void Radius_and_power_weigh_the_angle()
    {
        Assert.Equal(5 * 0.5 + 2, new EnergyMover { Radius = 0.6 }.Distance(new([5], [0.3], [1]), new([7], [0], [1])), 1e-14);
        Assert.Equal(5 * 0.25 + 2, new EnergyMover { Radius = 0.6, Beta = 2 }.Distance(new([5], [0.3], [1]), new([7], [0], [1])), 1e-14);
        Assert.Throws<ArgumentOutOfRangeException>(() => new EnergyMover { Radius = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new EnergyMover { Beta = double.NaN });
    }

    [Fact]
    public void Nothing_is_its_weight_away_from_something_and_weightless_particles_do_not_count()
    {
        Assert.Equal(4.5, mover.Distance(new([4, 0.5], [0, 1], [0, 1]), new([], [], [])));
        Assert.Equal(0, mover.Distance(new([], [], []), new([], [], [])));
        Assert.Equal(0, mover.Distance(new([0], [double.PositiveInfinity], [0]), new([0, 0], [1, 1], [0, 0])));
        Assert.Equal(0.2, mover.Distance(new([0, 1], [double.PositiveInfinity, 0], [0, 0]), new([1], [0.2], [0])), 1e-15);
    }

    [Fact]
    public void What_is_no_energy_or_no_direction_is_refused()
    {
        Assert.Throws<InputDataException>(() => mover.Distance(new([-1], [0], [0]), new([1], [0], [0])));
        Assert.Throws<InputDataException>(() => mover.Distance(new([double.NaN], [0], [0]), new([1], [0], [0])));
        Assert.Equal("particle 1 of the second jet", Assert.Throws<InputDataException>(() => mover.Distance(new([1], [0], [0]), new([1, 1], [0, double.PositiveInfinity], [0, 0]))).Where);
        Assert.Throws<ArgumentException>(() => mover.Distance(new([1, 2], [0], [0]), new([1], [0], [0])));
    }

    private static double Quotient(double[] weights, int at, Func<double> distance)
    {
        const double step = 1e-7;
        double kept = weights[at];
        weights[at] = kept + step;
        double above = distance();
        weights[at] = kept - step;
        double below = distance();
        weights[at] = kept;
        return (above - below) / (2 * step);
    }

    private static double Angle(Flow a, int i, Flow b, int j)
    {
        double phi = Math.IEEERemainder(a.Azimuths[i] - b.Azimuths[j], 2 * Math.PI);
        return Math.Sqrt((a.Rapidities[i] - b.Rapidities[j]) * (a.Rapidities[i] - b.Rapidities[j]) + phi * phi);
    }

    // Whole supplies and demands have a cheapest plan in whole numbers: try all of them.
    private static double Enumerated(Flow a, Flow b)
    {
        double[] left = [.. a.Weights], wanted = [.. b.Weights];
        double toMove = Math.Min(a.Total, b.Total);
        return From(0, toMove) + Math.Abs(a.Total - b.Total);

        double From(int pair, double rest)
        {
            if (rest == 0) return 0;
            if (pair == left.Length * wanted.Length) return double.PositiveInfinity;
            int i = pair / wanted.Length, j = pair % wanted.Length;
            double best = double.PositiveInfinity;
            for (int f = 0; f <= Math.Min(left[i], wanted[j]); f++)
            {
                left[i] -= f;
                wanted[j] -= f;
                best = Math.Min(best, f * Angle(a, i, b, j) + From(pair + 1, rest - f));
                left[i] += f;
                wanted[j] += f;
            }

            return best;
        }
    }

    private sealed record Flow(double[] Weights, double[] Rapidities, double[] Azimuths)
    {
        public EnergyFlow Of => new(Weights, Rapidities, Azimuths);

        public double Total => Weights.Sum();

        public static Flow Random(int particles, ulong seed, long item)
        {
            var random = new RandomStream(seed, "flow", 0, item);
            return new(Draw(() => 0.01 + random.NextDouble()), Draw(() => 2 * random.NextDouble() - 1), Draw(() => 2 * Math.PI * random.NextDouble() - Math.PI));

            double[] Draw(Func<double> one)
            {
                var values = new double[particles];
                for (int i = 0; i < particles; i++) values[i] = one();
                return values;
            }
        }
    }
}
