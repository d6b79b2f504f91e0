using Lightcone.Systems.Lgae.Reference;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Tests.Parity;

/// <summary>Features, latents and reconstructions against numbers of the published LGAE (float64, six networks).</summary>
public sealed class LgaeReferenceParity
{
    public static TheoryData<string> Groups => LgaeCase.Groups;

    [Fact]
    public void Cartesian_products_are_the_published_products_in_another_basis()
    {
        using var data = new LgaeCase("md3_mean");
        double worst = 0;
        int products = 0;
        foreach (var a in Enum.GetValues<Irrep>())
        {
            foreach (var b in Enum.GetValues<Irrep>())
            {
                foreach (var c in Irreps.InProduct(a, b, 3))
                {
                    worst = Math.Max(worst, Deviation(data, CartesianProduct.Of(a, b, c)));
                    products++;
                }
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{products} products: off by at most {worst:E1}, allowed 1E-014");
        Assert.Equal(37, products);
        Assert.True(worst <= 1e-14, $"A product is off by {worst:E2}.");
    }

    [Theory]
    [MemberData(nameof(Groups))]
    public void Intervals_and_radial_functions_follow_the_published_code(string group)
    {
        using var data = new LgaeCase(group);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var intervals = ReferenceEncoder.Intervals(data.Momenta.permute(2, 0, 1).contiguous());
        Closeness.Relative(data.Doubles("encoder/edge_norm_sq"), LgaeCase.Values(intervals), 1e-14, "intervals");
        Closeness.Relative(data.Doubles("encoder/edge_signed_norm"), LgaeCase.Values(intervals / intervals.abs().sqrt()), 1e-14, "signed roots");
        for (int level = 0; level < 2; level++)
        {
            var filters = new BellFilters(data.Network.State, $"encoder.rad_funcs.rad_funcs.{level}", intervals.abs().view(-1), data.Mask.to(ScalarType.Byte).view(-1), 8);
            // What reaches slot i from unit features of slot j alone is the filter: rows [C, 2, 8, jets · 8], real one where the row is the slot.
            long channels = data.Network.Settings.EncoderChannels[level], jets = data.Momenta.shape[0];
            var units = cat([eye(8, dtype: ScalarType.Float64).repeat(channels, 1, 1, jets), zeros([channels, 1, 8, 8 * jets], ScalarType.Float64)], 1);
            var (scalars, vectors) = filters.Sum(units, units);
            // Scalar filters carry the edge's 1 + i: (re + i im) / (1 + i) = ½ [(re + im) + i (im − re)].
            Tensor re = scalars.narrow(1, 0, 1), im = scalars.narrow(1, 1, 1);
            Compare("00", "scalars", cat([re.Plus(im), im - re], 1).Times(0.5));
            Compare("11", "vectors", vectors);

            // [C, 2, j, jets · i] as [2, jets, i, j, C].
            void Compare(string irrep, string what, Tensor f) => Closeness.Relative(
                data.Doubles($"encoder/radial{level}/{irrep}"), LgaeCase.Values(f.view(channels, 2, 8, jets, 8).permute(1, 3, 4, 2, 0)), 1e-14, $"radial functions of {what}, level {level}");
        }
    }

    [Theory]
    [MemberData(nameof(Groups))]
    public void Every_level_of_both_halves_follows_the_published_code(string group)
    {
        using var data = new LgaeCase(group);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        double tolerance = data.Large ? 1e-11 : 1e-13;
        double worst = 0;
        var seen = new HashSet<string>();
        var latent = data.Network.Encode(data.Momenta, data.Mask, Compare("encoder"));
        Closeness.Relative(data.Doubles("latent/00"), LgaeCase.Values(latent.Scalars), 1e-13, "latent scalars");
        Closeness.Relative(data.Doubles("latent/11"), LgaeCase.Values(latent.Vectors), 1e-13, "latent vectors");
        var reconstruction = data.Network.Decode(latent, Compare("decoder"));
        Closeness.Relative(data.Doubles("recons/complex"), LgaeCase.Values(reconstruction), 1e-12, "complex reconstruction");
        Closeness.Relative(data.Doubles("recons/real_sum"), LgaeCase.Values(LgaeReferenceNetwork.RealSum(reconstruction)), 1e-12, "reconstruction");
        // Input, and for two levels: messages, self products, before and after the perceptron; latents of the slots on one side, input slots on the other.
        int irreps = data.Large ? 5 : 2;
        Assert.Equal(2 * (2 + 8 * irreps + 2), seen.Count);

        TestContext.Current.TestOutputHelper?.WriteLine($"every level: off by at most {worst:E1} of a tensor's largest entry");

        FeatureProbe Compare(string half) => (name, irrep, features) =>
        {
            string dataset = $"{half}/{name}{(name is "latent_nodes" or "input_nodes" ? "_canonical" : "")}";
            seen.Add($"{dataset}/{irrep}");
            double[] expected = data.Cartesian(dataset, irrep), actual = data.InFileOrder(features);
            double largest = expected.Max(Math.Abs), allowed = Math.Max(tolerance * largest, Rounding(data, half, name, irrep));
            Closeness.Absolute(expected, actual, allowed, $"{dataset} {irrep}, largest {largest:E1}");
            if (allowed == tolerance * largest) worst = Math.Max(worst, expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max() / largest);
        };
    }

    /// <summary>
    /// What antisymmetric products of nearly parallel vectors lose by cancellation, here and in the published code: the rounding of a sum over the slots of terms as large as a
    /// feature times a momentum, or, in a product of features with themselves, as two features. Products that vanish identically are nothing but this rounding.
    /// </summary>
    private static double Rounding(LgaeCase data, string half, string name, Irrep irrep)
    {
        bool self = name.EndsWith("_self", StringComparison.Ordinal);
        if (irrep is not (Irrep.SelfDual or Irrep.AntiSelfDual) || !(self || name.EndsWith("_agg", StringComparison.Ordinal))) return 0;
        double feature = data.Doubles($"{half}/level{name[5] - '1'}/11").Max(Math.Abs);
        double momentum = data.Doubles(half == "encoder" ? "input/p4" : "decoder/input_nodes_canonical/11").Max(Math.Abs);
        return Math.ScaleB(1, -52) * (self ? feature * feature : 8 * 2 * feature * momentum);
    }

    [Theory]
    [MemberData(nameof(Groups))]
    public void Reconstruction_without_dead_ends_is_the_complete_one(string group)
    {
        using var data = new LgaeCase(group);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Closeness.Relative(data.Doubles("recons/real_sum"), LgaeCase.Values(data.Network.Reconstruct(data.Momenta, data.Mask)), 1e-12, "reconstruction");
    }

    [Theory]
    [MemberData(nameof(Groups))]
    public void Float32_latents_stay_within_1e_5_of_float64(string group)
    {
        using var data = new LgaeCase(group, ScalarType.Float32);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var latent = data.Network.Encode(data.Momenta, data.Mask);
        Assert.Equal(ScalarType.Float32, latent.Vectors.dtype);
        Closeness.Relative(data.Doubles("latent/00"), LgaeCase.Values(latent.Scalars), 1e-5, "latent scalars");
        Closeness.Relative(data.Doubles("latent/11"), LgaeCase.Values(latent.Vectors), 1e-5, "latent vectors");
    }

    // The largest entry of U_c · CG · (U_a ⊗ U_b)† − T.
    private static double Deviation(LgaeCase data, CartesianProduct product)
    {
        Irrep a = product.Left, b = product.Right, c = product.Result;
        double[] published = data.ClebschGordan(a, b, c);
        var (ua, ub, uc) = (data.Basis(a), data.Basis(b), data.Basis(c));
        int da = a.Dimension(), db = b.Dimension(), dc = c.Dimension();
        double worst = 0;
        for (int o = 0; o < dc; o++)
        {
            for (int i = 0; i < da; i++)
            {
                for (int j = 0; j < db; j++)
                {
                    System.Numerics.Complex sum = 0;
                    for (int p = 0; p < dc; p++)
                        for (int q = 0; q < da; q++)
                            for (int r = 0; r < db; r++)
                                sum += At(uc, o * dc + p) * published[(p * da + q) * db + r] * System.Numerics.Complex.Conjugate(At(ua, i * da + q) * At(ub, j * db + r));
                    worst = Math.Max(worst, System.Numerics.Complex.Abs(sum - product[o, i, j]));
                }
            }
        }

        return worst;

        static System.Numerics.Complex At((double[] Re, double[] Im) m, int i) => new(m.Re[i], m.Im[i]);
    }
}
