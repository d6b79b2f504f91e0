using System.CommandLine;
using System.Text.Json.Nodes;
using Lightcone.Cli.Terminal;
using Lightcone.Figures;
using Lightcone.Formats;
using Lightcone.Formats.Scores;
using Lightcone.Jets;
using Lightcone.Systems;

namespace Lightcone.Cli.Commands;

/// <summary><c>lightcone score RUN</c>: one score a jet, beside the input's rows.</summary>
internal static class ScoreCommand
{
    /// <summary>Batch of the published evaluation; with pooling BatchMax its longest jet counts.</summary>
    private const int BatchSize = 100;

    public static Command Create()
    {
        var run = new Argument<string>("RUN") { Description = "The run's folder." };
        var data = new Option<string>("--data") { Description = "A file of jets, or a folder whose test file is used.", HelpName = "PATH", Required = true };
        var output = new Option<string>("--out") { Description = "The HDF5 file to write.", HelpName = "FILE", Required = true };
        var threads = CommonOptions.Threads();
        var command = new Verb("score", "Score jets: one row a jet, in the order of the input.")
        {
            Examples = ["lightcone score runs/top --data samples/data --out scores.h5"],
            Arguments = { run },
            Options = { data, output, threads, CommonOptions.Json() },
        };
        command.SetAction((parse, stop) => Task.FromResult((int)Run(
            parse.GetRequiredValue(run), parse.GetRequiredValue(data), parse.GetRequiredValue(output), EngineSetup.Start(parse.GetValue(threads), parse.GetValue(CommonOptions.MklAnyCpu)), TerminalWriter.Open(parse), stop)));
        return command;
    }

    private static ExitCode Run(string folder, string data, string output, int threads, TerminalWriter terminal, CancellationToken stop)
    {
        var run = Training.Runs.Run.Open(folder);
        var system = SystemCatalogue.Of(run);
        using var model = system.Load(run);
        using var source = SplitFolder.Open(data, DataSplit.Test);
        long total = source.Jets.Count;
        if (total == 0) throw new InputDataException("The file holds no jet.", data, "An empty selection when it was written.", "Check it: lightcone dataset inspect.");
        bool labelled = source.Jets.Read(0, 1).Labels is not null;
        var facts = new Dictionary<string, string>
        {
            ["model"] = $"{system.Name} {run.Name}",
            ["input"] = string.Join(", ", source.Describe("score").Select(f => $"{Path.GetFileName(f.Path)} sha256 {f.Sha256}")),
        };
        if (labelled) facts["classes"] = string.Join(',', source.Jets.Schema.Classes.Select((name, label) => $"{label}={name}"));
        using (var progress = new ProgressLine(terminal, $"scoring {total} jets with {system.Title}, {EngineSetup.Words(threads)}"))
            ScoreWriter.Write(output, total, model.Columns, labelled, Batches(model, source.Jets, progress, stop), facts);
        terminal.Line($"{output}   {NumberText.Count(total)} jets; row{(labelled ? " and label" : "")}, and:");
        terminal.Line();
        var table = new TextTable(new Column("dataset"), new Column("shape"), new Column("what it is", Optional: true));
        foreach (var column in model.Columns) table.Add(column.Name, $"({string.Join(", ", [total, .. column.Shape.Select(e => (long)e)])})", column.Description);
        table.Write(terminal);
        if (model.Example(source.Jets.Read(0, 1)) is { } example)
        {
            terminal.Line();
            terminal.Line($"first jet: {example}");
        }

        if (terminal.WantsJson) terminal.WriteJson(Document(output, total, labelled, model.Columns, facts));
        return ExitCode.Done;
    }

    private static JsonObject Document(string output, long jets, bool labelled, IReadOnlyList<ScoreColumn> columns, Dictionary<string, string> facts) => new()
    {
        ["file"] = output,
        ["jets"] = jets,
        ["labelled"] = labelled,
        ["columns"] = new JsonArray([.. columns.Select(c => new JsonObject { ["name"] = c.Name, ["shape"] = new JsonArray([.. c.Shape.Select(e => JsonValue.Create(e))]), ["description"] = c.Description })]),
        ["attributes"] = new JsonObject([.. facts.Select(f => KeyValuePair.Create(f.Key, (JsonNode?)JsonValue.Create(f.Value)))]),
    };

    private static IEnumerable<ScoreBatch> Batches(IModel model, IJetSource source, ProgressLine progress, CancellationToken stop)
    {
        long done = 0;
        foreach (var batch in new SequentialBatches(source) { BatchSize = BatchSize })
        {
            stop.ThrowIfCancellationRequested();
            yield return new ScoreBatch { Rows = batch.Rows, Columns = model.Score(batch), Labels = batch.Labels };
            done += batch.JetCount;
            progress.Update(() => $"{done} of {source.Count} jets, {100 * done / source.Count} %");
        }
    }
}
