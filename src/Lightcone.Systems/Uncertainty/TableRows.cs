using Lightcone.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Uncertainty;

/// <summary>Rows of inputs with their targets, in memory.</summary>
/// <param name="Inputs">Inputs, row-major, shape [rows, <paramref name="Features"/>].</param>
/// <param name="Features">Inputs of a row.</param>
/// <param name="Targets">Targets, row-major, shape [rows, <paramref name="Width"/>].</param>
/// <param name="Width">Targets of a row.</param>
internal sealed record TableRows(float[] Inputs, int Features, float[] Targets, int Width = 1)
{
    private const int RowsAtOnce = 8192;

    /// <summary>Number of rows.</summary>
    public int Count => Targets.Length / Width;

    /// <summary>Inputs of some rows, shape [rows, features].</summary>
    public Tensor InputsOf(int[] rows) => tensor(Gather(Inputs, Features, rows), [rows.Length, Features]);

    /// <summary>Targets of some rows, shape [rows] for one target and [rows, targets] for several.</summary>
    public Tensor TargetsOf(int[] rows) => tensor(Gather(Targets, Width, rows), Width == 1 ? [rows.Length] : [rows.Length, Width]);

    /// <summary>The rows at some positions, which may repeat.</summary>
    public TableRows At(int[] rows) => new(Gather(Inputs, Features, rows), Features, Gather(Targets, Width, rows), Width);

    /// <summary>As many rows drawn with replacement (B. Efron, Ann. Statist. 7 (1979) 1).</summary>
    public TableRows Bootstrapped(ulong seed)
    {
        var random = new RandomStream(seed, "bootstrap", 0, 0);
        var rows = new int[Count];
        for (int i = 0; i < rows.Length; i++) rows[i] = random.NextInt(Count);
        return At(rows);
    }

    /// <summary>What a network makes of inputs, some rows at a time and without gradients.</summary>
    /// <param name="inputs">Inputs, row-major.</param>
    /// <param name="features">Inputs of a row.</param>
    /// <param name="network">Takes [n, features], gives [n, k] or [n].</param>
    /// <returns>Its answers, row-major, shape [rows, k].</returns>
    public static double[] Evaluate(float[] inputs, int features, Func<Tensor, Tensor> network) => Evaluate(inputs, features, 1, network);

    /// <summary>The same for a network that spreads every row over several.</summary>
    public static double[] Evaluate(float[] inputs, int features, int spread, Func<Tensor, Tensor> network)
    {
        using var noGrad = no_grad();
        int rows = inputs.Length / features, chunk = Math.Max(1, RowsAtOnce / spread), at = 0;
        double[] answers = [];
        for (int first = 0; first < rows; first += chunk)
        {
            using var scope = NewDisposeScope();
            int count = Math.Min(chunk, rows - first);
            double[] part = network(tensor(inputs.AsSpan(first * features, count * features).ToArray(), [count, features])).to(ScalarType.Float64).contiguous().data<double>().ToArray();
            if (first == 0) answers = new double[part.Length / count * rows];
            part.CopyTo(answers, at);
            at += part.Length;
        }

        return answers;
    }

    private static float[] Gather(float[] values, int width, int[] rows)
    {
        var gathered = new float[rows.Length * width];
        for (int i = 0; i < rows.Length; i++) values.AsSpan(rows[i] * width, width).CopyTo(gathered.AsSpan(i * width));
        return gathered;
    }
}
