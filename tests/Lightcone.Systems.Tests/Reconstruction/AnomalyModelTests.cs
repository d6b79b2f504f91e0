using Lightcone.Jets;
using Lightcone.Randomness;
using Lightcone.Systems.Reconstruction;
using Lightcone.Systems.Tests.EndToEnd;
using Lightcone.Tests.Training;
using Lightcone.Training.Runs;
using Lightcone.Weights;

namespace Lightcone.Tests.Reconstruction;

[Collection(SeededGenerator.Name)]
public sealed class AnomalyModelTests : IDisposable
{
    private static readonly InMemorySource Training = ToyJets.Source(60, 1);

    private readonly TemporaryFolder folder = new();
    private readonly PcaAutoencoder pca = PcaAutoencoder.Fit(Training, 12);

    public void Dispose()
    {
        pca.Dispose();
        folder.Dispose();
    }

    private static string FileOf(Run run) => Path.Combine(run.Folder, "anomaly.safetensors");

    private (Run Run, byte[] File) Kept()
    {
        var run = FreshRun.In(folder["run"]);
        AnomalyModel.Of(run, pca, Training);
        return (run, File.ReadAllBytes(FileOf(run)));
    }

    private double[][] Scores(AnomalyModel model, JetBatch jets) => model.Of(pca.Reconstruct(jets));

    [Fact]
    public void A_model_read_back_gives_the_scores_of_the_one_that_was_fitted()
    {
        var run = FreshRun.In(folder["run"]);
        var jets = ToyJets.Make(40, 2);
        double[][] fitted = Scores(AnomalyModel.Of(run, pca, Training), jets);
        Assert.Equal(AnomalyModel.Scores.Count, fitted.Length);
        Assert.All(fitted, s => Assert.All(s, v => Assert.True(double.IsFinite(v))));
        Assert.All(fitted[AnomalyModel.Decorrelated], r => Assert.InRange(r, 0, 1));
        Assert.Equal(fitted, Scores(AnomalyModel.Fit(pca, Training), jets));
        Assert.Equal(fitted, Scores(AnomalyModel.Of(run, pca, training: null), jets));
    }

    [Fact]
    public void What_was_kept_is_used_even_where_the_training_jets_still_lie()
    {
        var (run, file) = Kept();
        var jets = ToyJets.Make(10, 2);
        Assert.Equal(Scores(AnomalyModel.Of(run, pca, training: null), jets), Scores(AnomalyModel.Of(run, pca, ToyJets.Source(50, 9)), jets));
        Assert.Equal(file, File.ReadAllBytes(FileOf(run)));
    }

    [Fact]
    public void Without_training_jets_the_two_fitted_scores_are_not_numbers_and_the_others_are()
    {
        var run = FreshRun.In(folder["run"]);
        foreach (var training in (IJetSource?[])[null, new InMemorySource(JetBatch.Empty, ToyJets.Schema)])
        {
            double[][] scores = Scores(AnomalyModel.Of(run, pca, training), ToyJets.Make(10, 2));
            for (int s = 0; s < scores.Length; s++) Assert.All(scores[s], v => Assert.Equal(s is AnomalyModel.Decorrelated or AnomalyModel.Density, double.IsNaN(v)));
            Assert.False(File.Exists(FileOf(run)));
        }
    }

    [Fact]
    public void A_file_fitted_to_other_weights_is_not_used_whatever_its_age()
    {
        var (run, file) = Kept();
        var weights = Safetensors.ReadAll(run.BestPath).ToList();
        Safetensors.Write(run.BestPath, weights.Skip(1));
        File.SetLastWriteTimeUtc(run.BestPath, DateTime.UtcNow.AddDays(-1)); // as after copying a run's folder
        var jets = ToyJets.Make(10, 2);
        Assert.All(Scores(AnomalyModel.Of(run, pca, training: null), jets)[AnomalyModel.Decorrelated], v => Assert.True(double.IsNaN(v)));
        Assert.All(Scores(AnomalyModel.Of(run, pca, Training), jets)[AnomalyModel.Decorrelated], v => Assert.True(double.IsFinite(v)));
        Assert.NotEqual(file, File.ReadAllBytes(FileOf(run)));
        File.SetLastWriteTimeUtc(FileOf(run), DateTime.UtcNow.AddDays(-2));
        Assert.All(Scores(AnomalyModel.Of(run, pca, training: null), jets)[AnomalyModel.Decorrelated], v => Assert.True(double.IsFinite(v)));
    }

    [Fact]
    public void The_scores_of_a_jet_depend_on_that_jet_alone()
    {
        var model = AnomalyModel.Fit(pca, Training);
        var jets = ToyJets.Make([3, 12, 0, 1, 30, 7, 9, 2], 5);
        double[][] together = Scores(model, jets);
        for (int size = 1; size < jets.JetCount; size += 2)
            for (int first = 0; first < jets.JetCount; first += size)
            {
                int[] part = [.. Enumerable.Range(first, Math.Min(size, jets.JetCount - first))];
                double[][] apart = Scores(model, jets.Select(part));
                for (int s = 0; s < together.Length; s++) Assert.Equal(part.Select(j => together[s][j]), apart[s]);
            }
    }

    [Fact]
    public void Lone_and_empty_jets_have_scores()
    {
        var training = new InMemorySource(ToyJets.Make([0, 1, 5, 1, 0, 8], 3), ToyJets.Schema);
        using var own = PcaAutoencoder.Fit(training, 12);
        double[][] scores = AnomalyModel.Fit(own, training).Of(own.Reconstruct(ToyJets.Make([0, 1, 4], 4)));
        Assert.All(scores, s => Assert.All(s, v => Assert.True(double.IsFinite(v))));
        Assert.Empty(AnomalyModel.Fit(own, training).Of(own.Reconstruct(JetBatch.Empty))[0]);
    }

