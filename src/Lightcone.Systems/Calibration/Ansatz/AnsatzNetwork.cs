using Lightcone.Systems.Calibration.Bodies;
using Lightcone.Systems.Networks;
using Lightcone.Training;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Lightcone.Systems.Calibration.Ansatz;

/// <summary>
/// The Gaussian Ansatz (arXiv:2205.03413, eq. 14): T(x, z) = A(x) + (z − B(x))ᵀ D(x) + ½ (z − B(x))ᵀ C(x, z) (z − B(x)). Trained so that T is the logarithm of p(x, z)/(p(x) p(z)), and D vanishes:
/// then B is the target of largest likelihood and −C(x, B)⁻¹ its covariance, whatever p(z) was.
/// </summary>
internal sealed class AnsatzNetwork : IDisposable
{
    /// <summary>Name of the moving average of ln mean exp T′.</summary>
    public const string AverageName = "normalisation";

    private static readonly string[] HeadNames = ["a", "b", "c", "d"];

    private readonly IBody[] bodies;
    private readonly DenseStack[] heads;

    /// <summary>A network with fresh weights from the engine's global generator.</summary>
    /// <param name="shape">Shape of the heads.</param>
    /// <param name="body">Makes a body whose weights have names that begin with the given one.</param>
    /// <param name="type">Element type.</param>
    public AnsatzNetwork(AnsatzShape shape, Func<NetworkState, string, IBody> body, ScalarType type = ScalarType.Float32)
    {
        Shape = shape;
        State = new NetworkState(type);
        if (shape.SharedBody)
        {
            var shared = body(State, "body");
            bodies = [shared, shared, shared, shared];
        }
        else
        {
            bodies = [.. HeadNames.Select(h => body(State, $"{h}.body"))];
        }

        int d = shape.Dimension, targets = shape.Anchored ? 2 * d : d;
        int[] outputs = [1, d, shape.CurvatureSize, d];
        heads = [.. HeadNames.Select((h, i) => new DenseStack(State, $"{h}.head", [bodies[i].Width + (h == "c" ? targets : 0), .. Enumerable.Repeat(shape.Hidden, shape.Layers), outputs[i]], shape.Activation))];
        State.AddBuffer(AverageName, zeros(1));
    }

    /// <summary>The shape.</summary>
    public AnsatzShape Shape { get; }

    /// <summary>The weights.</summary>
    public NetworkState State { get; }

    /// <summary>What does not depend on the target: A [n], B [n, d], D [n, d], and what the curvature's head reads [n, width].</summary>
    public AnsatzTerms Terms(EventTensors events, bool training = false)
    {
        Tensor? shared = Shape.SharedBody ? bodies[0].Encode(events, training) : null;
        var best = heads[1].Apply(Encoded(1));
        if (events.Anchor is { } anchor) best = best.Plus(anchor);
        return new AnsatzTerms(heads[0].Apply(Encoded(0)).squeeze(1), best, heads[3].Apply(Encoded(3)), Encoded(2), events.Anchor);

        Tensor Encoded(int head) => shared ?? bodies[head].Encode(events, training);
    }

    /// <summary>Numbers of the curvature for each set of targets, stacked: shape [sets · n, d (d + 1)/2], row by row of the lower triangle.</summary>
    /// <param name="terms">Terms of n events.</param>
    /// <param name="targets">Sets of targets, each [n, d].</param>
    public Tensor CurvatureNumbers(AnsatzTerms terms, params IReadOnlyList<Tensor> targets)
    {
        if (terms.Anchor is { } anchor) targets = [.. targets.Select(z => cat([z.Times(AnchoredScale), (z - anchor).asinh()], 1))];
        var numbers = heads[2].ApplyToPairs(terms.CurvatureInputs, targets);
        return Shape.Curvature == CurvatureForm.Cholesky ? Curvature.Positive(numbers, Shape.Dimension) : numbers;
    }

    /// <summary>T for each set of targets, each of shape [n].</summary>
    public Tensor[] LogRatios(AnsatzTerms terms, params IReadOnlyList<Tensor> targets)
    {
        var numbers = CurvatureNumbers(terms, targets).chunk(targets.Count, 0);
        return [.. targets.Select((z, i) => LogRatio(terms, z, numbers[i]))];
    }

    /// <summary>T where the curvature is known, shape [n].</summary>
    public Tensor LogRatio(AnsatzTerms terms, Tensor targets, Tensor curvature)
    {
        var distance = targets - terms.Best;
        var quadratic = Curvature.Quadratic(distance, curvature, Shape.Dimension, Shape.Curvature);
        return terms.Level.Plus((distance * terms.Slope).sum(dim: 1)).Plus(quadratic.Times(0.5));
    }

    /// <summary>Throws what a backward pass could not throw itself.</summary>
    public void AfterBackward()
    {
        foreach (var body in bodies) body.AfterBackward();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        State.Dispose();
        foreach (var body in bodies) (body as IDisposable)?.Dispose();
    }

    // Targets in units of their width about the anchor reach some ten; the head reads numbers of order one.
    private const double AnchoredScale = 0.1;
}

/// <summary>The parts of an ansatz that do not depend on the target.</summary>
/// <param name="Level">A, shape [n].</param>
/// <param name="Best">B, shape [n, d].</param>
/// <param name="Slope">D, shape [n, d].</param>
/// <param name="CurvatureInputs">What the head of C reads beside the target, shape [n, width].</param>
/// <param name="Anchor">First guesses, shape [n, d]; null for none.</param>
internal sealed record AnsatzTerms(Tensor Level, Tensor Best, Tensor Slope, Tensor CurvatureInputs, Tensor? Anchor);
