using System.Runtime.InteropServices;

/// <summary>Processor time of all threads of this process: what others do on a shared machine is not counted, though their use of the caches still shows.</summary>
internal static partial class ProcessTime
{
    public static double Seconds
    {
        get
        {
            _ = ClockGetTime(2, out var time); // CLOCK_PROCESS_CPUTIME_ID of Linux
            return time.Seconds + (1e-9 * time.Nanoseconds);
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ClockGetTime(int clock, out TimeOfClock time);

    private readonly record struct TimeOfClock(long Seconds, long Nanoseconds);
}
