using Lightcone.Systems.Calibration;
using Lightcone.Systems.Calibration.Ansatz;
using Lightcone.Systems.Networks;
using Lightcone.Systems.Tests.Mpm.BadInputTests;
using MathNet.Numerics.LinearAlgebra;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Tests.Calibration;

/// <summary>What the ansatz promises of A, B, C and D, with random weights in float64.</summary>
public sealed class AnsatzAlgebraTests
{
    private const int Events = 5, Width = 3;

    // Central differences with h and h/2, extrapolated: what is left is of order h⁴ ≈ 10⁻¹¹ and rounding of order 10⁻¹⁶ T/h² ≈ 10⁻⁹.
    private const double Step = 2e-3, Relative = 1e-6;

    public static TheoryData<int, CurvatureForm, bool> Shapes()
    {
        var shapes = new TheoryData<int, CurvatureForm, bool>();
        foreach (int d in (int[])[1, 2, 3])
            foreach (var form in Enum.GetValues<CurvatureForm>())
                foreach (bool anchored in (bool[])[false, true]) shapes.Add(d, form, anchored);
        return shapes;
    }

    public static TheoryData<int, CurvatureForm> Forms()
    {
        var forms = new TheoryData<int, CurvatureForm>();
        foreach (int d in (int[])[1, 2, 3])
            foreach (var form in Enum.GetValues<CurvatureForm>()) forms.Add(d, form);
        return forms;
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_first_derivative_at_B_is_D_and_the_second_is_C(int d, CurvatureForm form, bool anchored)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var network = Network(d, form, anchored, 1);
        var terms = network.Terms(Inputs(d, anchored));
        double[] best = ExactAnsatz.Numbers(terms.Best), slope = ExactAnsatz.Numbers(terms.Slope), numbers = ExactAnsatz.Numbers(network.CurvatureNumbers(terms, terms.Best));
        int size = network.Shape.CurvatureSize;
        for (int i = 0; i < d; i++)
        {
            double[] first = Extrapolated(h => [.. T(Shift(i, h)).Zip(T(Shift(i, -h)), (up, down) => (up - down) / (2 * h))]);
            for (int e = 0; e < Events; e++) Close(slope[e * d + i], first[e], slope.Max(Math.Abs));
            for (int j = 0; j <= i; j++)
            {
                double[] second = Extrapolated(h =>
                {
                    double[] pp = T(Shift(i, h, j, h)), pm = T(Shift(i, h, j, -h)), mp = T(Shift(i, -h, j, h)), mm = T(Shift(i, -h, j, -h));
                    return [.. Enumerable.Range(0, Events).Select(e => (pp[e] - pm[e] - mp[e] + mm[e]) / (4 * h * h))];
                });
                for (int e = 0; e < Events; e++)
                {
                    double[] c = Curvature.Matrix(numbers.AsSpan(e * size, size), d, form);
                    Close(c[i * d + j], second[e], c.Max(Math.Abs));
                }
            }
        }

        double[] T(double[] shifts) => ExactAnsatz.Numbers(network.LogRatios(terms, tensor([.. best.Zip(shifts, (b, s) => b + s)], [Events, d]))[0]);

        double[] Shift(int i, double by, int j = 0, double other = 0)
        {
            var shifts = new double[Events * d];
            for (int e = 0; e < Events; e++)
            {
                shifts[e * d + i] += by;
                shifts[e * d + j] += other;
            }

            return shifts;
        }

        void Close(double exact, double measured, double size) => Assert.True(Math.Abs(exact - measured) <= Relative * size, $"{exact} against {measured}, d = {d}, {form}");
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void The_quadratic_form_is_the_product_with_the_matrix(int d, CurvatureForm form)
    {
        using var scope = NewDisposeScope();
        int size = d * (d + 1) / 2;
        double[] numbers = ExactAnsatz.Normals(Events * size, 1, "numbers"), distance = ExactAnsatz.Normals(Events * d, 2, "distance");
        double[] quadratic = ExactAnsatz.Numbers(Curvature.Quadratic(tensor(distance, [Events, d]), tensor(numbers, [Events, size]), d, form));
        for (int e = 0; e < Events; e++)
        {
            var c = Square(Curvature.Matrix(numbers.AsSpan(e * size, size), d, form), d);
            var delta = Vector<double>.Build.DenseOfArray(distance[(e * d)..(e * d + d)]);
            // A dozen products and sums of float64.
            Assert.Equal(delta * (c * delta), quadratic[e], 1e-13 * Math.Max(1, c.FrobeniusNorm() * (delta * delta)));
            Assert.Equal(c, c.Transpose());
            if (form == CurvatureForm.Cholesky) Assert.True(quadratic[e] <= 0);
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void The_covariance_is_minus_the_inverse_of_C(int d, CurvatureForm form)
    {
        int size = d * (d + 1) / 2;
        for (ulong seed = 0; seed < 20; seed++)
        {
            double[] lower = ExactAnsatz.Normals(size, seed, "lower");
            for (int i = 0; i < d; i++) lower[Curvature.Index(i, i)] = 0.3 + Math.Abs(lower[Curvature.Index(i, i)]);
            double[] c = Curvature.Matrix(lower, d, CurvatureForm.Cholesky);
            double[] numbers = form == CurvatureForm.Cholesky ? lower : [.. from i in Enumerable.Range(0, d) from j in Enumerable.Range(0, i + 1) select c[i * d + j]];
            var covariance = Square(Curvature.Covariance(numbers, d, form), d);
            var inverse = -Square(c, d).Inverse();
            // Two ways to invert, each right to float64's rounding times the condition.
            Assert.True((covariance - inverse).FrobeniusNorm() <= 1e-14 * inverse.FrobeniusNorm() * Square(c, d).ConditionNumber() * d);
        }
    }

    [Fact]
    public void A_curvature_that_is_no_maximum_has_no_covariance()
    {
        // Rising, flat; a saddle, flat in one direction.
        foreach (double[] numbers in (double[][])[[0.5], [0], [-1, 2, -1], [-1, 0, 0]])
            Assert.All(Curvature.Covariance(numbers, numbers.Length == 1 ? 1 : 2, CurvatureForm.Symmetric), s => Assert.True(double.IsNaN(s)));
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_likelihood_says_what_the_network_says_in_units_of_the_targets(int d, CurvatureForm form, bool anchored)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var network = Network(d, form, anchored, 2);
        var scale = new TargetScale([.. Enumerable.Range(0, d).Select(k => 1.5 - k)], [.. Enumerable.Range(0, d).Select(k => 0.2 + k)], new double[d], new double[d], new double[d], new double[d]);
        var events = Inputs(d, anchored);
        using var likelihood = LearnedLikelihood.Of(network, scale, [Part(events, 0, 2), Part(events, 2, Events - 2)]);
        var terms = network.Terms(events);
        double[] scaled = ExactAnsatz.Normals(Events * d, 3, "targets"), targets = [.. scaled.Select((s, i) => scale.Restored(s, i % d))];
        double[] wanted = ExactAnsatz.Numbers(network.LogRatios(terms, tensor(scaled, [Events, d]))[0]), level = ExactAnsatz.Numbers(terms.Level);
        double size = wanted.Max(Math.Abs) + 1;
        Equal(wanted, likelihood.LogRatio(targets));
        Equal(level, likelihood.Level);
        Equal(level, likelihood.LogRatio(likelihood.Best));
        Equal([.. wanted.Zip(level, (t, a) => 2 * (a - t))], likelihood.Lambda(targets));

        int count = network.Shape.CurvatureSize;
        double[] numbers = ExactAnsatz.Numbers(network.CurvatureNumbers(terms, terms.Best)), slope = ExactAnsatz.Numbers(terms.Slope), covariances = likelihood.Covariances();
        for (int e = 0; e < Events; e++)
        {
            double[] s = Curvature.Covariance(numbers.AsSpan(e * count, count), d, form);
            if (s.Any(double.IsNaN))
            {
                Assert.True(double.IsNaN(likelihood.Displacements()[e]) && double.IsNaN(likelihood.Deviations()[e * d]));
                continue;
            }

            var own = Vector<double>.Build.DenseOfArray(slope[(e * d)..(e * d + d)]);
            double largest = s.Max(Math.Abs);
            Assert.Equal(1, likelihood.Displacements()[e] / Math.Sqrt(own * (Square(s, d) * own)), 1e-10);
            for (int i = 0; i < d; i++)
            {
                Assert.Equal(1, likelihood.Deviations()[e * d + i] / (scale.Units[i] * Math.Sqrt(s[i * d + i])), 1e-10);
                for (int j = 0; j < d; j++) Assert.Equal(0, (scale.Units[i] * scale.Units[j] * s[i * d + j] - covariances[(e * d + i) * d + j]) / largest, 1e-10);
            }
        }

        // Ten operations of float64 in another order.
        void Equal(double[] exact, double[] measured) => Assert.All(exact.Zip(measured), p => Assert.Equal(p.First, p.Second, 1e-12 * size));
    }

    [Fact]
    public void Events_whose_likelihood_has_no_maximum_fail_the_health_check()
    {
        double[] truth = ExactAnsatz.Normals(400, 1, "truth"), best = [.. truth.Zip(ExactAnsatz.Normals(400, 2, "noise"), (z, g) => z + 0.5 * g)];
        using var rising = ExactAnsatz.Parabola(0.1, form: CurvatureForm.Symmetric);
        using var falling = ExactAnsatz.Parabola(-4, form: CurvatureForm.Symmetric);
        var (bad, good) = (Eighth(rising), Eighth(falling));
        Assert.True(bad.Failed && bad.Measured == 1);
        Assert.True(!good.Failed && good.Measured == 0);
        Refusal.Of<InputDataException>(() => CalibrationHealth.Require([good, bad], "a run"), "H8", "Cholesky", "a run");
        CalibrationHealth.Require([good], "a run");

        HealthCheck Eighth(AnsatzNetwork network)
        {
            using var likelihood = ExactAnsatz.Likelihood(network, ExactAnsatz.Plain, best);
            Assert.All(likelihood.Deviations(), s => Assert.Equal(network == falling ? 0.5 : double.NaN, s, 1e-12));
            return CalibrationHealth.Of(likelihood, truth, best, null, 1).Checks.Single(c => c.Id == "H8");
        }
    }

    [Fact]
    public void No_event_is_refused()
    {
        using var network = ExactAnsatz.Gaussian();
        Refusal.Of<InputDataException>(() => LearnedLikelihood.Of(network, ExactAnsatz.Plain, []).Dispose(), "no event");
    }

    private static AnsatzNetwork Network(int d, CurvatureForm form, bool anchored, ulong seed) =>
        ExactAnsatz.Random(new AnsatzShape { Dimension = d, Curvature = form, Anchored = anchored, Hidden = 8, Layers = 2, Activation = Activation.Silu }, Width, seed);

    private static Systems.Calibration.Bodies.EventTensors Inputs(int d, bool anchored) =>
        ExactAnsatz.Events(ExactAnsatz.Normals(Events * Width, 4, "events"), Width, anchored ? ExactAnsatz.Normals(Events * d, 5, "anchors") : null);

    private static Systems.Calibration.Bodies.EventTensors Part(Systems.Calibration.Bodies.EventTensors events, int first, int count) =>
        new() { Count = count, Quantities = events.Quantities.narrow(0, first, count), Anchor = events.Anchor?.narrow(0, first, count) };

    private static double[] Extrapolated(Func<double, double[]> difference) => [.. difference(Step / 2).Zip(difference(Step), (fine, coarse) => (4 * fine - coarse) / 3)];

    private static Matrix<double> Square(double[] rows, int d) => Matrix<double>.Build.DenseOfRowMajor(d, d, rows);
}
