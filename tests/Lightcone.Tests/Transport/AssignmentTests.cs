using CsCheck;
using Lightcone.Randomness;
using Lightcone.Transport;

namespace Lightcone.Tests.Transport;

public sealed class AssignmentTests
{
    [Fact]
    public void The_cheapest_of_all_orders_is_found() => Gen.Select(Gen.Int[1, 7], Gen.Int[1, 7], Gen.Int[0, 1_000_000], Gen.Bool).Sample((rows, columns, seed, coarse) =>
    {
        var costs = Costs(rows * columns, (ulong)seed, coarse);
        var columnOfRow = new int[rows];
        double total = new Assignment().Solve(costs, rows, columns, columnOfRow);
        Assert.Equal(Cheapest(costs, rows, columns), total, 1e-12);
        AssertOneToOne(columnOfRow, rows, columns);
    }, iter: 400);

    [Fact]
    public void No_exchange_of_two_makes_a_large_assignment_cheaper()
    {
        var solver = new Assignment();
        foreach (var (rows, columns) in new[] { (30, 30), (30, 45), (45, 30), (1, 30), (30, 1) })
        {
            var costs = Costs(rows * columns, (ulong)(rows + columns), coarse: false);
            var columnOfRow = new int[rows];
            solver.Solve(costs, rows, columns, columnOfRow);
            AssertOneToOne(columnOfRow, rows, columns);
            for (int a = 0; a < rows; a++)
                for (int b = 0; b < rows; b++)
                {
                    int x = columnOfRow[a], y = columnOfRow[b];
                    if (a == b || x < 0) continue;
                    double now = costs[a * columns + x] + (y < 0 ? 0 : costs[b * columns + y]), then = (y < 0 ? 0 : costs[a * columns + y]) + costs[b * columns + x];
                    Assert.True(now <= then + 1e-12);
                }
        }
    }

    [Fact]
    public void Shuffled_identity_is_found_and_constants_on_rows_and_columns_change_nothing()
    {
        const int n = 30;
        var random = new RandomStream(3, "order", 0, 0);
        int[] order = [.. Enumerable.Range(0, n)];
        random.Shuffle(order.AsSpan());
        var costs = Costs(n * n, 5, coarse: false);
        for (int row = 0; row < n; row++)
            for (int column = 0; column < n; column++)
                costs[row * n + column] = (column == order[row] ? 0 : 0.1 + Math.Abs(costs[row * n + column])) + 7 * row - 3 * column;
        var found = new int[n];
        new Assignment().Solve(costs, n, n, found);
        Assert.Equal(order, found);
    }

    [Fact]
    public void A_workspace_remembers_nothing()
    {
        var solver = new Assignment();
        int[] first = new int[12], again = new int[12], small = new int[3];
        var costs = Costs(12 * 9, 8, coarse: false);
        double total = solver.Solve(costs, 12, 9, first);
        solver.Solve(Costs(9, 9, coarse: false), 3, 3, small);
        Assert.Equal(total, solver.Solve(costs, 12, 9, again));
        Assert.Equal(first, again);
        Assert.Equal(0, solver.Solve([], 0, 4, []));
        solver.Solve([], 3, 0, small);
        Assert.Equal([-1, -1, -1], small);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(1e300)]
    public void Costs_that_are_no_numbers_are_refused_with_their_place(double cost)
    {
        var refused = Assert.Throws<InputDataException>(() => new Assignment().Solve([0, 0, 0, 0, cost, 0], 2, 3, new int[2]));
        Assert.Equal("row 1, column 1", refused.Where);
        Assert.Throws<ArgumentException>(() => new Assignment().Solve([0, 0], 2, 2, new int[2]));
        Assert.Throws<ArgumentException>(() => new Assignment().Solve([0, 0, 0, 0], 2, 2, new int[1]));
    }

    [Fact]
    public void The_largest_costs_still_end() => Assert.Equal(2e290, new Assignment().Solve([1e290, 1e290, 1e290, 1e290], 2, 2, new int[2]));

    private static void AssertOneToOne(int[] columnOfRow, int rows, int columns)
    {
        var used = columnOfRow.Where(c => c >= 0).ToList();
        Assert.Equal(Math.Min(rows, columns), used.Count);
        Assert.Equal(used.Count, used.Distinct().Count());
        Assert.All(used, c => Assert.InRange(c, 0, columns - 1));
    }

    // Costs of both signs; coarse ones are full of ties.
    private static double[] Costs(int count, ulong seed, bool coarse)
    {
        var random = new RandomStream(seed, "costs", 0, 0);
        return [.. Enumerable.Range(0, count).Select(_ => coarse ? random.NextInt(4) - 1 : random.NextGaussian())];
    }

    private static double Cheapest(double[] costs, int rows, int columns)
    {
        if (rows > columns)
        {
            var turned = new double[costs.Length];
            for (int i = 0; i < rows; i++)
                for (int j = 0; j < columns; j++) turned[j * rows + i] = costs[i * columns + j];
            return Cheapest(turned, columns, rows);
        }

        return From(0, 0);

        double From(int row, int taken)
        {
            if (row == rows) return 0;
            double best = double.PositiveInfinity;
            for (int c = 0; c < columns; c++)
                if ((taken & 1 << c) == 0) best = Math.Min(best, costs[row * columns + c] + From(row + 1, taken | 1 << c));
            return best;
        }
    }
}
