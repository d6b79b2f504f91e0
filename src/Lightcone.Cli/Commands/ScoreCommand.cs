using System.CommandLine;
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
            Options = { data, output, threads },
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
        using (var progress = new ProgressLine(terminal, $"scoring {total} jets with {system.Title}, {EngineSetup.Words(threads)}"))
            ScoreWriter.Write(output, total, classes: 2, labelled, Batches(model, source.Jets, progress, stop), new Dictionary<string, string>
            {
                ["model"] = $"{system.Name} {run.Name}",
                ["input"] = string.Join(", ", source.Describe("score").Select(f => $"{Path.GetFileName(f.Path)} sha256 {f.Sha256}")),
            });
        terminal.Line($"{output}   {NumberText.Count(total)} jets: row, score, logits{(labelled ? ", label" : "")}");
        return ExitCode.Done;
    }

    private static IEnumerable<ScoreBatch> Batches(IModel model, IJetSource source, ProgressLine progress, CancellationToken stop)
    {
        long done = 0;
        foreach (var batch in new SequentialBatches(source) { BatchSize = BatchSize })
        {
            stop.ThrowIfCancellationRequested();
            double[][] columns = model.Score(batch);
            var logits = new float[2 * batch.JetCount];
            for (int jet = 0; jet < batch.JetCount; jet++) (logits[2 * jet], logits[2 * jet + 1]) = ((float)columns[1][jet], (float)columns[2][jet]);
            yield return new ScoreBatch { Rows = batch.Rows, Scores = Array.ConvertAll(columns[0], s => (float)s), Logits = logits, Labels = batch.Labels };
            done += batch.JetCount;
            progress.Update(() => $"{done} of {source.Count} jets, {100 * done / source.Count} %");
        }
    }
}
