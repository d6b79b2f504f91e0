using Lightcone.Jets;
using Lightcone.Systems.Mpm.FineTuning;
using Lightcone.Systems.Mpm.Network;
using Lightcone.Systems.Mpm.Particles;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Mpm.Probing;

/// <summary>What a frozen encoder makes of some labelled jets, computed once: the tokens of each, one jet after the other.</summary>
internal sealed class EncodedSample
{
    private const int JetsAtOnce = 256;

    private readonly List<float[]> tokens = [];
    private readonly int registers, width;

    private EncodedSample(int registers, int width) => (this.registers, this.width) = (registers, width);

    /// <summary>Class of each jet.</summary>
    public List<int> Labels { get; } = [];

    /// <summary>Encodes all jets of a source.</summary>
    /// <param name="network">Holds the encoder.</param>
    /// <param name="preprocessing">How it reads jets.</param>
    /// <param name="jets">Labelled jets.</param>
    /// <exception cref="InputDataException">They have no labels.</exception>
    public static EncodedSample Of(ClassifierNetwork network, Preprocessing preprocessing, IJetSource jets)
    {
        using var noGrad = no_grad();
        EncodedSample? sample = null;
        foreach (var batch in new SequentialBatches(jets) { BatchSize = JetsAtOnce })
        {
            using var scope = NewDisposeScope();
            var encoded = network.Encode(preprocessing.Apply(batch), training: false);
            using var sequences = encoded.Sequences;
            sample ??= new EncodedSample(encoded.Registers, (int)encoded.Tokens.shape[1]);
            float[] values = encoded.Tokens.to(ScalarType.Float32).contiguous().data<float>().ToArray();
            for (int jet = 0; jet < batch.JetCount; jet++)
                sample.tokens.Add(values.AsSpan(sequences.Starts[jet] * sample.width, (encoded.Counts[jet] + encoded.Registers) * sample.width).ToArray());
            sample.Labels.AddRange(batch.Labels ?? throw new InputDataException("The jets have no labels.", "the data of the probe", "A file of data, or one that was stripped.", "Probe on labelled jets."));
        }

        return sample ?? throw new InputDataException("There is no jet to probe on.", "the data of the probe", "An empty file.", "Check it: lightcone dataset inspect.");
    }

    /// <summary>The encoded jets of some positions; what they hold belongs to the caller's dispose scope.</summary>
    public EncodedJets Take(ReadOnlySpan<int> jets)
    {
        var lengths = new int[jets.Length];
        for (int i = 0; i < jets.Length; i++) lengths[i] = tokens[jets[i]].Length / width;
        var rows = new float[lengths.Sum() * width];
        for (int i = 0, at = 0; i < jets.Length; at += tokens[jets[i++]].Length) tokens[jets[i]].CopyTo(rows, at);
        return new EncodedJets(tensor(rows, [rows.Length / width, width]), Sequences.Of(lengths, TokenLayout.Packed, ScalarType.Float32), Array.ConvertAll(lengths, n => n - registers), registers);
    }

    /// <summary>Labels of some positions, int64.</summary>
    public Tensor LabelsOf(ReadOnlySpan<int> jets)
    {
        var labels = new long[jets.Length];
        for (int i = 0; i < labels.Length; i++) labels[i] = Labels[jets[i]];
        return tensor(labels);
    }
}