    [Fact]
    public void The_mass_stated_by_the_file_stands_before_that_of_the_constituents()
    {
        var jets = ToyJets.Make([4], 1);
        Assert.Equal(jets.Jet(0).Mass, AnomalyModel.MassOf(jets, 0));
        var stated = new JetBatch { Rows = jets.Rows, Offsets = jets.Offsets, Momenta = jets.Momenta, JetColumns = new Dictionary<string, float[]> { ["mass"] = [80.5f] } };
        Assert.Equal(80.5, AnomalyModel.MassOf(stated, 0));
    }

    [Fact]
    public void A_cut_off_file_is_bad_input()
    {
        var (run, file) = Kept();
        for (int length = 0; length < file.Length; length += length < 20 ? 1 : 97)
        {
            File.WriteAllBytes(FileOf(run), file[..length]);
            Assert.Equal(ExitCode.BadInput, Assert.Throws<InputDataException>(() => AnomalyModel.Of(run, pca, Training)).ExitCode);
        }
    }

    [Fact]
    public void Of_300_damaged_files_each_is_read_or_refused_as_bad_input()
    {
        var (run, file) = Kept();
        var jets = ToyJets.Make(3, 2);
        int refused = 0;
        for (int copy = 0; copy < 300; copy++)
        {
            var random = new RandomStream(4, "damage", 0, copy);
            byte[] bytes = [.. file];
            int header = 8 + (int)BitConverter.ToInt64(file);
            for (int change = 0; change <= random.NextInt(4); change++)
                bytes[random.NextInt(2) == 0 ? random.NextInt(header) : random.NextInt(bytes.Length)] = (byte)random.NextInt(256);
            File.WriteAllBytes(FileOf(run), bytes);
            try
            {
                Assert.Equal(AnomalyModel.Scores.Count, Scores(AnomalyModel.Of(run, pca, training: null), jets).Length);
            }
            catch (InputDataException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 60, 299);
    }

    public static TheoryData<string> Damages() =>
        ["a tensor missing", "no tensors", "NaN among the masses", "more masses than scores", "no masses", "an infinite centre", "an infinite spread", "a spread of 0", "a column too many",
            "a column that is not there", "half a column", "a negative weight", "a density of one extent", "a million Gaussians"];

    [Theory]
    [MemberData(nameof(Damages))]
    public void Numbers_that_cannot_be_a_models_are_bad_input(string damage)
    {
        var (run, _) = Kept();
        var whole = Safetensors.ReadAll(FileOf(run));
        WeightTensor With(string name, int at, double value)
        {
            double[] numbers = whole[name].ToDouble();
            numbers[at] = value;
            return WeightTensor.FromDouble(name, whole[name].Shape, numbers);
        }

        WeightTensor Flat(string name, params double[] numbers) => WeightTensor.FromDouble(name, [numbers.Length], numbers);
        WeightTensor? changed = damage switch
        {
            "NaN among the masses" => With("rank.mass", 3, double.NaN),
            "more masses than scores" => Flat("rank.mass", [.. whole["rank.mass"].ToDouble(), 1]),
            "no masses" => Flat("rank.mass"),
            "an infinite centre" => With("density.centre", 0, double.PositiveInfinity),
            "an infinite spread" => With("density.spread", 1, double.PositiveInfinity),
            "a spread of 0" => With("density.spread", 0, 0),
            "a column too many" => Flat("density.columns", [.. whole["density.columns"].ToDouble(), 1]),
            "a column that is not there" => With("density.columns", 0, 12),
            "half a column" => With("density.columns", 0, 0.5),
            "a negative weight" => With("density.mixture", 0, -0.1),
            "a density of one extent" => Flat("density.mixture", whole["density.mixture"].ToDouble()),
            "a million Gaussians" => WeightTensor.FromDouble("density.mixture", [1_000_000, 0], []),
            _ => null,
        };
        IEnumerable<WeightTensor> tensors = damage == "no tensors" ? [] : damage == "a tensor missing" ? whole.Where(t => t.Name != "density.spread") : [.. whole.Where(t => t.Name != changed!.Name), changed!];
        Safetensors.Write(FileOf(run), tensors, whole.Metadata);
        var error = Assert.Throws<InputDataException>(() => AnomalyModel.Of(run, pca, Training));
        Assert.Equal(ExitCode.BadInput, error.ExitCode);
    }

    [Fact]
    public void A_model_of_an_autoencoder_with_fewer_latent_numbers_is_refused()
    {
        var (run, _) = Kept();
        using var smaller = PcaAutoencoder.Fit(Training, 6);
        Assert.Throws<InputDataException>(() => AnomalyModel.Of(run, smaller, Training));
    }

    [Fact]
    public void Rarer_latents_have_a_larger_density_score_at_any_mass()
    {
        var model = AnomalyModel.Fit(pca, Training);
        var rebuilt = pca.Reconstruct(ToyJets.Make(10, 2));
        double[] usual = model.Of(rebuilt)[AnomalyModel.Density];
        float[] far = [.. rebuilt.Latents.Select((v, i) => i % 12 < 8 ? 30 * v : v)];
        double[] unusual = model.Of(rebuilt with { Latents = far })[AnomalyModel.Density];
        foreach (var (u, v) in usual.Zip(unusual)) Assert.True(v > u);
    }
}
