using System.Text.Json;
using Lightcone.Figures;
using Lightcone.Figures.Catalogue;
using Lightcone.Statistics;
using Lightcone.Training.Runs;

namespace Lightcone.Systems;

/// <summary>Figures of a training, from the run's metrics.jsonl; the same for every system.</summary>
public static class TrainingPages
{
    /// <summary>Loss and rate; nothing for a run that was imported.</summary>
    public static IReadOnlyList<Figure> Build(FigureHeader header, Run run)
    {
        if (!File.Exists(run.MetricsPath)) return [];
        var training = new List<HistoryPoint>();
        var validation = new List<HistoryPoint>();
        var learningRate = new List<HistoryPoint>();
        var rate = new List<HistoryPoint>();
        double? best = null;
        foreach (var line in Lines(run.MetricsPath))
        {
            double step = line.GetProperty("step").GetDouble(), epoch = line.GetProperty("epoch").GetDouble(), seconds = line.GetProperty("seconds").GetDouble();
            if (line.GetProperty("kind").GetString() == "step")
            {
                training.Add(new(step, epoch, seconds, line.GetProperty("loss").GetDouble()));
                learningRate.Add(new(step, epoch, seconds, line.GetProperty("learningRate").GetDouble()));
                rate.Add(new(step, epoch, seconds, line.GetProperty("jetsPerSecond").GetDouble()));
            }
            else
            {
                if (line.GetProperty("validation").TryGetProperty("loss", out var loss)) validation.Add(new(step, epoch + 1, seconds, loss.GetDouble()));
                if (line.GetProperty("best").GetBoolean()) best = step;
            }
        }

        if (training.Count < 2 || validation.Count == 0) return [];
        var history = new TrainingHistory { Training = training, Validation = validation, LearningRate = learningRate, EpochEnds = [.. validation.Select(v => v.Step)], BestStep = best };
        return [TrainingFigures.Loss(header, history), TrainingFigures.Rate(header, rate)];
    }

    // The last line of a killed run may be cut; a resume removes it, a report merely leaves it out.
    internal static IEnumerable<JsonElement> Lines(string path)
    {
        foreach (string line in File.ReadLines(path))
        {
            JsonElement element;
            try
            {
                using var document = JsonDocument.Parse(line);
                element = document.RootElement.Clone();
            }
            catch (JsonException)
            {
                continue;
            }

            yield return element;
        }
    }
}
