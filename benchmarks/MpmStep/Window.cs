using Lightcone.Jets;
using Lightcone.Systems.Mpm.Network;
using Lightcone.Systems.Mpm.Particles;
using Lightcone.Systems.Mpm.Tokens;

/// <summary>The same batches again and again in one layout.</summary>
internal sealed class Window(string name, TokenLayout layout, JetBatch[] batches)
{
    private Pretraining? training;

    public string Name => name;

    /// <summary>Least processor seconds a step.</summary>
    public double Best { get; set; } = double.MaxValue;

    /// <summary>Particles of a jet, on average.</summary>
    public double Particles => batches.Sum(b => (double)b.ConstituentCount) / batches.Sum(b => b.JetCount);

    /// <summary>Floating-point operations of a step, on average.</summary>
    public double Operations => batches.Average(training!.Operations);

    /// <summary>Processor seconds a step, over all batches.</summary>
    public double Measure(Preprocessing preprocessing, KMeansTokenizer tokenizer)
    {
        training ??= new Pretraining(layout, preprocessing, tokenizer);
        double start = ProcessTime.Seconds;
        foreach (var batch in batches) training.Step(batch);
        return (ProcessTime.Seconds - start) / batches.Length;
    }
}
