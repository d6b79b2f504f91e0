namespace Lightcone.Training.Runs;

/// <summary>Held while a process writes a run, so that a second one is refused. The system frees it when the process dies, however it dies.</summary>
public sealed class RunLock : IDisposable
{
    /// <summary>Name of the lock file in the run's folder.</summary>
    public const string FileName = ".lock";

    // How the system says that another process holds the file: EWOULDBLOCK of Linux and of macOS, a sharing violation of Windows.
    private static readonly int[] Held = [11, 35, unchecked((int)0x80070020)];

    private readonly FileStream file;

    private RunLock(FileStream file) => this.file = file;

    /// <summary>Takes the lock of a run's folder, which is created if absent.</summary>
    /// <exception cref="UsageException">Another process holds it.</exception>
    /// <exception cref="MachineException">The folder cannot be written.</exception>
    public static RunLock Take(string folder)
    {
        string path = Path.Combine(folder, FileName);
        try
        {
            Directory.CreateDirectory(folder);
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return new RunLock(file);
        }
        catch (IOException e) when (Held.Contains(e.HResult))
        {
            throw new UsageException("Another process works on this run.", folder, "A training that is still going, here or on another node.", "Wait for it, stop it, or choose another --out.", e);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new MachineException($"The run's folder cannot be written: {e.Message}", folder, "No permission, a read-only disk, or a full one.", "Choose another --out.", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();
}
