using Lightcone.Jets;
using Lightcone.Systems.Mpm;
using Lightcone.Systems.Mpm.Acceptance;
using Lightcone.Systems.Mpm.Particles;
using Lightcone.Systems.Mpm.Targets;
using Lightcone.Systems.Mpm.Tokens;
using Lightcone.Tests;
using Lightcone.Training.Runs;
using Lightcone.Weights;

namespace Lightcone.Systems.Tests.Mpm.BadInputTests;

/// <summary>A run of a tiny pre-training on toy jets that was never trained, with its tokenizer, and the backbone file that is made of it.</summary>
internal sealed class ToyRun : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public ToyRun(MpmRecipe? recipe = null)
    {
        Recipe = recipe ?? ToyModels.Recipe(TargetKind.KMeans, HidingLayout.Removed, width: 8) with { Network = Precision.Float32, Layers = 1 };
        Preprocessing = ToyModels.Reading(Recipe, 1);
        Run = Run.Create(folder["run"], Recipe, Provenance.OfThisProcess(1, mklAnyCpu: false), "");
        Preprocessing.Write(Run.PreprocessingPath);
        Directory.CreateDirectory(Run.InputsFolder);
        using (var tokenizer = KMeansTokenizer.Fit(Jets, Preprocessing, Recipe.Clusters, 1)) tokenizer.Write(TokenizerPath, Preprocessing);
        using (var task = ToyModels.Task(Recipe, Preprocessing, 1)) Safetensors.Write(Run.BestPath, task.Network.ToWeights().ToList());
        Backbone.Open(Run.Folder).Write(BackbonePath);
    }

    public static IJetSource Jets => new InMemorySource(ToyParticles.Jets(ToyParticles.Multiplicities(40, 2), 2), ToyParticles.Schema);

    public MpmRecipe Recipe { get; }

    public Preprocessing Preprocessing { get; }

    public Run Run { get; }

    public string TokenizerPath => Path.Combine(Run.InputsFolder, "tokenizer.safetensors");

    public string BackbonePath => folder["backbone.safetensors"];

    /// <summary>A path beside the run.</summary>
    public string this[string name] => folder[name];

    /// <summary>The backbone file with some of its free text changed, and some of its tensors.</summary>
    public string Changed(Action<Dictionary<string, string>>? text = null, Func<WeightTensor, WeightTensor?>? tensors = null)
    {
        var file = Safetensors.ReadAll(BackbonePath);
        var metadata = file.Metadata.ToDictionary(m => m.Key, m => m.Value);
        text?.Invoke(metadata);
        Safetensors.Write(folder["changed.safetensors"], file.Select(tensors ?? (t => t)).OfType<WeightTensor>().ToList(), metadata);
        return folder["changed.safetensors"];
    }

    public void Dispose() => folder.Dispose();
}
