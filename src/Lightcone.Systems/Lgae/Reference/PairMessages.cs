using System.Numerics;
using Lightcone.Systems.Kernels;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Lgae.Reference;

/// <summary>Where a kernel's numbers lie. Inputs, outputs and their gradients are [C, 2, rows, B·N].</summary>
internal sealed unsafe class PairTensors<T>
    where T : unmanaged
{
    /// <summary>|d_ij|, [B, N, N].</summary>
    public required T* Distances { get; init; }

    /// <summary>Which slots hold particles, [B, N].</summary>
    public required byte* Mask { get; init; }

    /// <summary>W, [4C, K].</summary>
    public required T* Weights { get; init; }

    /// <summary>w, [4C].</summary>
    public required T* Offsets { get; init; }

    /// <summary>c², [K].</summary>
    public required T* Squares { get; init; }

    /// <summary>x and y: what scalar and vector edges carry.</summary>
    public required (nint Scalars, nint Vectors) In { get; init; }

    /// <summary>The sums (forward, written) or their gradients (backward, read).</summary>
    public required (nint Scalars, nint Vectors) Out { get; init; }

    /// <summary>Gradients of x and y; backward only.</summary>
    public (nint Scalars, nint Vectors) InGradients { get; init; }

    /// <summary>x (0) or y (1).</summary>
    public T* Inputs(int kind) => (T*)(kind == 0 ? In.Scalars : In.Vectors);

    /// <summary>Sums of x (0) or y (1).</summary>
    public T* Outputs(int kind) => (T*)(kind == 0 ? Out.Scalars : Out.Vectors);

    /// <summary>Gradient of x (0) or y (1).</summary>
    public T* InputGradients(int kind) => (T*)(kind == 0 ? InGradients.Scalars : InGradients.Vectors);
}

/// <summary>
/// <see cref="PairKernel{T}"/> as one differentiable operation: sums over the real particles of a jet, zero in padded slots. First-order only. Jets are worked off in
/// chunks that do not depend on the number of threads, and gradients are summed chunk by chunk, so that bits do not depend on it either.
/// </summary>
/// <remarks>An exception must not leave a backward pass, because it would end the process: it is kept for <see cref="ThrowIfBackwardFailed"/>.</remarks>
internal sealed class PairMessages : autograd.MultiTensorFunction<PairMessages>
{
    private const int FirstTensor = 1, JetsOfChunk = 8;
    private static readonly BackwardFailure Failure = new("published messages");

    /// <inheritdoc/>
    public override string Name => nameof(PairMessages);

    /// <summary>Throws what went wrong in a backward pass, once.</summary>
    /// <exception cref="InvalidOperationException">A backward pass failed and its gradients are zeros.</exception>
    public static void ThrowIfBackwardFailed() => Failure.Throw();

    /// <summary>Sums of what scalar edges carry, x, and of what vector edges carry, y.</summary>
    /// <param name="shape">Sizes.</param>
    /// <param name="distances">|d_ij|, [B·N·N].</param>
    /// <param name="mask">Bytes, [B·N].</param>
    /// <param name="x">[C, 2, rows, B·N].</param>
    /// <param name="y">[C, 2, rows, B·N].</param>
    /// <param name="weights">W, [4C, K], in the order of <see cref="PairKernel{T}"/>'s filters.</param>
    /// <param name="offsets">w, [4C].</param>
    /// <param name="squares">c², [K].</param>
    public static (Tensor Scalars, Tensor Vectors) Apply(PairShape shape, Tensor distances, Tensor mask, Tensor x, Tensor y, Tensor weights, Tensor offsets, Tensor squares)
    {
        var sums = apply(shape, distances, mask, x, y, weights, offsets, squares);
        return (sums[0], sums[1]);
    }

