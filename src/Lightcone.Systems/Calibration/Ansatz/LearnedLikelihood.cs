using Lightcone.Systems.Calibration.Bodies;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Calibration.Ansatz;

/// <summary>
/// What an ansatz has learned of some events: for each the target of largest likelihood, its covariance, and the likelihood ratio at any target. Targets are in their own units; sums are taken in
/// float64.
/// </summary>
internal sealed class LearnedLikelihood : IDisposable
{
    private const int RowsAtOnce = 1 << 16;

    private readonly AnsatzNetwork network;
    private readonly TargetScale scale;
    private readonly Tensor curvatureInputs;
    private readonly Tensor? anchors;
    private readonly double[] best, slope; // in units of the ansatz

    private LearnedLikelihood(AnsatzNetwork network, TargetScale scale, double[] level, double[] best, double[] slope, Tensor curvatureInputs, Tensor? anchors)
    {
        (this.network, this.scale, Level, this.best, this.slope, this.curvatureInputs, this.anchors) = (network, scale, level, best, slope, curvatureInputs, anchors);
        Dimension = scale.Dimension;
        Count = level.Length;
        Best = Restored(best);
    }

    /// <summary>Number of events, n.</summary>
    public int Count { get; }

    /// <summary>Targets an event, d.</summary>
    public int Dimension { get; }

    /// <summary>A of each event: T at <see cref="Best"/>, shape [n].</summary>
    public double[] Level { get; }

    /// <summary>B of each event, the target of largest likelihood, shape [n, d].</summary>
    public double[] Best { get; }

    /// <summary>Support of the targets of the training.</summary>
    public TargetScale Scale => scale;

    /// <summary>Asks a network about events.</summary>
    /// <param name="network">The network; must live as long as the result.</param>
    /// <param name="scale">Scale of its targets.</param>
    /// <param name="events">The events, in parts; each part is disposed by its maker.</param>
    public static LearnedLikelihood Of(AnsatzNetwork network, TargetScale scale, IEnumerable<EventTensors> events)
    {
        using var noGrad = no_grad();
        List<double> level = [], best = [], slope = [];
        List<Tensor> inputs = [], anchors = [];
        foreach (var part in events)
        {
            using var scope = NewDisposeScope();
            var terms = network.Terms(part);
            level.AddRange(Numbers(terms.Level));
            best.AddRange(Numbers(terms.Best));
            slope.AddRange(Numbers(terms.Slope));
            inputs.Add(terms.CurvatureInputs.clone().DetachFromDisposeScope());
            if (terms.Anchor is { } anchor) anchors.Add(anchor.clone().DetachFromDisposeScope());
        }

        if (level.Count == 0) throw new InputDataException("There is no event to calibrate.", "the events", "An empty file.", "Give at least one event.");
        return new(network, scale, [.. level], [.. best], [.. slope], Joined(inputs), anchors.Count == 0 ? null : Joined(anchors));
    }

    /// <summary>Covariance −C(x, B)⁻¹ of each event, shape [n, d, d]; NaN where the symmetric form is not negative definite.</summary>
    public double[] Covariances()
    {
        int d = Dimension, size = network.Shape.CurvatureSize;
        double[] numbers = CurvatureNumbers(best);
        var covariances = new double[Count * d * d];
        for (int event_ = 0; event_ < Count; event_++)
        {
            double[] own = Curvature.Covariance(numbers.AsSpan(event_ * size, size), d, network.Shape.Curvature);
            for (int i = 0; i < d; i++)
                for (int j = 0; j < d; j++)
                    covariances[(event_ * d + i) * d + j] = own[i * d + j] * scale.Units[i] * scale.Units[j];
        }

        return covariances;
    }

    /// <summary>Standard deviations from <see cref="Covariances"/>, shape [n, d].</summary>
    public double[] Deviations()
    {
        int d = Dimension;
        double[] covariances = Covariances();
        return [.. Enumerable.Range(0, Count * d).Select(i => Math.Sqrt(covariances[i / d * d * d + i % d * d + i % d]))];
    }

    /// <summary>|S^½ D| of each event: by how many standard deviations the largest likelihood lies beside B because D has not vanished, shape [n].</summary>
    public double[] Displacements()
    {
        int d = Dimension, size = network.Shape.CurvatureSize;
        double[] numbers = CurvatureNumbers(best), displacements = new double[Count];
        for (int event_ = 0; event_ < Count; event_++)
        {
            var own = slope.AsSpan(event_ * d, d);
            double[] moved = SymmetricMatrix.Times(Curvature.Covariance(numbers.AsSpan(event_ * size, size), d, network.Shape.Curvature), own);
            double square = 0;
            for (int k = 0; k < d; k++) square += moved[k] * own[k];
            displacements[event_] = Math.Sqrt(square);
        }

        return displacements;
    }

    /// <summary>T(x, z) for one target an event, shape [n]: the logarithm of p(x, z)/(p(x) p(z)) up to a constant of the network.</summary>
    /// <param name="targets">z, shape [n, d].</param>
    public double[] LogRatio(ReadOnlySpan<double> targets)
    {
        double[] ratio = AboutBest(targets);
        for (int i = 0; i < ratio.Length; i++) ratio[i] += Level[i];
        return ratio;
    }

