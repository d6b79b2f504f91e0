using Lightcone.Systems;
using Lightcone.Jets;
using Lightcone.Kinematics;
using Lightcone.Randomness;
using Lightcone.Systems.Lgae;
using Lightcone.Systems.Lgae.Reference;
using Lightcone.Systems.LorentzNet;
using Lightcone.Tests.Training;
using Lightcone.Training.Recipes;
using Lightcone.Training.Runs;
using Lightcone.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Tests.Lgae;

/// <summary>Weights of the published code become runs that compute what that code computes.</summary>
[Collection(SeededGenerator.Name)]
public sealed class LgaeImportTests
{
    private static readonly LgaeReferenceSettings Small = new()
    {
        EncoderChannels = [2, 3, 2], DecoderChannels = [2, 2, 3], Slots = 6, BasisFunctions = 3, MlpDepth = 1, MlpWidth = 2, LatentVectors = 2,
    };

    public static TheoryData<string> Settings => ["defaults of the test", "maxdim 3", "mean", "mix", "mix at maxdim 3", "more of everything", "one slot", "wide latent"];

    private static LgaeReferenceSettings Of(string settings) => settings switch
    {
        "maxdim 3" => Small with { MaxDim = 3 },
        "mean" => Small with { Pooling = ReferencePooling.Mean },
        "mix" => Small with { Pooling = ReferencePooling.Mix },
        "mix at maxdim 3" => Small with { Pooling = ReferencePooling.Mix, MaxDim = 3, LatentVectors = 1 },
        "more of everything" => Small with { EncoderChannels = [1, 2, 3, 2], DecoderChannels = [3, 1, 2, 4], Slots = 9, BasisFunctions = 1, MlpDepth = 3, MlpWidth = 3, LatentScalars = 3, LatentVectors = 5 },
        "one slot" => Small with { Slots = 1, Pooling = ReferencePooling.Mean },
        "wide latent" => Small with { Pooling = ReferencePooling.Mean, LatentVectors = 7, LatentScalars = 2 },
        _ => Small,
    };

    [Theory]
    [MemberData(nameof(Settings))]
    public void An_imported_network_has_the_size_and_the_outputs_of_the_one_whose_weights_they_are(string name)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var folder = new TemporaryFolder();
        var settings = Of(name);
        using var network = ReferenceNetworkTests.Loud(settings, seed: 3);
        using var model = LgaeModel.Load(Import(Write(network, folder), folder["run"]));
        var read = LgaePublished.Settings(model.Recipe);
        Assert.Equal((settings.MaxDim, settings.Slots, settings.BasisFunctions, settings.MlpDepth, settings.MlpWidth, settings.LatentScalars, settings.LatentVectors),
            (read.MaxDim, read.Slots, read.BasisFunctions, read.MlpDepth, read.MlpWidth, read.LatentScalars, read.LatentVectors));
        Assert.Equal(settings.EncoderChannels, read.EncoderChannels);
        Assert.Equal(settings.DecoderChannels, read.DecoderChannels);
        if (settings.Slots > 1) Assert.Equal(settings.Pooling, read.Pooling); // mixing a single slot and its mean are the same map
        Assert.Equal(settings.LatentNumbers, model.LatentNumbers);
        Assert.Equal(network.State.ParameterCount, model.ParameterCount);

