using Lightcone.Jets;
using Lightcone.Systems;
using Lightcone.Systems.Mpm.Particles;
using Lightcone.Systems.Mpm.Tokens;
using Lightcone.Tests.Gnnae;
using Lightcone.Tests.Training;
using Lightcone.Training;
using Lightcone.Training.Optimisation;
using Lightcone.Training.Runs;
using Lightcone.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Tests.Mpm.Tokens;

[Collection(SeededGenerator.Name)]
public sealed class VqTaskTests
{
    private static readonly TokenizerRecipe Small = new() { Width = 8, Heads = 2, Layers = 1, Codes = 12, CodeWidth = 4, Constituents = 16, Epochs = 2, BatchSize = 16, Dropout = 0.1, LearningRate = 1e-3 };

    private static readonly Preprocessing Read = Preprocessing.Fit(ParticleJets.Source(64, 1), ParticleInputs.Full, 16);

    public static TheoryData<CodebookUpdate> Updates => [CodebookUpdate.MovingAverage, CodebookUpdate.Gradient];

    [Theory]
    [MemberData(nameof(Updates))]
    public void A_training_stopped_after_any_step_and_resumed_ends_with_the_same_bits(CodebookUpdate update)
    {
        using var folder = new TemporaryFolder();
        var recipe = Small with { CodebookUpdate = update, RevivalShare = 0.12 }; // codes are revived in many steps
        var whole = Train(folder["whole"], recipe, null, resume: false);
        Assert.Equal([1], whole["quantiser.initialised"]);
        for (int after = 1; after < 8; after += 2)
        {
            string path = folder[$"stopped {after}"];
            Train(path, recipe, after, resume: false);
            var resumed = Train(path, recipe, null, resume: true);
            foreach (var (name, values) in whole) Assert.Equal(values, resumed[name]);
        }
    }

    [Fact]
    public void The_loss_in_training_is_what_validation_adds_up()
    {
        var recipe = Small with { CodebookUpdate = CodebookUpdate.Gradient, RevivalShare = 0, Dropout = 0, CommitWeight = 0.5, CodebookWeight = 2, Network = Precision.Float64 };
        using var task = new VqTask(recipe, Read);
        var jets = ParticleJets.Make(40, 3, least: 0);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        task.Loss(jets); // begins the codes
        double loss = task.Loss(jets).item<double>();
        // Validation keeps what is rebuilt in float32: some 6e-8 of numbers of size 5 in each distance.
        Assert.Equal(loss, task.Validate([jets.Select([.. Enumerable.Range(0, 10)]), jets.Select([.. Enumerable.Range(10, 30)])])["loss"], 1e-6 * loss);
    }

    [Fact]
    public void A_displacement_that_a_neutral_particle_does_not_have_costs_nothing()
    {
        var table = Read.Apply(ParticleJets.Make(20, 3));
        Assert.Contains(false, table.Tracks);
        var rebuilt = table.Features.ToArray();
        for (int p = 0; p < table.ParticleCount; p++)
            if (!table.Tracks[p]) rebuilt.AsSpan(7 * p + 3, 4).Fill(5);
        Assert.All(TokenizerQuality.ReconstructionByJet(table, rebuilt), l => Assert.Equal(0, l));
        var quality = new TokenizerQuality(Read, 2);
        quality.Add(table, new CodedJets(new int[table.ParticleCount], rebuilt, []));
        Assert.All(quality.FeatureR2, r => Assert.Equal(1, r.Value));
        Assert.Equal((1, 1.0, 1.0, 1.0), (quality.Used, quality.Perplexity, quality.PtR2.Value, quality.MassR2.Value));
    }

    [Fact]
    public void The_share_of_the_variance_is_that_of_its_definition()
    {
        var table = Read.Apply(ParticleJets.Make(60, 3));
        float[] rebuilt = [.. table.Features.Select((x, i) => (float)(0.8 * x + 0.1 * Math.Sin(i)))];
        var quality = new TokenizerQuality(Read, 3);
        quality.Add(table, new CodedJets([.. Enumerable.Range(0, table.ParticleCount).Select(p => p % 3)], rebuilt, []));
        for (int f = 0; f < 7; f++)
        {
            var known = Enumerable.Range(0, table.ParticleCount).Where(p => f < 3 || table.Tracks[p]).Select(p => (Truth: (double)table.Features[7 * p + f], Made: (double)rebuilt[7 * p + f])).ToList();
            double mean = known.Average(k => k.Truth);
            double expected = 1 - known.Sum(k => (k.Truth - k.Made) * (k.Truth - k.Made)) / known.Sum(k => (k.Truth - mean) * (k.Truth - mean));
            Assert.Equal(expected, quality.FeatureR2[f].Value, 1e-12);
            Assert.InRange(expected, quality.FeatureR2[f].Lower, quality.FeatureR2[f].Upper);
        }

        Assert.Equal(3, quality.Perplexity, 0.01); // each token a third, but for a rest of two particles
    }

