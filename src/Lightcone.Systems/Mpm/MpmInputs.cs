using Lightcone.Jets;
using Lightcone.Systems.Mpm.Particles;
using Lightcone.Systems.Mpm.Targets;
using Lightcone.Systems.Mpm.Tokens;
using Lightcone.Training.Runs;

namespace Lightcone.Systems.Mpm;

/// <summary>What a run of pre-training holds beside its weights: the preprocessing and the tokenizer.</summary>
internal static class MpmInputs
{
    /// <summary>Fits what is missing to the training jets, or copies it from the run that the target names.</summary>
    /// <exception cref="InputDataException">The tokenizer reads jets in another way, or its run is damaged.</exception>
    public static void Prepare(Run run, MpmRecipe recipe, IJetSource training)
    {
        string path = TokenizerPath(run);
        if (recipe.Target.Kind == TargetKind.Vq)
        {
            if (!File.Exists(path)) CopyTokenizer(run, recipe, training);
            return;
        }

        var preprocessing = PreparedPreprocessing(run, recipe, training);
        if (File.Exists(path)) return;
        if (recipe.Target.Kind == TargetKind.KMeans)
        {
            using var tokenizer = KMeansTokenizer.Fit(training, preprocessing, recipe.Clusters, recipe.Seed);
            Directory.CreateDirectory(run.InputsFolder);
            tokenizer.Write(path, preprocessing);
        }
    }

    /// <summary>The preprocessing of a run, fitted and written where it is missing.</summary>
    public static Preprocessing PreparedPreprocessing(Run run, EncoderRecipe recipe, IJetSource training)
    {
        if (File.Exists(run.PreprocessingPath)) return Preprocessing.Read(run.PreprocessingPath);
        var preprocessing = Preprocessing.Fit(training, recipe.Inputs, recipe.Constituents);
        preprocessing.Write(run.PreprocessingPath);
        return preprocessing;
    }

    /// <summary>The tokenizer of a run; null where its target needs none. The caller disposes it.</summary>
    public static ITokenizer? Tokenizer(Run run, MpmRecipe recipe, Preprocessing preprocessing) => recipe.Target.Kind switch
    {
        TargetKind.KMeans => KMeansTokenizer.Read(TokenizerPath(run), preprocessing),
        TargetKind.Vq => VqTokenizer.Read(TokenizerPath(run), preprocessing),
        _ => null,
    };

    /// <summary>SHA-256 of the tokenizer's file; null where the run has none.</summary>
    public static string? TokenizerHash(Run run) => File.Exists(TokenizerPath(run)) ? DataFile.Of("tokenizer", TokenizerPath(run), 0).Sha256 : null;

    // Jets must be read as the tokenizer learned to: its preprocessing becomes this run's, and is there before the tokenizer is.
    private static void CopyTokenizer(Run run, MpmRecipe recipe, IJetSource training)
    {
        using var tokenizer = VqTokenizer.Of(VqTokenizer.RunOf(recipe), training);
        if (!File.Exists(run.PreprocessingPath)) tokenizer.Preprocessing.Write(run.PreprocessingPath);
        else if (Preprocessing.Read(run.PreprocessingPath).Fingerprint != tokenizer.Preprocessing.Fingerprint)
            throw new InputDataException("The run has another preprocessing than the tokenizer that it names.", run.PreprocessingPath, "The tokenizer was trained again since this run was started.",
                "Start the training anew in another folder.");
        Directory.CreateDirectory(run.InputsFolder);
        tokenizer.Write(TokenizerPath(run));
    }

    internal static string TokenizerPath(Run run) => Path.Combine(run.InputsFolder, "tokenizer.safetensors");
}
