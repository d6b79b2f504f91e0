using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Lightcone.Cli.Terminal;
using Lightcone.Statistics;
using Lightcone.Systems.Mpm.Probing;

namespace Lightcone.Cli.Commands;

/// <summary><c>lightcone probe RUN</c>: what a pre-trained encoder knows of classes without moving.</summary>
internal static class ProbeCommand
{
    public static Command Create()
    {
        var run = new Argument<string>("RUN") { Description = "The pre-training's run, or a backbone file." };
        var data = new Option<string>("--data") { Description = "Folder with labelled train, val and test files.", HelpName = "FOLDER", Required = true };
        var labels = new Option<int[]>("--labels") { Description = "Numbers of labels.", HelpName = "N", Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [100, 1000, 10_000] };
        var seeds = new Option<int>("--seeds") { Description = "Repetitions, each with its own labels and heads.", HelpName = "N", DefaultValueFactory = _ => 3 };
        var threads = CommonOptions.Threads();
        var command = new Verb("probe", "Train heads on a frozen pre-trained encoder, beside random encoders.")
        {
            Examples = ["lightcone probe runs/mpm --data jetclass --json probe.json"],
            Arguments = { run },
            Options = { data, labels, seeds, threads, CommonOptions.Json() },
        };
        command.SetAction((parse, stop) =>
        {
            EngineSetup.Start(parse.GetValue(threads), parse.GetValue(CommonOptions.MklAnyCpu));
            return Task.FromResult((int)Run(new MpmProbeRequest
            {
                Backbone = parse.GetRequiredValue(run), Data = parse.GetRequiredValue(data), Labels = parse.GetValue(labels)!, Seeds = parse.GetValue(seeds),
            }, TerminalWriter.Open(parse), stop));
        });
        return command;
    }

    private static ExitCode Run(MpmProbeRequest request, TerminalWriter terminal, CancellationToken stop)
    {
        if (request.Seeds < 1 || request.Labels.Any(l => l < 20))
            throw new UsageException("A probe wants one seed and 20 labels at least.", "--seeds, --labels", "A misspelt number.", "Leave both out for 3 seeds at 100, 1000 and 10000 labels.");
        IReadOnlyList<MpmProbeResult> results;
        using (var progress = new ProgressLine(terminal, $"probing {request.Backbone}"))
            results = MpmProbe.Run(request, progress.Milestone, stop);
        var table = new TextTable(new Column("head"), new Column("labels"), new Column("random"), new Column("pre-trained"), new Column("difference"));
        foreach (var random in results.Where(r => r.Encoder == MpmProbe.Random))
        {
            var trained = results.Single(r => r.Encoder == MpmProbe.Pretrained && r.Head == random.Head && r.Labels == random.Labels);
            double[] differences = [.. trained.Accuracies.Zip(random.Accuracies, (a, b) => a - b)];
            table.Add(random.Head, random.Labels.ToString(CultureInfo.InvariantCulture), Spread(random.Accuracies), Spread(trained.Accuracies), Spread(differences));
        }

        table.Write(terminal);
        terminal.Line("  accuracy on the test jets: mean ± standard deviation over seeds", Style.Dim);
        if (terminal.WantsJson)
            terminal.WriteJson(new JsonObject
            {
                ["backbone"] = request.Backbone,
                ["results"] = new JsonArray([.. results.Select(r => new JsonObject
                {
                    ["encoder"] = r.Encoder, ["head"] = r.Head, ["labels"] = r.Labels, ["learning_rate"] = r.Rate, ["accuracies"] = new JsonArray([.. r.Accuracies.Select(a => (JsonNode)a)]),
                })]),
            });
        return ExitCode.Done;
    }

    private static string Spread(IReadOnlyList<double> values)
    {
        double mean = values.Average(), deviation = SampleDeviation.Of(values);
        return double.IsNaN(deviation) ? mean.ToString("0.000", CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{mean:0.000} ± {deviation:0.000}");
    }
}
