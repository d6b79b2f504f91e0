using System.Text.Json;

namespace Lightcone.Training.Runs;

/// <summary>The run's metrics.jsonl: one line a logged step or epoch, appended and flushed; a resume cuts it back to what the checkpoint knew.</summary>
public sealed class MetricsLog : IDisposable
{
    private readonly FileStream file;

    /// <summary>Opens the log, keeping its first <paramref name="keptBytes"/> bytes.</summary>
    public MetricsLog(string path, long keptBytes)
    {
        file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0); // a line is written or refused at once
        file.SetLength(Math.Min(keptBytes, file.Length));
        file.Seek(0, SeekOrigin.End);
    }

    /// <summary>Length of the file so far [bytes].</summary>
    public long Length => file.Length;

    /// <summary>Appends a step.</summary>
    public void Write(StepReport step) => Append(json =>
    {
        json.WriteString("kind", "step");
        json.WriteNumber("epoch", step.Epoch);
        json.WriteNumber("step", step.Step);
        json.WriteNumber("seconds", Math.Round(step.Seconds, 3));
        json.WriteNumber("loss", step.Loss);
        json.WriteNumber("learningRate", step.LearningRate);
        json.WriteNumber("gradientNorm", step.GradientNorm);
        json.WriteNumber("jetsPerSecond", Math.Round(step.JetsPerSecond, 1));
    });

    /// <summary>Appends an epoch.</summary>
    public void Write(EpochReport epoch) => Append(json =>
    {
        json.WriteString("kind", "epoch");
        json.WriteNumber("epoch", epoch.Epoch);
        json.WriteNumber("step", epoch.Step);
        json.WriteNumber("seconds", Math.Round(epoch.Seconds, 3));
        json.WriteNumber("loss", epoch.TrainingLoss);
        json.WriteBoolean("best", epoch.Best);
        json.WriteStartObject("validation");
        foreach (var (name, value) in epoch.Validation) json.WriteNumber(name, value);
        json.WriteEndObject();
    });

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    private void Append(Action<Utf8JsonWriter> content)
    {
        using var line = new MemoryStream();
        using (var json = new Utf8JsonWriter(line))
        {
            json.WriteStartObject();
            content(json);
            json.WriteEndObject();
        }

        line.WriteByte((byte)'\n');
        long whole = file.Length;
        try
        {
            file.Write(line.GetBuffer(), 0, (int)line.Length);
            file.Flush();
        }
        catch (IOException e)
        {
            file.SetLength(whole); // no half line
            throw new MachineException($"The metrics cannot be written: {e.Message}", file.Name, "The disk is full.", "Free some space, then train --resume.", e);
        }
    }
}
