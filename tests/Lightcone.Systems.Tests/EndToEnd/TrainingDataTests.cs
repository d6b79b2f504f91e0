using Lightcone.Tests;

namespace Lightcone.Systems.Tests.EndToEnd;

/// <summary>Data that cannot be trained on are refused before anything is written.</summary>
public sealed class TrainingDataTests
{
    private static string Samples => Path.Combine(Repository.Root, "samples", "data");

    [Fact]
    public void One_file_is_no_training_and_validation_set()
    {
        using var folder = new TemporaryFolder();
        var outcome = LightconeProcess.Run("train", "quickstart-lorentznet", "--data", Path.Combine(Samples, "top-train.h5"), "--out", folder["run"]);
        Refused(outcome, "A training needs a folder, not one file.", folder);
    }

    [Fact]
    public void A_folder_without_a_validation_file_is_named()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["data"]);
        File.Copy(Path.Combine(Samples, "top-train.h5"), folder["data/train.h5"]);
        var outcome = LightconeProcess.Run("train", "quickstart-lorentznet", "--data", folder["data"], "--out", folder["run"], "--threads", "1");
        Refused(outcome, "The folder has no validation file.", folder);
    }

    [Fact]
    public void A_missing_folder_is_called_a_folder()
    {
        using var folder = new TemporaryFolder();
        var outcome = LightconeProcess.Run("quickstart", "--data", folder["data"], "--out", folder["run"]);
        Refused(outcome, "There is no such folder.", folder);
    }

    private static void Refused(ProcessOutcome outcome, string message, TemporaryFolder folder)
    {
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(message, outcome.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["run"]));
    }
}
