using TorchSharp;
using TorchSharp.Modules;

namespace Lightcone.Training.Runs;

/// <summary>Writes the run's numbers as TensorBoard events beside metrics.jsonl, which stays the source of truth.</summary>
internal sealed class EventWriter(string folder)
{
    private readonly SummaryWriter writer = torch.utils.tensorboard.SummaryWriter(Path.Combine(folder, "tensorboard"));

    public void Write(StepReport step)
    {
        writer.add_scalar("training/loss", (float)step.Loss, (int)step.Step);
        writer.add_scalar("training/learning rate", (float)step.LearningRate, (int)step.Step);
        writer.add_scalar("training/jets a second", (float)step.JetsPerSecond, (int)step.Step);
    }

    public void Write(EpochReport epoch)
    {
        foreach (var (name, value) in epoch.Validation) writer.add_scalar($"validation/{name}", (float)value, (int)epoch.Step);
    }
}
