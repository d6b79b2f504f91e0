using Lightcone.Evaluation;
using Lightcone.Formats;

namespace Lightcone.Systems.Mpm.Acceptance;

/// <summary>E2: hidden particles are predicted better than without looking, on validation jets under fixed masks.</summary>
internal sealed class MaskedCheck(StudyRuns runs, MpmCheckRequest request, PretrainedRuns backbones)
{
    /// <summary>Trains what is missing, and evaluates the network beside its context-free twin.</summary>
    public MpmCheckPart Run()
    {
        var free = backbones.ContextFree();
        runs.Make([free]);
        using var validation = SplitFolder.Open(request.Data!, DataSplit.Validation);
        var document = new MpmSystem().Evaluate(Lightcone.Training.Runs.Run.Open(backbones.Tuned().Backbone), validation, new EvaluationRequest
        {
            Command = request.Command, Threads = request.Threads, Beside = [Lightcone.Training.Runs.Run.Open(runs.PathOf(free.Name))],
        });
        return new("E2", "masked prediction", [.. document.Gates.Where(g => g.Result != GateResult.NotRun)],
            [.. document.Numbers.Where(n => n.Value is not null).Select(n => new MpmCheckNumber(Figures.Markup.ToPlain(n.Name), n.Value!.Value, n is { Lower: { } low, Upper: { } high } ? (high - low) / 2 : null))]);
    }
}
