using Lightcone.Formats;
using Lightcone.Formats.Compact;
using Lightcone.Jets;
using Lightcone.Tests.Training;
using Lightcone.Training.Recipes;

namespace Lightcone.Systems.Tests.Data;

/// <summary>Splits of folders with one file a class, and choices of classes in any folder.</summary>
public sealed class SplitFolderTests : IDisposable
{
    private readonly Lightcone.Tests.TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private string Root => Path.GetDirectoryName(folder["x"])!;

    private static ClassList List(string names) => ClassList.Parse(names, null);

    // Jets of JetNetFile in every file; the file is recognised in a jet by its pt, which is raised by 1000 GeV a file.
    private void PutClasses(params string[] names)
    {
        for (int i = 0; i < names.Length; i++) Lightcone.Tests.JetNetFile.Write(folder[names[i]], jets: 11, ptShift: 1000 * i);
    }

    private static (int File, int Row)[] Origins(IJetSource source)
    {
        var jets = source.Read(0, (int)source.Count);
        Assert.Equal(Enumerable.Range(0, jets.JetCount).Select(r => (long)r), jets.Rows);
        return [.. jets.JetColumns["pt"].Select(pt => ((int)pt / 1000, (int)pt % 1000))];
    }

    [Theory]
    [InlineData(DataSplit.Train, 0, 6)] // 60 and 80 % of 11 rows, rounded down
    [InlineData(DataSplit.Validation, 6, 8)]
    [InlineData(DataSplit.Test, 8, 11)]
    public void Every_class_file_is_cut_by_its_rows_and_labelled_by_its_place(DataSplit split, int first, int end)
    {
        PutClasses("w.hdf5", "q.h5", "g150.hdf5");
        using var data = SplitFolder.Open(Root, split);
        Assert.Equal(["g", "q", "w"], data.Jets.Schema.Classes);
        Assert.Equal(((int[])[2, 1, 0]).SelectMany(file => Enumerable.Range(first, end - first).Select(row => (file, row))), Origins(data.Jets));
        Assert.Equal(((int[])[0, 1, 2]).SelectMany(label => Enumerable.Repeat(label, end - first)), data.Jets.Read(0, (int)data.Jets.Count).Labels!);
        Assert.Equal(["g150.hdf5", "q.h5", "w.hdf5"], data.Describe("train").Select(f => Path.GetFileName(f.Path)));
        Assert.All(data.Describe("train"), f => Assert.Equal(end - first, f.Jets));
    }

    [Fact]
    public void Chosen_classes_come_in_the_chosen_order_and_only_training_jets_are_cut_short()
    {
        PutClasses("g.hdf5", "q.hdf5", "t.hdf5");
        using var training = SplitFolder.Open(Root, DataSplit.Train, List("t,G"), trainingFraction: 0.5);
        Assert.Equal(["t", "g"], training.Jets.Schema.Classes);
        Assert.Equal([(2, 0), (2, 1), (2, 2), (0, 0), (0, 1), (0, 2)], Origins(training.Jets));
        Assert.Equal([0, 0, 0, 1, 1, 1], training.Jets.Read(0, 6).Labels!);
        using var validation = SplitFolder.Open(Root, DataSplit.Validation, List("t,g"), trainingFraction: 0.5);
        Assert.Equal(4, validation.Jets.Count);
    }

    [Fact]
    public void Signals_become_label_1_and_the_rest_0()
    {
        PutClasses("g.hdf5", "q.hdf5", "t.hdf5", "w.hdf5");
        using var data = SplitFolder.Open(Root, DataSplit.Validation, List("t,g,w"), List("w,t"));
        Assert.Equal(["g", "t + w"], data.Jets.Schema.Classes);
        Assert.Equal([(2, 6), (2, 7), (0, 6), (0, 7), (3, 6), (3, 7)], Origins(data.Jets));
        Assert.Equal([1, 1, 0, 0, 1, 1], data.Jets.Read(0, 6).Labels!);
    }

    [Fact]
    public void A_single_class_file_has_all_rows_and_the_class_of_its_name()
    {
        PutClasses("z150.hdf5");
        using var data = SplitFolder.Open(folder["z150.hdf5"], DataSplit.Test);
        Assert.Equal(["z"], data.Jets.Schema.Classes);
        Assert.Equal(11, data.Jets.Count);
        Assert.All(data.Jets.Read(0, 11).Labels!, label => Assert.Equal(0, label));
    }

