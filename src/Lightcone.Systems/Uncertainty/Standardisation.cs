namespace Lightcone.Systems.Uncertainty;

/// <summary>Brings every column of a table to mean 0 and standard deviation 1; a constant column only to 0.</summary>
internal sealed class Standardisation
{
    private readonly (double Mean, double Deviation)[] inputs, targets;

    private Standardisation((double, double)[] inputs, (double, double)[] targets) => (this.inputs, this.targets) = (inputs, targets);

    /// <summary>Mean of the first target.</summary>
    public double TargetMean => targets[0].Mean;

    /// <summary>Standard deviation of the first target.</summary>
    public double TargetDeviation => targets[0].Deviation;

    /// <summary>That of a table.</summary>
    public static Standardisation Of(TableRows rows) => new(Columns(rows.Inputs, rows.Features), Columns(rows.Targets, rows.Width));

    /// <summary>A table in these units.</summary>
    public TableRows Apply(TableRows rows) => rows with { Inputs = Inputs(rows.Inputs), Targets = Targets(rows.Targets) };

    /// <summary>Inputs in these units.</summary>
    public float[] Inputs(float[] values) => Scaled(values, inputs);

    /// <summary>Targets in these units.</summary>
    public float[] Targets(float[] values) => Scaled(values, targets);

    /// <summary>A target from a number in these units.</summary>
    public double Target(int column, double scaled) => targets[column].Mean + targets[column].Deviation * scaled;

    private static float[] Scaled(float[] values, (double Mean, double Deviation)[] columns)
    {
        var scaled = new float[values.Length];
        for (int i = 0; i < scaled.Length; i++)
        {
            var (mean, deviation) = columns[i % columns.Length];
            scaled[i] = (float)((values[i] - mean) / deviation);
        }

        return scaled;
    }

    private static (double, double)[] Columns(float[] values, int width) => [.. Enumerable.Range(0, width).Select(c => Moments(values, c, width))];

    private static (double Mean, double Deviation) Moments(float[] values, int column, int width)
    {
        double sum = 0, squares = 0;
        int rows = values.Length / width;
        for (int i = column; i < values.Length; i += width) sum += values[i];
        double mean = sum / rows;
        for (int i = column; i < values.Length; i += width) squares += (values[i] - mean) * (values[i] - mean);
        double deviation = Math.Sqrt(squares / rows);
        return (mean, deviation > 0 ? deviation : 1);
    }
}
