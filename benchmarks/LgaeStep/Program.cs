using System.Diagnostics;
using System.Globalization;
using Lightcone.Training.Engine;

// Usage: LgaeStep [seconds a figure] [rounds]: every variant and batch, each in a process of its own.
//        LgaeStep VARIANT BATCH SECONDS: one figure, as "seconds a step, peak bytes".
if (args.Length == 3)
{
    var (step, peak) = Measurement.Of(Variant.All.First(v => v.Name == args[0]), int.Parse(args[1]), double.Parse(args[2], CultureInfo.InvariantCulture));
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{step:R} {peak}"));
    return;
}

string seconds = args.Length > 0 ? args[0] : "10";
int rounds = args.Length > 1 ? int.Parse(args[1]) : 2;
foreach (int batch in (int[])[64, 256])
{
    // Rounds alternate between the variants, so that a busy minute of the machine does not fall on one of them.
    var best = Variant.All.ToDictionary(v => v.Name, _ => (Step: double.MaxValue, Peak: 0L));
    for (int round = 0; round < rounds; round++)
    {
        foreach (var variant in Variant.All)
        {
            var (step, peak) = Child(variant.Name, batch, seconds);
            Console.Error.WriteLine($"round {round + 1}, batch {batch}, {variant.Name}: {step:f4} s a step, peak {peak / 1e6:f0} MB");
            best[variant.Name] = (Math.Min(step, best[variant.Name].Step), Math.Max(peak, best[variant.Name].Peak));
        }
    }

    foreach (var (name, (step, peak)) in best)
        Console.WriteLine($"batch {batch,3} {name,-18}: {step,7:f4} s a step, {batch / step,7:f1} jets per CPU second, {best["literal float64"].Step / step,5:f1} x literal, peak {peak / 1e6,5:f0} MB");
}

static (double Step, long Peak) Child(string variant, int batch, string seconds)
{
    var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, ArgumentList = { variant, $"{batch}", seconds } };
    start.Environment["OMP_NUM_THREADS"] = "1";
    using var process = Process.Start(start)!;
    string[] words = process.StandardOutput.ReadToEnd().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
    process.WaitForExit();
    return process.ExitCode == 0 ? (double.Parse(words[0], CultureInfo.InvariantCulture), long.Parse(words[1], CultureInfo.InvariantCulture)) : throw new InvalidOperationException($"{variant} failed");
}
