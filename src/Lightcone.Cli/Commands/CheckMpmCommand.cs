using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Lightcone.Cli.Terminal;
using Lightcone.Evaluation;
using Lightcone.Figures;
using Lightcone.Systems.Mpm.Acceptance;
using Lightcone.Training.Runs;

namespace Lightcone.Cli.Commands;

/// <summary><c>lightcone check mpm</c>: the acceptance of masked particle modelling, exact properties in seconds and studies that train.</summary>
internal static class CheckMpmCommand
{
    public static Verb Create()
    {
        var data = new Option<string?>("--data") { Description = "Folder with JetClass files; without it only what needs none is checked.", HelpName = "FOLDER" };
        var output = new Option<string>("--out") { Description = "Folder of the trainings; finished ones are not made again, and several processes may share it.", HelpName = "FOLDER", DefaultValueFactory = _ => "runs/check-mpm" };
        var only = new Option<string[]>("--only") { Description = "Parts to run, for example E4; may be repeated.", HelpName = "PART", Arity = ArgumentArity.OneOrMore };
        var seeds = new Option<int>("--seeds") { Description = "Trainings of each kind.", HelpName = "N", DefaultValueFactory = _ => 3 };
        var threads = CommonOptions.Threads();
        var command = new Verb("mpm", "Check masked particle modelling: properties that must hold exactly, and with --data what pre-training brings.")
        {
            Examples = ["lightcone check mpm", "lightcone check mpm --data jetclass --out runs/check-mpm --json check.json"],
            Options = { data, output, only, seeds, threads, CommonOptions.Json() },
        };
        command.SetAction((parse, stop) => Task.FromResult((int)Run(
            new MpmCheckRequest
            {
                Data = parse.GetValue(data), Out = parse.GetValue(output)!, Only = parse.GetValue(only) ?? [], Seeds = parse.GetValue(seeds),
                Threads = EngineSetup.Start(parse.GetValue(threads), parse.GetValue(CommonOptions.MklAnyCpu)), Command = CommandHost.CommandLine,
            },
            TerminalWriter.Open(parse), stop)));
        return command;
    }

    private static ExitCode Run(MpmCheckRequest request, TerminalWriter terminal, CancellationToken stop)
    {
        if (request.Seeds < 1) throw new UsageException("A study wants one seed at least.", "--seeds", "A misspelt number.", "Leave it out for three.");
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var parts = new List<MpmCheckPart>();
        using (var progress = new ProgressLine(terminal, "checking MPM"))
            foreach (var part in MpmCheck.Run(request, progress.Milestone, stop)) parts.Add(part);
        foreach (var part in parts)
        {
            terminal.Line($"{part.Id}  {part.Title}", Style.Bold);
            foreach (var gate in part.Gates) Print(gate, terminal);
            foreach (var number in part.Numbers)
                terminal.Line(string.Create(CultureInfo.InvariantCulture, $"         {number.Name}: {Short(number.Value)}{(number.Error is { } e ? $" ± {Short(e)}" : "")}"), Style.Dim);
            terminal.Line();
        }

        if (MpmCheckReport.Write(request, parts, clock.Elapsed.TotalSeconds) is { } page) terminal.Line(page);
        if (terminal.WantsJson) terminal.WriteJson(ToJson(request, parts, clock.Elapsed.TotalSeconds));
        return parts.SelectMany(p => p.Gates).All(g => g.Result != GateResult.Fail) ? ExitCode.Done : ExitCode.Defect;
    }

    /// <summary>Prints a gate with its outcome.</summary>
    internal static void Print(EvaluationGate gate, TerminalWriter terminal)
    {
        var (word, style) = gate.Result switch { GateResult.Pass => ("  pass   ", Style.Green), GateResult.Fail => ("  FAIL   ", Style.Red), _ => ("  –      ", Style.Dim) };
        string relation = gate.Relation == "<=" ? "at most" : "at least";
        terminal.Line((word, style), ($"{gate.Name ?? gate.Id}: {(gate.Measured is { } m ? Short(m) : "none")}, {relation} {Short(gate.Limit ?? double.NaN)}", Style.Plain));
    }

    private static JsonObject ToJson(MpmCheckRequest request, IReadOnlyList<MpmCheckPart> parts, double seconds)
    {
        var process = Provenance.OfThisProcess(request.Threads, false);
        return new JsonObject
        {
            ["command"] = request.Command, ["version"] = process.Version, ["machine"] = process.Machine, ["seeds"] = request.Seeds, ["seconds"] = Math.Round(seconds, 1),
            ["parts"] = new JsonArray([.. parts.Select(p => new JsonObject
            {
                ["id"] = p.Id, ["title"] = p.Title,
                ["gates"] = new JsonArray([.. p.Gates.Select(ToJson)]),
                ["numbers"] = new JsonArray([.. p.Numbers.Select(n => new JsonObject { ["name"] = n.Name, ["value"] = double.IsFinite(n.Value) ? n.Value : null, ["error"] = n.Error })]),
            })]),
        };
    }

    /// <summary>A gate with its outcome.</summary>
    internal static JsonObject ToJson(EvaluationGate g) => new()
    {
        ["id"] = g.Id, ["name"] = g.Name, ["measured"] = g.Measured, ["relation"] = g.Relation, ["limit"] = g.Limit, ["passed"] = g.Result == GateResult.NotRun ? null : g.Result == GateResult.Pass,
    };

    /// <summary>A number with about four digits.</summary>
    internal static string Short(double value) => value == 0 ? "0" : Math.Abs(value) is < 1e-3 or >= 1e6 ? value.ToString("0.0e-0", CultureInfo.InvariantCulture) : NumberText.Plain(value, 4);
}
