using PureHDF;

namespace Lightcone.Tests;

/// <summary>Writes small JetNet files. Six jets of up to five particles, the third of them empty; all numbers are exact in float32.</summary>
internal static class JetNetFile
{
    public const int Jets = 6, Slots = 5;

    private static readonly int[] Multiplicities = [5, 3, 0, 1, 4, 2];

    public static float[,,] Particles()
    {
        var particles = new float[Jets, Slots, 4];
        for (int jet = 0; jet < Jets; jet++)
            for (int c = 0; c < Multiplicities[jet]; c++)
                (particles[jet, c, 0], particles[jet, c, 1], particles[jet, c, 2], particles[jet, c, 3]) = ((c - 2) / 16f, (2 * jet - c) / 32f, 0.5f / (1 << c), 1);
        return particles;
    }

    public static float[,] Features(int columns = 4)
    {
        var features = new float[Jets, columns];
        for (int jet = 0; jet < Jets; jet++)
            if (Multiplicities[jet] > 0)
                (features[jet, 0], features[jet, 1], features[jet, 2], features[jet, 3]) = (800 + 16 * jet, jet / 4f - 1, 80 + jet, Multiplicities[jet]);
        return features;
    }

    /// <summary>The same jets over and over, as many as asked for; the row stands in the jet's pt [GeV], beside a shift that tells files apart.</summary>
    public static string Write(string path, int jets, int ptShift)
    {
        float[,,] few = Particles(), particles = new float[jets, Slots, 4];
        float[,] features = new float[jets, 4];
        for (int jet = 0; jet < jets; jet++)
        {
            (features[jet, 0], features[jet, 2], features[jet, 3]) = (ptShift + jet, 80, Multiplicities[jet % Jets]);
            for (int i = 0; i < 4 * Slots; i++) particles[jet, i / 4, i % 4] = few[jet % Jets, i / 4, i % 4];
            if (features[jet, 0] == 0) for (int i = 0; i < 4 * Slots; i++) particles[jet, i / 4, i % 4] = 0;
        }

        return Write(path, particles, features);
    }

    public static string Write(string path, float[,,]? particles = null, float[,]? features = null)
    {
        particles ??= Particles();
        features ??= Features();
        new H5File
        {
            ["particle_features"] = new H5Dataset(particles, chunks: [2, (uint)particles.GetLength(1), (uint)particles.GetLength(2)]),
            ["jet_features"] = new H5Dataset(features, chunks: [3, (uint)features.GetLength(1)]),
        }.Write(path);
        return path;
    }
}
