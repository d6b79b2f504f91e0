using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Lightcone.Systems.Tests.EndToEnd;

/// <summary>What the built assemblies really refer to, whatever the project files say.</summary>
public sealed class AssemblyArrowTests
{
    [Theory]
    [InlineData("Lightcone")]
    [InlineData("Lightcone.Formats", "Lightcone")]
    [InlineData("Lightcone.Training", "Lightcone")]
    [InlineData("Lightcone.Figures", "Lightcone")]
    [InlineData("Lightcone.Systems", "Lightcone", "Lightcone.Training", "Lightcone.Figures", "Lightcone.Formats")]
    public void An_assembly_refers_only_to_rooms_below_it(string assembly, params string[] allowed) =>
        Assert.Empty(References(assembly).Where(r => r.StartsWith("Lightcone", StringComparison.Ordinal)).Except(allowed));

    [Theory]
    [InlineData("Lightcone")]
    [InlineData("Lightcone.Formats")]
    [InlineData("Lightcone.Figures")]
    public void Below_Training_nothing_sees_the_engine(string assembly) => Assert.DoesNotContain("TorchSharp", References(assembly));

    [Fact]
    public void The_core_refers_to_the_runtime_alone() =>
        Assert.All(References("Lightcone"), reference => Assert.StartsWith("System.", reference));

    private static string[] References(string assembly)
    {
        using var file = new PEReader(File.OpenRead(Path.Combine(AppContext.BaseDirectory, assembly + ".dll")));
        var metadata = file.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(r => metadata.GetString(metadata.GetAssemblyReference(r).Name))];
    }
}
