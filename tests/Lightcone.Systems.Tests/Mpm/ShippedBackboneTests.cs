using System.Security.Cryptography;
using Lightcone.Systems.Mpm;
using Lightcone.Systems.Mpm.FineTuning;
using Lightcone.Tests;

namespace Lightcone.Systems.Tests.Mpm;

public sealed class ShippedBackboneTests
{
    private static string Folder => Path.Combine(Repository.Root, "samples", "backbones");

    [Fact]
    public void Every_shipped_backbone_is_the_file_that_its_page_describes()
    {
        string page = File.ReadAllText(Path.Combine(Folder, "README.md"));
        string[] files = Directory.GetFiles(Folder, "*.safetensors");
        Assert.NotEmpty(files);
        foreach (string file in files)
            Assert.Contains($"`{Path.GetFileName(file)}` |", page.Split('\n').Single(l => l.Contains(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file))), StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_classifier_begins_with_the_shipped_encoder_and_reads_jets_as_it_did()
    {
        var backbone = Backbone.Open(Path.Combine(Folder, "jetclass-mpm-s.safetensors"));
        var recipe = ClassifierInputs.Resolve(new FineTuneRecipe { Backbone = Path.Combine(Folder, "jetclass-mpm-s.safetensors"), Width = 8, Layers = 1 }, MaskableJets.Schema);
        Assert.Equal((backbone.Size.Width, backbone.Size.Layers, backbone.Preprocessing.Constituents), (recipe.Width, recipe.Layers, recipe.Constituents));
        using var network = new ClassifierNetwork(recipe, 2);
        backbone.CopyInto(network.State);
        using var noGrad = TorchSharp.torch.no_grad();
        using var scope = TorchSharp.torch.NewDisposeScope();
        var logits = network.Logits(backbone.Preprocessing.Apply(MaskableJets.Make([3, 0, 30], 1)), training: false);
        Assert.True(logits.isfinite().all().item<bool>());
        Assert.Equal("mpm-20k", backbone.Card["run"]);
    }
}
