namespace Lightcone.Transport;

/// <summary>
/// The cheapest one-to-one assignment of rows to columns, exactly, by shortest augmenting paths (R. Jonker, A. Volgenant, Computing 38 (1987) 325):
/// at most rows · rows · columns steps for the shorter side as rows. One object is a workspace for any number of problems; one thread uses it at a time.
/// </summary>
public sealed class Assignment
{
    // Keeps sums of prices finite for any number of rows that fits in memory.
    private const double LargestCost = 1e290;

    private double[] transposed = [];
    private double[] distance = [], columnPrice = [], rowPrice = [];
    private int[] rowOfColumn = [], parent = [];
    private bool[] visited = [];

    /// <summary>Assigns each row a column of its own, or, with more rows than columns, each column a row.</summary>
    /// <param name="costs">Cost of every pair, row-major, shape [rows, columns]; any sign.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    /// <param name="columnOfRow">Result, shape [rows]: column of each row, −1 for a row that got none.</param>
    /// <returns>Sum of the costs of the assigned pairs.</returns>
    /// <exception cref="InputDataException">A cost is not a number or beyond 1e290.</exception>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public double Solve(ReadOnlySpan<double> costs, int rows, int columns, Span<int> columnOfRow)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        if (costs.Length != (long)rows * columns) throw new ArgumentException($"{costs.Length} costs for {rows} rows and {columns} columns.", nameof(costs));
        if (columnOfRow.Length != rows) throw new ArgumentException($"Room for {columnOfRow.Length} of {rows} rows.", nameof(columnOfRow));
        CheckCosts(costs, columns);
        columnOfRow.Fill(-1);
        if (rows > columns)
        {
            AssignShorterSide(Transpose(costs, rows, columns), columns, rows);
            for (int row = 0; row < rows; row++) columnOfRow[row] = rowOfColumn[row];
        }
        else
        {
            AssignShorterSide(costs, rows, columns);
            for (int column = 0; column < columns; column++)
                if (rowOfColumn[column] >= 0) columnOfRow[rowOfColumn[column]] = column;
        }

        double total = 0;
        for (int row = 0; row < rows; row++)
            if (columnOfRow[row] >= 0) total += costs[row * columns + columnOfRow[row]];
        return total;
    }

    // Leaves the row of each column in rowOfColumn; rows ≤ columns.
    private void AssignShorterSide(ReadOnlySpan<double> costs, int rows, int columns)
    {
        Reserve(rows, columns);
        Array.Clear(columnPrice, 0, columns);
        Array.Clear(rowPrice, 0, rows);
        Array.Fill(rowOfColumn, -1, 0, columns);
        for (int row = 0; row < rows; row++)
        {
            int last = ShortestPath(costs, row, columns, out double length);
            rowPrice[row] += length;
            for (int c = 0; c < columns; c++)
            {
                if (!visited[c]) continue;
                columnPrice[c] -= length - distance[c];
                if (rowOfColumn[c] >= 0) rowPrice[rowOfColumn[c]] += length - distance[c];
            }

            // Along the path every column passes its row on; the new row gets the first one.
            for (int column = last; ;)
            {
                int before = parent[column];
                if (before < 0)
                {
                    rowOfColumn[column] = row;
                    break;
                }

                rowOfColumn[column] = rowOfColumn[before];
                column = before;
            }
        }
    }

    // Dijkstra over reduced costs from a free row to the nearest free column; parent[c] is the column whose row leads to c, −1 for the free row itself.
    private int ShortestPath(ReadOnlySpan<double> costs, int start, int columns, out double length)
    {
        Array.Fill(distance, double.PositiveInfinity, 0, columns);
        Array.Clear(visited, 0, columns);
        int row = start, from = -1;
        length = 0;
        while (true)
        {
            var line = costs.Slice(row * columns, columns);
            int nearest = -1;
            double least = double.PositiveInfinity, offset = length - rowPrice[row];
            for (int c = 0; c < columns; c++)
            {
                if (visited[c]) continue;
                double reached = offset + line[c] - columnPrice[c];
                if (reached < distance[c]) (distance[c], parent[c]) = (reached, from);
                if (distance[c] < least) (least, nearest) = (distance[c], c);
            }

            length = least;
            visited[nearest] = true;
            if (rowOfColumn[nearest] < 0) return nearest;
            (row, from) = (rowOfColumn[nearest], nearest);
        }
    }

    private ReadOnlySpan<double> Transpose(ReadOnlySpan<double> costs, int rows, int columns)
    {
        if (transposed.Length < costs.Length) transposed = new double[costs.Length];
        for (int row = 0; row < rows; row++)
            for (int column = 0; column < columns; column++)
                transposed[column * rows + row] = costs[row * columns + column];
        return transposed.AsSpan(0, costs.Length);
    }

    private void Reserve(int rows, int columns)
    {
        if (rowPrice.Length < rows) rowPrice = new double[rows];
        if (distance.Length >= columns) return;
        (distance, columnPrice, rowOfColumn, parent, visited) = (new double[columns], new double[columns], new int[columns], new int[columns], new bool[columns]);
    }

    private static void CheckCosts(ReadOnlySpan<double> costs, int columns)
    {
        for (int i = 0; i < costs.Length; i++)
            if (!(Math.Abs(costs[i]) <= LargestCost))
                throw new InputDataException($"The cost {costs[i]} cannot be assigned.", $"row {i / columns}, column {i % columns}",
                    "A four-momentum that is not finite, or a network that left the range of numbers.", "Check the jets with 'lightcone dataset check' and the training's loss.");
    }
}