    /// <summary>λ(x, z) = 2 [T(x, B) − T(x, z)], shape [n]: below 0 where B is not the maximum.</summary>
    /// <param name="targets">z, shape [n, d].</param>
    public double[] Lambda(ReadOnlySpan<double> targets) => Array.ConvertAll(AboutBest(targets), t => -2 * t);

    /// <summary>λ of every event at every target of a grid, d = 1, shape [grid, n]: many targets a pass of the network.</summary>
    /// <param name="grid">Targets.</param>
    public double[][] LambdaOnGrid(ReadOnlySpan<double> grid)
    {
        if (Dimension != 1) throw new InvalidOperationException("A grid is of one target.");
        using var noGrad = no_grad();
        var lambda = new double[grid.Length][];
        int together = Math.Clamp(RowsAtOnce / Count, 1, grid.Length);
        for (int first = 0; first < grid.Length; first += together)
        {
            int sets = Math.Min(together, grid.Length - first);
            using var scope = NewDisposeScope();
            var none = zeros(Count, network.State.DType);
            var targets = new Tensor[sets];
            for (int s = 0; s < sets; s++) targets[s] = ones(Count, 1, network.State.DType).TimesInPlace(scale.Scaled(grid[first + s], 0));
            double[] numbers = Numbers(network.CurvatureNumbers(new AnsatzTerms(none, none, none, curvatureInputs, anchors), targets));
            for (int s = 0; s < sets; s++)
            {
                var own = lambda[first + s] = new double[Count];
                double z = scale.Scaled(grid[first + s], 0);
                for (int i = 0; i < Count; i++)
                {
                    double distance = z - best[i], number = numbers[s * Count + i];
                    double curvature = network.Shape.Curvature == CurvatureForm.Cholesky ? -number * number : number;
                    own[i] = -2 * distance * slope[i] - curvature * distance * distance;
                }
            }
        }

        return lambda;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        curvatureInputs.Dispose();
        anchors?.Dispose();
    }

    /// <summary>T(x, z) − A(x), without the cancellation of a subtraction.</summary>
    private double[] AboutBest(ReadOnlySpan<double> targets)
    {
        int d = Dimension, size = network.Shape.CurvatureSize;
        if (targets.Length != Count * d) throw new ArgumentException($"There are {targets.Length} targets for {Count} events of {d}.", nameof(targets));
        var scaled = new double[targets.Length];
        for (int i = 0; i < scaled.Length; i++) scaled[i] = scale.Scaled(targets[i], i % d);
        double[] numbers = CurvatureNumbers(scaled), result = new double[Count];
        var distance = new double[d];
        for (int event_ = 0; event_ < Count; event_++)
        {
            double value = 0;
            for (int k = 0; k < d; k++)
            {
                distance[k] = scaled[event_ * d + k] - best[event_ * d + k];
                value += distance[k] * slope[event_ * d + k];
            }

            result[event_] = value + 0.5 * Quadratic(numbers.AsSpan(event_ * size, size), distance);
        }

        return result;
    }

    private double Quadratic(ReadOnlySpan<double> numbers, double[] distance)
    {
        double sum = 0;
        if (network.Shape.Curvature == CurvatureForm.Cholesky)
        {
            for (int j = 0; j < distance.Length; j++)
            {
                double component = 0;
                for (int i = j; i < distance.Length; i++) component += numbers[Curvature.Index(i, j)] * distance[i];
                sum -= component * component;
            }

            return sum;
        }

        for (int i = 0; i < distance.Length; i++)
            for (int j = 0; j <= i; j++)
                sum += (i == j ? 1 : 2) * numbers[Curvature.Index(i, j)] * distance[i] * distance[j];
        return sum;
    }

    private double[] CurvatureNumbers(double[] scaled)
    {
        using var noGrad = no_grad();
        int d = Dimension, size = network.Shape.CurvatureSize;
        var numbers = new double[Count * size];
        for (int first = 0; first < Count; first += RowsAtOnce)
        {
            using var scope = NewDisposeScope();
            int rows = Math.Min(RowsAtOnce, Count - first);
            var targets = tensor(scaled.AsSpan(first * d, rows * d).ToArray(), [rows, d]).to(network.State.DType);
            var none = zeros(rows, network.State.DType);
            var terms = new AnsatzTerms(none, none, none, curvatureInputs.narrow(0, first, rows), anchors?.narrow(0, first, rows));
            Numbers(network.CurvatureNumbers(terms, targets)).CopyTo(numbers, first * size);
        }

        return numbers;
    }

    private double[] Restored(double[] scaled)
    {
        var restored = new double[scaled.Length];
        for (int i = 0; i < restored.Length; i++) restored[i] = scale.Restored(scaled[i], i % Dimension);
        return restored;
    }

    private static Tensor Joined(List<Tensor> parts)
    {
        if (parts.Count == 1) return parts[0];
        var joined = cat([.. parts], 0).DetachFromDisposeScope();
        foreach (var part in parts) part.Dispose();
        return joined;
    }

    private static double[] Numbers(Tensor values) => values.to(ScalarType.Float64).contiguous().data<double>().ToArray();
}
