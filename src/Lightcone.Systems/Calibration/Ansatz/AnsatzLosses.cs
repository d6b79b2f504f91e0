using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Lightcone.Systems.Calibration.Ansatz;

/// <summary>Losses of an ansatz over one batch.</summary>
internal static class AnsatzLosses
{
    private const double AverageMemory = 0.99;

    /// <summary>
    /// Loss of the first phase, which starts T with finite exponentials: B at the mean of the targets given the event, C at minus the inverse of its variance, A and D at 0. The main phase moves B off
    /// that solution, which depends on the spectrum of the targets.
    /// </summary>
    public static Tensor Pretraining(AnsatzNetwork network, AnsatzTerms terms, Tensor targets)
    {
        var shape = network.Shape;
        var distance = targets - terms.Best;
        var inverseVariance = distance.detach().Squared().mean([0L]).Plus(1e-12).reciprocal(); // [d]
        var numbers = network.CurvatureNumbers(terms, targets);
        Tensor? miss = null;
        for (int i = 0; i < shape.Dimension; i++)
            for (int j = 0; j <= i; j++)
            {
                var element = Element(numbers, i, j, shape.Curvature);
                var wanted = inverseVariance[i].neg();
                var part = (i == j ? element - wanted : element).Squared();
                miss = miss is null ? part : miss.Plus(i == j ? part : part.Times(2));
            }

        var relative = miss!.mean() / inverseVariance.Squared().sum();
        return distance.Squared().sum(dim: 1).mean().Plus(terms.Level.Squared().mean()).Plus(terms.Slope.Squared().sum(dim: 1).mean()).Plus(relative);
    }

    /// <summary>
    /// Loss of the main phase: minus a bound on the mutual information, with shuffled partners from derangements (a partner is never the event's own), and <paramref name="penalty"/> · mean |D|².
    /// </summary>
    /// <param name="network">The network; its moving average is updated where the loss has one.</param>
    /// <param name="terms">Terms of the batch.</param>
    /// <param name="targets">True targets, shape [n, d].</param>
    /// <param name="weights">Weights of the events, shape [n]; null for equal ones. A shuffled pair has the product of two.</param>
    /// <param name="settings">Which loss.</param>
    /// <param name="penalty">Weight of |D|².</param>
    public static Tensor Main(AnsatzNetwork network, AnsatzTerms terms, Tensor targets, Tensor? weights, AnsatzSettings settings, double penalty)
    {
        long n = targets.shape[0];
        var sets = new List<Tensor> { targets };
        var logWeights = new List<Tensor>();
        foreach (long by in Derangements(n, settings.Shuffles))
        {
            sets.Add(targets.roll(by, 0L));
            if (weights is not null) logWeights.Add((weights * weights.roll(by, 0L)).log());
        }

        var ratios = network.LogRatios(terms, sets);
        var joint = ratios[0];
        var shuffled = ratios.Length == 2 ? ratios[1] : cat(ratios[1..], 0);
        Tensor? shuffledLog = weights is null ? null : cat([.. logWeights], 0);
        var bound = settings.Loss switch
        {
            InformationLoss.DonskerVaradhan => Mean(joint, weights).neg().Plus(LogMeanExp(shuffled, shuffledLog)),
            InformationLoss.DonskerVaradhanAveraged => Averaged(network, joint, shuffled, weights, shuffledLog),
            InformationLoss.NguyenWainwrightJordan => Mean(joint, weights).neg().Plus(LogMeanExp(shuffled.Plus(-1), shuffledLog).exp()),
            InformationLoss.MaximumLikelihood => Mean(joint, weights).neg().Plus(LogMeanExp(shuffled, shuffledLog).exp()).Plus(-1),
            InformationLoss.CrossEntropy => Mean(softplus(joint.neg()), weights).Plus(Mean(softplus(shuffled), shuffledLog?.exp())),
            _ => throw new ArgumentOutOfRangeException(nameof(settings)),
        };
        return bound.Plus(Mean(terms.Slope.Squared().sum(dim: 1), weights).Times(penalty));
    }

    /// <summary>ln of the (weighted) mean of exp over all elements, with the largest taken out first.</summary>
    public static Tensor LogMeanExp(Tensor values, Tensor? logWeights) => logWeights is null
        ? values.logsumexp(0).Plus(-Math.Log(values.shape[0]))
        : values.Plus(logWeights).logsumexp(0) - logWeights.logsumexp(0);

    /// <summary>Different rotations of a batch, none of them by 0: each pairs every event with another.</summary>
    private static IEnumerable<long> Derangements(long n, int count)
    {
        if (n < 2) throw new InputDataException("A batch of one event cannot be shuffled.", "the batch", "batchSize is 1, or there is one event.", "Take batches of some hundred events at least.");
        using var order = randperm(n - 1);
        return [.. order.narrow(0, 0, Math.Min(count, n - 1)).data<long>().ToArray().Select(k => k + 1)];
    }

    // −mean T + mean exp(T′ − L), L the logarithm of a moving average of mean exp T′ through which no gradient runs.
    private static Tensor Averaged(AnsatzNetwork network, Tensor joint, Tensor shuffled, Tensor? weights, Tensor? shuffledLog)
    {
        var now = LogMeanExp(shuffled, shuffledLog);
        var average = network.State[AnsatzNetwork.AverageName];
        using (no_grad())
        {
            // ln(m a + (1 − m) b) from ln a and ln b; an average of exactly 0 has not begun.
            var begun = average.eq(zeros(1, average.dtype)).item<bool>() ? now.detach().reshape(1) : logaddexp(average.Plus(Math.Log(AverageMemory)), now.detach().reshape(1).Plus(Math.Log(1 - AverageMemory)));
            average.copy_(begun);
        }

        return Mean(joint, weights).neg().Plus((now - average.detach().squeeze(0).clone()).exp());
    }

    private static Tensor Mean(Tensor values, Tensor? weights) => weights is null ? values.mean() : (values * weights).sum() / weights.sum();

    private static Tensor Element(Tensor numbers, int i, int j, CurvatureForm form)
    {
        if (form == CurvatureForm.Symmetric) return numbers.narrow(1, Curvature.Index(i, j), 1).squeeze(1);
        Tensor? sum = null;
        for (int k = 0; k <= j; k++)
        {
            var product = numbers.narrow(1, Curvature.Index(i, k), 1) * numbers.narrow(1, Curvature.Index(j, k), 1);
            sum = sum is null ? product : sum.Plus(product);
        }

        return sum!.neg().squeeze(1);
    }
}
