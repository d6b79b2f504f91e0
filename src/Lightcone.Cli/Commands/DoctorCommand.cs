using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Lightcone.Cli.Terminal;
using Lightcone.Training.Engine;

namespace Lightcone.Cli.Commands;

/// <summary><c>lightcone doctor</c>: what this machine has, what it lacks, and what to do about it.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var command = new Verb("doctor", "Check this machine: engine, processor, memory, disk, readers.") { Examples = ["lightcone doctor", "lightcone doctor --json"] };
        command.Options.Add(CommonOptions.Json());
        command.SetAction(parse => (int)Run(TerminalWriter.Open(parse)));
        return command;
    }

    private static ExitCode Run(TerminalWriter terminal)
    {
        var machine = new DoctorMachine();
        var findings = new List<DoctorFinding>();
        double? rate = Engine(machine, findings);
        findings.Insert(Math.Min(1, findings.Count), machine.Describe());
        findings.InsertRange(Math.Min(2, findings.Count), DoctorFormats.Check());
        findings.AddRange(machine.ThreadVariables());
        bool ready = findings.TrueForAll(f => f.Status != DoctorStatus.Fail);
        Print(terminal, findings, ready);
        if (terminal.WantsJson) terminal.WriteJson(Document(machine, findings, rate, ready));
        return ready ? ExitCode.Done : ExitCode.Machine;
    }

    private static double? Engine(DoctorMachine machine, List<DoctorFinding> findings)
    {
        try
        {
            EngineLoader.Ensure();
        }
        catch (MachineException missing)
        {
            findings.Add(new(DoctorStatus.Fail, $"{missing.Message} ({missing.Where})", missing.WhatToDo));
            return null;
        }

        findings.Add(DoctorEngine.Check());
        double rate = DoctorEngine.MatrixProductRate();
        findings.Add(DoctorEngine.DescribeRate(rate, machine));
        findings.Add(DoctorEngine.HasGpu ? new(DoctorStatus.Note, "a GPU is there; this version computes on the processor only") : new(DoctorStatus.Note, "no GPU; none is needed"));
        return rate;
    }

    private static void Print(TerminalWriter terminal, List<DoctorFinding> findings, bool ready)
    {
        terminal.Line($"Lightcone {Version}   .NET {Environment.Version.ToString(2)}   {RuntimeInformation.RuntimeIdentifier}", Style.Bold);
        terminal.Line();
        foreach (var finding in findings)
        {
            var (word, style) = Word(finding.Status);
            terminal.Line(("  ", Style.Plain), (word, style), ("   " + finding.Text, Style.Plain));
            if (finding.Advice is not null) terminal.Line($"         do: {finding.Advice}");
        }

        if (ready) terminal.Line("ready: lightcone quickstart");
        else terminal.Line("not ready: see the lines marked FAIL.");
    }

    private static (string Word, Style Style) Word(DoctorStatus status) => status switch
    {
        DoctorStatus.Pass => ("pass", Style.Green),
        DoctorStatus.Note => ("note", Style.Dim),
        DoctorStatus.Warn => ("warn", Style.Yellow),
        _ => ("FAIL", Style.Red),
    };

    private static JsonObject Document(DoctorMachine machine, List<DoctorFinding> findings, double? rate, bool ready) => new()
    {
        ["lightcone"] = Version,
        ["dotnet"] = Environment.Version.ToString(),
        ["platform"] = RuntimeInformation.RuntimeIdentifier,
        ["system"] = RuntimeInformation.OSDescription,
        ["processor"] = machine.Processor,
        ["vendor"] = machine.Vendor,
        ["cores"] = machine.Cores,
        ["instructions"] = machine.Instructions,
        ["memory_bytes"] = machine.MemoryBytes,
        ["disk_free_bytes"] = machine.DiskFreeBytes,
        ["engine"] = rate is null ? null : DoctorEngine.Version,
        ["mkl_any_cpu"] = MklOverride.IsActive,
        ["float32_gflops_one_thread"] = rate is double r ? Math.Round(r, 1) : null,
        ["findings"] = new JsonArray([.. findings.Select(f => new JsonObject { ["status"] = Word(f.Status).Word.ToLowerInvariant(), ["text"] = f.Text, ["do"] = f.Advice })]),
        ["ready"] = ready,
    };

    private static string Version =>
        typeof(DoctorCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";
}
