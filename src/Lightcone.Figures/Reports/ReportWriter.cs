namespace Lightcone.Figures.Reports;

/// <summary>Writes reports: one HTML file with nothing outside it, light and dark, on a phone and on paper.</summary>
public static class ReportWriter
{
    /// <summary>The page of one run.</summary>
    /// <exception cref="InputDataException">A figure holds something else than drawing.</exception>
    public static string ToHtml(ReportContent content) => new ReportPage(content).ToHtml();

    /// <summary>The page that compares several runs.</summary>
    /// <exception cref="InputDataException">A figure holds something else than drawing.</exception>
    public static string ToHtml(ComparisonContent content) => new ComparisonPage(content).ToHtml();

    /// <summary>Writes the page of one run; it is there whole or not at all.</summary>
    /// <exception cref="InputDataException">A figure holds something else than drawing.</exception>
    /// <exception cref="MachineException">The disk is full, or the folder cannot be written.</exception>
    public static void Write(ReportContent content, string path) => AtomicFile.WriteText(path, ToHtml(content));

    /// <summary>Writes the page that compares several runs.</summary>
    /// <exception cref="InputDataException">A figure holds something else than drawing.</exception>
    /// <exception cref="MachineException">The disk is full, or the folder cannot be written.</exception>
    public static void Write(ComparisonContent content, string path) => AtomicFile.WriteText(path, ToHtml(content));
}
