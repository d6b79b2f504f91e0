namespace Lightcone.Formats;

/// <summary>
/// Turns what the low layers report (<see cref="InvalidDataException"/> with one sentence) into the four-part error of the public surface.
/// Inside this assembly every check of a file throws <see cref="InvalidDataException"/>; only here does it gain a place and a cure.
/// </summary>
internal static class Damage
{
    private const string Cause = "the file is damaged, was cut off while it was copied, or was not written by the usual library";
    private const string Cure = "compare its checksum with the source and copy it again; open it with the tool that wrote it";

    internal static InputDataException In(string file, string? entry, InvalidDataException finding) =>
        new(finding.Message, entry is null ? file : $"{file}, {entry}", Cause, Cure, finding);

    internal static InputDataException Unsupported(string file, string? entry, string what, string cure) =>
        new(what, entry is null ? file : $"{file}, {entry}", "the file uses a feature that Lightcone does not read", cure);

    /// <summary>Runs one step of reading and gives its failure a place.</summary>
    internal static T At<T>(string file, string? entry, Func<T> step)
    {
        try
        {
            return step();
        }
        catch (InvalidDataException finding)
        {
            throw In(file, entry, finding);
        }
    }
}
