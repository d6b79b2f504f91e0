using System.Text.Json;
using System.Text.Json.Serialization;
using Lightcone.Jets;
using Lightcone.Randomness;
using Lightcone.Systems.Mpm.Particles;
using Lightcone.Training.Recipes;
using Lightcone.Training.Runs;
using Lightcone.Weights;

namespace Lightcone.Systems.Mpm.Tokens;

/// <summary>
/// Tokens by the codes of a vector-quantised autoencoder (arXiv:2401.13537). Codes are read from the quantiser itself, of whole jets: the autoencoder has not seen parts of jets.
/// One file holds all of it: weights, sizes, the mean features of the training particles of each code and which preprocessing it belongs to.
/// </summary>
internal sealed class VqTokenizer : ITokenizer
{
    private const string ContentKey = "content", Content = "vector-quantised tokenizer 1", SizesKey = "sizes", FingerprintKey = "preprocessing", MeansName = "means", NetworkPrefix = "network/";
    private const int LongestSizes = 4096, JetsAtOnce = 256;
    private const long ParticlesAveraged = 1_000_000;

    private readonly VqModel model;

    private VqTokenizer(VqModel model, float[] means) => (this.model, Means) = (model, means);

    /// <inheritdoc/>
    public int Count => model.Recipe.Codes;

    /// <inheritdoc/>
    public float[] Means { get; }