    /// <inheritdoc/>
    public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var shape = (PairShape)vars[0];
        var tensors = vars.Skip(FirstTensor).Select(v => ((Tensor)v).contiguous()).ToList();
        List<Tensor> sums = [zeros_like(tensors[2]), zeros_like(tensors[3])];
        Run(shape, tensors, sums, null);
        ctx.save_for_backward(tensors);
        ctx.save_data(nameof(PairShape), shape);
        return sums;
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
    {
        List<Tensor> result = [null!, null!, null!];
        List<Tensor>? tensors = null;
        try
        {
            tensors = ctx.get_saved_variables();
            for (int k = 2; k < tensors.Count; k++) result.Add(zeros_like(tensors[k]));
            using Tensor first = grad_outputs[0].contiguous(), second = grad_outputs[1].contiguous();
            Run((PairShape)ctx.get_data(nameof(PairShape)), tensors, [first, second], result);
        }
        catch (Exception failure)
        {
            Failure.Keep(failure, result);
        }
        finally
        {
            if (tensors is not null)
                foreach (var tensor in tensors) tensor.Dispose();
        }

        return result;
    }

    private static void Run(PairShape shape, List<Tensor> tensors, List<Tensor> sums, List<Tensor>? gradients)
    {
        if (tensors[0].dtype == ScalarType.Float64) Run<double>(shape, tensors, sums, gradients);
        else Run<float>(shape, tensors, sums, gradients);
    }

    private static unsafe void Run<T>(PairShape shape, List<Tensor> tensors, List<Tensor> sums, List<Tensor>? gradients)
        where T : unmanaged, INumber<T>
    {
        var pointers = new PairTensors<T>
        {
            Distances = (T*)Address(tensors[0]), Mask = (byte*)Address(tensors[1]), In = (Address(tensors[2]), Address(tensors[3])), Weights = (T*)Address(tensors[4]),
            Offsets = (T*)Address(tensors[5]), Squares = (T*)Address(tensors[6]), Out = (Address(sums[0]), Address(sums[1])),
            InGradients = gradients is null ? default : (Address(gradients[3]), Address(gradients[4])),
        };
        int chunks = (shape.Jets + JetsOfChunk - 1) / JetsOfChunk, threads = Math.Min(Threads.Count, chunks);
        var shares = new double[gradients is null ? 0 : chunks * shape.Parameters];
        if (threads == 1)
        {
            using var kernel = new PairKernel<T>(shape);
            for (int chunk = 0; chunk < chunks; chunk++) Chunk(kernel, chunk);
        }
        else
        {
            Parallel.For(0, chunks, new ParallelOptions { MaxDegreeOfParallelism = threads }, () => new PairKernel<T>(shape), (chunk, _, kernel) => Chunk(kernel, chunk), k => k.Dispose());
        }

        if (gradients is not null) Add<T>(shape, shares, chunks, gradients);

        PairKernel<T> Chunk(PairKernel<T> kernel, int chunk)
        {
            kernel.ClearGradients();
            for (int jet = chunk * JetsOfChunk; jet < Math.Min(shape.Jets, (chunk + 1) * JetsOfChunk); jet++)
            {
                kernel.Load(jet, pointers);
                if (gradients is null) kernel.Forward(jet, pointers);
                else kernel.Backward(jet, pointers);
            }

            if (gradients is not null)
                fixed (double* share = shares) kernel.ReadGradients(share + (chunk * shape.Parameters));
            return kernel;
        }
    }

    private static unsafe void Add<T>(PairShape shape, double[] shares, int chunks, List<Tensor> gradients)
        where T : unmanaged, INumber<T>
    {
        int weights = shape.Filters * shape.Bells, offsets = weights + shape.Filters;
        for (int p = 0; p < shape.Parameters; p++)
        {
            double sum = 0;
            for (int chunk = 0; chunk < chunks; chunk++) sum += shares[(chunk * shape.Parameters) + p];
            var (target, index) = p < weights ? (gradients[5], p) : p < offsets ? (gradients[6], p - weights) : (gradients[7], p - offsets);
            ((T*)Address(target))[index] = T.CreateTruncating(sum);
        }
    }

    private static unsafe nint Address(Tensor tensor)
    {
        fixed (byte* first = tensor.bytes) return (nint)first; // native memory: it does not move
    }
}
