using Lightcone.Randomness;
using Lightcone.Systems.LorentzNet;
using Lightcone.Tests.Training;
using Lightcone.Training.Recipes;
using Lightcone.Training.Runs;
using Lightcone.Weights;

namespace Lightcone.Tests.LorentzNet;

[Collection(SeededGenerator.Name)]
public sealed class ImportTests
{
    [Theory]
    [InlineData("top", LorentzNetInputs.Top, 0.005)]
    [InlineData("qg", LorentzNetInputs.QuarkGluon, 0.001)]
    public void The_published_archive_and_its_safetensors_make_the_same_run(string name, LorentzNetInputs inputs, double coordinateWeight)
    {
        string weights = Path.Combine(Repository.Shared ?? "", "reference", "lorentznet", "weights");
        Assert.SkipUnless(Directory.Exists(weights), "The published weights are not beside this checkout.");
        using var folder = new TemporaryFolder();
        Run archive = Import(Path.Combine(weights, $"{name}_published.pt"), folder["pt"]), plain = Import(Path.Combine(weights, $"{name}_published.safetensors"), folder["safetensors"]);
        Assert.Equal(File.ReadAllBytes(plain.BestPath), File.ReadAllBytes(archive.BestPath));
        Assert.Equal(File.ReadAllText(plain.RecipePath), File.ReadAllText(archive.RecipePath));
        var recipe = RecipeFile.Load(archive.RecipePath, new LorentzNetRecipe());
        Assert.Equal((inputs, 72, 6, coordinateWeight, 100.0), (recipe.Inputs, recipe.Hidden, recipe.Layers, recipe.CoordinateWeight, recipe.Clamp));
        Assert.Equal(64, Provenance.Read(archive.ProvenancePath).Data.Single().Sha256.Length);
    }

    [Fact]
    public void An_imported_network_scores_as_the_one_whose_weights_they_are()
    {
        using var folder = new TemporaryFolder();
        var recipe = Networks.Small with { Clamp = 100, CoordinateWeight = 0.005, BatchNormRows = BatchNormRows.All, Pooling = new Pooling(PoolingKind.Fixed, 30) };
        using var network = Networks.Loud(recipe);
        string path = folder["weights.safetensors"];
        Safetensors.Write(path, network.State.ToWeights("module.")); // the prefix of PyTorch's data-parallel wrapper
        using var model = LorentzNetModel.Load(Import(path, folder["run"], "pooling=Fixed:30"));
        Assert.Equal(recipe.Pooling, model.Recipe.Pooling);
        var jets = ToyJets.Make(10, 81);
        Assert.Equal(Networks.Scores(network, recipe, jets), Networks.Scores(model.Network, model.Recipe, jets));
    }

    public static TheoryData<string> Damages() => ["another network", "no tensors", "one block too many", "a tensor of another shape", "a tensor missing", "a thousand empty blocks", "no blocks"];

    [Theory]
    [MemberData(nameof(Damages))]
    public void Weights_of_anything_else_are_bad_input_and_leave_no_run(string damage)
    {
        using var folder = new TemporaryFolder();
        string path = folder["weights.safetensors"];
        using (var network = Networks.Loud(Networks.Small))
        {
            List<WeightTensor> tensors = [.. network.State.ToWeights()];
            var one = WeightTensor.FromSingle("x", [1], [1]);
            Safetensors.Write(path, damage switch
            {
                "another network" => [WeightTensor.FromSingle("conv.weight", [2, 2], [1, 2, 3, 4])],
                "no tensors" => [],
                "one block too many" => [.. tensors, one.Named("LGEBs.3.phi_e.0.weight")],
                "a tensor of another shape" => [.. tensors.Where(t => t.Name != "graph_dec.0.bias"), one.Named("graph_dec.0.bias")],
                "a tensor missing" => tensors.Where(t => t.Name != "LGEBs.1.phi_m.0.bias"),
                "a thousand empty blocks" => [.. tensors, .. Enumerable.Range(3, 1000).Select(l => one.Named($"LGEBs.{l}.x"))],
                _ => tensors.Where(t => !t.Name.StartsWith("LGEBs.", StringComparison.Ordinal)),
            });
        }

        var error = Assert.Throws<InputDataException>(() => Import(path, folder["run"]));
        Assert.Equal(ExitCode.BadInput, error.ExitCode);
        Assert.False(Directory.Exists(folder["run"]));
    }

    [Fact]
    public void Of_200_damaged_copies_of_a_weight_file_each_is_imported_or_refused_as_bad_input()
    {
        using var folder = new TemporaryFolder();
        string path = folder["weights.safetensors"];
        using (var network = Networks.Loud(Networks.Small with { Hidden = 4, Layers = 2 })) Safetensors.Write(path, network.State.ToWeights());
        byte[] whole = File.ReadAllBytes(path);
        int refused = 0;
        for (int copy = 0; copy < 200; copy++)
        {
            var random = new RandomStream(3, "damage", 0, copy);
            byte[] bytes = [.. whole];
            for (int change = 0; change <= random.NextInt(4); change++) bytes[random.NextInt(random.NextInt(2) == 0 ? 2000 : bytes.Length)] = (byte)random.NextInt(256);
            if (random.NextInt(4) == 0) bytes = bytes[..random.NextInt(bytes.Length)];
            File.WriteAllBytes(path, bytes);
            try
            {
                LorentzNetWeights.Read(path, []);
            }
            catch (InputDataException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 40, 199);
    }

    [Fact]
    public void An_import_into_a_folder_with_other_files_is_refused_and_adds_nothing()
    {
        using var folder = new TemporaryFolder();
        string path = folder["weights.safetensors"];
        using (var network = Networks.Loud(Networks.Small)) Safetensors.Write(path, network.State.ToWeights());
        Directory.CreateDirectory(folder["run"]);
        File.WriteAllText(Path.Combine(folder["run"], "thesis.tex"), "all my work");
        Assert.Throws<UsageException>(() => Import(path, folder["run"]));
        Assert.Equal(["thesis.tex"], Directory.GetFileSystemEntries(folder["run"]).Select(Path.GetFileName));
    }

    private static Run Import(string weights, string folder, params string[] settings) =>
        new LorentzNetSystem().Import(weights, folder, settings, Provenance.OfThisProcess(1, false));
}
