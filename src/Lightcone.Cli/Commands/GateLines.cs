using System.Globalization;
using System.Text.Json.Nodes;
using Lightcone.Cli.Terminal;
using Lightcone.Evaluation;
using Lightcone.Figures;

namespace Lightcone.Cli.Commands;

/// <summary>How gates stand on the terminal and in a check's JSON.</summary>
internal static class GateLines
{
    /// <summary>One line: the verdict as a word, what was measured, the limit.</summary>
    public static void Write(EvaluationGate gate, TerminalWriter terminal)
    {
        var (word, style) = gate.Result switch { GateResult.Pass => ("  pass   ", Style.Green), GateResult.Fail => ("  FAIL   ", Style.Red), _ => ("  –      ", Style.Dim) };
        string relation = gate.Relation == "<=" ? "at most" : "at least";
        terminal.Line((word, style), ($"{gate.Name ?? gate.Id}: {(gate.Measured is { } m ? Short(m) : "none")}, {relation} {Short(gate.Limit ?? double.NaN)}", Style.Plain));
    }

    /// <summary>A gate as JSON.</summary>
    public static JsonObject ToJson(EvaluationGate gate) => new()
    {
        ["id"] = gate.Id, ["name"] = gate.Name, ["measured"] = gate.Measured, ["relation"] = gate.Relation, ["limit"] = gate.Limit, ["passed"] = gate.Result == GateResult.NotRun ? null : gate.Result == GateResult.Pass,
    };

    /// <summary>A number in four digits.</summary>
    public static string Short(double value) => value == 0 ? "0" : Math.Abs(value) is < 1e-3 or >= 1e6 ? value.ToString("0.0e-0", CultureInfo.InvariantCulture) : NumberText.Plain(value, 4);
}
