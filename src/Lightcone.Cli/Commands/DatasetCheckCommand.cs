using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Lightcone.Cli.Terminal;
using Lightcone.Formats;
using Lightcone.Formats.Checks;

namespace Lightcone.Cli.Commands;

/// <summary><c>lightcone dataset check FILE…</c>: reads every jet and explains the traps it finds; exit code 3 where a check failed.</summary>
internal static class DatasetCheckCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("FILE") { Description = "Files of jets, or a folder with train, validation, test and pretrain files. Jets shared by two files are found.", Arity = ArgumentArity.OneOrMore };
        var classes = DatasetCommand.ClassNames();
        var command = new Verb("check", "Read every jet and explain the traps of the files.")
        {
            Examples = ["lightcone dataset check samples/data/top-test.h5", "lightcone dataset check samples/data/top-train.h5 samples/data/top-val.h5 samples/data/top-test.h5"],
        };
        command.Arguments.Add(files);
        command.Options.Add(classes);
        command.Options.Add(CommonOptions.Json());
        command.SetAction((parse, cancellation) => Task.FromResult((int)Run(parse.GetRequiredValue(files), parse.GetValue(classes), TerminalWriter.Open(parse), cancellation)));
        return command;
    }

    private static ExitCode Run(string[] files, string? classes, TerminalWriter terminal, CancellationToken cancellation)
    {
        string[] paths = [.. files.SelectMany(Expand)];
        using var line = DatasetCommand.ProgressFor(paths, terminal, $"checking {paths.Length} files");
        var reports = DatasetChecks.Run(paths, DatasetCommand.FormatOptions(classes), line is null ? null : new Told<double>(share => line.Update(() => $"checked {100 * share:0} %")), cancellation);
        for (int i = 0; i < reports.Count; i++)
        {
            if (i > 0) terminal.Line();
            Print(reports[i], terminal);
        }
        if (terminal.WantsJson) terminal.WriteJson(new JsonArray([.. reports.Select(Document)]));
        // The first failure ends the command as an error of the input; all of them were printed above.
        foreach (var report in reports)
            if (report.Findings.FirstOrDefault(f => f.Status == FindingStatus.Fail) is { } failure)
                throw new InputDataException(failure.Text, failure.Where is null ? report.Path : $"{report.Path}, {failure.Where}", failure.LikelyCause ?? "", failure.WhatToDo ?? "");
        return ExitCode.Done;
    }

    private static IEnumerable<string> Expand(string path)
    {
        if (!Directory.Exists(path)) return [path];
        string[] found = [.. Enum.GetValues<DataSplit>().SelectMany(split => FormatCatalogue.FilesOf(path, split))];
        return found.Length > 0 ? found : throw new UsageException("The folder has no train, validation, test or pretrain file.", path, "its files have other names", "name the files themselves");
    }

    private static void Print(DatasetReport report, TerminalWriter terminal)
    {
        var facts = report.Facts;
        string generator = facts.TryGetValue("generator", out string? g) ? g.Split(',')[0] : "";
        string energy = facts.TryGetValue("centre_of_mass_energy_gev", out string? e) && double.TryParse(e, CultureInfo.InvariantCulture, out double gev) ? string.Create(CultureInfo.InvariantCulture, $"{gev / 1000:0.##} TeV") : "";
        string jets = DatasetInspectCommand.Number(report.Jets) + (report.Classes.Count > 1 ? $" ({string.Join(", ", report.Classes.Select(c => $"{DatasetInspectCommand.Number(c.Jets)} {c.Name}"))})" : "");
        int width = Math.Max(28, jets.Length);
        terminal.Line(report.Path, Style.Bold);
        terminal.Line(("layout   " + report.Layout.PadRight(width) + (generator.Length > 0 ? $"  generator  {generator}" : "")).TrimEnd());
        terminal.Line(("jets     " + jets.PadRight(width) + (energy.Length > 0 ? $"  energy     {energy}" : "")).TrimEnd());
        terminal.Line();
        foreach (var finding in report.Findings)
        {
            var (word, style) = Word(finding.Status);
            string place = finding.Status is FindingStatus.Warn && finding.Where is not null ? $" ({finding.Where})" : "";
            terminal.Line(("  ", Style.Plain), (word, style), ("   " + finding.Text + place, Style.Plain));
            if (finding.Status == FindingStatus.Warn && finding.WhatToDo is not null) terminal.Line($"         do: {finding.WhatToDo}");
        }
        terminal.Line();
        if (report.Classes.Count > 0)
        {
            Table(report).Write(terminal);
            terminal.Line();
        }

        int passed = report.Findings.Count(f => f.Status == FindingStatus.Pass), failed = report.Findings.Count(f => f.Status == FindingStatus.Fail);
        terminal.Line(failed == 0 ? $"{passed} checks passed." : $"{passed} checks passed, {failed} failed.");
    }

    private static TextTable Table(DatasetReport report)
    {
        var table = new TextTable(new Column("class"), new Column("jet mass 16 / 50 / 84 % [GeV]"), new Column("jet pt 50 % [GeV]", Optional: true), new Column("constituents, mean"));
        int width = report.Classes.Max(c => c.MassQuantiles.Max(F1Length));
        foreach (var c in report.Classes)
            table.Add(c.Name, string.Join("  ", c.MassQuantiles.Select(q => F1(q).PadLeft(width))), F1(c.MedianPt), F1(c.MeanMultiplicity));
        return table;
    }

    private static int F1Length(double value) => F1(value).Length;

    private static string F1(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);

    private static (string Word, Style Style) Word(FindingStatus status) => status switch
    {
        FindingStatus.Pass => ("pass", Style.Green),
        FindingStatus.Note => ("note", Style.Dim),
        FindingStatus.Warn => ("warn", Style.Yellow),
        _ => ("FAIL", Style.Red),
    };

    private static JsonObject Document(DatasetReport report) => new()
    {
        ["file"] = report.Path,
        ["layout"] = report.Layout,
        ["usable"] = report.Usable,
        ["jets"] = report.Jets,
        ["constituents"] = report.Constituents,
        ["longest_jet"] = report.LongestJet,
        ["findings"] = new JsonArray([.. report.Findings.Select(f => new JsonObject
        {
            ["status"] = f.Status.ToString().ToLowerInvariant(),
            ["check"] = f.Check,
            ["text"] = f.Text,
            ["where"] = f.Where,
            ["likely_cause"] = f.LikelyCause,
            ["what_to_do"] = f.WhatToDo,
        })]),
        ["classes"] = new JsonArray([.. report.Classes.Select(c => new JsonObject
        {
            ["name"] = c.Name,
            ["jets"] = c.Jets,
            ["mass_gev_16_50_84"] = new JsonArray([.. c.MassQuantiles.Select(DatasetInspectCommand.Finite)]),
            ["pt_gev_50"] = DatasetInspectCommand.Finite(c.MedianPt),
            ["mean_multiplicity"] = c.MeanMultiplicity,
        })]),
    };
}