    [Fact]
    public void Labelled_files_are_cut_to_the_chosen_classes()
    {
        const int Jets = 9000; // more than two of the pieces in which rows are looked for
        var batch = ToyJets.Make([.. Enumerable.Repeat(1, Jets)], 1);
        int[] labels = [.. Enumerable.Range(0, Jets).Select(r => r < 5000 ? 2 : r % 4)]; // label 3 has no name
        var three = ToyJets.Schema with { Classes = ["QCD", "top", "W"], JetColumns = ["row"] };
        var source = new InMemorySource(new JetBatch { Rows = batch.Rows, Offsets = batch.Offsets, Momenta = batch.Momenta, Labels = labels, JetColumns = new Dictionary<string, float[]> { ["row"] = [.. Enumerable.Range(0, Jets).Select(r => (float)r)] } }, three);
        CompactWriter.Write(source, folder["test.h5"]);
        using var data = SplitFolder.Open(Root, DataSplit.Test, List("top,QCD"));
        var expected = Enumerable.Range(0, Jets).Where(r => labels[r] is 0 or 1).ToArray();
        var all = data.Jets.Read(0, (int)data.Jets.Count);
        Assert.Equal(["top", "QCD"], data.Jets.Schema.Classes);
        Assert.Equal(expected.Select(r => (float)r), all.JetColumns["row"]);
        Assert.Equal(expected.Select(r => 1 - labels[r]), all.Labels!);
        Assert.Equal(Enumerable.Range(0, expected.Length).Select(r => (long)r), all.Rows);
        foreach (var (first, count) in new[] { (0, 1), (expected.Length - 1, 1), (7, 1500), (3, 0) })
        {
            var part = data.Jets.Read(first, count);
            Assert.Equal(all.Select([.. Enumerable.Range(first, count)]).Momenta, part.Momenta);
            Assert.Equal(all.Labels.AsSpan(first, count).ToArray(), part.Labels ?? []);
        }

        using var signal = SplitFolder.Open(folder["test.h5"], DataSplit.Test, List("QCD,W,top"), List("W"));
        Assert.Throws<InputDataException>(() => signal.Jets.Read(0, Jets)); // every named class is used, so a label without a name is a surprise
        using var front = SplitFolder.Open(folder["test.h5"], DataSplit.Test, List("QCD,W"), List("W"));
        Assert.Equal(["QCD", "W"], front.Jets.Schema.Classes);
        Assert.All(front.Jets.Read(0, 5000).Labels!, label => Assert.Equal(1, label));
    }

    [Theory]
    [InlineData("g,b", "", "b", "g, q")]
    [InlineData("g", "q", "q", "g")]
    [InlineData("g,q", "q,g", "background", "g, q")]
    [InlineData("", "t", "t", "g, q")]
    public void A_choice_that_cannot_be_met_is_wrong_usage_and_names_what_is_there(string classes, string signals, string asked, string there)
    {
        PutClasses("g.hdf5", "q.hdf5");
        var error = Assert.Throws<UsageException>(() => SplitFolder.Open(Root, DataSplit.Train, List(classes), List(signals)));
        Assert.Contains(asked, error.Message);
        Assert.Contains($"{there}.", error.WhatToDo);
        Assert.StartsWith(Root, error.Where);
    }

    [Fact]
    public void Jets_without_classes_cannot_be_chosen_from()
    {
        var batch = ToyJets.Make(4, 1);
        CompactWriter.Write(new InMemorySource(new JetBatch { Rows = batch.Rows, Offsets = batch.Offsets, Momenta = batch.Momenta }, ToyJets.Schema), folder["train.h5"]);
        Assert.Contains("no classes", Assert.Throws<UsageException>(() => SplitFolder.Open(Root, DataSplit.Train, List("signal"))).Message);
    }

    [Fact]
    public void Both_sets_in_one_folder_and_a_damaged_class_file_are_refused_but_strangers_are_not()
    {
        PutClasses("g.hdf5", "q.hdf5");
        File.WriteAllText(folder["notes.h5"], "not a file of jets");
        CompactWriter.Write(ToyJets.Source(4, 1), folder["other.h5"]);
        using (var data = SplitFolder.Open(Root, DataSplit.Test)) Assert.Equal(["g", "q"], data.Jets.Schema.Classes);
        File.Copy(folder["g.hdf5"], folder["g150.hdf5"]);
        Assert.Contains("g150.hdf5", Assert.Throws<UsageException>(() => SplitFolder.Open(Root, DataSplit.Test)).Where);
        File.Delete(folder["g150.hdf5"]);
        File.WriteAllText(folder["t.hdf5"], "<html>404</html>");
        Assert.Contains("t.hdf5", Assert.Throws<InputDataException>(() => SplitFolder.Open(Root, DataSplit.Test)).Where);
    }

    [Fact]
    public void Jets_for_pre_training_come_from_their_own_files_and_from_no_class_file()
    {
        PutClasses("g.hdf5", "q.hdf5");
        Assert.Contains("pretrain.h5", Assert.Throws<UsageException>(() => SplitFolder.Open(Root, DataSplit.Pretrain)).WhatToDo);
        CompactWriter.Write(ToyJets.Source(4, 1), folder["pretrain_0.h5"]);
        CompactWriter.Write(ToyJets.Source(6, 2), folder["pretrain_1.h5"]);
        using (var data = SplitFolder.Open(Root, DataSplit.Pretrain, trainingFraction: 0.5))
        {
            Assert.Equal(10, data.Jets.Count); // the share of the training jets is not one of these
            Assert.Equal([4L, 6], data.Describe("pretrain").Select(f => f.Jets));
        }

        Assert.Throws<UsageException>(() => SplitFolder.Open(Root, DataSplit.Train)); // a folder with files of a split is no folder of class files
    }

    [Fact]
    public void Split_files_win_over_class_files_and_a_missing_split_stays_missing()
    {
        PutClasses("g.hdf5", "q.hdf5");
        CompactWriter.Write(ToyJets.Source(4, 1), folder["train.h5"]);
        using (var data = SplitFolder.Open(Root, DataSplit.Train)) Assert.Equal(["background", "signal"], data.Jets.Schema.Classes);
        Assert.Throws<UsageException>(() => SplitFolder.Open(Root, DataSplit.Validation));
    }
}
