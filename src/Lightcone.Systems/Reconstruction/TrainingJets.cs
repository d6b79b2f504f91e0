using Lightcone.Formats;
using Lightcone.Training.Runs;

namespace Lightcone.Systems.Reconstruction;

/// <summary>The jets a run was trained on: a density, ranks and principal components are fitted on the same ones.</summary>
internal static class TrainingJets
{
    /// <summary>Opens them where they still lie; null where they are gone or other files lie there now.</summary>
    public static SplitFolder? Open(Run run, AutoencoderRecipe recipe)
    {
        if (TrainingSession.DataFolderOf(run) is not { } folder || !Directory.Exists(folder)) return null;
        try
        {
            var jets = SplitFolder.Open(folder, DataSplit.Train, recipe.Classes, trainingFraction: recipe.TrainingFraction);
            var trained = Provenance.Read(run.ProvenancePath).Data.Where(d => d.Role == "train").Select(d => d.Sha256);
            if (trained.SequenceEqual(jets.Describe("train").Select(d => d.Sha256))) return jets;
            jets.Dispose();
            return null;
        }
        catch (LightconeException)
        {
            return null;
        }
    }
}
