using Lightcone.Systems.Lgae.Reference;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Tests.Parity;

/// <summary>One group of the LGAE's reference file: its network, its jets, and its numbers in Cartesian components.</summary>
internal sealed class LgaeCase : IDisposable
{
    private readonly ReferenceFile file;
    private readonly string group;
    private readonly Dictionary<Irrep, (double[] Re, double[] Im)> toCartesian = [];

    public LgaeCase(string group, ScalarType type = ScalarType.Float64)
    {
        this.group = group;
        file = ReferenceFile.Open("lgae/lgae_parity.h5");
        Network = new LgaeReferenceNetwork(SettingsOf(group), type);
        using var scope = NewDisposeScope();
        using (no_grad())
            foreach (var (name, parameter) in Network.State.Parameters) parameter.copy_(tensor(Parameters("params", name)).reshape(parameter.shape));
        double[] momenta = file.Doubles($"{group}/input/p4");
        Momenta = tensor(momenta, [momenta.Length / 32, 8, 4]).DetachFromDisposeScope();
        Mask = tensor(file.Doubles($"{group}/input/mask"), [momenta.Length / 32, 8]).DetachFromDisposeScope();
    }

    /// <summary>The groups of the file.</summary>
    public static TheoryData<string> Groups => ["md2_mean", "md2_minmax", "md2_mix", "md3_mean", "md3_minmax", "md3_mix"];

    public LgaeReferenceNetwork Network { get; }

    public Tensor Momenta { get; }

    public Tensor Mask { get; }

    public bool Large => group.StartsWith("md3", StringComparison.Ordinal);

    public double[] Doubles(string dataset) => file.Doubles($"{group}/{dataset}");

    /// <summary>A set of numbers, one for each parameter, such as <c>grad_chamfer</c>.</summary>
    public double[] Parameters(string set, string name) => file.Doubles($"{group}/{set}/{name.Replace("coder.", "coder/", StringComparison.Ordinal)}");

    /// <summary>Features stored in the canonical basis, [2, ..., dim], turned to Cartesian components.</summary>
    public double[] Cartesian(string dataset, Irrep irrep)
    {
        var (re, im) = Basis(irrep);
        double[] canonical = Doubles($"{dataset}/{Name(irrep)}"), result = new double[canonical.Length];
        int d = irrep.Dimension(), half = canonical.Length / 2;
        for (int row = 0; row < half; row += d)
        {
            for (int o = 0; o < d; o++)
            {
                for (int i = 0; i < d; i++)
                {
                    result[row + o] += re[o * d + i] * canonical[row + i] - im[o * d + i] * canonical[half + row + i];
                    result[half + row + o] += re[o * d + i] * canonical[half + row + i] + im[o * d + i] * canonical[row + i];
                }
            }
        }

        return result;
    }

    /// <summary>The reference's change of basis, canonical to Cartesian, [dim, dim].</summary>
    public (double[] Re, double[] Im) Basis(Irrep irrep)
    {
        if (!toCartesian.TryGetValue(irrep, out var basis))
            toCartesian[irrep] = basis = (file.Doubles($"representation/to_cartesian/{Name(irrep)}/re"), file.Doubles($"representation/to_cartesian/{Name(irrep)}/im"));
        return basis;
    }

    /// <summary>The reference's own Clebsch–Gordan matrix, [dim of c, dim of a · dim of b].</summary>
    public double[] ClebschGordan(Irrep a, Irrep b, Irrep c) => file.Doubles($"representation/cg/{Name(a)}x{Name(b)}_to_{Name(c)}");

    /// <summary>Features [K, 2, d, jets · slots] in the file's order, [2, jets, slots, K, d].</summary>
    public double[] InFileOrder(Tensor features) =>
        Values(features.view(features.shape[0], 2, features.shape[2], Momenta.shape[0], -1).permute(1, 3, 4, 0, 2));

    public static double[] Values(Tensor t) => t.detach().to(ScalarType.Float64).contiguous().data<double>().ToArray();

    public void Dispose()
    {
        Network.Dispose();
        Momenta.Dispose();
        Mask.Dispose();
        file.Dispose();
    }

    private static string Name(Irrep irrep) => $"{irrep.Spins().K}{irrep.Spins().N}";

    private static LgaeReferenceSettings SettingsOf(string group)
    {
        bool large = group.StartsWith("md3", StringComparison.Ordinal);
        return new LgaeReferenceSettings
        {
            MaxDim = large ? 3 : 2,
            Pooling = group[4..] switch { "mean" => ReferencePooling.Mean, "mix" => ReferencePooling.Mix, _ => ReferencePooling.MinBesideMax },
            EncoderChannels = large ? [2, 2, 2] : [2, 2, 3],
            DecoderChannels = large ? [2, 2, 2] : [3, 2, 2],
            Slots = 8,
            BasisFunctions = 4,
            MlpDepth = 2,
            MlpWidth = 2,
            LatentScalars = 1,
            LatentVectors = 2,
        };
    }
}
