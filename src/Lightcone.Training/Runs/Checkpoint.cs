using System.Globalization;
using Lightcone.Training.Optimisation;
using Lightcone.Weights;

namespace Lightcone.Training.Runs;

/// <summary>Where a training stands between two steps.</summary>
public sealed record TrainingPosition
{
    /// <summary>Epoch that is under way, from 0.</summary>
    public int Epoch { get; init; }

    /// <summary>Steps already taken in this epoch.</summary>
    public long StepInEpoch { get; init; }

    /// <summary>Steps taken in all.</summary>
    public long Step { get; init; }

    /// <summary>Sum of the losses of this epoch's steps.</summary>
    public double LossSum { get; init; }

    /// <summary>Best value of the criterion so far; NaN before the first validation.</summary>
    public double BestValue { get; init; } = double.NaN;

    /// <summary>Epoch of the best value.</summary>
    public int BestEpoch { get; init; } = -1;

    /// <summary>Training time so far, over all resumes [s].</summary>
    public double Seconds { get; init; }

    /// <summary>Length of metrics.jsonl at this point [bytes].</summary>
    public long MetricsBytes { get; init; }
}

/// <summary>
/// The file a training goes on from: network, moving average, optimiser and position. It is written under a temporary name and renamed, so a kill
/// at any moment leaves the old one or the new one.
/// </summary>
public static class Checkpoint
{
    private const string NetworkPrefix = "network/", AveragePrefix = "average/", OptimiserPrefix = "optimiser/";
    private const string Format = "lightcone training state 1";

    /// <summary>Writes the training's state.</summary>
    /// <exception cref="MachineException">The disk is full or cannot be written.</exception>
    public static void Write(string path, TrainingPosition position, NetworkState network, NetworkState? average, AdamW optimiser)
    {
        var tensors = network.ToWeights(NetworkPrefix).Concat(average?.ToWeights(AveragePrefix) ?? []).Concat(optimiser.ToWeights(OptimiserPrefix));
        Safetensors.Write(path, tensors.ToList(), new Dictionary<string, string>
        {
            ["format"] = Format,
            ["epoch"] = Text(position.Epoch),
            ["stepInEpoch"] = Text(position.StepInEpoch),
            ["step"] = Text(position.Step),
            ["optimiserSteps"] = Text(optimiser.Steps),
            ["lossSum"] = Text(position.LossSum),
            ["bestValue"] = Text(position.BestValue),
            ["bestEpoch"] = Text(position.BestEpoch),
            ["seconds"] = Text(position.Seconds),
            ["metricsBytes"] = Text(position.MetricsBytes),
        });
    }

    /// <summary>Restores the training's state and says where it stood.</summary>
    /// <exception cref="InputDataException">The file is damaged or of another network.</exception>
    public static TrainingPosition Read(string path, NetworkState network, NetworkState? average, AdamW optimiser)
    {
        var file = Safetensors.ReadAll(path);
        if (!file.Metadata.TryGetValue("format", out string? format) || format != Format)
            throw new InputDataException("This file is no training state.", path, "It holds weights only, or was written by another program.", "Start a new training; import weights with lightcone import.");
        network.Load(file, NetworkPrefix);
        average?.Load(file, AveragePrefix);
        optimiser.Load(file, OptimiserPrefix, Whole(file.Metadata, "optimiserSteps", path));
        return new TrainingPosition
        {
            Epoch = Epoch(file.Metadata, "epoch", path),
            StepInEpoch = Whole(file.Metadata, "stepInEpoch", path),
            Step = Whole(file.Metadata, "step", path),
            LossSum = Real(file.Metadata, "lossSum", path),
            BestValue = Real(file.Metadata, "bestValue", path),
            BestEpoch = file.Metadata.GetValueOrDefault("bestEpoch") == "-1" ? -1 : Epoch(file.Metadata, "bestEpoch", path),
            Seconds = Real(file.Metadata, "seconds", path),
            MetricsBytes = Whole(file.Metadata, "metricsBytes", path),
        };
    }

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);

    private static long Whole(IReadOnlyDictionary<string, string> metadata, string name, string path) =>
        metadata.TryGetValue(name, out string? text) && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) && value >= 0 ? value : throw Damaged(name, path);

    private static int Epoch(IReadOnlyDictionary<string, string> metadata, string name, string path) =>
        Whole(metadata, name, path) is <= int.MaxValue and var epoch ? (int)epoch : throw Damaged(name, path);

    private static double Real(IReadOnlyDictionary<string, string> metadata, string name, string path) =>
        metadata.TryGetValue(name, out string? text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : throw Damaged(name, path);

    private static InputDataException Damaged(string name, string path) =>
        new($"The training state lacks a readable “{name}”.", path, "The file is damaged.", "Start the training anew in another folder.");
}
