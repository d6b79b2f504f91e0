using Lightcone.Randomness;
using Lightcone.Training;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Mpm.Acceptance;

/// <summary>How well the gradients of a network's tensors agree with difference quotients of its loss.</summary>
/// <param name="WorstError">Largest deviation, in units of the size of the tensor's gradient.</param>
/// <param name="WorstTensor">Where.</param>
/// <param name="SmallestGradient">Smallest over the tensors of the largest entry of the gradient: where it vanishes, nothing was compared.</param>
/// <param name="WeakestTensor">Where.</param>
internal readonly record struct GradientAgreement(double WorstError, string WorstTensor, double SmallestGradient, string WeakestTensor);

/// <summary>
/// Derivatives by (f(x + h) − f(x − h)) / 2h in float64. With h = ε^⅓ max(1, |x|) its error h²f‴/6 and the rounding ε f / h are alike, some 10⁻¹⁰ of the loss (W. H. Press et al.,
/// Numerical Recipes, 5.7).
/// </summary>
internal static class FiniteDifferences
{
    private static readonly double Step = Math.Cbrt(Math.ScaleB(1, -52));

    /// <summary>Compares, for every tensor, some entries (all of a small one) and the derivative along a random direction, which every entry has a share in.</summary>
    /// <param name="state">The network, in float64.</param>
    /// <param name="loss">A loss that is the same at every call.</param>
    /// <param name="seed">Seed of entries and directions.</param>
    /// <param name="entries">Entries of a tensor.</param>
    public static GradientAgreement Compare(NetworkState state, Func<Tensor> loss, ulong seed, int entries)
    {
        var gradients = Gradients(state, loss);
        var result = new GradientAgreement(0, "", double.PositiveInfinity, "");
        foreach (var (name, parameter) in state.Parameters)
        {
            double[] gradient = gradients[name];
            double largest = gradient.Max(Math.Abs);
            if (largest < result.SmallestGradient || double.IsNaN(largest)) result = result with { SmallestGradient = largest, WeakestTensor = name };
            double error = Error(parameter, gradient, loss, new RandomStream(seed, name, 0, 0), entries);
            if (error > result.WorstError || double.IsNaN(error)) result = result with { WorstError = error, WorstTensor = name };
        }

        return result;
    }

    private static double Error(Tensor parameter, double[] gradient, Func<Tensor> loss, RandomStream random, int entries)
    {
        double[] start = Values(parameter);
        double largest = gradient.Max(Math.Abs), norm = Math.Sqrt(gradient.Sum(g => g * g)), worst = 0;
        var chosen = Enumerable.Range(0, start.Length).ToArray();
        random.Shuffle(chosen.AsSpan());
        foreach (int i in chosen.Take(entries))
        {
            double h = Step * Math.Max(1, Math.Abs(start[i]));
            worst = Math.Max(worst, Math.Abs(Quotient(parameter, start, [(i, 1)], h, loss) - gradient[i]) / largest);
        }

        if (start.Length > entries)
        {
            var direction = new (int, double)[start.Length];
            double length = 0, slope = 0;
            for (int i = 0; i < direction.Length; i++) direction[i] = (i, random.NextGaussian());
            foreach (var (_, d) in direction) length += d * d;
            length = Math.Sqrt(length);
            for (int i = 0; i < direction.Length; i++)
            {
                direction[i].Item2 /= length;
                slope += direction[i].Item2 * gradient[i];
            }

            worst = Math.Max(worst, Math.Abs(Quotient(parameter, start, direction, Step, loss) - slope) / norm);
        }

        return worst;
    }

    private static double Quotient(Tensor parameter, double[] start, (int Entry, double Share)[] direction, double h, Func<Tensor> loss)
    {
        double difference = At(h) - At(-h);
        Set(parameter, start);
        return difference / (2 * h);

        double At(double distance)
        {
            double[] moved = [.. start];
            foreach (var (entry, share) in direction) moved[entry] += distance * share;
            Set(parameter, moved);
            using var noGrad = no_grad();
            using var scope = NewDisposeScope();
            return loss().item<double>();
        }
    }

    private static Dictionary<string, double[]> Gradients(NetworkState state, Func<Tensor> loss)
    {
        using var scope = NewDisposeScope();
        foreach (var (_, parameter) in state.Parameters) parameter.grad = null;
        loss().backward();
        var gradients = new Dictionary<string, double[]>();
        foreach (var (name, parameter) in state.Parameters)
        {
            gradients[name] = parameter.grad is { } gradient ? Values(gradient) : new double[parameter.numel()];
            parameter.grad?.Dispose();
            parameter.grad = null;
        }

        return gradients;
    }

    private static double[] Values(Tensor x)
    {
        using var scope = NewDisposeScope();
        return x.detach().contiguous().data<double>().ToArray();
    }

    private static void Set(Tensor parameter, double[] values)
    {
        using var noGrad = no_grad();
        using var all = tensor(values, parameter.shape);
        parameter.copy_(all);
    }
}
