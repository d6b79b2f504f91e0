using System.CommandLine;
using Lightcone.Cli.Terminal;
using Lightcone.Formats;
using Lightcone.Formats.Compact;

namespace Lightcone.Cli.Commands;

/// <summary><c>lightcone dataset convert IN OUT</c>: any layout into the compact one, a range of rows, ordered or rounded where asked.</summary>
internal static class DatasetConvertCommand
{
    public static Command Create()
    {
        var input = new Argument<string>("IN") { Description = "A file of jets, of any layout that Lightcone reads." };
        var output = new Argument<string?>("OUT") { Description = "The file to write, in the compact layout (or --out).", Arity = ArgumentArity.ZeroOrOne };
        var outOption = new Option<string?>("--out") { Description = "The file to write.", HelpName = "FILE" };
        var first = new Option<long>("--first") { Description = "First jet to write.", HelpName = "ROW", DefaultValueFactory = _ => 0 };
        var count = new Option<long?>("--count") { Description = "Number of jets to write; without it, all that follow.", HelpName = "N" };
        var sort = new Option<string?>("--sort") { Description = "Order the constituents of each jet: pt (falling).", HelpName = "KEY" };
        sort.AcceptOnlyFromAmong("pt");
        var ptBits = new Option<int?>("--pt-bits") { Description = "Mantissa bits of constituents' pt to keep (13: relative rounding 6e-5).", HelpName = "N" };
        var angleBits = new Option<int?>("--angle-bits") { Description = "Round eta and phi to multiples of 2^-N (12: 2.4e-4).", HelpName = "N" };
        var classes = DatasetCommand.ClassNames();
        var command = new Verb("convert", "Write jets of any layout as a compact file that Lightcone and h5py read.")
        {
            Examples = ["lightcone dataset convert samples/data/top-test.h5 first100.h5 --count 100", "lightcone dataset convert qg.npz qg.h5 --sort pt --pt-bits 13 --angle-bits 12"],
        };
        command.Arguments.Add(input);
        command.Arguments.Add(output);
        foreach (Option option in (Option[])[outOption, first, count, sort, ptBits, angleBits, classes]) command.Options.Add(option);
        command.SetAction((parse, cancellation) =>
        {
            string target = parse.GetValue(outOption) ?? parse.GetValue(output) ?? throw new UsageException("The file to write is missing.", "lightcone dataset convert", "only the input was named", "lightcone dataset convert IN OUT");
            var options = new CompactWriteOptions
            {
                First = parse.GetValue(first),
                Count = parse.GetValue(count),
                Order = parse.GetValue(sort) is null ? ConstituentOrder.AsRead : ConstituentOrder.FallingPt,
                PtMantissaBits = parse.GetValue(ptBits),
                AngleGridBits = parse.GetValue(angleBits),
            };
            Convert(parse.GetRequiredValue(input), target, DatasetCommand.FormatOptions(parse.GetValue(classes)), options, TerminalWriter.Open(parse), cancellation);
            return Task.FromResult((int)ExitCode.Done);
        });
        return command;
    }

    private static void Convert(string input, string output, FormatOptions format, CompactWriteOptions options, TerminalWriter terminal, CancellationToken cancellation)
    {
        if (Path.GetFullPath(input) == Path.GetFullPath(output))
            throw new UsageException("Input and output are the same file.", output, "the same name was given twice", "write to another name, then move it");
        using var source = FormatCatalogue.Open(input, format);
        long jets = options.Count ?? source.Count - options.First;
        using (var line = DatasetCommand.ProgressFor([input], terminal, $"converting {input}"))
            CompactWriter.Write(source, output, options, line is null ? null : new Told<long>(done => line.Update(() => $"{DatasetInspectCommand.Number(done)} of {DatasetInspectCommand.Number(jets)} jets written")), cancellation);
        terminal.Line($"{output}   {DatasetInspectCommand.Number(jets)} jets from {source.Schema.Layout}, {new FileInfo(output).Length / 1e6:0.##} MB");
        terminal.Next($"lightcone dataset check {output}");
    }
}
