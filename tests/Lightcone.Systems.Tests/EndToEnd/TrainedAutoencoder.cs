using Lightcone.Systems.Tests.EndToEnd;

namespace Lightcone.Tests.EndToEnd;

/// <summary>A small LGAE, trained once by the real executable on class files of 60 jets, every sixth of them empty and every sixth of one constituent.</summary>
public sealed class TrainedAutoencoder : IDisposable
{
    public const int JetsPerClass = 60, LatentVectors = 2, LatentScalars = 1;

    /// <summary>Both poolings of scalars and four-vectors, and the number of constituents.</summary>
    public const int LatentNumbers = 2 * (LatentScalars + 4 * LatentVectors) + 1;

    private readonly TemporaryFolder folder = new();

    public TrainedAutoencoder()
    {
        Directory.CreateDirectory(Data);
        foreach (var (name, shift) in new[] { ("g", 800), ("q", 830), ("t", 1200), ("w", 900), ("z", 900) }) JetNetFile.Write(Path.Combine(Data, name + ".hdf5"), JetsPerClass, shift);
        var outcome = LightconeProcess.Run(Start(Run));
        Assert.True(outcome.ExitCode == 0, outcome.Error);
    }

    /// <summary>The folder of class files; no test changes it.</summary>
    public string Data => folder["jetnet"];

    /// <summary>The run, not evaluated by the fixture.</summary>
    public string Run => folder["whole"];

    /// <summary>A path beside them.</summary>
    public string this[string name] => folder[name];

    public string[] Start(string run, string? data = null, params string[] settings) =>
    [
        "train", "jetnet-lgae", "--data", data ?? Data, "--out", run, "--threads", "1",
        .. ((string[])[$"latentVectors={LatentVectors}", $"latentScalars={LatentScalars}", "encoderChannels=3,3,3", "decoderChannels=3,3,3", "radialTerms=2", "batchSize=16", "epochs=2", "checkpointMinutes=0", .. settings])
            .SelectMany(s => new[] { "--set", s }),
    ];

    public void Dispose() => folder.Dispose();
}