    /// <summary>The tokenizer of a run, its codes' mean features taken from training jets.</summary>
    /// <exception cref="InputDataException">The run has no weights, or is damaged.</exception>
    public static VqTokenizer Of(Run run, IJetSource training)
    {
        var model = VqModel.Load(run);
        try
        {
            return new(model, MeansOf(model, training));
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>How it reads jets.</summary>
    public Preprocessing Preprocessing => model.Preprocessing;

    /// <summary>The run that a target names, if pre-training can take tokens from it.</summary>
    /// <exception cref="UsageException">It is no tokenizer's, or one that reads other inputs.</exception>
    /// <exception cref="InputDataException">It is no run, or has no weights.</exception>
    public static Run RunOf(MpmRecipe recipe)
    {
        var run = Run.Open(recipe.Target.Tokenizer);
        string system = RecipeFile.SystemOf(run.RecipePath);
        if (system != TokenizerRecipe.SystemName)
            throw new UsageException($"The run is of the system {system}, which gives no tokens.", run.Folder, "Another run was meant.", "Train one: lightcone train jetclass-tokenizer --data DIR --out runs/tok; then --set target=vq:runs/tok.");
        var own = RecipeFile.Load(run.RecipePath, new TokenizerRecipe());
        if (own.Inputs != recipe.Inputs || own.Constituents != recipe.Constituents)
            throw new UsageException($"The tokenizer reads {own.Inputs} inputs of {own.Constituents} constituents, the pre-training {recipe.Inputs} of {recipe.Constituents}.", run.Folder,
                "The two were trained with different settings.", $"Add --set inputs={own.Inputs} --set constituents={own.Constituents}, or train another tokenizer.");
        if (!File.Exists(run.BestPath))
            throw new InputDataException("The tokenizer's run has no trained weights yet.", run.Folder, "Its first epoch has not ended.", $"Go on training it: lightcone train --resume {run.Folder}");
        return run;
    }

    /// <summary>Writes it as one file.</summary>
    public void Write(string path) => Safetensors.Write(
        path,
        [.. model.Network.State.ToWeights(NetworkPrefix), WeightTensor.FromSingle(MeansName, [Count, Preprocessing.Width], Means)],
        new Dictionary<string, string> { [ContentKey] = Content, [SizesKey] = JsonSerializer.Serialize(Sizes.Of(model.Recipe), Layout), [FingerprintKey] = Preprocessing.Fingerprint });

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InputDataException">It is damaged, or of another preprocessing.</exception>
    public static VqTokenizer Read(string path, Preprocessing preprocessing)
    {
        var file = Safetensors.ReadAll(path);
        if (file.Metadata.GetValueOrDefault(ContentKey) != Content) throw Damaged(path, "it does not say that it is a tokenizer");
        if (file.Metadata.GetValueOrDefault(FingerprintKey) != preprocessing.Fingerprint)
            throw new InputDataException("The tokenizer belongs to another preprocessing.", path, "Files of two runs were mixed.", "Copy the whole folder of one run.");
        var recipe = SizesOf(file, path).ToRecipe();
        // Weights of all blocks are there, or the sizes ask for more memory than the file can fill.
        if (file.Sum(t => t.Shape.Aggregate(1L, (n, s) => n * s)) < 20L * recipe.Layers * recipe.Width * recipe.Width) throw Damaged(path, "it has fewer weights than its sizes say");
        var means = file[MeansName];
        if (means.Shape is not [var codes, var width] || codes != recipe.Codes || width != preprocessing.Width) throw Damaged(path, "its mean features have another shape");
        if (file.Any(t => t.ToDouble().Any(x => !double.IsFinite(x)))) throw Damaged(path, "a number is not finite");
        return new(VqModel.Of(recipe, preprocessing, file, NetworkPrefix), means.ToSingle());
    }

    /// <inheritdoc/>
    public int[] Ids(ParticleTable table, int[] particles)
    {
        int[] all = model.Network.Ids(table);
        return Array.ConvertAll(particles, p => all[p]);
    }

    /// <summary>Tokens of whole jets, and what the decoder makes of them.</summary>
    public CodedJets Code(ParticleTable table) => model.Network.Code(table);

    /// <inheritdoc/>
    public void Dispose() => model.Dispose();

    // Codes that no training particle has stay at 0, the middle of every transformed feature.
    private static float[] MeansOf(VqModel model, IJetSource training)
    {
        int width = model.Preprocessing.Width, codes = model.Recipe.Codes;
        double[] sums = new double[codes * width];
        long[] counts = new long[codes], order = new long[(training.Count + JetsAtOnce - 1) / JetsAtOnce];
        for (int b = 0; b < order.Length; b++) order[b] = b;
        new RandomStream(0, "particles to average", 0, 0).Shuffle(order.AsSpan()); // classes may stand one after the other
        long particles = 0;
        foreach (long block in order)
        {
            if (particles >= ParticlesAveraged) break;
            var table = model.Preprocessing.Apply(training.Read(block * JetsAtOnce, (int)Math.Min(JetsAtOnce, training.Count - block * JetsAtOnce)));
            int[] ids = model.Network.Ids(table);
            for (int p = 0; p < ids.Length; p++)
            {
                counts[ids[p]]++;
                for (int f = 0; f < width; f++) sums[ids[p] * width + f] += table.Features[p * width + f];
            }

            particles += ids.Length;
        }

        return [.. sums.Select((s, i) => (float)(s / Math.Max(1, counts[i / width])))];
    }

    private static Sizes SizesOf(WeightSet file, string path)
    {
        string text = file.Metadata.GetValueOrDefault(SizesKey) ?? "";
        try
        {
            var sizes = text.Length is > 0 and <= LongestSizes ? JsonSerializer.Deserialize<Sizes>(text, Layout) : null;
            return sizes is { IsAllowed: true } ? sizes : throw Damaged(path, "its sizes are none");
        }
        catch (JsonException e)
        {
            throw Damaged(path, $"its sizes cannot be read: {e.Message}", e);
        }
    }

    private static InputDataException Damaged(string path, string why, Exception? inner = null) =>
        new($"The tokenizer cannot be read: {why}.", path, "The file is damaged, or of another version.", "Start the training anew in another folder.", inner);

    private static readonly JsonSerializerOptions Layout = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectRequiredConstructorParameters = true,
    };

    /// <summary>What decides the shapes of the weights and what is computed from them.</summary>
    private sealed record Sizes(bool Types, int Constituents, int Width, int Layers, int Heads, int Registers, bool HeadNorm, int Codes, int CodeWidth, bool Trained, bool Affine)
    {
        [JsonIgnore]
        public bool IsAllowed =>
            Constituents is >= 1 and <= MpmLimits.Constituents && Width is >= 1 and <= MpmLimits.Width && Layers is >= 1 and <= MpmLimits.Layers && Heads >= 1 && Heads <= Width
            && Width % Heads == 0 && Registers is >= 0 and <= MpmLimits.Registers && Codes is >= 2 and <= MpmLimits.Clusters && CodeWidth is >= 1 and <= MpmLimits.Width && (Trained || !Affine);

        public static Sizes Of(TokenizerRecipe r) => new(
            r.Inputs == ParticleInputs.Full, r.Constituents, r.Width, r.Layers, r.Heads, r.Registers, r.HeadNorm, r.Codes, r.CodeWidth, r.CodebookUpdate == CodebookUpdate.Gradient, r.Affine);

        public TokenizerRecipe ToRecipe() => new()
        {
            Inputs = Types ? ParticleInputs.Full : ParticleInputs.Kinematics, Constituents = Constituents, Width = Width, Layers = Layers, Heads = Heads, Registers = Registers,
            HeadNorm = HeadNorm, Codes = Codes, CodeWidth = CodeWidth, CodebookUpdate = Trained ? CodebookUpdate.Gradient : CodebookUpdate.MovingAverage, Affine = Affine,
        };
    }
}
