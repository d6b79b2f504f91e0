using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Lightcone.Cli.Terminal;
using Lightcone.Evaluation;
using Lightcone.Figures;
using Lightcone.Statistics;
using Lightcone.Systems.Uncertainty.Acceptance;
using Lightcone.Training.Runs;

namespace Lightcone.Cli.Commands;

/// <summary><c>lightcone check uncertainty</c>: every method that states its own uncertainty, on toys whose answers are known exactly.</summary>
internal static class CheckUncertaintyCommand
{
    public static Verb Create()
    {
        var only = new Option<string[]>("--only") { Description = "Parts to run, for example flow; may be repeated.", HelpName = "PART", Arity = ArgumentArity.OneOrMore };
        var seed = new Option<ulong>("--seed") { Description = "Seed of samples and trainings.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var threads = CommonOptions.Threads();
        var command = new Verb("uncertainty", "Check what states its own uncertainty, on toys whose answers are known exactly: coverage, densities, model uncertainty, goodness of fit.")
        {
            Examples = ["lightcone check uncertainty", "lightcone check uncertainty --only flow --only curve --json check.json"],
            Options = { only, seed, threads, CommonOptions.Json() },
        };
        command.SetAction((parse, stop) => Task.FromResult((int)Run(
            new UncertaintyCheckRequest { Only = parse.GetValue(only) ?? [], Seed = parse.GetValue(seed) },
            EngineSetup.Start(parse.GetValue(threads), parse.GetValue(CommonOptions.MklAnyCpu)), TerminalWriter.Open(parse), stop)));
        return command;
    }

    private static ExitCode Run(UncertaintyCheckRequest request, int threads, TerminalWriter terminal, CancellationToken stop)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var parts = new List<UncertaintyCheckPart>();
        using (var progress = new ProgressLine(terminal, "checking uncertainty"))
            foreach (var part in UncertaintyCheck.Run(request, progress.Milestone, stop)) parts.Add(part);
        foreach (var part in parts) Write(part, terminal);
        if (terminal.WantsJson) terminal.WriteJson(ToJson(request, threads, parts, clock.Elapsed.TotalSeconds));
        return parts.SelectMany(p => p.Gates).All(g => g.Result != GateResult.Fail) ? ExitCode.Done : ExitCode.Defect;
    }

    private static void Write(UncertaintyCheckPart part, TerminalWriter terminal)
    {
        terminal.Line($"{part.Id}  {part.Title}", Style.Bold);
        foreach (var gate in part.Gates) GateLines.Write(gate, terminal);
        foreach (var number in part.Numbers) terminal.Line($"         {number.Name}: {GateLines.Short(number.Value)}", Style.Dim);
        terminal.Line();
        if (part.Methods.Count == 0) return;
        var table = new TextTable([
            new Column("method"), new Column("68.27 %"), new Column("90 %"), new Column("conformalised"), new Column("worst bin"), new Column("width"), new Column("excess NLL"), new Column("excess CRPS"),
            new Column("epistemic"), new Column("flagged"), new Column("CPU s"),
        ]);
        foreach (var m in part.Methods)
            table.Add([
                m.Name, Band(m.Covered68), Band(m.Covered90), Fixed(m.Conformalised, 3), Fixed(m.WorstBin, 3), Fixed(m.Width, 3), Fixed(m.ExcessLikelihood, 4), Fixed(m.ExcessCrps, 4), Fixed(m.Epistemic, 4),
                Fixed(m.Flagged, 4), Fixed(m.Seconds, 1),
            ]);
        table.Write(terminal);
        terminal.Line();
    }

    private static JsonObject ToJson(UncertaintyCheckRequest request, int threads, IReadOnlyList<UncertaintyCheckPart> parts, double seconds)
    {
        var process = Provenance.OfThisProcess(threads, false);
        return new JsonObject
        {
            ["command"] = CommandHost.CommandLine, ["version"] = process.Version, ["machine"] = process.Machine, ["seed"] = request.Seed, ["seconds"] = Math.Round(seconds, 1),
            ["parts"] = new JsonArray([.. parts.Select(p => new JsonObject
            {
                ["id"] = p.Id, ["title"] = p.Title, ["gates"] = new JsonArray([.. p.Gates.Select(GateLines.ToJson)]),
                ["numbers"] = new JsonArray([.. p.Numbers.Select(n => new JsonObject { ["name"] = n.Name, ["value"] = Number(n.Value) })]),
                ["methods"] = new JsonArray([.. p.Methods.Select(ToJson)]),
            })]),
        };
    }

    private static JsonObject ToJson(UncertaintyMethod m) => new()
    {
        ["name"] = m.Name, ["covered_68"] = ToJson(m.Covered68), ["covered_90"] = ToJson(m.Covered90), ["conformalised_90"] = m.Conformalised, ["worst_bin_90"] = m.WorstBin,
        ["width_at_90"] = Number(m.Width), ["excess_negative_log_likelihood"] = Number(m.ExcessLikelihood), ["excess_crps"] = Number(m.ExcessCrps), ["epistemic_share"] = Number(m.Epistemic),
        ["flagged_share"] = Number(m.Flagged), ["processor_seconds"] = Math.Round(m.Seconds, 1),
    };

    private static JsonObject ToJson(Interval interval) => new() { ["value"] = interval.Value, ["lower"] = interval.Lower, ["upper"] = interval.Upper, ["level"] = interval.Level };

    private static double? Number(double value) => double.IsFinite(value) ? value : null;

    private static string Band(Interval interval) => $"{Fixed(interval.Value, 3)} [{Fixed(interval.Lower, 3)}, {Fixed(interval.Upper, 3)}]";

    private static string Fixed(double value, int digits) => double.IsNaN(value) ? "–" : value.ToString($"F{digits}", CultureInfo.InvariantCulture);
}
