using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Lightcone.Cli.Terminal;
using Lightcone.Evaluation;
using Lightcone.Figures;
using Lightcone.Systems.Calibration;
using Lightcone.Systems.Calibration.Ansatz;
using Lightcone.Systems.Calibration.Morphing;
using Lightcone.Systems.Calibration.Toys;
using Lightcone.Training.Runs;

namespace Lightcone.Cli.Commands;

/// <summary><c>lightcone calibrate</c>: what a calibration offers beyond a training: toys whose answers are exact, the audit of its spectrum, maps from data.</summary>
internal static class CalibrateCommand
{
    public static Command Create() => new Verb("calibrate", "Calibration beyond one training: toys whose answers are exact, the audit of the spectrum, maps from data.")
    {
        Examples = ["lightcone calibrate toy --name G1", "lightcone calibrate audit runs/cal runs/cal-hard --data flat.h5 --out runs/audit"],
        Subcommands = { Toy(), Audit(), Morph() },
    };

    private static Verb Toy()
    {
        var name = new Option<string[]>("--name") { Description = $"Toys to run ({string.Join(", ", CalibrationToys.Names)}); without it all.", HelpName = "TOY", Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = true };
        var events = new Option<int>("--events") { Description = "Events to train on, and as many to test.", HelpName = "N", DefaultValueFactory = _ => 100_000 };
        var seeds = new Option<int>("--seeds") { Description = "Trainings of each; gates are on the median.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var epochs = new Option<int>("--epochs") { Description = "Passes of the main phase.", HelpName = "N", DefaultValueFactory = _ => 80 };
        var loss = new Option<InformationLoss>("--loss") { Description = "Bound that is maximised.", HelpName = "LOSS" };
        var shuffles = new Option<int>("--shuffles") { Description = "Shuffled partners an event.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var bare = new Option<bool>("--no-pretraining") { Description = "Leave the first phase out, to see what it is for." };
        var threads = CommonOptions.Threads();
        var command = new Verb("toy", "Train the Gaussian Ansatz on problems whose likelihood is known, and compare.")
        {
            Examples = ["lightcone calibrate toy --name G1 --json toy.json", "lightcone calibrate toy --seeds 3"],
            Options = { name, events, seeds, epochs, loss, shuffles, bare, threads, CommonOptions.Json() },
        };
        command.SetAction((parse, stop) => Task.FromResult((int)Run(
            new CalibrationToyRequest
            {
                Names = parse.GetValue(name) ?? [], Events = parse.GetValue(events), Seeds = parse.GetValue(seeds), Epochs = parse.GetValue(epochs), Loss = parse.GetValue(loss),
                Shuffles = parse.GetValue(shuffles),
                Pretraining = !parse.GetValue(bare),
            },
            EngineSetup.Start(parse.GetValue(threads), parse.GetValue(CommonOptions.MklAnyCpu)), TerminalWriter.Open(parse), stop)));
        return command;
    }

    private static Verb Audit()
    {
        var runs = new Argument<string[]>("RUNS") { Description = "Trainings that differ in prior or seed; the first is nominal.", Arity = ArgumentArity.OneOrMore };
        var data = new Option<string>("--data") { Description = "Jets with the spectrum of the nominal training: a file, or a folder whose test file is used.", HelpName = "PATH", Required = true };
        var output = new Option<string>("--out") { Description = "Folder for the page and its figures.", HelpName = "FOLDER", Required = true };
        var threads = CommonOptions.Threads();
        var command = new Verb("audit", "Compare trainings under several truth spectra, in units of the resolution.")
        {
            Examples = ["lightcone calibrate audit runs/cal runs/cal-hard runs/cal-soft runs/cal-seed2 --data flat.h5 --out runs/audit"],
            Arguments = { runs },
            Options = { data, output, threads, CommonOptions.Json() },
        };
        command.SetAction((parse, stop) => Task.FromResult((int)Run(
            new PriorAuditRequest
            {
                Runs = [.. parse.GetRequiredValue(runs).Select(Training.Runs.Run.Open)], Data = parse.GetRequiredValue(data), Out = parse.GetRequiredValue(output),
                Threads = EngineSetup.Start(parse.GetValue(threads), parse.GetValue(CommonOptions.MklAnyCpu)), Command = CommandHost.CommandLine,
            },
            TerminalWriter.Open(parse), stop)));
        return command;
    }

    private static Verb Morph()
    {
        var simulation = new Option<string>("--simulation") { Description = "Simulated jets with their truth.", HelpName = "PATH", Required = true };
        var data = new Option<string>("--data") { Description = "Measured jets.", HelpName = "PATH", Required = true };
        var target = new Option<string>("--target") { Description = "Column of the truth [GeV].", HelpName = "NAME", DefaultValueFactory = _ => "gen_pt" };
        var command = new Verb("morph", "Map measured pT of simulated jets on data, with what other truth spectra would have made of the map.")
        {
            Examples = ["lightcone calibrate morph --simulation flat.h5 --data falling.h5 --json morph.json"],
            Options = { simulation, data, target, CommonOptions.Json() },
        };
        command.SetAction((parse, _) => Task.FromResult((int)Morphed(parse.GetRequiredValue(simulation), parse.GetRequiredValue(data), parse.GetValue(target)!, TerminalWriter.Open(parse))));
        return command;
    }

    private static ExitCode Morphed(string simulation, string data, string target, TerminalWriter terminal)
    {
        var (envelope, resolution) = JetMorphing.Fit(simulation, data, target);
        double[] points = [.. Enumerable.Range(0, 9).Select(i => envelope.Nominal.Low + (envelope.Nominal.High - envelope.Nominal.Low) * (i + 0.5) / 9)];
        var map = new TextTable(new Column("measured pT in simulation [GeV]"), new Column("mapped [GeV]"));
        foreach (double x in points) map.Add(GateLines.Short(Math.Exp(x)), GateLines.Short(Math.Exp(envelope.Nominal.Apply(x))));
        map.Write(terminal);
        terminal.Line();
        var table = new TextTable(new Column("spectrum of the truth"), new Column("largest change of the map [resolutions]"));
        foreach (var variation in envelope.Variations) table.Add(variation.Name, GateLines.Short(variation.Largest / resolution));
        table.Write(terminal);
        terminal.Line();
        terminal.Warning($"This map is {envelope.Statement}. The envelope is {GateLines.Short(envelope.Largest / resolution)} resolutions: quote it as a systematic uncertainty.");
        if (terminal.WantsJson)
            terminal.WriteJson(new JsonObject
            {
                ["command"] = CommandHost.CommandLine, ["statement"] = envelope.Statement, ["resolution"] = resolution, ["envelope_in_resolutions"] = envelope.Largest / resolution,
                ["map"] = new JsonArray([.. points.Select(x => new JsonObject { ["pt_gev"] = Math.Exp(x), ["mapped_gev"] = Math.Exp(envelope.Nominal.Apply(x)) })]),
                ["variations"] = new JsonArray([.. envelope.Variations.Select(v => new JsonObject { ["spectrum"] = v.Name, ["largest_in_resolutions"] = v.Largest / resolution })]),
            });
        return ExitCode.Done;
    }

    private static ExitCode Run(PriorAuditRequest request, TerminalWriter terminal, CancellationToken stop)
    {
        var document = PriorAudit.Run(request, stop);
        var table = new TextTable(new Column("number"), new Column("value"));
        foreach (var number in document.Numbers) table.Add(Markup.ToPlain(number.Name), number.Value is null ? "–" : NumberWords.Value(number));
        table.Write(terminal);
        terminal.Line();
        foreach (var gate in document.Gates) GateLines.Write(gate, terminal);
        terminal.Line(Path.Combine(request.Out, "report.html"));
        if (terminal.WantsJson) terminal.WriteJson(JsonNode.Parse(document.ToJson())!);
        return ExitCode.Done;
    }

    private static ExitCode Run(CalibrationToyRequest request, int threads, TerminalWriter terminal, CancellationToken stop)
    {
        if (request.Events < 100 || request.Seeds < 1 || request.Epochs < 1)
            throw new UsageException("A toy wants 100 events, one seed and one pass at least.", "--events, --seeds, --epochs", "A misspelt number.", "Leave the options out for what the gates are made for.");
        var clock = Stopwatch.StartNew();
        var results = new List<CalibrationToyResult>();
        using (var progress = new ProgressLine(terminal, "training on toys"))
            foreach (var result in CalibrationToys.Run(request, progress.Milestone, stop)) results.Add(result);
        foreach (var result in results) Print(result, terminal);
        if (terminal.WantsJson) terminal.WriteJson(ToJson(request, threads, results, clock.Elapsed.TotalSeconds));
        return results.SelectMany(r => r.Numbers).All(n => n.Gate?.Result != GateResult.Fail) ? ExitCode.Done : ExitCode.Defect;
    }

    private static void Print(CalibrationToyResult result, TerminalWriter terminal)
    {
        terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{result.Name}  {result.Title}: {result.Seconds.Average():0.0} s a training"), Style.Bold);
        var table = new TextTable(new Column(""), new Column("number"), new Column("median"), new Column("exact"), new Column("over seeds", Optional: true));
        foreach (var number in result.Numbers)
            table.Add(number.Gate?.Result switch { GateResult.Pass => "pass", GateResult.Fail => "FAIL", _ => "" }, number.Name, GateLines.Short(number.Median), Wanted(number),
                result.Seconds.Count > 1 ? $"{GateLines.Short(number.Least)} … {GateLines.Short(number.Largest)}" : "");
        table.Write(terminal);
        terminal.Line();
    }

    private static string Wanted(CalibrationToyNumber number) => number switch
    {
        { Exact: { } exact, Gate: { } gate } => $"{GateLines.Short(exact)} ± {GateLines.Short(gate.Limit ?? double.NaN)}",
        { Gate: { } gate } => $"{(gate.Relation == "<=" ? "≤" : "≥")} {GateLines.Short(gate.Limit ?? double.NaN)}",
        _ => "",
    };

    private static JsonObject ToJson(CalibrationToyRequest request, int threads, List<CalibrationToyResult> results, double seconds)
    {
        var process = Provenance.OfThisProcess(threads, false);
        return new JsonObject
        {
            ["command"] = CommandHost.CommandLine, ["version"] = process.Version, ["machine"] = process.Machine, ["events"] = request.Events, ["seeds"] = request.Seeds, ["seconds"] = Math.Round(seconds, 1),
            ["toys"] = new JsonArray([.. results.Select(r => new JsonObject
            {
                ["name"] = r.Name, ["title"] = r.Title, ["seconds"] = new JsonArray([.. r.Seconds.Select(s => JsonValue.Create(Math.Round(s, 2)))]),
                ["numbers"] = new JsonArray([.. r.Numbers.Select(n => new JsonObject
                {
                    ["id"] = n.Id, ["name"] = n.Name, ["median"] = Known(n.Median), ["least"] = Known(n.Least), ["largest"] = Known(n.Largest), ["exact"] = n.Exact,
                    ["gate"] = n.Gate is null ? null : GateLines.ToJson(n.Gate),
                })]),
            })]),
        };

        static double? Known(double value) => double.IsFinite(value) ? value : null;
    }
}
