using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Lightcone.Cli.Commands;

/// <summary>What can be read off the machine without the engine.</summary>
internal sealed record DoctorMachine
{
    private const double GB = 1e9;

    /// <summary>Cores that this process may use.</summary>
    public int Cores { get; } = Environment.ProcessorCount;

    /// <summary>Widest vector instructions: AVX-512, AVX2 or the architecture's name.</summary>
    public string Instructions { get; } = Avx512F.IsSupported ? "AVX-512" : Avx2.IsSupported ? "AVX2" : RuntimeInformation.ProcessArchitecture.ToString();

    /// <summary>Vendor as the processor spells it, or "unknown".</summary>
    public string Vendor { get; } = ProcessorField("vendor_id");

    /// <summary>The processor's name, or "unknown".</summary>
    public string Processor { get; } = ProcessorField("model name");

    /// <summary>Memory this process may use, in bytes; limits of containers and batch jobs counted.</summary>
    public long MemoryBytes { get; } = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>Free space where the command was started, in bytes.</summary>
    public long DiskFreeBytes { get; } = FreeSpace();

    /// <summary>One line for the result.</summary>
    public DoctorFinding Describe()
    {
        string text = string.Create(CultureInfo.InvariantCulture,
            $"{Cores} {(Cores == 1 ? "core" : "cores")}, {Instructions}, {MemoryBytes / GB:0.#} GB memory, {DiskFreeBytes / GB:0.#} GB free in this folder");
        if (MemoryBytes < 3 * GB) return new(DoctorStatus.Warn, text, "training at the default batch size needs about 3 GB: set a smaller batch");
        if (DiskFreeBytes < 1 * GB) return new(DoctorStatus.Warn, text, "runs and reports need space: work in a folder with at least 1 GB free");
        return new(DoctorStatus.Pass, text);
    }

    /// <summary>Variables that keep the engine from using the cores, one finding each.</summary>
    public IEnumerable<DoctorFinding> ThreadVariables()
    {
        foreach (string name in (string[])["OMP_NUM_THREADS", "MKL_NUM_THREADS"])
            if (int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int threads) && threads > 0 && threads < Cores)
                yield return new(DoctorStatus.Warn, $"{name}={threads} limits training to {threads} {(threads == 1 ? "thread" : "threads")}", $"unset {name}, or pass --threads {Cores}");
    }

    private static long FreeSpace()
    {
        try
        {
            return new DriveInfo(Environment.CurrentDirectory).AvailableFreeSpace;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static string ProcessorField(string field)
    {
        const string File = "/proc/cpuinfo";
        if (!System.IO.File.Exists(File)) return "unknown";
        string? line = System.IO.File.ReadLines(File).FirstOrDefault(l => l.StartsWith(field, StringComparison.Ordinal));
        return line is null ? "unknown" : line[(line.IndexOf(':') + 1)..].Trim();
    }
}
