using System.Text.Json.Nodes;
using Lightcone.Systems.Tests.EndToEnd;

namespace Lightcone.Systems.Tests.Uncertainty;

/// <summary>The command, run by the real executable.</summary>
public sealed class UncertaintyCommandTests
{
    [Fact]
    public void Parts_are_run_in_the_order_asked_for_and_told_as_JSON()
    {
        var outcome = LightconeProcess.Run("check", "uncertainty", "--only", "laplace", "--only", "Ensemble", "--threads", "1", "--seed", "2", "--json");
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        var parts = JsonNode.Parse(outcome.Output)!["parts"]!.AsArray();
        Assert.Equal(["laplace", "ensemble"], parts.Select(p => (string)p!["id"]!));
        Assert.All(parts.SelectMany(p => p!["gates"]!.AsArray()), g => Assert.True((bool)g!["passed"]!, (string)g["name"]!));
    }

    [Fact]
    public void A_part_that_does_not_exist_ends_with_the_names_of_those_that_do()
    {
        var outcome = LightconeProcess.Run("check", "uncertainty", "--only", "flaw");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("collaborating", outcome.Error, StringComparison.Ordinal);
    }
}
