namespace Lightcone.Systems.Uncertainty;

/// <summary>For each row a distribution, tabulated at evenly spaced points t of y = centre + width · t, linear between them.</summary>
/// <param name="Points">The points, rising, the same for every row.</param>
/// <param name="Values">P(Y ≤ y), not falling within a row; row-major, shape [rows, points].</param>
/// <param name="Centre">One a row.</param>
/// <param name="Width">One a row.</param>
/// <param name="Decreasing">Share of the steps that fell by more than 10⁻⁶ before a running maximum was taken.</param>
internal sealed record TabulatedAnswers(double[] Points, double[] Values, double[] Centre, double[] Width, double Decreasing)
{
    /// <summary>P(Y ≤ y); that of the nearest end beyond the table.</summary>
    public double Cdf(int row, double y)
    {
        var (below, share) = Place(row, y);
        return Table(row)[below] + share * (Table(row)[below + 1] - Table(row)[below]);
    }

    /// <summary>Density at y, of the piece of the table in which it lies.</summary>
    public double Density(int row, double y)
    {
        int below = Place(row, y).Below;
        return (Table(row)[below + 1] - Table(row)[below]) / ((Points[below + 1] - Points[below]) * Width[row]);
    }

    /// <summary>The y of a probability; the nearest end of the table where it does not reach it.</summary>
    public double Quantile(int row, double probability)
    {
        var table = Table(row);
        int low = 0, high = table.Length - 1;
        if (probability <= table[0]) return Centre[row] + Width[row] * Points[0];
        if (probability >= table[^1]) return Centre[row] + Width[row] * Points[^1];
        while (high - low > 1)
        {
            int middle = (low + high) / 2;
            if (table[middle] < probability) low = middle;
            else high = middle;
        }

        double t = Points[low] + (Points[high] - Points[low]) * (probability - table[low]) / (table[high] - table[low]);
        return Centre[row] + Width[row] * t;
    }

    private ReadOnlySpan<double> Table(int row) => Values.AsSpan(row * Points.Length, Points.Length);

    private (int Below, double Share) Place(int row, double y)
    {
        double position = ((y - Centre[row]) / Width[row] - Points[0]) / (Points[^1] - Points[0]) * (Points.Length - 1);
        int below = (int)Math.Clamp(position, 0, Points.Length - 2);
        return (below, Math.Clamp(position - below, 0, 1));
    }
}
