using System.Numerics;

namespace Lightcone.Systems.Lgae.Reference;

/// <summary>
/// The Clebsch–Gordan product of two irreps into a third, in Cartesian components and with the published code's normalisation (arXiv:2006.04780, §4, gives the
/// construction): z_c = Σ_ab T_cab x_a y_b. Bilinear; nothing is conjugated.
/// </summary>
internal sealed class CartesianProduct
{
    private static readonly Dictionary<(Irrep, Irrep, Irrep), CartesianProduct> Known = [];

    private readonly Complex[,,] coefficients;

    private CartesianProduct(Irrep left, Irrep right, Irrep result)
    {
        (Left, Right, Result) = (left, right, result);
        coefficients = new Complex[result.Dimension(), left.Dimension(), right.Dimension()];
    }

    /// <summary>First factor.</summary>
    public Irrep Left { get; }

    /// <summary>Second factor.</summary>
    public Irrep Right { get; }

    /// <summary>What the product transforms as.</summary>
    public Irrep Result { get; }

    /// <summary>
    /// +1 or −1: exchanging the factors changes the sign of the product by it. A product of equal irreps with −1 vanishes when its factors are equal.
    /// </summary>
    public int Symmetry { get; private set; }

    /// <summary>T_cab.</summary>
    public Complex this[int c, int a, int b] => coefficients[c, a, b];

    /// <summary>The product of a and b into c; c must stand in a ⊗ b.</summary>
    public static CartesianProduct Of(Irrep a, Irrep b, Irrep c)
    {
        lock (Known)
        {
            if (!Known.TryGetValue((a, b, c), out var product)) Known[(a, b, c)] = product = Create(a, b, c);
            return product;
        }
    }

    private static CartesianProduct Create(Irrep a, Irrep b, Irrep c)
    {
        var product = new CartesianProduct(a, b, c);
        if (a > b)
        {
            // Half the table is the other half with the factors exchanged.
            var mirror = Of(b, a, c);
            for (int o = 0; o < c.Dimension(); o++)
                for (int i = 0; i < a.Dimension(); i++)
                    for (int j = 0; j < b.Dimension(); j++) product.coefficients[o, i, j] = mirror.Symmetry * mirror[o, j, i];
            product.Symmetry = mirror.Symmetry;
        }
        else
        {
            product.Symmetry = product.Fill();
        }

        return product;
    }

    /// <summary>Writes the table for factors in the order of <see cref="Irrep"/>; returns the symmetry.</summary>
    private int Fill()
    {
        switch (Left, Right, Result)
        {
            case (Irrep.Scalar, _, _):
                for (int i = 0; i < Right.Dimension(); i++) Add(i, 0, i, 1);
                return 1;
            case (Irrep.Vector, Irrep.Vector, Irrep.Scalar):
                for (int i = 0; i < 4; i++) Add(0, i, i, i == 0 ? 0.5 : -0.5);
                return 1;
            case (Irrep.Vector, Irrep.Vector, Irrep.Tensor):
                FillVectorVectorTensor();
                return 1;
            case (Irrep.Vector, Irrep.Vector, _):
                FillVectorVectorHalf(Result == Irrep.SelfDual ? -0.5 : 0.5);
                return -1;
            case (Irrep.Vector, Irrep.Tensor, _):
                FillVectorTensor();
                return 1;
            case (Irrep.Vector, _, _):
                FillVectorHalf(Right == Irrep.SelfDual ? 1 / Math.Sqrt(3) : -1 / Math.Sqrt(3));
                return -1;
            case (Irrep.Tensor, _, _):
                return FillTensorTensor();
            case (_, Irrep.Tensor, _):
                return FillHalfTensor(selfDual: Left == Irrep.SelfDual);
            case (Irrep.SelfDual, Irrep.AntiSelfDual, _):
                for (int i = 0; i < 3; i++)
                    for (int j = 0; j < 3; j++) Add(3 * i + j, i, j, 1);
                return 1;
            default:
                return FillHalfHalf();
        }
    }

    // a = ½[±(v⁰w − w⁰v) + i v×w]
    private void FillVectorVectorHalf(double sign)
    {
        for (int k = 0; k < 3; k++)
        {
            Add(k, 0, k + 1, sign);
            Add(k, k + 1, 0, -sign);
            foreach (var (i, j, e) in Cross(k)) Add(k, i + 1, j + 1, new Complex(0, 0.5 * e));
        }
    }