    [Theory]
    [MemberData(nameof(Updates))]
    public void Codes_of_a_jet_depend_neither_on_its_neighbours_nor_on_the_longest_of_them(CodebookUpdate update)
    {
        using var network = Trained(update);
        var jets = ParticleJets.Make(60, 4, least: 0, most: 14);
        int[] together = network.Ids(Read.Apply(jets));
        Assert.True(together.Distinct().Count() > 4);
        var table = Read.Apply(jets);
        for (int jet = 0; jet < jets.JetCount; jet++)
        {
            Assert.Equal(together[table.Offsets[jet]..table.Offsets[jet + 1]], network.Ids(Read.Apply(jets.Select([jet]))));
            int[] pair = network.Ids(Read.Apply(jets.Select([(jet + 7) % 60, jet])));
            Assert.Equal(together[table.Offsets[jet]..table.Offsets[jet + 1]], pair[^table.Multiplicity(jet)..]);
        }
    }

    [Fact]
    public void Decoding_the_codes_of_particles_gives_what_was_rebuilt_with_them()
    {
        using var network = Trained(CodebookUpdate.MovingAverage);
        var table = Read.Apply(ParticleJets.Make(10, 5));
        var coded = network.Code(table);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var codes = network.Quantiser.Codes().index_select(0, tensor(Array.ConvertAll(coded.Ids, i => (long)i)));
        int[] counts = [.. Enumerable.Range(0, table.JetCount).Select(table.Multiplicity)];
        Assert.Equal(coded.Rebuilt, Array.ConvertAll(GnnaeCases.Values(network.Decode(codes, counts, training: false)), v => (float)v));
        Assert.Equal(coded.Ids, network.Ids(table));
    }

    [Fact]
    public void Training_lowers_the_loss_and_leaves_no_tensor_behind()
    {
        manual_seed(2);
        using var task = new VqTask(Small with { Dropout = 0, CodebookUpdate = CodebookUpdate.MovingAverage }, Read);
        using var optimiser = new AdamW(task.Network, 0.9, 0.999, 1e-8, 0.01);
        var jets = ParticleJets.Make(48, 6);
        Step();
        double before = task.Validate([jets])["reconstruction"];
        long live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (int step = 0; step < 150; step++) Step();
        Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        double after = task.Validate([jets])["reconstruction"];
        Assert.True(after < 0.7 * before, $"{before} -> {after}");

        void Step()
        {
            optimiser.ZeroGradients();
            using (NewDisposeScope()) task.Loss(jets).backward();
            optimiser.Step(5e-3);
        }
    }

    [Fact]
    public void Empty_jets_have_no_codes_and_a_batch_of_them_alone_is_refused()
    {
        using var network = Trained(CodebookUpdate.MovingAverage);
        var empty = ParticleJets.Make(3, 1, least: 0, most: 0);
        Assert.Empty(network.Ids(Read.Apply(empty)));
        Assert.Empty(network.Code(Read.Apply(empty)).Rebuilt);
        using var task = new VqTask(Small, Read);
        Assert.Throws<InputDataException>(() => task.Loss(empty));
        Assert.Throws<InputDataException>(() => task.Validate([empty]));
    }

    // In float64, as tokens are read.
    private static VqNetwork Trained(CodebookUpdate update)
    {
        manual_seed(1);
        var network = new VqNetwork(Small with { CodebookUpdate = update, Network = Precision.Float64 });
        GnnaeCases.Fill(network.State);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        network.Quantiser.Apply(network.Encode(Read.Apply(ParticleJets.Make(30, 9)), training: false), training: true);
        return network;
    }

    private static Dictionary<string, float[]> Train(string path, TokenizerRecipe recipe, int? stopAfter, bool resume)
    {
        using var stop = new CancellationTokenSource();
        var listener = new Listener { OnStep = s => { if (s.Step == stopAfter) stop.Cancel(); } };
        manual_seed(11);
        using var task = new VqTask(recipe, Read);
        var run = resume ? Run.Open(path) : Run.Create(path, recipe, Provenance.OfThisProcess(1, false), "");
        using var trainer = new Trainer(run, recipe, task, null, listener);
        trainer.Train(ParticleJets.Source(64, 1), ParticleJets.Source(20, 2), resume, null, stop.Token);
        return Safetensors.ReadAll(run.LastPath).Where(t => t.Name.StartsWith("network/", StringComparison.Ordinal)).ToDictionary(t => t.Name["network/".Length..], t => t.ToSingle());
    }
}
