using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Lightcone.Jets;
using Lightcone.Statistics;

namespace Lightcone.Systems.Mpm.Particles;

/// <summary>
/// How a jet's particles become numbers for a network: each feature through the quantiles of the training particles to a standard normal (arXiv:2409.12589), or shifted and scaled
/// (arXiv:2401.13537). Fitted once, without labels, kept with every network and applied alike ever after.
/// </summary>
internal sealed class Preprocessing
{
    private const string Format = "lightcone particle preprocessing 1";
    private const int LargestFile = 1 << 20, Quantiles = 500, JetsFitted = 25_000, BlockOfJets = 500;
    private const double LargestScale = 1e9; // features stay far within float32

    private readonly QuantileTransform[] transforms; // of the features, for inputs Full
    private readonly (double Mean, double Deviation)[] scales; // of the features, for inputs Kinematics

    private Preprocessing(ParticleInputs inputs, int constituents, QuantileTransform[] transforms, (double, double)[] scales)
    {
        (Inputs, Constituents, this.transforms, this.scales) = (inputs, constituents, transforms, scales);
        Fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ToJson())));
    }

    /// <summary>What a particle is.</summary>
    public ParticleInputs Inputs { get; }

    /// <summary>Particles of a jet that are read, the hardest.</summary>
    public int Constituents { get; }

    /// <summary>Features a particle.</summary>
    public int Width => FeatureNames(Inputs).Length;

    /// <summary>SHA-256 of the text form: two networks with the same one read jets alike.</summary>
    public string Fingerprint { get; }

    /// <summary>Names of the features.</summary>
    public static string[] FeatureNames(ParticleInputs inputs) => inputs == ParticleInputs.Full ? RawParticles.FullNames : RawParticles.KinematicNames;

    /// <summary>Fits to jets, evenly chosen from the whole source; labels are not looked at.</summary>
    /// <exception cref="InputDataException">There is no particle, or one is damaged.</exception>
    public static Preprocessing Fit(IJetSource jets, ParticleInputs inputs, int constituents)
    {
        int width = FeatureNames(inputs).Length;
        var values = new List<double>[width];
        for (int f = 0; f < width; f++) values[f] = [];
        foreach (var batch in EvenBlocks(jets))
        {
            var table = RawParticles.Of(batch, inputs, constituents);
            for (int p = 0; p < table.ParticleCount; p++)
                for (int f = 0; f < (inputs == ParticleInputs.Full && !table.Tracks[p] ? RawParticles.FirstTrackFeature : width); f++)
                    values[f].Add(table.Features[p * width + f]);
        }

        if (values[0].Count == 0) throw new InputDataException("No jet has a particle, so there is nothing to fit.", "the training file", "Empty jets only.", "Check it: lightcone dataset inspect.");
        return inputs == ParticleInputs.Full
            ? new(inputs, constituents, [.. values.Select(v => v.Count > 0 ? QuantileTransform.Fit(v.ToArray(), Quantiles) : new QuantileTransform([0, 0]))], [])
            : new(inputs, constituents, [], [.. values.Select(Scale)]);
    }

    /// <summary>The particles of some jets, transformed.</summary>
    /// <exception cref="InputDataException">A particle is damaged.</exception>
    public ParticleTable Apply(JetBatch jets)
    {
        var table = RawParticles.Of(jets, Inputs, Constituents);
        int width = table.Width;
        for (int p = 0; p < table.ParticleCount; p++)
            for (int f = 0; f < width; f++)
            {
                ref float feature = ref table.Features[p * width + f];
                if (Inputs == ParticleInputs.Full) feature = f < RawParticles.FirstTrackFeature || table.Tracks[p] ? (float)transforms[f].Transform(feature) : 0;
                else feature = (float)((feature - scales[f].Mean) / scales[f].Deviation);
            }

        return table;
    }

    /// <summary>A transformed feature in its own unit again.</summary>
    public double Restore(int feature, double transformed) =>
        Inputs == ParticleInputs.Full ? transforms[feature].Inverse(transformed) : transformed * scales[feature].Deviation + scales[feature].Mean;

    /// <summary>Transverse momentum [GeV], Δη and Δφ of transformed features.</summary>
    public (double Pt, double DeltaEta, double DeltaPhi) Direction(ReadOnlySpan<float> transformed)
    {
        double first = Restore(0, transformed[0]);
        return (Inputs == ParticleInputs.Full ? first : Math.Exp(first) - 1, Restore(1, transformed[1]), Restore(2, transformed[2]));
    }

    /// <summary>The text form: JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(
        new Text(Format, Inputs.ToString(), Constituents, FeatureNames(Inputs), Inputs == ParticleInputs.Full ? ["GeV", "1", "rad", "mm", "mm", "mm", "mm"] : ["log(GeV)", "1", "rad"],
            "as stored", [.. ParticleTypes.Names], [.. transforms.Select(t => t.Quantiles.ToArray())], [.. scales.Select(s => new[] { s.Mean, s.Deviation })]),
        Layout);

    /// <summary>Reads the text form.</summary>
    /// <param name="json">The text.</param>
    /// <param name="where">Where it stands, for messages.</param>
    /// <exception cref="InputDataException">It is none, or of features in another order.</exception>
    public static Preprocessing Parse(string json, string where)
    {
        try
        {
            var text = JsonSerializer.Deserialize<Text>(json, Layout) ?? throw new JsonException("It is empty.");
            if (text.Format != Format) throw new JsonException($"Its format is “{text.Format}”.");
            var inputs = Enum.Parse<ParticleInputs>(text.Inputs);
            if (inputs.ToString() != text.Inputs || !Enum.IsDefined(inputs)) throw new JsonException($"Its inputs are “{text.Inputs}”.");
            if (!text.Features.SequenceEqual(FeatureNames(inputs)) || !text.Types.SequenceEqual(ParticleTypes.Names)) throw new JsonException("Its features or particle types are others than this version knows.");
            int tables = inputs == ParticleInputs.Full ? text.Quantiles.Length : text.Scales.Length;
            if (tables != text.Features.Length || text.Constituents is < 1 or > MpmLimits.Constituents) throw new JsonException("It is not complete.");
            if (text.Scales.Any(s => s is not [>= -LargestScale and <= LargestScale, >= 1 / LargestScale and <= LargestScale])) throw new JsonException("A scale is none.");
            return new(inputs, text.Constituents, [.. text.Quantiles.Select(q => new QuantileTransform(q))], [.. text.Scales.Select(s => (s[0], s[1]))]);
        }
        catch (Exception e) when (e is JsonException or ArgumentException or NotSupportedException or NullReferenceException)
        {
            throw new InputDataException($"The preprocessing cannot be read: {e.Message}", where, "The file is damaged, or of another version.", "Start from the original run again.", e);
        }
    }

    /// <summary>Reads the file of a run.</summary>
    /// <exception cref="InputDataException">It is missing or damaged.</exception>
    public static Preprocessing Read(string path)
    {
        if (!File.Exists(path) || new FileInfo(path).Length > LargestFile)
            throw new InputDataException("The run has no preprocessing, or one that is too long.", path, "A file was lost when the run was copied.", "Copy the whole folder.");
        return Parse(File.ReadAllText(path), path);
    }

    /// <summary>Reads the file of a run, which must read jets as the run's recipe says.</summary>
    /// <exception cref="InputDataException">It is missing, damaged or of another recipe.</exception>
    public static Preprocessing Read(string path, EncoderRecipe recipe)
    {
        var preprocessing = Read(path);
        return preprocessing.Inputs == recipe.Inputs && preprocessing.Constituents == recipe.Constituents ? preprocessing : throw new InputDataException(
            $"The preprocessing is of {preprocessing.Inputs} inputs and {preprocessing.Constituents} constituents, the recipe of {recipe.Inputs} and {recipe.Constituents}.", path,
            "The recipe was edited, or files of two runs were mixed.", "Copy the whole folder of one run, or start the training anew in another folder.");
    }

    /// <summary>Writes it where it is missing.</summary>
    public void Write(string path) => AtomicFile.WriteText(path, ToJson());

    private static readonly JsonSerializerOptions Layout = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    // Blocks from end to end of the source: its classes may stand one after the other.
    private static IEnumerable<JetBatch> EvenBlocks(IJetSource jets)
    {
        long blocks = Math.Min((jets.Count + BlockOfJets - 1) / BlockOfJets, JetsFitted / BlockOfJets);
        for (long b = 0; b < blocks; b++)
        {
            long first = blocks == 1 ? 0 : b * Math.Max(0, jets.Count - BlockOfJets) / (blocks - 1);
            yield return jets.Read(first, (int)Math.Min(BlockOfJets, jets.Count - first));
        }
    }

    private static (double Mean, double Deviation) Scale(List<double> values)
    {
        double mean = values.Average(), variance = values.Average(v => (v - mean) * (v - mean));
        return (mean, variance > 0 ? Math.Sqrt(variance) : 1);
    }

    private sealed record Text(
        string Format, string Inputs, int Constituents, string[] Features, string[] Units, string ImpactParameters, string[] Types, double[][] Quantiles, double[][] Scales);
}
