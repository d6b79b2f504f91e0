using System.Diagnostics;

namespace Lightcone.Systems.Tests.EndToEnd;

/// <summary>What a run of the real executable left behind.</summary>
internal sealed record ProcessOutcome(int ExitCode, string Output, string Error);

/// <summary>Runs the real executable, as the build put it beside the tests.</summary>
internal static class LightconeProcess
{
    /// <summary>The executable.</summary>
    public static string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "Lightcone.Cli.exe" : "Lightcone.Cli");

    /// <summary>Runs to the end and returns exit code and both streams; more than two minutes fail the test.</summary>
    public static ProcessOutcome Run(params string[] arguments) => Run(arguments, environment: null);

    /// <summary>The same with changed environment variables (null removes one), working folder, executable and time limit.</summary>
    public static ProcessOutcome Run(string[] arguments, IReadOnlyDictionary<string, string?>? environment, string? workingDirectory = null, string? executable = null, TimeSpan? limit = null)
    {
        using var process = Start(arguments, environment, workingDirectory, executable);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(limit ?? TimeSpan.FromMinutes(2)))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"lightcone {string.Join(' ', arguments)} did not end in time. It said:\n{output.Result}\n{error.Result}");
        }

        process.WaitForExit();
        return new ProcessOutcome(process.ExitCode, output.Result, error.Result);
    }

    /// <summary>Starts without waiting, for tests that send signals; the caller disposes and reads.</summary>
    public static Process Start(string[] arguments, IReadOnlyDictionary<string, string?>? environment = null, string? workingDirectory = null, string? executable = null)
    {
        var start = new ProcessStartInfo(executable ?? Path, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory ?? Environment.CurrentDirectory,
        };
        foreach (string name in (string[])["NO_COLOR", "COLUMNS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"]) start.Environment.Remove(name);
        start.Environment["LC_ALL"] = "C.UTF-8";
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
            if (value is null) start.Environment.Remove(name);
            else start.Environment[name] = value;
        return Process.Start(start) ?? throw new InvalidOperationException("The executable did not start.");
    }
}
