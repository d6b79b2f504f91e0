using Lightcone.Training.Engine;
using Lightcone.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Training.Optimisation;

/// <summary>
/// Adam with decoupled weight decay (arXiv:1711.05101, algorithm 2): p ← p (1 − lr·wd), then the Adam step with bias correction.
/// Written here, not taken from the engine, so that its state is plain named tensors which a checkpoint can hold and a test can compare.
/// </summary>
public sealed class AdamW : IDisposable
{
    private const string PausesName = "steps not taken";

    private readonly NetworkState network;
    private readonly List<(Tensor First, Tensor Second)> moments = [];
    private readonly long[] pauses; // steps each parameter did not take part in

    /// <summary>Creates the optimiser with zero moments for every parameter of <paramref name="network"/>.</summary>
    public AdamW(NetworkState network, double beta1, double beta2, double epsilon, double weightDecay)
    {
        (this.network, Beta1, Beta2, Epsilon, WeightDecay) = (network, beta1, beta2, epsilon, weightDecay);
        pauses = new long[network.Parameters.Count];
        foreach (var (_, p) in network.Parameters)
            moments.Add((zeros_like(p, requires_grad: false).DetachFromDisposeScope(), zeros_like(p, requires_grad: false).DetachFromDisposeScope()));
    }

    /// <summary>Decay of the first moment.</summary>
    public double Beta1 { get; }

    /// <summary>Decay of the second moment.</summary>
    public double Beta2 { get; }

    /// <summary>Added to the root of the second moment.</summary>
    public double Epsilon { get; }

    /// <summary>Weight decay a step, in units of the learning rate.</summary>
    public double WeightDecay { get; }

    /// <summary>Number of steps taken.</summary>
    public long Steps { get; private set; }

    /// <summary>Takes one step with the gradients now held by the parameters; a parameter without gradient stays, and its bias correction waits with it.</summary>
    /// <param name="learningRate">The learning rate.</param>
    /// <param name="shares">Share of the rate for each parameter, in their order; null for the whole rate.</param>
    public void Step(double learningRate, IReadOnlyList<double>? shares = null)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        Steps++;
        for (int i = 0; i < moments.Count; i++)
        {
            var (name, p) = network.Parameters[i];
            if (p.grad is not { } gradient)
            {
                pauses[i]++;
                continue;
            }

            double rate = shares is null ? learningRate : learningRate * shares[i], taken = Steps - pauses[i];
            double correction1 = 1 - Math.Pow(Beta1, taken), correction2 = Math.Sqrt(1 - Math.Pow(Beta2, taken));
            var (first, second) = moments[i];
            if (WeightDecay > 0 && network.Decays(name)) p.TimesInPlace(1 - rate * WeightDecay);
            first.TimesInPlace(Beta1).PlusInPlace(gradient, 1 - Beta1);
            second.TimesInPlace(Beta2).PlusProductInPlace(gradient, gradient, 1 - Beta2);
            p.PlusRatioInPlace(first, second.sqrt().TimesInPlace(1 / correction2).PlusInPlace(Epsilon), -rate / correction1);
        }
    }

    /// <summary>Frees the gradients of all parameters.</summary>
    public void ZeroGradients()
    {
        foreach (var (_, p) in network.Parameters)
        {
            p.grad?.Dispose();
            p.grad = null;
        }
    }

    /// <summary>Euclidean norm over all gradients; when above <paramref name="limit"/> &gt; 0 all are scaled down to it.</summary>
    public double ClipGradients(double limit)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var gradients = network.Parameters.Select(p => p.Tensor.grad).OfType<Tensor>().ToList();
        double norm = Math.Sqrt(gradients.Sum(g => g.to(ScalarType.Float64).Squared().sum().item<double>()));
        if (limit > 0 && norm > limit)
            foreach (var g in gradients) g.TimesInPlace(limit / norm);
        return norm;
    }

    /// <summary>The moments as weights that can be written; <see cref="Steps"/> goes separately.</summary>
    public IEnumerable<WeightTensor> ToWeights(string prefix)
    {
        for (int i = 0; i < moments.Count; i++)
        {
            yield return TensorConversion.ToWeight($"{prefix}{network.Parameters[i].Name}.first", moments[i].First);
            yield return TensorConversion.ToWeight($"{prefix}{network.Parameters[i].Name}.second", moments[i].Second);
        }

        yield return WeightTensor.FromInt64(prefix + PausesName, [pauses.Length], pauses);
    }

    /// <summary>Restores moments and the number of steps.</summary>
    /// <exception cref="InputDataException">A moment is missing or has another shape than its parameter.</exception>
    public void Load(WeightSet weights, string prefix, long steps)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        for (int i = 0; i < moments.Count; i++)
        {
            string name = prefix + network.Parameters[i].Name;
            TensorConversion.CopyInto(moments[i].First, weights, $"{name}.first");
            TensorConversion.CopyInto(moments[i].Second, weights, $"{name}.second");
        }

        var paused = zeros(pauses.Length, dtype: ScalarType.Int64);
        TensorConversion.CopyInto(paused, weights, prefix + PausesName);
        paused.data<long>().CopyTo(pauses, 0);
        if (pauses.Any(p => p < 0 || p > steps))
            throw new InputDataException("The training state counts steps that were never taken.", weights.Origin, "The file is damaged.", "Start the training anew in another folder.");

        Steps = steps;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (first, second) in moments)
        {
            first.Dispose();
            second.Dispose();
        }

        moments.Clear();
    }
}
