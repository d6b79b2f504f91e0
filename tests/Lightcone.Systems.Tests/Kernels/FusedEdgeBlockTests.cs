using Lightcone.Systems.LorentzNet.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Tests.Kernels;

public sealed class FusedEdgeBlockTests
{
    /// <summary>
    /// A float32 sum of K products carries a relative error of about √K·6e-8; two layers and one normalisation of width 72 in sequence, and the
    /// same way back, give a few 1e-6 of the largest entry. What a ReLU or a clamp that flips can add is excluded by the seeds.
    /// </summary>
    private const double Tolerance = 1e-5;

    public static TheoryData<int, string, bool, bool, bool> Cases()
    {
        var cases = new TheoryData<int, string, bool, bool, bool>();
        foreach (int channels in (int[])[8, 24, 36, 72])
            foreach (string jets in (string[])["2", "3", "50", "1,2,3,17,50,16,15,1", "33,64,5"])
                foreach (bool moves in (bool[])[true, false])
                    foreach (bool batch in (bool[])[true, false])
                        foreach (bool loud in (bool[])[true, false])
                            if (moves || !loud) cases.Add(channels, jets, moves, batch, loud);
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Kernels_agree_with_automatic_differentiation(int channels, string jets, bool moves, bool batch, bool loud)
    {
        using var scope = NewDisposeScope();
        using var data = EdgeBlockCase.Create(channels, Parse(jets), moves, batch, loud);
        using var engine = new EdgeBlockEngine(channels);
        AssertClose(data.Eager(), data.Fused(engine), data.SizesBeforeNormalisation());
    }

    private static int[] Parse(string jets) => [.. jets.Split(',').Select(int.Parse)];

    private static void AssertClose(Dictionary<string, Tensor> expected, Dictionary<string, Tensor> actual, Dictionary<string, double> sizes)
    {
        var wrong = new List<string>();
        foreach (var (name, value) in expected)
        {
            if (value.numel() == 0) continue;
            double size = Math.Max(value.abs().max().item<double>(), sizes.GetValueOrDefault(name));
            double error = (actual[name] - value).abs().max().item<double>();
            if (!(error <= Tolerance * size)) wrong.Add($"{name}: {error:e1} of {size:e1} ({error / size:e1})");
        }

        Assert.True(wrong.Count == 0, string.Join("; ", wrong));
    }
}
