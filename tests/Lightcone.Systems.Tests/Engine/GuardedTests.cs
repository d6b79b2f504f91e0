using System.Runtime.InteropServices;
using Lightcone.Training.Engine;
using CsCheck;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Tests.Engine;

public sealed class GuardedTests
{
    [Theory]
    [InlineData(new long[] { 3, 4 }, new long[] { 4, 5 })]
    [InlineData(new long[] { 4 }, new long[] { 4 })]
    [InlineData(new long[] { 4 }, new long[] { 4, 5 })]
    [InlineData(new long[] { 3, 4 }, new long[] { 4 })]
    [InlineData(new long[] { 2, 3, 4 }, new long[] { 4, 5 })]
    [InlineData(new long[] { 2, 3, 4 }, new long[] { 4 })]
    [InlineData(new long[] { 4 }, new long[] { 2, 4, 5 })]
    [InlineData(new long[] { 2, 3, 4 }, new long[] { 2, 4, 5 })]
    [InlineData(new long[] { 7, 1, 3, 4 }, new long[] { 2, 4, 5 })]
    [InlineData(new long[] { 3, 4 }, new long[] { 2, 4, 5 })]
    [InlineData(new long[] { 0, 3, 4 }, new long[] { 4, 5 })]
    public void Matrix_products_agree_with_the_engine_for_every_combination_of_ranks(long[] left, long[] right)
    {
        using var scope = NewDisposeScope();
        var a = randn(left, dtype: float64);
        var b = randn(right, dtype: float64);
        var guarded = Guarded.MatMul(a, b);
        var raw = a.matmul(b);
        Assert.Equal(raw.shape, guarded.shape);
        // Sums of four products of numbers of order one: a few rounding steps of 2^-53.
        Assert.True((raw - guarded).abs().sum().item<double>() <= 1e-14 * Math.Max(1, raw.numel()));
    }

    [Fact]
    public void Wrong_matrix_products_throw_and_the_process_lives()
    {
        using var scope = NewDisposeScope();
        var a = ones(3, 4);
        Assert.Contains("4 columns meet 5 rows", Assert.Throws<ArgumentException>(() => Guarded.MatMul(a, ones(5, 2))).Message);
        Assert.Throws<ArgumentException>(() => Guarded.MatMul(a, ones(4, 2, dtype: float64)));
        Assert.Throws<ArgumentException>(() => Guarded.MatMul(a, tensor(1f)));
        Assert.Throws<ArgumentException>(() => Guarded.MatMul(ones(2, 3, 4), ones(3, 4, 5)));
        Assert.Throws<ArgumentException>(() => Guarded.MatMul(ones(3, 4, dtype: ScalarType.Bool), ones(4, 3, dtype: ScalarType.Bool)));
        var gone = ones(4, 2);
        gone.Dispose();
        Assert.Throws<ObjectDisposedException>(() => Guarded.MatMul(a, gone));
        Assert.Throws<ArgumentNullException>(() => Guarded.MatMul(a, null!));
    }

    [Fact]
    public void Any_pair_of_small_shapes_either_multiplies_or_throws_an_ArgumentException() =>
        Gen.Select(Gen.Long[0, 3].Array[0, 4], Gen.Long[0, 3].Array[0, 4]).Sample((left, right) =>
        {
            using var scope = NewDisposeScope();
            try
            {
                Guarded.MatMul(ones(left), ones(right));
            }
            catch (ArgumentException)
            {
            }
        }, iter: 2000, threads: 1);

    [Fact]
    public void The_second_derivative_of_a_cube_is_exact()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new double[] { 1, 2, -3 }, requires_grad: true);
        var first = Guarded.Grad((x * x * x).sum(), x, createGraph: true);
        var second = Guarded.Grad(first.sum(), x);
        Assert.Equal([3, 12, 27], first.data<double>().ToArray());
        Assert.Equal([6, 12, -18], second.data<double>().ToArray());
    }

    [Fact]
    public void A_gradient_leaves_the_gradient_fields_as_they_were()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new double[] { 1, 2 }, requires_grad: true);
        (x * x).sum().backward();
        Guarded.Grad((x * x * x).sum(), x);
        Assert.Equal([2, 4], x.grad!.data<double>().ToArray());
        var y = tensor(new double[] { 1 }, requires_grad: true);
        Guarded.Grad((y * y).sum(), y);
        Assert.Null(y.grad);
    }

    [Fact]
    public void Gradients_with_respect_to_intermediate_tensors_work()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new double[] { 1, 2 }, requires_grad: true);
        var middle = x * 3;
        Assert.Equal([6, 12], Guarded.Grad((middle * middle).sum(), middle).data<double>().ToArray());
    }

    [Fact]
    public void Vector_Jacobian_products_are_linear_in_the_vector()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new double[] { 1, 2 }, requires_grad: true);
        var y = x * x;
        var product = Guarded.Grad(y, x, tensor(new double[] { 10, 100 }), retainGraph: true);
        Assert.Equal([20, 400], product.data<double>().ToArray());
    }

    [Fact]
    public void Wrong_gradients_throw_and_the_process_lives()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new float[] { 1, 2 }, requires_grad: true);
        var loose = tensor(new float[] { 1, 2 }, requires_grad: true);
        var y = (x * x).sum();
        Assert.Throws<ArgumentException>(() => Guarded.Grad(ones(1), x));
        Assert.Throws<ArgumentException>(() => Guarded.Grad(y, ones(2)));
        Assert.Throws<ArgumentException>(() => Guarded.Grad(x * x, x));
        Assert.Throws<ArgumentException>(() => Guarded.Grad(y, x, ones(3)));
        Assert.Throws<ArgumentException>(() => Guarded.Grad([y], []));
        Assert.Contains("do not depend", Assert.Throws<ArgumentException>(() => Guarded.Grad(y, loose, retainGraph: true)).Message);
        Assert.Throws<ArgumentException>(() => Guarded.Grad([y], [x, x]));
        Guarded.Grad(y, x);
        Assert.Contains("second time", Assert.Throws<ExternalException>(() => Guarded.Grad(y, x)).Message);
    }

    [Fact]
    public void A_value_changed_in_place_after_use_is_an_exception()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new float[] { 1, 2 }, requires_grad: true);
        var middle = x * 2;
        var y = (middle * middle).sum();
        using (no_grad()) middle.add_(1);
        Assert.Contains("inplace", Assert.Throws<ExternalException>(() => Guarded.Grad(y, x)).Message);
    }

    [Fact]
    public void Products_and_gradients_leave_no_tensor_behind()
    {
        using var outer = NewDisposeScope();
        var x = randn(2, 3, 4, requires_grad: true);
        var w = randn(4, 5);
        Guarded.Grad(Guarded.MatMul(x, w).sum(), x, createGraph: true);
        long before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        for (int i = 0; i < 3; i++)
        {
            using var scope = NewDisposeScope();
            Guarded.Grad(Guarded.MatMul(x, w).sum(), x, createGraph: true);
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }
}
