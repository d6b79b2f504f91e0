namespace Lightcone.Weights;

/// <summary>Opening a weight file that a user named.</summary>
internal static class WeightFile
{
    /// <summary>Opens for reading.</summary>
    /// <exception cref="InputDataException">There is no such file, or it may not be read.</exception>
    public static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputDataException($"The weight file cannot be opened: {e.Message}", path, "the path is misspelt, is a folder, or may not be read", "check the path and its permissions", e);
        }
    }
}
