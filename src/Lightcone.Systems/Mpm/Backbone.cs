using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Lightcone.Systems.Mpm.Network;
using Lightcone.Systems.Mpm.Particles;
using Lightcone.Training;
using Lightcone.Training.Recipes;
using Lightcone.Training.Runs;
using Lightcone.Weights;

namespace Lightcone.Systems.Mpm;

/// <summary>
/// A trained encoder that other trainings start from: its weights, how it reads jets and where it comes from, in one safetensors file that stands alone. A run of pre-training
/// holds the same and serves as well.
/// </summary>
internal sealed class Backbone
{
    private const string Format = "lightcone backbone 1", FormatKey = "format", SizeKey = "encoder", PreprocessingKey = "preprocessing", CardKey = "card";

    private static readonly JsonSerializerOptions Layout = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, Converters = { new JsonStringEnumConverter<ParticleInputs>(allowIntegerValues: false) } };

    private readonly WeightSet weights;

    private Backbone(EncoderSize size, Preprocessing preprocessing, WeightSet weights, IReadOnlyDictionary<string, string> card)
    {
        (Size, Preprocessing, this.weights, Card) = (size, preprocessing, weights, card);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var tensor in EncoderWeights())
        {
            hash.AppendData(Encoding.UTF8.GetBytes(tensor.Name));
            hash.AppendData(tensor.Data.Span);
        }

        Sha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Shape of the encoder.</summary>
    public EncoderSize Size { get; }

    /// <summary>How it reads jets.</summary>
    public Preprocessing Preprocessing { get; }

    /// <summary>What is to be known of it: the run, its recipe, data files with hashes, seed, version.</summary>
    public IReadOnlyDictionary<string, string> Card { get; }

    /// <summary>SHA-256 over names and bytes of the weights.</summary>
    public string Sha256 { get; }

    /// <summary>Opens a backbone file or the run of a pre-training.</summary>
    /// <exception cref="UsageException">There is nothing of that name.</exception>
    /// <exception cref="InputDataException">It is none, damaged, or of another version.</exception>
    public static Backbone Open(string path)
    {
        if (Directory.Exists(path)) return OfRun(Run.Open(path));
        return File.Exists(path) ? OfFile(path) : throw new UsageException("There is no such backbone.", path, "A misspelt path, or a pre-training that was not made yet.", "Pre-train one: lightcone train jetclass-mpm --data FOLDER --out runs/mpm; or take samples/backbones/jetclass-mpm-s.safetensors.");
    }

    /// <summary>Writes the file.</summary>
    public void Write(string path) => Safetensors.Write(path, [.. EncoderWeights()], new Dictionary<string, string>
    {
        [FormatKey] = Format,
        [SizeKey] = JsonSerializer.Serialize(Size, Layout),
        [PreprocessingKey] = Preprocessing.ToJson(),
        [CardKey] = JsonSerializer.Serialize(Card, Layout),
    });

    /// <summary>Copies its weights into a network whose encoder has the same shape.</summary>
    /// <exception cref="InputDataException">A tensor is missing or has another shape.</exception>
    public void CopyInto(NetworkState state) => state.LoadPart(weights, Network.Encoder.Prefix);

    private static Backbone OfRun(Run run)
    {
        var system = SystemCatalogue.Of(run);
        if (RecipeFile.Load(run.RecipePath, system.DefaultRecipe) is not EncoderRecipe recipe)
            throw new InputDataException($"A run of {system.Title} is no backbone.", run.Folder, "The path names another kind of run.", "Name a run of lightcone train jetclass-mpm.");
        run.RequireWeights();
        var provenance = Provenance.Read(run.ProvenancePath);
        var card = new Dictionary<string, string>
        {
            ["run"] = run.Name,
            ["recipe"] = RecipeFile.ToYaml(recipe),
            ["data"] = string.Join("\n", provenance.Data.Select(d => $"{d.Role} {d.Jets} jets {d.Sha256}")),
            ["version"] = provenance.Version,
        };
        return Checked(new(recipe.Size, Preprocessing.Read(run.PreprocessingPath), Safetensors.ReadAll(run.BestPath), card), run.Folder);
    }

    private static Backbone OfFile(string path)
    {
        var file = Safetensors.ReadAll(path);
        if (file.Metadata.GetValueOrDefault(FormatKey) != Format)
            throw new InputDataException("This file is no backbone of this version.", path, "It holds other weights, or was written by another version.", "Write it again from its run: lightcone export RUN --out FILE");
        try
        {
            var size = JsonSerializer.Deserialize<EncoderSize>(file.Metadata[SizeKey], Layout) ?? throw new JsonException("The size is empty.");
            var card = JsonSerializer.Deserialize<Dictionary<string, string>>(file.Metadata.GetValueOrDefault(CardKey, "{}"), Layout) ?? [];
            return Checked(new(size, Preprocessing.Parse(file.Metadata[PreprocessingKey], path), file, card), path);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or NotSupportedException)
        {
            throw new InputDataException($"The backbone cannot be read: {e.Message}", path, "The file is damaged, or of another version.", "Write it again from its run: lightcone export RUN --out FILE", e);
        }
    }

    private static Backbone Checked(Backbone backbone, string where)
    {
        var size = backbone.Size;
        bool fits = size.Width is > 0 and <= MpmLimits.Width && size.Layers is > 0 and <= MpmLimits.Layers && size.Heads > 0 && size.Width % size.Heads == 0 && size.Registers is >= 0 and <= MpmLimits.Registers
            && size.Inputs == backbone.Preprocessing.Inputs && size.LayerScale is >= 0 and <= 10;
        // Before a network is made of the sizes: they may ask for more memory than the file explains.
        if (!fits || backbone.EncoderWeights().Sum(t => (long)t.Length) != size.CountNumbers())
            throw new InputDataException("The backbone's sizes do not fit together, or not to its tensors.", where, "The file is damaged.", "Write it again from its run: lightcone export RUN --out FILE");
        foreach (var tensor in backbone.EncoderWeights())
            if (tensor.ToSingle().Any(x => !float.IsFinite(x)))
                throw new InputDataException($"The backbone's tensor {tensor.Name} holds numbers that are none.", where, "A training that diverged.", "Pre-train anew with a lower learningRate.");
        return backbone;
    }

    private IEnumerable<WeightTensor> EncoderWeights() => weights.Where(t => t.Name.StartsWith(Network.Encoder.Prefix, StringComparison.Ordinal));
}
