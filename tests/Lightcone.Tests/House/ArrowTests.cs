using System.Xml.Linq;

namespace Lightcone.Tests.House;

/// <summary>Cli → Systems → {Training, Figures, Formats} → Lightcone, and nothing else (docs/architecture.md).</summary>
public sealed class ArrowTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Lightcone"] = [],
        ["Lightcone.Formats"] = ["Lightcone"],
        ["Lightcone.Training"] = ["Lightcone"],
        ["Lightcone.Figures"] = ["Lightcone"],
        ["Lightcone.Systems"] = ["Lightcone", "Lightcone.Training", "Lightcone.Figures", "Lightcone.Formats"],
        ["Lightcone.Cli"] = ["Lightcone", "Lightcone.Training", "Lightcone.Figures", "Lightcone.Formats", "Lightcone.Systems"],
        ["Lightcone.Native"] = ["Lightcone"],
    };

    public static TheoryData<string> Projects => [.. Directory.GetFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories).Select(p => Path.GetFileNameWithoutExtension(p)).Order()];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_refers_only_to_rooms_below_it(string project)
    {
        Assert.True(Allowed.ContainsKey(project), $"{project} is new: say in ArrowTests and docs/architecture.md which rooms it may use.");
        var referenced = Items(project, "ProjectReference").Select(p => Path.GetFileNameWithoutExtension(p.Replace('\\', '/')));
        Assert.Empty(referenced.Except(Allowed[project]));
    }

    [Fact]
    public void The_core_uses_no_package()
    {
        Assert.Empty(Items("Lightcone", "PackageReference"));
        Assert.Empty(Items("Lightcone.Figures", "PackageReference"));
    }

    [Fact]
    public void Only_Training_Systems_and_the_doctor_name_the_engine()
    {
        string source = Path.Combine(Repository.Root, "src");
        var offenders = Directory.GetFiles(source, "*.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(source, file).Replace('\\', '/'))
            .Where(file => !file.StartsWith("Lightcone.Training/", StringComparison.Ordinal) && !file.StartsWith("Lightcone.Systems/", StringComparison.Ordinal))
            .Where(file => !file.StartsWith("Lightcone.Cli/Commands/Doctor", StringComparison.Ordinal))
            .Where(file => File.ReadLines(Path.Combine(source, file)).Any(line => line.Contains("TorchSharp;", StringComparison.Ordinal) || line.Contains("TorchSharp.torch", StringComparison.Ordinal)));
        Assert.Empty(offenders);
    }

    [Fact]
    public void Only_programs_carry_the_engines_half_gigabyte()
    {
        var carriers = Projects.Select(p => p.Data).Where(p => Project(p).Descendants("CarriesEngine").Any());
        Assert.Equal(["Lightcone.Cli"], carriers);
    }

    private static IEnumerable<string> Items(string project, string item) =>
        Project(project).Descendants(item).Select(i => (string)i.Attribute("Include")!);

    private static XDocument Project(string name) => XDocument.Load(Path.Combine(Repository.Root, "src", name, name + ".csproj"));
}
