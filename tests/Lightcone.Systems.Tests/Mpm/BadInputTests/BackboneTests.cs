using Lightcone.Systems.Mpm;
using Lightcone.Systems.Mpm.Acceptance;
using Lightcone.Systems.Mpm.FineTuning;
using Lightcone.Systems.Mpm.Network;
using Lightcone.Tests.Training;
using Lightcone.Training;
using Lightcone.Weights;

namespace Lightcone.Systems.Tests.Mpm.BadInputTests;

/// <summary>Backbones that are not there, of another version, or whose sizes disagree with their tensors.</summary>
[Collection(SeededGenerator.Name)]
public sealed class BackboneTests
{
    [Fact]
    public void A_backbone_opens_alike_from_its_run_and_its_file()
    {
        using var run = new ToyRun();
        Backbone ofRun = Backbone.Open(run.Run.Folder), ofFile = Backbone.Open(run.BackbonePath);
        Assert.Equal(ofRun.Sha256, ofFile.Sha256);
        Assert.Equal(ofRun.Size, ofFile.Size);
        Assert.Equal(ofRun.Preprocessing.Fingerprint, ofFile.Preprocessing.Fingerprint);
        Copied(ofFile);
    }

    [Fact]
    public void Numbers_of_an_encoder_follow_from_its_size()
    {
        foreach (var recipe in (MpmRecipe[])[BuildCheck.Small, BuildCheck.Medium, (MpmRecipe)new MpmSystem().Recipes.Single(r => r.Name == "jetclass-mpm-v1").Recipe])
            Assert.Equal(BuildCheck.Parameters(recipe).Encoder, recipe.Size.CountNumbers());
    }

    [Fact]
    public void A_backbone_that_is_not_there_is_refused()
    {
        using var run = new ToyRun();
        string path = run["nowhere.safetensors"];
        Refusal.Of<UsageException>(() => Backbone.Open(path), path, "lightcone train");
        Refusal.Of<UsageException>(() => ClassifierInputs.Resolve(new FineTuneRecipe { Backbone = path }, ToyParticles.Schema with { Classes = ["a", "b"] }), path);
        string folder = Directory.CreateDirectory(run["folder"]).FullName;
        Refusal.Of<InputDataException>(() => Backbone.Open(folder), folder);
        File.Delete(run.Run.BestPath);
        Refusal.Of<InputDataException>(() => Backbone.Open(run.Run.Folder), "no trained weights", "--resume");
    }

    [Theory]
    [InlineData("format", "lightcone backbone 2")]
    [InlineData("format", null)]
    [InlineData("encoder", null)]
    [InlineData("encoder", "null")]
    [InlineData("encoder", "{}")]
    [InlineData("encoder", "[1, 2")]
    [InlineData("preprocessing", null)]
    [InlineData("preprocessing", "null")]
    [InlineData("preprocessing", "{}")]
    [InlineData("card", "[]")]
    public void A_backbone_of_another_version_or_damaged_text_is_refused(string key, string? value)
    {
        using var run = new ToyRun();
        string path = run.Changed(text =>
        {
            text.Remove(key);
            if (value is not null) text[key] = value;
        });
        Refusal.Of<InputDataException>(() => Backbone.Open(path), path);
    }

    [Theory]
    [InlineData("\"width\":8", "\"width\":2048")]
    [InlineData("\"width\":8", "\"width\":-8")]
    [InlineData("\"width\":8", "\"width\":6")]
    [InlineData("\"layers\":1", "\"layers\":64")]
    [InlineData("\"layers\":1", "\"layers\":0")]
    [InlineData("\"heads\":2", "\"heads\":0")]
    [InlineData("\"heads\":2", "\"heads\":3")]
    [InlineData("\"registers\":2", "\"registers\":3")]
    [InlineData("\"registers\":2", "\"registers\":-1")]
    [InlineData("\"headNorm\":true", "\"headNorm\":false")]
    [InlineData("\"layerScale\":0.1", "\"layerScale\":1e300")]
    [InlineData("\"inputs\":\"Full\"", "\"inputs\":\"Kinematics\"")]
    [InlineData("\"inputs\":\"Full\"", "\"inputs\":9")]
    public void Sizes_that_disagree_with_the_tensors_are_refused_before_a_network_is_made(string size, string other)
    {
        using var run = new ToyRun();
        string path = run.Changed(text =>
        {
            Assert.Contains(size, text["encoder"], StringComparison.Ordinal);
            text["encoder"] = text["encoder"].Replace(size, other, StringComparison.Ordinal);
        });
        Refusal.Of<InputDataException>(() => Backbone.Open(path), path);
    }

    [Fact]
    public void Tensors_that_are_missing_misshapen_or_no_numbers_are_refused()
    {
        using var run = new ToyRun();
        const string name = "encoder.blocks.0.out.bias";
        string missing = run.Changed(tensors: t => t.Name == name ? null : t);
        Refusal.Of<InputDataException>(() => Backbone.Open(missing), missing);
        string renamed = run.Changed(tensors: t => t.Name == name ? t.Named("encoder.other") : t);
        Refusal.Of<InputDataException>(() => Copied(Backbone.Open(renamed)), name);
        string misshapen = run.Changed(tensors: t => t.Name == name ? new WeightTensor(name, t.Type, [1, t.Length], t.Data) : t);
        Refusal.Of<InputDataException>(() => Copied(Backbone.Open(misshapen)), name);
        string none = run.Changed(tensors: t => t.Name == name ? WeightTensor.FromSingle(name, t.Shape, [0, 1, 2, float.NaN, 4, 5, 6, 7]) : t);
        Refusal.Of<InputDataException>(() => Backbone.Open(none), name, none);
    }

    /// <summary>What a fine-tuning does with a backbone.</summary>
    internal static void Copied(Backbone backbone)
    {
        var size = backbone.Size;
        using var state = new NetworkState();
        _ = new Encoder(state, size, dropout: 0);
        backbone.CopyInto(state);
    }
}
