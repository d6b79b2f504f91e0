using Lightcone.Systems;
using Lightcone.Systems.LorentzNet;
using Lightcone.Training;
using Lightcone.Training.Optimisation;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Tests.Parity;

/// <summary>Loss, gradients, statistics and optimiser steps against vectors of the published code (small network, three steps).</summary>
public sealed class LorentzNetTrainingParity
{
    public static TheoryData<string, string> Cases()
    {
        var data = new TheoryData<string, string>();
        foreach (string start in new[] { "default", "loud" })
            foreach (string batch in new[] { "nopad_reference", "pad_reference", "pad_realrows" })
                data.Add(start, batch);
        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Three_steps_in_float64_follow_the_published_code(string start, string batch)
    {
        using var reference = ReferenceFile.Open("lorentznet/train_step.h5");
        using var scope = NewDisposeScope();
        string group = $"{start}/{batch}/f64";
        using var step = new Case(reference, start, batch, Precision.Float64);

        double[] losses = new double[3];
        for (int s = 0; s < 3; s++)
        {
            var logits = step.Network.Logits(step.Graph, training: true);
            var loss = nn.functional.cross_entropy(logits, step.Labels);
            step.Optimiser.ZeroGradients();
            loss.backward();
            losses[s] = loss.item<double>();
            if (s == 0)
            {
                Closeness.Absolute(reference.Doubles($"{group}/logits"), Values(logits), 1e-11, "logits");
                Closeness.Absolute(reference.Doubles($"{group}/grad"), step.Gradients(), 1e-11, "gradient");
            }

            step.Optimiser.Step(1e-3);
            if (s == 0)
            {
                Closeness.Absolute(reference.Doubles($"{group}/buffers_after_1"), step.Buffers(), 1e-11, "running statistics after one step");
                Closeness.Absolute(reference.Doubles($"{group}/params_after_1"), step.Parameters(), 1e-9, "parameters after one step");
            }
        }

        double[] expected = reference.Doubles($"{group}/losses");
        Closeness.Absolute(expected[..1], losses[..1], 1e-11, "first loss");
        Closeness.Absolute(expected, losses, 1e-9, "losses");
        Closeness.Absolute(reference.Doubles($"{group}/params_after_3"), step.Parameters(), 1e-9, "parameters after three steps");
        Closeness.Absolute(reference.Doubles($"{group}/buffers_after_3"), step.Buffers(), 1e-9, "running statistics after three steps");
        Closeness.Absolute(reference.Doubles($"{group}/logits_eval_after_3"), Values(step.Network.Logits(step.Graph, training: false)), 1e-9, "scores after three steps");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void One_step_in_float32_follows_the_published_code(string start, string batch)
    {
        using var reference = ReferenceFile.Open("lorentznet/train_step.h5");
        using var scope = NewDisposeScope();
        using var step = new Case(reference, start, batch, Precision.Float32);
        var loss = nn.functional.cross_entropy(step.Network.Logits(step.Graph, training: true), step.Labels);
        loss.backward();
        Closeness.Absolute(reference.Doubles($"{start}/{batch}/f64/losses")[..1], [loss.item<float>()], 1e-5, "loss");
        Closeness.Absolute(reference.Doubles($"{start}/{batch}/f64/grad"), step.Gradients(), 2e-3, "gradient");
    }

    private static double[] Values(Tensor t) => t.detach().to(ScalarType.Float64).contiguous().data<double>().ToArray();

    /// <summary>One of the reference's batches and its network at the start.</summary>
    private sealed class Case : IDisposable
    {
        private readonly string[] parameterNames, bufferNames;

        public Case(ReferenceFile file, string start, string batch, Precision precision)
        {
            bool loud = start == "loud", padded = batch.StartsWith("pad", StringComparison.Ordinal);
            var recipe = new LorentzNetRecipe
            {
                Hidden = 8,
                Layers = 3,
                Dropout = 0,
                CoordinateWeight = loud ? 0.05 : 0.005,
                Clamp = 100,
                Pooling = new Pooling(PoolingKind.Fixed, 12),
                BatchNormRows = batch.EndsWith("realrows", StringComparison.Ordinal) ? BatchNormRows.Real : BatchNormRows.All,
                Network = precision,
                Geometry = Precision.Float64,
            };
            Network = new LorentzNetNetwork(recipe);
            parameterNames = file.Names("param_names");
            bufferNames = file.Names("buffer_names");
            Load(parameterNames, file.Doubles($"init_{start}/params"), file.Integers("param_offsets"));
            Load(bufferNames, file.Doubles($"init_{start}/buffers"), file.Integers("buffer_offsets"));
            Optimiser = new AdamW(Network.State, 0.9, 0.999, 1e-8, 0.01);
            string name = padded ? "batch_pad" : "batch_nopad";
            int[] mask = file.Integers($"{name}/node_mask");
            double[] momenta = file.Doubles($"{name}/Pmu"), scalars = file.Doubles($"{name}/scalars_after_psi");
            var rows = Enumerable.Range(0, mask.Length).Where(r => mask[r] != 0).ToArray();
            int[] offsets = [0, .. Enumerable.Range(1, 4).Select(jet => rows.Count(r => r < 12 * jet))];
            Graph = JetGraph.FromNodes(offsets, rows.SelectMany(r => momenta[(4 * r)..(4 * r + 4)]).ToArray(), rows.SelectMany(r => scalars[(2 * r)..(2 * r + 2)]).ToArray(), recipe);
            Labels = tensor(Array.ConvertAll(file.Integers($"{name}/label"), l => (long)l)).DetachFromDisposeScope();
        }

        public LorentzNetNetwork Network { get; }

        public AdamW Optimiser { get; }

        public JetGraph Graph { get; }

        public Tensor Labels { get; }

        public double[] Parameters() => parameterNames.SelectMany(n => Values(Network.State[n])).ToArray();

        public double[] Buffers() => bufferNames.SelectMany(n => Values(Network.State[n])).ToArray();

        public double[] Gradients() => parameterNames.SelectMany(n => Values(Network.State[n].grad!)).ToArray();

        public void Dispose()
        {
            Network.Dispose();
            Optimiser.Dispose();
            Graph.Dispose();
            Labels.Dispose();
        }

        private void Load(string[] names, double[] values, int[] offsets)
        {
            using var _ = no_grad();
            for (int i = 0; i < names.Length; i++)
            {
                var target = Network.State[names[i]];
                target.copy_(tensor(values[offsets[i]..offsets[i + 1]]).reshape(target.shape));
            }
        }
    }
}
