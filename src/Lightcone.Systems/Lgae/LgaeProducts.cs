using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Lgae;

/// <summary>What the messages of a level brought to each node, shapes as in <see cref="LgaeFeatures"/>, several groups of channels side by side.</summary>
internal sealed record LgaeAggregates(Tensor Scalars, Tensor Vectors, LgaeTensors? Tensors);

/// <summary>Which second-rank tensors a level has: a first level makes them, a last one only uses them, at maxdim 2 there are none.</summary>
/// <param name="Enter">Whether its input has some.</param>
/// <param name="Leave">Whether its output has some.</param>
internal readonly record struct LgaeTensorFlow(bool Enter, bool Leave);

/// <summary>Numbers of groups of channels in each representation; see <see cref="LgaeProducts.Groups"/>.</summary>
internal readonly record struct LgaeGroups((int Aggregated, int Own) Scalars, (int Aggregated, int Own) Vectors, (int Aggregated, int Own) Antisymmetric, (int Aggregated, int Own) Symmetric);

/// <summary>
/// Products of features, channel by channel: the tensor product of two representations, cut at maxdim, in real Cartesian components with the metric
/// (+,−,−,−). Products that vanish or repeat another are left out (antisymmetric ones of a feature with itself, v·s beside s·v).
/// </summary>
internal static class LgaeProducts
{
    /// <summary>How many groups of channels, each as wide as a level's input, are mixed into each representation: aggregated ones first, then own ones.</summary>
    /// <param name="tensors">Which second-rank tensors the level has.</param>
    public static LgaeGroups Groups(LgaeTensorFlow tensors) => new(
        Scalars: tensors.Enter ? (2, 5) : (2, 3),
        Vectors: tensors.Enter ? (4, 4) : (2, 2),
        Antisymmetric: tensors.Enter ? (2, 3) : (1, 0),
        Symmetric: tensors.Enter ? (2, 6) : (1, 1));

    /// <summary>asinh: odd, the identity near 0, logarithmic far away.</summary>
    public static Tensor Psi(Tensor x) => x.asinh();

    /// <summary>Minkowski products over the component axis 1; either side may have one channel. Shape [nodes, channels].</summary>
    public static Tensor Dot(Tensor a, Tensor b)
    {
        var products = a * b;
        return products.select(1, 0).Times(2) - products.sum(dim: 1);
    }

    /// <summary>What each node sends through filter 0 and through filter 1, shapes [nodes, components, channels]; see <see cref="Receive"/>.</summary>
    /// <param name="features">The nodes' features.</param>
    /// <param name="positions">Their positions p, shape [nodes, 4, 1].</param>
    /// <param name="tensors">Which second-rank tensors the level has.</param>
    public static (Tensor X0, Tensor X1) Senders(LgaeFeatures features, Tensor positions, LgaeTensorFlow tensors)
    {
        Tensor s = features.Scalars.unsqueeze(1), v = features.Vectors;
        var through0 = new List<Tensor> { s, v };
        var through1 = new List<Tensor> { s, s * positions, v, Dot(v, positions).unsqueeze(1) };
        if (features.Tensors is { } t)
        {
            if (tensors.Leave) through0.AddRange([Flat(t.Antisymmetric), Flat(t.Symmetric)]);
            through1.AddRange([Contract(t.Antisymmetric, positions), Contract(t.Symmetric, positions), Flat(t.Antisymmetric), Flat(t.Symmetric)]);
        }

        if (tensors.Leave) through1.Add(Flat(Outer(v, positions)));

        return (cat([.. through0], 1), cat([.. through1], 1));
    }

    /// <summary>
    /// Puts the sums together. An edge carries the scalar 1 with filter f⁰ and the four-vector p_i − p_j with filter f¹; because a product with
    /// p_i − p_j is linear in it, Σ_j f¹ x_j (p_i − p_j) = (Σ_j f¹ x_j) p_i − Σ_j f¹ x_j p_j, and no edge is ever stored.
    /// </summary>
    public static LgaeAggregates Receive(Tensor y0, Tensor y1, Tensor positions, LgaeTensorFlow tensors)
    {
        Tensor s1 = y1.narrow(1, 0, 1), sp = y1.narrow(1, 1, 4), v1 = y1.narrow(1, 5, 4), vp = y1.select(1, 9);
        var scalars = cat([y0.select(1, 0), Dot(v1, positions) - vp], -1);
        var vectors = new List<Tensor> { y0.narrow(1, 1, 4), s1 * positions - sp };
        if (tensors.Enter)
        {
            vectors.Add(Contract(Square(y1.narrow(1, 18, 16)), positions) - y1.narrow(1, 10, 4));
            vectors.Add(Contract(Square(y1.narrow(1, 34, 16)), positions) - y1.narrow(1, 14, 4));
        }

        if (!tensors.Leave) return new LgaeAggregates(scalars, cat([.. vectors], -1), null);
        var outer = Outer(v1, positions) - Square(y1.narrow(1, y1.shape[1] - 16, 16));
        return new LgaeAggregates(scalars, cat([.. vectors], -1), tensors.Enter
            ? new LgaeTensors(cat([Square(y0.narrow(1, 5, 16)), Antisymmetric(outer)], -1), cat([Square(y0.narrow(1, 21, 16)), SymmetricTraceless(outer)], -1))
            : new LgaeTensors(Antisymmetric(outer), SymmetricTraceless(outer)));
    }

