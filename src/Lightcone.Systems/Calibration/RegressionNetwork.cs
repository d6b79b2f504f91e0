using Lightcone.Systems.Calibration.Bodies;
using Lightcone.Systems.Networks;
using Lightcone.Training;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Lightcone.Systems.Calibration;

/// <summary>The baselines: the same body, one head. What they learn is the target given the jet, so it inherits the spectrum of the training.</summary>
internal sealed class RegressionNetwork : IDisposable
{
    /// <summary>Levels of the quantiles: the median, and the ends of central intervals of 68.27, 90 and 95 %.</summary>
    public static readonly double[] Levels = [0.025, 0.05, 0.158655, 0.5, 0.841345, 0.95, 0.975];

    /// <summary>Position of the median among them.</summary>
    public const int Median = 3;

    /// <summary>Bounds of the logarithm of a variance, in training and after.</summary>
    public const double LeastLogVariance = -14, LargestLogVariance = 6;

    private readonly IBody body;
    private readonly DenseStack head;

    /// <summary>A network with fresh weights from the engine's global generator.</summary>
    public RegressionNetwork(CalibrationRecipe recipe, Func<NetworkState, string, IBody> makeBody)
    {
        Objective = recipe.Objective;
        State = new NetworkState();
        body = makeBody(State, "body");
        int outputs = Objective switch { CalibrationObjective.Mean => 1, CalibrationObjective.Gaussian => 2, _ => Levels.Length };
        head = new DenseStack(State, "head", [body.Width, .. Enumerable.Repeat(recipe.Hidden, recipe.HiddenLayers), outputs], recipe.Activation);
    }

    /// <summary>What it learns.</summary>
    public CalibrationObjective Objective { get; }

    /// <summary>The weights.</summary>
    public NetworkState State { get; }

    /// <summary>Outputs of each jet in units of the ansatz: mean; mean and logarithm of the variance; quantiles.</summary>
    public Tensor Outputs(EventTensors events, bool training)
    {
        var raw = head.Apply(body.Encode(events, training));
        var anchor = events.Anchor!;
        return Objective switch
        {
            CalibrationObjective.Gaussian => cat([raw.narrow(1, 0, 1).Plus(anchor), raw.narrow(1, 1, 1)], 1),
            _ => raw.Plus(anchor),
        };
    }

    /// <summary>Loss of a batch.</summary>
    /// <param name="outputs">What <see cref="Outputs"/> gave.</param>
    /// <param name="targets">True targets, shape [n, 1].</param>
    /// <param name="weights">Weights, shape [n]; null for equal ones.</param>
    /// <param name="warmUp">Whether variances are left alone, as in the first steps.</param>
    public Tensor Loss(Tensor outputs, Tensor targets, Tensor? weights, bool warmUp)
    {
        var each = Objective switch
        {
            CalibrationObjective.Quantiles => Pinball(outputs, targets),
            CalibrationObjective.Gaussian when !warmUp => Likelihood(outputs, targets),
            _ => (outputs.narrow(1, 0, 1) - targets).Squared().squeeze(1),
        };
        return weights is null ? each.mean() : (each * weights).sum() / weights.sum();
    }

    /// <summary>Throws what a backward pass could not throw itself.</summary>
    public void AfterBackward() => body.AfterBackward();

    /// <inheritdoc/>
    public void Dispose()
    {
        State.Dispose();
        (body as IDisposable)?.Dispose();
    }

    private static Tensor Likelihood(Tensor outputs, Tensor targets)
    {
        using Scalar low = LeastLogVariance.ToScalar(), high = LargestLogVariance.ToScalar();
        var logVariance = outputs.narrow(1, 1, 1).clamp(low, high);
        var square = (outputs.narrow(1, 0, 1) - targets).Squared();
        return (square * logVariance.neg().exp()).Plus(logVariance).Times(0.5).squeeze(1);
    }

    private static Tensor Pinball(Tensor outputs, Tensor targets)
    {
        var levels = tensor(Array.ConvertAll(Levels, l => (float)l), [1, Levels.Length]);
        var miss = targets - outputs;
        return maximum(levels * miss, (levels.Plus(-1)) * miss).sum(dim: 1);
    }
}
