using Lightcone.Jets;
using Lightcone.Randomness;
using Lightcone.Statistics;
using Lightcone.Systems.Mpm.Particles;
using Lightcone.Weights;

namespace Lightcone.Systems.Mpm.Tokens;

/// <summary>Tokens by the nearest of some centres, found among the training particles by Lloyd's algorithm (arXiv:2409.12589).</summary>
internal sealed class KMeansTokenizer : ITokenizer
{
    private const string Tensor = "centroids", FingerprintKey = "preprocessing";
    private const int ParticlesFitted = 200_000, Iterations = 20, JetsAtOnce = 500;

    private readonly KMeans centres;

    private KMeansTokenizer(KMeans centres) => this.centres = centres;

    /// <inheritdoc/>
    public int Count => centres.Clusters;

    /// <inheritdoc/>
    public float[] Means => [.. centres.Centroids];

    /// <summary>Finds the centres; labels are not looked at.</summary>
    /// <exception cref="InputDataException">There are fewer particles than clusters.</exception>
    public static KMeansTokenizer Fit(IJetSource jets, Preprocessing preprocessing, int clusters, ulong seed)
    {
        var points = new List<float>();
        var order = new long[(jets.Count + JetsAtOnce - 1) / JetsAtOnce];
        for (int b = 0; b < order.Length; b++) order[b] = b;
        new RandomStream(seed, "particles to cluster", 0, 0).Shuffle(order.AsSpan()); // classes may stand one after the other
        foreach (long block in order)
        {
            if (points.Count >= ParticlesFitted * preprocessing.Width) break;
            long first = block * JetsAtOnce;
            points.AddRange(preprocessing.Apply(jets.Read(first, (int)Math.Min(JetsAtOnce, jets.Count - first))).Features);
        }

        if (points.Count / preprocessing.Width < clusters)
            throw new InputDataException($"{points.Count / preprocessing.Width} particles cannot form {clusters} clusters.", "the training file", "A very small sample.", "Lower clusters: --set clusters=64.");
        return new(KMeans.Fit(points.ToArray(), preprocessing.Width, clusters, Iterations, new RandomStream(seed, "clusters", 0, 0)));
    }

    /// <summary>Writes the centres.</summary>
    public void Write(string path, Preprocessing preprocessing) => Safetensors.Write(
        path, [WeightTensor.FromSingle(Tensor, [Count, centres.Dimensions], Means)], new Dictionary<string, string> { [FingerprintKey] = preprocessing.Fingerprint });

    /// <summary>Reads centres.</summary>
    /// <exception cref="InputDataException">They are damaged, or of another preprocessing.</exception>
    public static KMeansTokenizer Read(string path, Preprocessing preprocessing)
    {
        var file = Safetensors.ReadAll(path);
        if (file.Metadata.GetValueOrDefault(FingerprintKey) != preprocessing.Fingerprint)
            throw new InputDataException("The clusters belong to another preprocessing.", path, "Files of two runs were mixed.", "Copy the whole folder of one run.");
        var tensor = file[Tensor];
        if (tensor.Shape.Length != 2 || tensor.Shape[1] != preprocessing.Width || tensor.Shape[0] is < 1 or > MpmLimits.Clusters || tensor.ToSingle().Any(x => !float.IsFinite(x)))
            throw new InputDataException("The clusters cannot be read.", path, "The file is damaged.", "Start the training anew in another folder.");
        return new(new KMeans(tensor.ToSingle(), preprocessing.Width));
    }

    /// <inheritdoc/>
    public int[] Ids(ParticleTable table, int[] particles)
    {
        var points = new float[particles.Length * table.Width];
        for (int i = 0; i < particles.Length; i++) table.FeaturesOf(particles[i]).CopyTo(points.AsSpan(i * table.Width));
        var ids = new int[particles.Length];
        centres.Assign(points, ids);
        return ids;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