    /// <summary>All groups of channels to be mixed, in each representation: aggregated, own, products of a node's own features.</summary>
    public static (Tensor Scalars, Tensor Vectors, LgaeTensors? Tensors) Columns(LgaeFeatures features, LgaeAggregates aggregated)
    {
        Tensor s = features.Scalars, v = features.Vectors;
        var gate = s.tanh().unsqueeze(1); // bounded: a plain product would let sizes grow from level to level
        var scalars = new List<Tensor> { aggregated.Scalars, s, Dot(v, v), s.Squared() };
        var vectors = new List<Tensor> { aggregated.Vectors, v, gate * v };
        if (features.Tensors is { } t)
        {
            scalars.AddRange([Trace(Multiply(t.Antisymmetric, t.Antisymmetric)), Trace(Multiply(t.Symmetric, t.Symmetric))]);
            vectors.AddRange([Contract(t.Antisymmetric, v), Contract(t.Symmetric, v)]);
        }

        return (cat([.. scalars], -1), cat([.. vectors], -1), aggregated.Tensors is { } sums ? TensorColumns(features, sums, gate.unsqueeze(1)) : null);
    }

    private static LgaeTensors TensorColumns(LgaeFeatures features, LgaeTensors sums, Tensor gate)
    {
        var square = SymmetricTraceless(Outer(features.Vectors, features.Vectors));
        if (features.Tensors is not { } t) return new LgaeTensors(sums.Antisymmetric, cat([sums.Symmetric, square], -1));
        Tensor a = t.Antisymmetric, y = t.Symmetric, ay = Multiply(a, y), ya = Multiply(y, a);
        return new LgaeTensors(
            cat([sums.Antisymmetric, a, gate * a, ay.Plus(ya)], -1),
            cat([sums.Symmetric, y, gate * y, square, SymmetricTraceless(Multiply(a, a)), SymmetricTraceless(Multiply(y, y)), ay - ya], -1));
    }

    private static Tensor Flat(Tensor tensor) => tensor.flatten(1, 2);

    private static Tensor Square(Tensor flat) => flat.unflatten(1, 4, 4);

    // a^μ b^ν.
    private static Tensor Outer(Tensor a, Tensor b) => a.unsqueeze(2) * b.unsqueeze(1);

    // T^{μν} v_ν.
    private static Tensor Contract(Tensor tensor, Tensor vector)
    {
        var products = tensor * vector.unsqueeze(1);
        return products.select(2, 0).Times(2) - products.sum(dim: 2);
    }

    // A^{μα} η_{αβ} B^{βν}.
    private static Tensor Multiply(Tensor a, Tensor b)
    {
        var products = a.unsqueeze(3) * b.unsqueeze(1);
        return products.select(2, 0).Times(2) - products.sum(dim: 2);
    }

    // T^{μν} η_{μν}, shape [nodes, channels].
    private static Tensor Trace(Tensor t) => t.select(1, 0).select(1, 0) - t.select(1, 1).select(1, 1) - t.select(1, 2).select(1, 2) - t.select(1, 3).select(1, 3);

    private static Tensor Antisymmetric(Tensor t) => t - t.transpose(1, 2);

    private static Tensor SymmetricTraceless(Tensor t)
    {
        var metric = tensor((double[])[1, 0, 0, 0, 0, -1, 0, 0, 0, 0, -1, 0, 0, 0, 0, -1], [1, 4, 4, 1]).to(t.dtype);
        return t.Plus(t.transpose(1, 2)).Times(0.5) - Trace(t).unsqueeze(1).unsqueeze(1).Times(0.25) * metric;
    }
}
