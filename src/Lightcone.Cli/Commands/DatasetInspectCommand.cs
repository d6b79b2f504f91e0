using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Lightcone.Cli.Terminal;
using Lightcone.Formats.Checks;

namespace Lightcone.Cli.Commands;

/// <summary><c>lightcone dataset inspect FILE</c>: layout, classes, columns, facts and the first jets, at once for files of any length.</summary>
internal static class DatasetInspectCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "A file of jets, of any layout that Lightcone reads." };
        var jets = new Option<int>("--jets") { Description = "How many jets to show.", HelpName = "N", DefaultValueFactory = _ => 3 };
        var classes = DatasetCommand.ClassNames();
        var command = new Verb("inspect", "Say what a file of jets holds.")
        {
            Examples = ["lightcone dataset inspect samples/data/top-test.h5", "lightcone dataset inspect samples/data/top-test.h5 --json"],
        };
        command.Arguments.Add(file);
        command.Options.Add(jets);
        command.Options.Add(classes);
        command.Options.Add(CommonOptions.Json());
        command.SetAction(parse =>
        {
            int shown = parse.GetValue(jets);
            if (shown is < 0 or > 1000) throw new UsageException($"{shown} jets cannot be shown", "--jets", "a small number is meant", "choose 0 to 1000");
            var terminal = TerminalWriter.Open(parse);
            var inspection = DatasetInspection.Of(parse.GetRequiredValue(file), shown, DatasetCommand.FormatOptions(parse.GetValue(classes)));
            Print(inspection, terminal);
            if (terminal.WantsJson) terminal.WriteJson(Document(inspection));
            return (int)ExitCode.Done;
        });
        return command;
    }

    private static void Print(DatasetInspection file, TerminalWriter terminal)
    {
        terminal.Line(file.Path, Style.Bold);
        terminal.Line();
        var facts = new List<(string Name, string Value)>
        {
            ("layout", file.Schema.Layout),
            ("jets", Number(file.Jets)),
            ("size", string.Create(CultureInfo.InvariantCulture, $"{file.Bytes / 1e6:0.##} MB")),
            ("classes", file.Schema.Classes.Count == 0 ? "none" : string.Join(", ", file.Schema.Classes.Select((c, i) => $"{i} {c}"))),
            ("constituents", "E, px, py, pz" + string.Concat(file.Schema.ConstituentColumns.Select(c => $", {c}"))),
            ("jet columns", file.Schema.JetColumns.Count == 0 ? "none" : string.Join(", ", file.Schema.JetColumns)),
        };
        facts.AddRange(file.Schema.Facts.Where(f => f.Key is not ("layout" or "label_names" or "n_jets")).Select(f => (f.Key, f.Value)));
        int width = facts.Max(f => f.Name.Length);
        foreach (var (name, value) in facts) terminal.Line($"  {name.PadRight(width)}  {OneLine(value)}");
        if (file.First.JetCount == 0) return;
        terminal.Line();
        Table(file).Write(terminal);
    }

    private static TextTable Table(DatasetInspection file)
    {
        var table = new TextTable(new Column("jet"), new Column("class"), new Column("pt [GeV]"), new Column("eta"), new Column("phi"), new Column("mass [GeV]"), new Column("constituents"));
        for (int i = 0; i < file.First.JetCount; i++)
        {
            var jet = file.First.Jet(i);
            int label = file.First.Labels?[i] ?? -1;
            string name = label < 0 ? "-" : label < file.Schema.Classes.Count ? file.Schema.Classes[label] : Number(label);
            table.Add(Number(file.First.Rows[i]), name, F1(jet.Pt), F3(jet.Pseudorapidity), F3(jet.Azimuth), F1(jet.Mass), Number(file.First.Multiplicity(i)));
        }
        return table;
    }

    private static JsonObject Document(DatasetInspection file) => new()
    {
        ["file"] = file.Path,
        ["layout"] = file.Schema.Layout,
        ["jets"] = file.Jets,
        ["bytes"] = file.Bytes,
        ["classes"] = Array(file.Schema.Classes),
        ["constituent_columns"] = Array(file.Schema.ConstituentColumns),
        ["jet_columns"] = Array(file.Schema.JetColumns),
        ["facts"] = new JsonObject(file.Schema.Facts.Select(f => KeyValuePair.Create(f.Key, (JsonNode?)f.Value))),
        ["first_jets"] = new JsonArray([.. Enumerable.Range(0, file.First.JetCount).Select(i => Jet(file, i))]),
    };

    private static JsonObject Jet(DatasetInspection file, int i)
    {
        var jet = file.First.Jet(i);
        return new()
        {
            ["row"] = file.First.Rows[i],
            ["label"] = file.First.Labels?[i],
            ["pt_gev"] = Finite(jet.Pt),
            ["eta"] = Finite(jet.Pseudorapidity),
            ["phi"] = Finite(jet.Azimuth),
            ["mass_gev"] = Finite(jet.Mass),
            ["constituents"] = file.First.Multiplicity(i),
        };
    }

    /// <summary>JSON has no NaN: what is not finite becomes null.</summary>
    internal static JsonNode? Finite(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;

    internal static JsonArray Array(IEnumerable<string> values) => new([.. values.Select(v => (JsonNode?)v)]);

    private static string OneLine(string value)
    {
        string text = string.Concat(value.Select(c => char.IsControl(c) ? ' ' : c));
        return text.Length > 200 ? text[..200] + "…" : text;
    }

    /// <summary>A number with its thousands apart, as the project prints counts.</summary>
    internal static string Number(long value) => value < 10_000 ? value.ToString(CultureInfo.InvariantCulture) : value.ToString("#,0", CultureInfo.InvariantCulture).Replace(',', ' ');

    private static string F1(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);

    private static string F3(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);
}
