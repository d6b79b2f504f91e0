using System.Security.Cryptography;
using System.Text;
using Lightcone.Evaluation;

namespace Lightcone.Figures.Reports;

/// <summary>The figures of a run as files: written by the evaluation, read by the report.</summary>
public static class RunFigures
{
    private const string Folder = "figures";

    /// <summary>Largest file that is read, bytes.</summary>
    private const long LargestFile = 16 << 20;

    /// <summary>Writes SVG and CSV of each figure into the run's folder and returns the entries for its evaluation.</summary>
    /// <exception cref="MachineException">The disk is full, or the folder cannot be written.</exception>
    public static IReadOnlyList<EvaluationFigure> Write(string runFolder, IReadOnlyList<DrawnFigure> figures)
    {
        var entries = new List<EvaluationFigure>();
        foreach (DrawnFigure f in figures)
        {
            string svg = $"{Folder}/{f.Id}.svg", csv = $"{Folder}/{f.Id}.csv";
            AtomicFile.WriteText(Path.Combine(runFolder, svg), f.Svg);
            AtomicFile.WriteText(Path.Combine(runFolder, csv), f.Csv);
            entries.Add(new()
            {
                Id = f.Id,
                Title = f.Title,
                Answer = f.Answer,
                Caption = f.Caption,
                Command = f.Command.Length > 0 ? f.Command : null,
                Svg = svg,
                Csv = csv,
                Sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(f.Svg))),
            });
        }

        return entries;
    }

    /// <summary>Reads the figures that an evaluation names.</summary>
    /// <exception cref="InputDataException">A file is missing, too large, changed since it was drawn, or outside the run's folder.</exception>
    public static IReadOnlyList<DrawnFigure> Read(string runFolder, IReadOnlyList<EvaluationFigure> entries)
    {
        var figures = new List<DrawnFigure>();
        foreach (EvaluationFigure e in entries)
        {
            string svg = ReadText(runFolder, e.Svg), csv = ReadText(runFolder, e.Csv);
            if (!string.Equals(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(svg))), e.Sha256, StringComparison.OrdinalIgnoreCase))
            {
                throw Broken($"The picture of figure '{e.Id}' is not the one that was drawn: its SHA-256 differs.", e.Svg, "The file was edited or exchanged.", null);
            }

            figures.Add(new(e.Id, e.Title, e.Answer, e.Caption, svg, csv) { Command = e.Command ?? string.Empty });
        }

        return figures;
    }

    private static string ReadText(string runFolder, string relative)
    {
        string root = Path.GetFullPath(runFolder), path = Path.GetFullPath(Path.Combine(root, relative));
        if (Path.IsPathRooted(relative) || !path.StartsWith(root.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw Broken($"A figure lies outside the run's folder: '{relative}'.", relative, "The evaluation was edited by hand.", null);
        }

        try
        {
            var file = new FileInfo(path);
            return file.Exists && file.Length > LargestFile
                ? throw Broken($"A figure's file has {file.Length} bytes; at most {LargestFile} are read.", relative, "It is another kind of file.", null)
                : File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Broken($"A figure's file cannot be read: {e.Message}", relative, "The run was copied without its figures.", e);
        }
    }

    private static InputDataException Broken(string what, string where, string cause, Exception? inner) =>
        new(what, where, cause, "Run `lightcone evaluate` on the run again.", inner);
}
