using System.Text.RegularExpressions;

namespace Lightcone.Tests.House;

public sealed partial class TextRulesTests
{
    private static readonly string[] TextEndings = [".cs", ".md", ".props", ".targets", ".csproj", ".slnx", ".json", ".sh", ".cff", ".yaml", ""];

    [Fact]
    public void Pages_that_sources_and_pages_point_at_exist()
    {
        var missing = new List<string>();
        foreach (string file in Texts())
            foreach (Match page in DocumentPath().Matches(File.ReadAllText(file)))
                if (!File.Exists(Path.Combine(Repository.Root, page.Value)))
                    missing.Add($"{Path.GetRelativePath(Repository.Root, file)}: {page.Value}");
        Assert.Empty(missing);
    }

    [Fact]
    public void Links_between_pages_lead_somewhere()
    {
        var missing = new List<string>();
        foreach (string file in Texts().Where(f => f.EndsWith(".md", StringComparison.Ordinal)))
            foreach (Match link in MarkdownLink().Matches(File.ReadAllText(file)))
            {
                string target = link.Groups[1].Value;
                if (target.Contains("://", StringComparison.Ordinal) || target.StartsWith('#')) continue;
                string path = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, target.Split('#')[0]));
                if (!File.Exists(path) && !Directory.Exists(path)) missing.Add($"{Path.GetRelativePath(Repository.Root, file)}: {target}");
            }

        Assert.Empty(missing);
    }

    [Fact]
    public void Sources_stay_readable_in_length()
    {
        var long_ = Texts().Where(f => f.EndsWith(".cs", StringComparison.Ordinal)).Select(f => (File: Path.GetRelativePath(Repository.Root, f), Lines: File.ReadLines(f).Count())).Where(f => f.Lines > 450);
        Assert.Empty(long_);
    }

    private static IEnumerable<string> Texts() =>
        Directory.EnumerateFiles(Repository.Root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
            .Where(f => TextEndings.Contains(Path.GetExtension(f)))
            .Where(f => Path.GetRelativePath(Repository.Root, f).Split(Path.DirectorySeparatorChar) is var parts && !parts.Intersect(["artifacts", ".git", "bin", "obj", "runs", "data"]).Any());

    [GeneratedRegex(@"\bdocs/[A-Za-z0-9/_-]+\.md\b")]
    private static partial Regex DocumentPath();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex MarkdownLink();
}
