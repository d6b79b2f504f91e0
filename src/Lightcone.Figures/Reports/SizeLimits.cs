using System.Text;
using Lightcone.Evaluation;

namespace Lightcone.Figures.Reports;

/// <summary>A figure as it enters the page: its table may be thinned or left out.</summary>
/// <param name="Figure">The figure.</param>
/// <param name="Csv">The table in the page; empty if left out.</param>
internal sealed record PlacedFigure(DrawnFigure Figure, string Csv);

/// <summary>
/// Keeps a page mailable. Long tables are thinned, which their first lines say, and further before a picture goes; over the limit gallery figures go, then the tables of the largest figures, which a
/// warning says. Writing never fails for size.
/// </summary>
internal static class SizeLimits
{
    public const int Page = 1_500_000;
    public const int Table = 200_000;
    public const int MostFigures = 40;

    private static readonly string[] Galleries = ["jets", "masked-jets"];

    /// <summary>Tables are thinned to no less than this before a picture goes, bytes.</summary>
    private const int LeastTable = 50_000;

    /// <summary>Room for the text of the page itself, bytes.</summary>
    private const int Text = 120_000;

    public static (IReadOnlyList<PlacedFigure> Figures, IReadOnlyList<EvaluationWarning> Warnings) Apply(ReportContent content)
    {
        var warnings = new List<EvaluationWarning>();
        var placed = Placed(content, Table);
        if (content.Figures.Count > MostFigures)
        {
            warnings.Add(Note("figures-left-out", $"{content.Figures.Count - MostFigures} figures beyond the first {MostFigures} are in {content.FigureFolder}/ only."));
        }

        int room = Page - Text - Bytes(content.Recipe) - Bytes(content.Provenance) - Bytes(content.BibTex);
        for (int table = Table / 2; placed.Sum(Cost) > room && table >= LeastTable; table /= 2) placed = Placed(content, table);
        while (placed.Sum(Cost) > room && placed.FindLastIndex(IsGallery) is var gallery and >= 0)
        {
            warnings.Add(Note("gallery-left-out", $"Figure {placed[gallery].Figure.Id} did not fit into the page; it is in {content.FigureFolder}/."));
            placed.RemoveAt(gallery);
        }

        while (placed.Sum(Cost) > room && placed.Any(p => p.Csv.Length > 0))
        {
            PlacedFigure largest = placed.MaxBy(p => p.Csv.Length)!;
            placed[placed.IndexOf(largest)] = largest with { Csv = string.Empty };
            warnings.Add(Note("table-left-out", $"The numbers of figure {largest.Figure.Id} did not fit into the page; they are in {content.FigureFolder}/{largest.Figure.Id}.csv."));
        }

        while (placed.Sum(Cost) > room && placed.Count > 1)
        {
            warnings.Add(Note("figures-left-out", $"Figure {placed[^1].Figure.Id} did not fit into the page; it is in {content.FigureFolder}/."));
            placed.RemoveAt(placed.Count - 1);
        }

        return (placed, warnings);
    }

    /// <summary>Drawings of single jets: nice to have, and the largest pictures.</summary>
    private static bool IsGallery(PlacedFigure placed) => Galleries.Any(g => placed.Figure.Id.StartsWith(g, StringComparison.Ordinal));

    private static List<PlacedFigure> Placed(ReportContent content, int table) =>
        [.. content.Figures.Take(MostFigures).Select(f => new PlacedFigure(f, Thinned(f, content.FigureFolder, table)))];

    /// <summary>Every n-th row of each series, first and last kept, until the table is short enough.</summary>
    private static string Thinned(DrawnFigure figure, string folder, int limit)
    {
        if (figure.Csv.Length <= limit)
        {
            return figure.Csv;
        }

        FigureTable table = FigureTable.Parse(figure.Csv);
        int stride = (figure.Csv.Length / limit) + 1;
        string csv;
        do
        {
            IReadOnlyList<TableCell>[] kept = [.. table.Rows.GroupBy(r => r[0].ToString()).SelectMany(g => g.Select((row, i) => (row, i, last: g.Count() - 1)).Where(t => t.i % stride == 0 || t.i == t.last).Select(t => t.row))];
            csv = (table with { Comments = [.. table.Comments, ("thinned", $"every {stride}. row of a series; all rows in {folder}/{figure.Id}.csv")], Rows = kept }).ToCsv();
            stride *= 2;
        }
        while (csv.Length > limit && stride < table.Rows.Count);
        return csv;
    }

    /// <summary>Base64 takes four bytes for three.</summary>
    private static int Cost(PlacedFigure figure) => Bytes(figure.Figure.Svg) + (Bytes(figure.Csv) * 4 / 3) + 2000;

    private static int Bytes(string text) => Encoding.UTF8.GetByteCount(text);

    private static EvaluationWarning Note(string id, string text) => new() { Id = id, Severity = WarningSeverity.Note, Text = text };
}
