using System.Security.Cryptography;

namespace Lightcone.Training.Engine;

/// <summary>
/// A per-user folder for the libraries that Lightcone prepares at run time. Files are named by content, appear whole by renaming, and are
/// compared byte by byte before use, so that processes may share it and a tampered file is never loaded.
/// </summary>
internal static class PrivateCache
{
    /// <summary>Hands <paramref name="load"/> a path at which <paramref name="content"/> lies under the name <paramref name="name"/>.</summary>
    /// <returns>What <paramref name="load"/> returned for the first place that worked, or its default if none did.</returns>
    public static T? With<T>(string name, byte[] content, Func<string, T?> load)
    {
        if (Folder() is string folder && Place(folder, name, content) is string cached && load(cached) is { } loaded && !Equals(loaded, default(T))) return loaded;

        // No home, no space or no permission to run programs from there: a fresh folder that only this user can enter; a loaded library
        // no longer needs its file.
        try
        {
            string temporary = Directory.CreateTempSubdirectory("lightcone-").FullName;
            try
            {
                string path = Path.Combine(temporary, name);
                File.WriteAllBytes(path, content);
                return load(path);
            }
            finally
            {
                Directory.Delete(temporary, recursive: true);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }

    /// <summary>The first 32 hexadecimal digits of the SHA-256 of <paramref name="content"/>.</summary>
    public static string Digest(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content))[..32];

    private static string? Folder()
    {
        string? root = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        if (string.IsNullOrEmpty(root) || !Path.IsPathRooted(root))
        {
            string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            if (home.Length == 0) return null;
            root = Path.Combine(home, ".cache");
        }

        return Path.Combine(root, "lightcone", "engine");
    }

    private static string? Place(string folder, string name, byte[] content)
    {
        try
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
            else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            string path = Path.Combine(folder, name);
            if (File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(content)) return path;
            string temporary = $"{path}.{Environment.ProcessId}.tmp";
            File.WriteAllBytes(temporary, content);
            File.Move(temporary, path, overwrite: true);
            return path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
