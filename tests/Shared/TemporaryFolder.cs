namespace Lightcone.Tests;

/// <summary>A folder for one test's files, removed with everything in it at the end.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly string path = Directory.CreateTempSubdirectory("lightcone-test-").FullName;

    /// <summary>Path of a file inside.</summary>
    public string this[string name] => Path.Combine(path, name);

    public void Dispose() => Directory.Delete(path, recursive: true);
}
