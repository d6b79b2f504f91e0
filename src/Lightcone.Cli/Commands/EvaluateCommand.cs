using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Lightcone.Cli.Terminal;
using Lightcone.Evaluation;
using Lightcone.Figures;
using Lightcone.Systems;
using Lightcone.Training.Recipes;

namespace Lightcone.Cli.Commands;

/// <summary><c>lightcone evaluate RUN</c>: numbers with intervals on labelled jets, and the figures of the report.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var run = new Argument<string>("RUN") { Description = "The run's folder." };
        var data = new Option<string>("--data") { Description = "A labelled file, or a folder whose test file is used.", HelpName = "PATH", Required = true };
        var signals = new Option<string?>("--signals") { Description = "Classes to look for, separated by commas: those of an anomaly search, or some of a tagger's own.", HelpName = "NAMES" };
        var beside = new Option<string[]>("--beside") { Description = "Another run to show beside this one; may be repeated.", HelpName = "RUN", Arity = ArgumentArity.OneOrMore };
        var ensemble = new Option<string[]>("--ensemble") { Description = "Another run of the same training, to average the probabilities of taggers; may be repeated.", HelpName = "RUN", Arity = ArgumentArity.OneOrMore };
        var before = new Option<string?>("--before") { Description = "Jets with the spectrum of the training, to set those of --data against (calibrations).", HelpName = "PATH" };
        var threads = CommonOptions.Threads();
        var command = new Verb("evaluate", "Evaluate a run on labelled jets: numbers with intervals, figures.")
        {
            Examples = ["lightcone evaluate runs/top --data samples/data --json eval.json", "lightcone evaluate runs/lgae --data jetnet --signals t,w,z --beside runs/gnnae", "lightcone evaluate runs/top-1 --data samples/data --ensemble runs/top-2 --ensemble runs/top-3", "lightcone evaluate runs/cal --data falling.h5 --before flat.h5 --beside runs/mse"],
            Arguments = { run },
            Options = { data, signals, beside, ensemble, before, threads, CommonOptions.Json() },
        };
        command.SetAction((parse, stop) => Task.FromResult((int)Run(
            new Choice(parse.GetRequiredValue(run), parse.GetRequiredValue(data), CommonOptions.Classes("--signals", parse.GetValue(signals)), parse.GetValue(beside) ?? [], parse.GetValue(ensemble) ?? [], parse.GetValue(before)),
            EngineSetup.Start(parse.GetValue(threads), parse.GetValue(CommonOptions.MklAnyCpu)), TerminalWriter.Open(parse), stop)));
        return command;
    }

    private static ExitCode Run(Choice choice, int threads, TerminalWriter terminal, CancellationToken stop)
    {
        Evaluate(choice, threads, terminal, stop);
        terminal.Next($"lightcone report {choice.Run}");
        return ExitCode.Done;
    }

    /// <summary>Evaluates a run as its recipe says and prints; shared with quickstart.</summary>
    internal static void Evaluate(string run, string data, int threads, TerminalWriter terminal, CancellationToken stop) =>
        Evaluate(new Choice(run, data, default, [], [], null), threads, terminal, stop);

    private static void Evaluate(Choice choice, int threads, TerminalWriter terminal, CancellationToken stop)
    {
        var run = Training.Runs.Run.Open(choice.Run);
        var system = SystemCatalogue.Of(run);
        var beside = choice.Beside.Select(Training.Runs.Run.Open).ToList();
        if (choice.Ensemble.Length > 0 && !system.Ensembles)
            throw new UsageException($"{system.Title} has no probabilities of classes to average.", "--ensemble", "The option is for taggers.", "Leave it out; other runs stand beside this one with --beside.");
        var ensemble = choice.Ensemble.Select(Training.Runs.Run.Open).ToList();
        var (source, signals) = EvaluationJets.Open(system, run, choice.Data, choice.Signals);
        using var opened = source;
        EvaluationDocument document;
        using (var progress = new ProgressLine(terminal, $"evaluating {system.Title} on {source.Jets.Count} jets"))
        {
            long total = source.Jets.Count;
            document = system.Evaluate(run, source, new EvaluationRequest
            {
                Command = CommandHost.CommandLine,
                Threads = threads,
                Signals = signals,
                Beside = beside,
                Ensemble = ensemble,
                Before = choice.Before,
                Progress = new Direct(done => progress.Update(() => $"{done} of {total} jets, {100 * done / Math.Max(1, total)} %")),
                Stop = stop,
            });
        }

        Print(system, document, terminal);
        if (terminal.WantsJson) terminal.WriteJson(JsonNode.Parse(document.ToJson())!);
        terminal.Line();
        terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{run.EvaluationPath}   {document.Provenance.Seconds:0} s"));
    }

    private static void Print(ISystem system, EvaluationDocument document, TerminalWriter terminal)
    {
        string classes = string.Join(", ", document.Sample.Classes.Select(c => $"{NumberText.Count(c.N)} {c.Name}"));
        terminal.Line($"{system.Title} on {document.Sample.Name}: {NumberText.Count(document.Sample.Classes.Sum(c => c.N))} jets ({classes}), {document.Statement}");
        terminal.Line();
        var references = document.References.Where(r => r.SameSample).ToList();
        var (grids, numbers) = NumberGrid.Of([.. document.Numbers.Where(n => !n.Id.Contains('/'))]);
        foreach (var part in grids.SelectMany(g => g.Tables(references).Prepend(g.Table())))
        {
            part.Write(terminal);
            terminal.Line();
        }

        var table = new TextTable(new Column("number"), new Column("value"), new Column("how", Optional: true));
        foreach (var number in numbers) table.Add(Markup.ToPlain(number.Name), NumberWords.Value(number), NumberWords.How(number));
        if (numbers.Count > 0) table.Write(terminal);
        terminal.Line("  intervals: 68 %", Style.Dim);
        if (references.Count > 0)
        {
            terminal.Line();
            var others = new TextTable(new Column("on the same sample"), new Column("number"), new Column("value"));
            foreach (var reference in references)
                others.Add(reference.Name, Markup.ToPlain(document.Number(reference.Number)?.Name ?? reference.Number), NumberWords.Value(reference));
            others.Write(terminal);
        }

        var missed = document.Gates.Where(g => g.Result == GateResult.Fail).ToList();
        if (missed.Count > 0) terminal.Line();
        foreach (var gate in missed) GateLines.Write(gate, terminal);
        foreach (var warning in document.Warnings) terminal.Warning(warning.Text);
    }

    private sealed record Choice(string Run, string Data, ClassList Signals, string[] Beside, string[] Ensemble, string? Before);

    /// <summary>Reports at once, on the calling thread; the library's own class would hop threads.</summary>
    private sealed class Direct(Action<long> report) : IProgress<long>
    {
        public void Report(long value) => report(value);
    }
}
