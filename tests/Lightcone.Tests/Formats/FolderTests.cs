using Lightcone.Formats;

namespace Lightcone.Tests.Formats;

public sealed class FolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private void Put(params string[] names)
    {
        foreach (string name in names) File.Copy(Fixture.Path(name.EndsWith(".npz", StringComparison.Ordinal) ? "small.npz" : "compact.h5"), folder[name]);
    }

    private string Root => Path.GetDirectoryName(folder["x"])!;

    private string[] Names(DataSplit split) => [.. FormatCatalogue.FilesOf(Root, split).Select(p => Path.GetFileName(p)!)];

    [Fact]
    public void Parts_are_read_in_the_order_of_their_numbers()
    {
        Put("train_10.h5", "train_2.h5", "train_0.h5", "val.h5", "test.h5", "retrained.h5");
        Assert.Equal(["train_0.h5", "train_2.h5", "train_10.h5"], Names(DataSplit.Train));
        using var source = FormatCatalogue.OpenFolder(Root, DataSplit.Train);
        Assert.Equal(18, source.Count);
        Assert.Equal([5L, 6L, 7L], source.Read(5, 3).Rows);
    }

    [Fact]
    public void A_plain_name_wins_over_names_with_the_word_in_them()
    {
        Put("test.h5", "lgn_layout_test1000.h5", "public_test_blosc.h5");
        Assert.Equal(["test.h5"], Names(DataSplit.Test));
    }

    [Fact]
    public void Names_that_contain_the_word_serve_where_there_is_no_plain_one()
    {
        Put("sample_train.h5", "sample-valid.h5", "sample_test.h5", "train_and_test.h5", "contest.h5");
        Assert.Equal(["sample_train.h5"], Names(DataSplit.Train));
        Assert.Equal(["sample-valid.h5"], Names(DataSplit.Validation));
        Assert.Equal(["sample_test.h5"], Names(DataSplit.Test));
    }

    [Fact]
    public void Jets_for_pre_training_are_no_training_jets()
    {
        Put("pretrain_1.h5", "pretrain_0.h5", "train.h5");
        Assert.Equal(["pretrain_0.h5", "pretrain_1.h5"], Names(DataSplit.Pretrain));
        Assert.Equal(["train.h5"], Names(DataSplit.Train));
        using var source = FormatCatalogue.OpenFolder(Root, DataSplit.Pretrain);
        Assert.Equal(12, source.Count);
    }

    [Theory]
    [InlineData("top-pretrain.h5")]
    [InlineData("top_pre-train_3.h5")]
    [InlineData("pretraining.h5")]
    [InlineData("jets.pre_training.npz")]
    public void A_name_with_pretrain_in_it_names_that_split_alone(string name)
    {
        Put(name);
        Assert.Equal([name], Names(DataSplit.Pretrain));
        Assert.All(new[] { DataSplit.Train, DataSplit.Validation, DataSplit.Test }, split => Assert.Empty(Names(split)));
        Assert.Contains("train.h5", Assert.Throws<UsageException>(() => FormatCatalogue.OpenFolder(Root, DataSplit.Train)).WhatToDo);
    }

    [Fact]
    public void A_missing_pretrain_file_is_told_its_name()
    {
        Put("train.h5", "test.h5");
        Assert.Contains("pretrain.h5", Assert.Throws<UsageException>(() => FormatCatalogue.OpenFolder(Root, DataSplit.Pretrain)).WhatToDo);
    }

    [Fact]
    public void Missing_splits_and_mixed_layouts_are_errors_that_name_the_files()
    {
        Put("train_0.h5", "train_1.npz");
        Assert.Contains("train_1.npz", Assert.Throws<InputDataException>(() => FormatCatalogue.OpenFolder(Root, DataSplit.Train)).Where);
        Assert.Throws<UsageException>(() => FormatCatalogue.OpenFolder(Root, DataSplit.Test));
        Assert.Throws<UsageException>(() => FormatCatalogue.OpenFolder(folder["absent"], DataSplit.Test));
    }
}
