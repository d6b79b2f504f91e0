using System.Diagnostics;
using System.Globalization;
using Lightcone.Formats;

// Reads a whole file of jets in batches and prints rows a second, the sum of the momenta, and the peak memory.
string path = args[0];
int batch = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 4096;
int rounds = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 3;
for (int round = 0; round < rounds; round++)
{
    var clock = Stopwatch.StartNew();
    var before = Process.GetCurrentProcess().TotalProcessorTime;
    using var source = FormatCatalogue.Open(path);
    double sum = 0;
    for (long first = 0; first < source.Count; first += batch)
    {
        var jets = source.Read(first, (int)Math.Min(batch, source.Count - first));
        sum += jets.Momenta.Sum();
    }
    double seconds = clock.Elapsed.TotalSeconds;
    double busy = (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"lightcone batch {batch} round {round}: {source.Count / seconds:F0} jets/s ({seconds:F2} s, processor {busy:F2} s), sum {sum:R}, peak {Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MiB"));
}
