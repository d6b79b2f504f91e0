using Lightcone.Formats;
using Lightcone.Jets;
using Lightcone.Training.Recipes;
using Lightcone.Training.Runs;

namespace Lightcone.Systems;

/// <summary>
/// The jets of one training as its system and recipe want them: with the files for pre-training, so many labelled jets only, or without labels where training must not see any.
/// </summary>
internal sealed class SessionJets : IDisposable
{
    // A training with few labels may look at so few more to be watched by.
    private const int LabelsPerValidationLabel = 5, RowsAtOnce = 4096;

    // So many a training would hold for shuffling anyway; read anew they would cost a pass over the whole file an epoch.
    private const int MostInMemory = 32768;

    private const int TrainingPercent = 80; // of one file

    private SessionJets(IJetSource all, IJetSource training, IJetSource validation, IReadOnlyList<DataFile> files) => (All, Training, Validation, Files) = (all, training, validation, files);

    /// <summary>Every jet of the training files, for what is fitted without labels.</summary>
    public IJetSource All { get; }

    /// <summary>Jets to train on, with the labels that a training may see.</summary>
    public IJetSource Training { get; }

    /// <summary>Jets to validate on.</summary>
    public IJetSource Validation { get; }

    /// <summary>The files with hashes.</summary>
    public IReadOnlyList<DataFile> Files { get; }

    /// <summary>Opens the files of a folder.</summary>
    /// <exception cref="UsageException">Files or classes are not there, or there are fewer jets than labels asked for.</exception>
    /// <exception cref="InputDataException">A file cannot be read.</exception>
    public static SessionJets Open(ISystem system, TrainingRecipe recipe, string data)
    {
        if (system.CutsOneFile && File.Exists(data)) return Cut(data, recipe);
        var opened = new List<SplitFolder>();
        try
        {
            opened.Add(Split(DataSplit.Train));
            if (system.ReadsPretrainingFiles(recipe)) opened.Add(Split(DataSplit.Pretrain));
            opened.Add(Split(DataSplit.Validation));
            var parts = opened[..^1];
            var training = parts.Count == 1 ? parts[0].Jets : new ConcatenatedSource([.. parts.Select(p => p.Jets)]);
            var validation = opened[^1].Jets;
            DataFile[] files = [.. parts.SelectMany(p => p.Describe("train")), .. opened[^1].Describe("val")];
            var all = new UnlabelledSource(training);
            if (!system.TrainsOnLabels) return new(all, all, new UnlabelledSource(validation), files);
            var used = recipe.Labels == 0 ? training : Labelled(training, recipe.Labels, recipe.Seed, data);
            return new(all, system.Arrange(recipe, used, 1), Watched(system, recipe, validation, data), files);
        }
        catch
        {
            foreach (var split in opened) split.Dispose();
            throw;
        }

        SplitFolder Split(DataSplit split) => SplitFolder.Open(data, split, recipe.Classes, recipe.Signals, recipe.TrainingFraction);
    }

    /// <summary>The validation jets alone of a training that looks at labels, with the files and their hashes.</summary>
    /// <exception cref="UsageException">Files or classes are not there.</exception>
    /// <exception cref="InputDataException">A file cannot be read.</exception>
    public static (IJetSource Jets, IReadOnlyList<DataFile> Files) OpenValidation(ISystem system, TrainingRecipe recipe, string data)
    {
        var split = SplitFolder.Open(data, DataSplit.Validation, recipe.Classes, recipe.Signals, recipe.TrainingFraction);
        try
        {
            return (Watched(system, recipe, split.Jets, data), split.Describe("val"));
        }
        catch
        {
            split.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Training.Dispose();
        Validation.Dispose();
    }

    /// <summary>One file: the front rows train, the rest is kept aside.</summary>
    private static SessionJets Cut(string path, TrainingRecipe recipe)
    {
        var whole = SplitFolder.Open(path, DataSplit.Train, recipe.Classes, recipe.Signals);
        try
        {
            long train = whole.Jets.Count * TrainingPercent / 100, used = (long)Math.Round(train * recipe.TrainingFraction);
            if (train == 0 || train == whole.Jets.Count) throw new InputDataException($"A file of {whole.Jets.Count} jets cannot be cut into two.", path, "A very small file.", "Give a file of some thousand jets.");
            DataFile[] files = [.. whole.Describe("train").Select(f => f with { Jets = used }), .. whole.Describe("val").Select(f => f with { Jets = whole.Jets.Count - train })];
            // Slices that share a file: the first one disposes it, the second does no harm.
            var training = new UnlabelledSource(new SliceSource(whole.Jets, 0, used));
            return new(training, training, new UnlabelledSource(new SliceSource(whole.Jets, train, whole.Jets.Count - train)), files);
        }
        catch
        {
            whole.Dispose();
            throw;
        }
    }

    private static IJetSource Watched(ISystem system, TrainingRecipe recipe, IJetSource validation, string data) => system.Arrange(
        recipe, recipe.Labels == 0 ? validation : Labelled(validation, Math.Max(1, recipe.Labels / LabelsPerValidationLabel), recipe.Seed, data), LabelsPerValidationLabel);

    private static IJetSource Labelled(IJetSource source, int count, ulong seed, string where)
    {
        if (count >= source.Count)
            throw new UsageException($"There are {source.Count} jets, no more than the {count} labels that are to be drawn from them.", where, "The recipe's labels are too many.", "Leave labels out to use all: --set labels=0.");
        var labels = new List<int>((int)source.Count);
        for (long first = 0; first < source.Count; first += RowsAtOnce)
        {
            var batch = source.Read(first, (int)Math.Min(RowsAtOnce, source.Count - first));
            labels.AddRange(batch.Labels ?? throw new InputDataException("The jets have no labels.", where, "A file of data, or one that was stripped.", "Train on a labelled file."));
        }

        var subset = new SubsetSource(source, LabelSubset.Draw(labels, count, seed));
        return count <= MostInMemory ? InMemorySource.Load(subset) : subset;
    }
}
