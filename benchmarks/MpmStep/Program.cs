using Lightcone.Formats;
using Lightcone.Jets;
using Lightcone.Systems;
using Lightcone.Systems.Mpm.Network;
using Lightcone.Systems.Mpm.Particles;
using Lightcone.Systems.Mpm.Tokens;
using Lightcone.Training.Engine;

// Usage: MpmStep FOLDER [rounds]: the folder holds the training files of the sample jetclass.
const int Batch = 128, Group = 16;
string folder = args[0];
int rounds = args.Length > 1 ? int.Parse(args[1]) : 3;
Threads.Set(1);
using var jets = SplitFolder.Open(folder, DataSplit.Train);
var source = jets.Jets;
var preprocessing = Preprocessing.Fit(source, ParticleInputs.Full, 64);
using var tokenizer = KMeansTokenizer.Fit(source, preprocessing, 512, 1);

JetBatch[] mixed = [.. Batches(1).Take(Group)], alike = [.. Batches(Group).Take(Group)];
if (mixed.Any(batch => Enumerable.Range(0, Batch).Max(batch.Multiplicity) < 64)) throw new InvalidOperationException("A batch has no jet of 64 particles, so padding to the longest is not padding to 64.");
var windows = new List<Window>
{
    new("padded to 64", TokenLayout.Padded, mixed), new("bucketed, padded", TokenLayout.Padded, alike), new("packed", TokenLayout.Packed, mixed), new("bucketed, packed", TokenLayout.Packed, alike),
};
foreach (int mean in (int[])[20, 30, 40, 50, 60]) windows.Add(new($"packed, {mean} ± 4", TokenLayout.Packed, Around(mean)));

// Rounds alternate between the variants, so that a busy minute of the machine does not fall on one of them.
for (int round = 0; round <= rounds; round++)
    foreach (var window in windows)
    {
        double step = window.Measure(preprocessing, tokenizer);
        if (round == 0) continue; // warming up
        window.Best = Math.Min(window.Best, step);
        Console.Error.WriteLine($"round {round}, {window.Name}: {1e3 * step:f1} ms");
    }

foreach (var window in windows)
    Console.WriteLine($"{window.Name,-18} {window.Particles,5:f1} particles a jet: {1e3 * window.Best,6:f1} ms a step, {Batch / window.Best,5:f0} jets per CPU second, " +
        $"{windows[0].Best / window.Best:f2} x padded, {1e6 * window.Best / Batch / window.Particles:f2} us a particle, {window.Operations / window.Best / 1e9:f1} GFLOP/s");

IEnumerable<JetBatch> Batches(int group) => new ShuffledBatches(source) { BatchSize = Batch, Seed = 1, Epoch = 0, DropLast = true, LengthGroup = group };

JetBatch[] Around(int mean)
{
    var batch = source.Read(0, (int)source.Count);
    int[] chosen = [.. Enumerable.Range(0, batch.JetCount).Where(jet => Math.Abs(Math.Min(64, batch.Multiplicity(jet)) - mean) <= 4)];
    return [.. chosen.Chunk(Batch).Where(c => c.Length == Batch).Take(Group / 2).Select(c => batch.Select(c))];
}
