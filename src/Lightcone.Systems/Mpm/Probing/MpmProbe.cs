using Lightcone.Formats;
using Lightcone.Jets;
using Lightcone.Statistics;
using Lightcone.Systems.Mpm.FineTuning;
using Lightcone.Systems.Mpm.Particles;
using TorchSharp;

namespace Lightcone.Systems.Mpm.Probing;

/// <summary>What a probe is told.</summary>
public sealed record MpmProbeRequest
{
    /// <summary>Run or file of the backbone.</summary>
    public required string Backbone { get; init; }

    /// <summary>Folder with labelled train, val and test files.</summary>
    public required string Data { get; init; }

    /// <summary>Numbers of labels.</summary>
    public IReadOnlyList<int> Labels { get; init; } = [100, 1000, 10_000];

    /// <summary>Repetitions, each with its own labels, head and random encoder.</summary>
    public int Seeds { get; init; } = 3;
}

/// <summary>Accuracy of heads of one kind on one encoder.</summary>
/// <param name="Encoder">pre-trained or random.</param>
/// <param name="Head">attention or mean.</param>
/// <param name="Labels">Labels that the head was trained on.</param>
/// <param name="Rate">Its learning rate, the best of three on the validation jets with the first seed.</param>
/// <param name="Accuracies">On the test jets, one a seed.</param>
public sealed record MpmProbeResult(string Encoder, string Head, int Labels, double Rate, IReadOnlyList<double> Accuracies)
{
    /// <summary>Their mean.</summary>
    public double Mean => Accuracies.Average();

    /// <summary>Their sample standard deviation; NaN for one.</summary>
    public double Deviation => SampleDeviation.Of(Accuracies);
}

/// <summary>
/// What an encoder knows of classes without moving: heads trained on its outputs with few labels, beside heads on the outputs of random encoders of the same shape, which had the same care
/// (specification E3).
/// </summary>
public static class MpmProbe
{
    /// <summary>Name of the pre-trained encoder in results.</summary>
    public const string Pretrained = "pre-trained";

    /// <summary>Name of the random encoders in results.</summary>
    public const string Random = "random";

    private static readonly double[] Rates = [3e-4, 1e-3, 3e-3];

    /// <summary>Probes.</summary>
    /// <param name="request">What.</param>
    /// <param name="say">Hears what begins.</param>
    /// <param name="stop">Asked to stop.</param>
    /// <exception cref="LightconeException">Backbone or data cannot be used.</exception>
    public static IReadOnlyList<MpmProbeResult> Run(MpmProbeRequest request, Action<string> say, CancellationToken stop)
    {
        var backbone = Backbone.Open(request.Backbone);
        using var train = SplitFolder.Open(request.Data, DataSplit.Train);
        using var validation = SplitFolder.Open(request.Data, DataSplit.Validation);
        using var test = SplitFolder.Open(request.Data, DataSplit.Test);
        var recipe = ClassifierInputs.Resolve(new FineTuneRecipe { Backbone = request.Backbone, Frozen = true }, train.Jets.Schema);
        int most = request.Labels.Where(l => l <= train.Jets.Count).DefaultIfEmpty(0).Max();
        if (most != request.Labels.Max())
            throw new UsageException($"There are {train.Jets.Count} training jets, fewer than {request.Labels.Max()} labels.", "--labels", "A small sample.", "Ask for fewer labels.");
        var results = new List<(string Encoder, ClassifierHead Head, int Labels, ulong Seed, double Rate, double Accuracy)>();
        var chosen = new Dictionary<(string, ClassifierHead, int), double>();
        for (ulong seed = 1; seed <= (ulong)request.Seeds; seed++)
            foreach (string encoder in (string[])[Pretrained, Random])
            {
                say($"{encoder} encoder, seed {seed}");
                var own = recipe with { Seed = seed };
                var encoding = new Encoding(own, encoder == Pretrained ? backbone : null, backbone.Preprocessing, train.Jets, validation.Jets, test.Jets, seed == 1);
                foreach (var head in Enum.GetValues<ClassifierHead>())
                    foreach (int labels in request.Labels)
                    {
                        var key = (encoder, head, labels);
                        if (seed == 1) chosen[key] = Rates.MaxBy(rate => encoding.Accuracy(head, labels, rate, onTest: false, stop));
                        results.Add((encoder, head, labels, seed, chosen[key], encoding.Accuracy(head, labels, chosen[key], onTest: true, stop)));
                    }
            }

        return [.. results.GroupBy(r => (r.Encoder, r.Head, r.Labels)).Select(g => new MpmProbeResult(g.Key.Encoder, g.Key.Head.ToString().ToLowerInvariant(), g.Key.Labels, chosen[g.Key], [.. g.Select(r => r.Accuracy)]))];
    }

    /// <summary>One encoder's view of all jets.</summary>
    private sealed class Encoding
    {
        private readonly FineTuneRecipe recipe;
        private readonly Backbone? backbone;
        private readonly EncodedSample train, test;
        private readonly EncodedSample? validation;

        public Encoding(FineTuneRecipe recipe, Backbone? backbone, Preprocessing preprocessing, IJetSource train, IJetSource validation, IJetSource test, bool chooses)
        {
            (this.recipe, this.backbone) = (recipe, backbone);
            using var network = Fresh(recipe);
            this.train = EncodedSample.Of(network, preprocessing, train);
            this.validation = chooses ? EncodedSample.Of(network, preprocessing, validation) : null;
            this.test = EncodedSample.Of(network, preprocessing, test);
        }

        public double Accuracy(ClassifierHead head, int labels, double rate, bool onTest, CancellationToken stop)
        {
            var own = recipe.For(labels) with { Head = head, LearningRate = rate };
            using var network = Fresh(own);
            HeadTraining.Train(network, own, train, LabelSubset.Draw(train.Labels, labels, own.Seed), stop);
            return HeadTraining.Correct(network, onTest ? test : validation!).Average();
        }

        private ClassifierNetwork Fresh(FineTuneRecipe own)
        {
            torch.manual_seed((long)(new Randomness.RandomStream(own.Seed, "initial weights", 0, 0).NextUInt64() >> 1));
            var network = new ClassifierNetwork(own, own.Classes.Names.Count);
            backbone?.CopyInto(network.State);
            return network;
        }
    }
}