    // M_ij = ½[v_i w_j + v_j w_i − δ_ij (v⁰w⁰ + v·w) − i ε_ijk (v⁰w_k + w⁰v_k)]
    private void FillVectorVectorTensor()
    {
        for (int i = 0; i < 3; i++)
        {
            for (int j = 0; j < 3; j++)
            {
                Add(3 * i + j, i + 1, j + 1, 0.5);
                Add(3 * i + j, j + 1, i + 1, 0.5);
                if (i == j)
                    for (int m = 0; m < 4; m++) Add(3 * i + j, m, m, -0.5);
            }

            foreach (var (j, k, e) in Cross(i))
            {
                Add(3 * i + j, 0, k + 1, new Complex(0, -0.5 * e));
                Add(3 * i + j, k + 1, 0, new Complex(0, -0.5 * e));
            }
        }
    }

    // u⁰ = s v·a, u = s v⁰ a + i v×a / √3 with s = ±1/√3
    private void FillVectorHalf(double s)
    {
        for (int k = 0; k < 3; k++)
        {
            Add(0, k + 1, k, s);
            Add(k + 1, 0, k, s);
            foreach (var (i, j, e) in Cross(k)) Add(k + 1, i + 1, j, new Complex(0, e / Math.Sqrt(3)));
        }
    }

    // With A_i = ε_ijk M_jk: u⁰ = ⅓[−v⁰ tr M − i v·A], u_i = ⅓[i v⁰ A_i + v_i tr M − (M_ij + M_ji) v_j]
    private void FillVectorTensor()
    {
        const double Third = 1.0 / 3;
        for (int i = 0; i < 3; i++)
        {
            Add(0, 0, 4 * i, -Third);
            foreach (var (j, k, e) in Cross(i))
            {
                Add(0, i + 1, 3 * j + k, new Complex(0, -Third * e));
                Add(i + 1, 0, 3 * j + k, new Complex(0, Third * e));
            }

            for (int j = 0; j < 3; j++)
            {
                Add(i + 1, i + 1, 4 * j, Third);
                Add(i + 1, j + 1, 3 * i + j, -Third);
                Add(i + 1, j + 1, 3 * j + i, -Third);
            }
        }
    }

    // −a·a′/√3 and i a×a′/√2
    private int FillHalfHalf()
    {
        for (int k = 0; k < 3; k++)
        {
            if (Result == Irrep.Scalar) Add(0, k, k, -1 / Math.Sqrt(3));
            else
                foreach (var (i, j, e) in Cross(k)) Add(k, i, j, new Complex(0, e / Math.Sqrt(2)));
        }

        return Result == Irrep.Scalar ? 1 : -1;
    }

    // With the half's own index of M contracted: −a_i M_ij/√3, or i ε_ikl a_k M_lj/√2; for (0, 2) the indices of M change places.
    private int FillHalfTensor(bool selfDual)
    {
        int M(int own, int other) => selfDual ? 3 * own + other : 3 * other + own;
        for (int own = 0; own < 3; own++)
        {
            for (int other = 0; other < 3; other++)
            {
                if (Result != Irrep.Tensor) Add(other, own, M(own, other), -1 / Math.Sqrt(3));
                else
                    foreach (var (k, l, e) in Cross(own)) Add(M(own, other), k, M(l, other), new Complex(0, e / Math.Sqrt(2)));
            }
        }

        return Result == Irrep.Tensor ? -1 : 1;
    }

    // ⅓ M_ij N_ij; −i ε_ikl M_kj N_lj/√6; −i ε_jkl M_ik N_il/√6; −½ ε_ikl ε_jmn M_km N_ln
    private int FillTensorTensor()
    {
        for (int i = 0; i < 3; i++)
        {
            for (int j = 0; j < 3; j++)
            {
                if (Result == Irrep.Scalar) Add(0, 3 * i + j, 3 * i + j, 1.0 / 3);
                foreach (var (k, l, e) in Cross(i))
                {
                    if (Result == Irrep.SelfDual) Add(i, 3 * k + j, 3 * l + j, new Complex(0, -e / Math.Sqrt(6)));
                    if (Result == Irrep.AntiSelfDual) Add(i, 3 * j + k, 3 * j + l, new Complex(0, -e / Math.Sqrt(6)));
                    if (Result != Irrep.Tensor) continue;
                    foreach (var (m, n, f) in Cross(j)) Add(3 * i + j, 3 * k + m, 3 * l + n, -0.5 * e * f);
                }
            }
        }

        return Result is Irrep.Scalar or Irrep.Tensor ? 1 : -1;
    }

    private void Add(int c, int a, int b, Complex value) => coefficients[c, a, b] += value;

    /// <summary>(j, k, ε_ijk) for the two orders in which ε_ijk does not vanish.</summary>
    private static (int J, int K, int Sign)[] Cross(int i) => [((i + 1) % 3, (i + 2) % 3, 1), ((i + 2) % 3, (i + 1) % 3, -1)];
}