        var jets = ToyJets.Make([.. Enumerable.Range(1, settings.Slots)], 5);
        var output = model.Rebuild(jets);
        var (constituents, vectors) = Direct(network, jets, settings.Slots);
        Assert.Equal(constituents, output.Constituents);
        Assert.Equal(vectors, output.Vectors);
        Assert.Equal(settings.Slots * jets.JetCount, output.Offsets[^1]);
    }

    [Fact]
    public void A_jet_of_more_constituents_than_slots_enters_with_its_hardest()
    {
        using var folder = new TemporaryFolder();
        using var network = ReferenceNetworkTests.Loud(Small, seed: 3);
        using var model = LgaeModel.Load(Import(Write(network, folder), folder["run"]));
        var jets = ToyJets.Make([10], 5);
        int[] hardest = [.. Enumerable.Range(0, 10).OrderByDescending(c => jets.Constituent(c).Pt2).Take(6).Order()];
        var cut = new JetBatch { Rows = [0], Offsets = [0, 6], Momenta = [.. hardest.SelectMany(c => jets.Momenta[(4 * c)..(4 * c + 4)])] };
        Assert.Equal(model.Rebuild(cut).Constituents, model.Rebuild(jets).Constituents);
    }

    [Fact]
    public void Settings_change_the_recipe_and_unfitting_ones_are_refused()
    {
        using var folder = new TemporaryFolder();
        using var network = ReferenceNetworkTests.Loud(Small, seed: 3);
        string path = Write(network, folder);
        var run = Import(path, folder["run"], "network=Float32", "batchSize=7");
        var recipe = RecipeFile.Load(run.RecipePath, new LgaeRecipe());
        Assert.Equal((Precision.Float32, 7, LgaeMode.Reference), (recipe.Network, recipe.BatchSize, recipe.Mode));
        Assert.ThrowsAny<LightconeException>(() => Import(path, folder["soft"], "pooling=Softmax"));
        Assert.ThrowsAny<LightconeException>(() => Import(path, folder["size"], "latentVectors=3"));
        Assert.ThrowsAny<LightconeException>(() => Import(path, folder["mode"], "mode=Corrected"));
        Assert.ThrowsAny<LightconeException>(() => Import(path, folder["name"], "noSuchThing=1"));
        foreach (string name in (string[])["soft", "size", "mode", "name"]) Assert.False(Directory.Exists(folder[name]));
        Assert.Equal(64, Provenance.Read(run.ProvenancePath).Data.Single().Sha256.Length);
    }

    public static TheoryData<string> Damages() =>
    [
        "another network", "no tensors", "the encoder alone", "the decoder alone", "a tensor missing", "a tensor of another shape", "a tensor of another rank", "an extent of 0", "no radial terms",
        "one level too many", "a thousand levels", "a narrow perceptron", "as many channels as a number holds", "channels beyond any network",
    ];

    [Theory]
    [MemberData(nameof(Damages))]
    public void Weights_of_anything_else_are_bad_input_and_leave_no_run(string damage)
    {
        using var folder = new TemporaryFolder();
        List<WeightTensor> tensors;
        using (var network = ReferenceNetworkTests.Loud(Small, seed: 3)) tensors = [.. network.State.ToWeights()];
        string mixing = "encoder.lgn_cg.node_levels.1.cat_mix.mix_reps.weights.(1, 1)", path = folder["weights.safetensors"];
        IEnumerable<WeightTensor> Without(string prefix) => tensors.Where(t => !t.Name.StartsWith(prefix, StringComparison.Ordinal));
        IEnumerable<WeightTensor> With(string name, params long[] shape) => [.. tensors.Where(t => t.Name != name), new WeightTensor(name, WeightType.U8, shape, new byte[shape.Aggregate(1L, (a, b) => a * b)])];
        Safetensors.Write(path, damage switch
        {
            "another network" => [WeightTensor.FromSingle("conv.weight", [2, 2], [1, 2, 3, 4])],
            "no tensors" => [],
            "the encoder alone" => Without("decoder."),
            "the decoder alone" => Without("encoder."),
            "a tensor missing" => Without("decoder.rad_funcs.rad_funcs.1.b"),
            "a tensor of another shape" => With("decoder.mix_to_output.weights.(1, 1)", 2, 1, 7),
            "a tensor of another rank" => With("encoder.mix_reps.weights.(1, 1)", 2, 2),
            "an extent of 0" => With("encoder.mix_reps.weights.(1, 1)", 2, 2, 0),
            "no radial terms" => With("encoder.rad_funcs.rad_funcs.0.a", 1, 1, 1, 1),
            "one level too many" => With("encoder.lgn_cg.node_levels.2.cat_mix.mix_reps.weights.(1, 1)", 2, 2, 30),
            "a thousand levels" => [.. tensors, .. Enumerable.Range(2, 1000).Select(l => WeightTensor.FromSingle($"encoder.lgn_cg.node_levels.{l}.cat_mix.mix_reps.weights.(1, 1)", [1, 1, 1], [1]))],
            "a narrow perceptron" => With("encoder.lgn_cg.mlp_levels.0.linear.0.weight", 1, 6),
            "as many channels as a number holds" => With("encoder.input_func_node.weights.(1, 1)", 2, 65537, 1),
            _ => With(mixing, 1, 256, 1),
        });
        var error = Assert.Throws<InputDataException>(() => Import(path, folder["run"]));
        Assert.Equal(ExitCode.BadInput, error.ExitCode);
        Assert.False(Directory.Exists(folder["run"]));
    }

    [Fact]
    public void Of_100_damaged_copies_of_a_weight_file_each_is_imported_or_refused_as_bad_input()
    {
        using var folder = new TemporaryFolder();
        string path;
        using (var network = ReferenceNetworkTests.Loud(Small, seed: 3)) path = Write(network, folder);
        byte[] whole = File.ReadAllBytes(path);
        int refused = 0, header = 8 + (int)BitConverter.ToInt64(whole);
        for (int copy = 0; copy < 100; copy++)
        {
            var random = new RandomStream(3, "damage", 0, copy);
            byte[] bytes = [.. whole];
            for (int change = 0; change <= random.NextInt(4); change++)
            {
                int at = random.NextInt(random.NextInt(2) == 0 ? header : bytes.Length);
                bytes[at] = (byte)(bytes[at] is >= (byte)'0' and <= (byte)'9' ? '0' + random.NextInt(10) : random.NextInt(256)); // other digits keep the header readable
            }

            if (random.NextInt(4) == 0) bytes = bytes[..random.NextInt(bytes.Length)];
            File.WriteAllBytes(path, bytes);
            try
            {
                Import(path, folder[$"run {copy}"]);
            }
            catch (InputDataException)
            {
                refused++;
                Assert.False(Directory.Exists(folder[$"run {copy}"]));
            }
        }

        Assert.InRange(refused, 20, 99);
    }

    private static string Write(LgaeReferenceNetwork network, TemporaryFolder folder)
    {
        string path = folder["weights.safetensors"];
        Safetensors.Write(path, network.State.ToWeights());
        return path;
    }

    /// <summary>Padding, normalisation by the largest component and its inverse, written down once more.</summary>
    private static (double[] Constituents, double[] Vectors) Direct(LgaeReferenceNetwork network, JetBatch jets, int slots)
    {
        double[] momenta = new double[jets.JetCount * slots * 4], mask = new double[jets.JetCount * slots], scale = new double[jets.JetCount];
        for (int jet = 0; jet < jets.JetCount; jet++)
        {
            double[] own = jets.Momenta[(4 * jets.Offsets[jet])..(4 * jets.Offsets[jet + 1])];
            scale[jet] = own.Max(Math.Abs) + 1e-16;
            for (int k = 0; k < own.Length; k++) (momenta[4 * slots * jet + k], mask[slots * jet + k / 4]) = (own[k] / scale[jet], 1);
        }

        Tensor input = tensor(momenta, [jets.JetCount, slots, 4]), real = tensor(mask, [jets.JetCount, slots]);
        double[] constituents = network.Reconstruct(input, real).contiguous().data<double>().ToArray();
        double[] vectors = network.Encode(input, real).Vectors.permute(1, 0, 2, 3, 4).contiguous().data<double>().ToArray();
        for (int i = 0; i < constituents.Length; i++) constituents[i] *= scale[i / (4 * slots)];
        for (int i = 0; i < vectors.Length; i++) vectors[i] *= scale[i / (vectors.Length / jets.JetCount)];
        return (constituents, vectors);
    }

    private static Run Import(string weights, string folder, params string[] settings) => new LgaeSystem().Import(weights, folder, settings, Provenance.OfThisProcess(1, false));
}
