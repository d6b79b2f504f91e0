using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Training.Engine;

/// <summary>
/// Matrix products and gradients whose errors are ordinary exceptions. The engine's own <c>matmul</c> and <c>autograd.grad</c> end the whole
/// process on a wrong shape or a spent graph, because their C functions let C++ exceptions escape; they are banned elsewhere
/// (eng/BannedSymbols.txt, docs/decisions/0002-guarded-calls.md).
/// </summary>
public static class Guarded
{
    private static readonly Lock WarningGate = new();
    private static bool _cycleWarningSpent;

    /// <summary>The matrix product of <paramref name="a"/> [..., n, k] and <paramref name="b"/> [..., k, m] with the usual broadcasting; vectors [k] are allowed on either side.</summary>
    /// <returns>A new tensor [..., n, m], owned by the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">Shapes, types or devices do not fit.</exception>
    /// <exception cref="ObjectDisposedException">A tensor was disposed.</exception>
    public static Tensor MatMul(Tensor a, Tensor b)
    {
        CheckProduct(a, b);
        using var scope = NewDisposeScope();
        Tensor left = a.dim() == 1 ? a.unsqueeze(0) : a, right = b.dim() == 1 ? b.unsqueeze(1) : b;
        var product = right.dim() == 2 ? Folded(left, right) : Batched(left, right);
        if (a.dim() == 1) product = product.squeeze(-2);
        if (b.dim() == 1) product = product.squeeze(-1);
        return product.MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The gradients of the <paramref name="outputs"/> with respect to the <paramref name="inputs"/>. The gradient fields of the tensors stay
    /// as they were. Not to be called for the same inputs from two threads at once.
    /// </summary>
    /// <param name="outputs">Tensors with a graph.</param>
    /// <param name="inputs">Tensors that require gradients and that the outputs depend on.</param>
    /// <param name="gradOutputs">Vectors for the vector-Jacobian products, shaped like the outputs; null for outputs of one element.</param>
    /// <param name="createGraph">The result can itself be differentiated; implies <paramref name="retainGraph"/>.</param>
    /// <param name="retainGraph">The graph stays usable.</param>
    /// <returns>One gradient an input, shaped like it.</returns>
    /// <exception cref="ArgumentException">Something does not fit, or an output does not depend on an input.</exception>
    /// <exception cref="ExternalException">The engine refused; its message says why, for instance that the graph is spent.</exception>
    public static Tensor[] Grad(IReadOnlyList<Tensor> outputs, IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor>? gradOutputs = null, bool createGraph = false, bool retainGraph = false)
    {
        CheckGradient(outputs, inputs, gradOutputs);
        if (createGraph) SpendCycleWarning();

        // backward() is the same computation behind a C function that does catch. It accumulates into the gradient fields: keep them aside.
        foreach (var input in inputs)
            if (!input.is_leaf) input.retain_grad();
        var kept = inputs.Select(i => i.grad).ToArray();
        foreach (var input in inputs) input.grad = null;
        try
        {
            autograd.backward([.. outputs], gradOutputs is null ? null : [.. gradOutputs], retainGraph || createGraph, createGraph, [.. inputs]);
            var gradients = new Tensor[inputs.Count];
            for (int i = 0; i < inputs.Count; i++)
                gradients[i] = inputs[i].grad ?? throw new ArgumentException($"The outputs do not depend on input {i}.", nameof(inputs));
            return gradients;
        }
        finally
        {
            for (int i = 0; i < inputs.Count; i++)
            {
                inputs[i].grad = kept[i];
                kept[i]?.Dispose();
            }
        }
    }

    /// <summary>The gradient of one output with respect to one input; see <see cref="Grad(IReadOnlyList{Tensor}, IReadOnlyList{Tensor}, IReadOnlyList{Tensor}, bool, bool)"/>.</summary>
    public static Tensor Grad(Tensor output, Tensor input, Tensor? gradOutput = null, bool createGraph = false, bool retainGraph = false) =>
        Grad([output], [input], gradOutput is null ? null : [gradOutput], createGraph, retainGraph)[0];

    // [..., n, k] times one matrix [k, m]: all rows in one product.
    private static Tensor Folded(Tensor left, Tensor right)
    {
        if (left.dim() == 2) return mm(left, right);
        long[] shape = left.shape;
        var rows = mm(left.reshape(Elements(shape[..^1]), shape[^1]), right);
        return rows.reshape([.. shape[..^1], right.shape[1]]);
    }

    private static Tensor Batched(Tensor left, Tensor right)
    {
        long[] batch = Broadcast(left.shape[..^2], right.shape[..^2]);
        long n = left.shape[^2], k = left.shape[^1], m = right.shape[^1], count = Elements(batch);
        var product = bmm(left.expand([.. batch, n, k]).reshape(count, n, k), right.expand([.. batch, k, m]).reshape(count, k, m));
        return product.reshape([.. batch, n, m]);
    }

    private static long Elements(long[] shape)
    {
        long count = 1;
        foreach (long size in shape) count = checked(count * size);
        return count;
    }

    private static long[] Broadcast(long[] a, long[] b)
    {
        var shape = new long[Math.Max(a.Length, b.Length)];
        for (int i = 1; i <= shape.Length; i++)
        {
            long x = i <= a.Length ? a[^i] : 1, y = i <= b.Length ? b[^i] : 1;
            if (x != y && x != 1 && y != 1) throw new ArgumentException($"Batch shapes {Text(a)} and {Text(b)} cannot be broadcast.");
            shape[^i] = x == 1 ? y : x;
        }

        return shape;
    }

    private static void CheckProduct(Tensor a, Tensor b)
    {
        CheckLive(a, nameof(a));
        CheckLive(b, nameof(b));
        if (a.dtype != b.dtype) throw new ArgumentException($"A matrix product of {a.dtype} and {b.dtype}: convert one of them.", nameof(b));
        if (a.dtype == ScalarType.Bool) throw new ArgumentException("A matrix product of truth values: convert them to numbers.", nameof(a));
        if (a.device_type != b.device_type || a.device_index != b.device_index) throw new ArgumentException($"A matrix product across devices {a.device} and {b.device}.", nameof(b));
        if (a.is_sparse || b.is_sparse) throw new ArgumentException("A matrix product of sparse tensors is not supported.");
        if (a.dim() == 0 || b.dim() == 0) throw new ArgumentException("A matrix product needs vectors or matrices, not scalars.");
        long inner = b.dim() == 1 ? b.shape[0] : b.shape[^2];
        if (a.shape[^1] != inner) throw new ArgumentException($"A matrix product of {Text(a.shape)} and {Text(b.shape)}: {a.shape[^1]} columns meet {inner} rows.", nameof(b));
        if (a.dim() > 2 && b.dim() > 2) Broadcast(a.shape[..^2], b.shape[..^2]);
    }

    private static void CheckGradient(IReadOnlyList<Tensor> outputs, IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor>? gradOutputs)
    {
        if (outputs.Count == 0 || inputs.Count == 0) throw new ArgumentException("A gradient needs at least one output and one input.");
        if (gradOutputs is not null && gradOutputs.Count != outputs.Count) throw new ArgumentException($"{gradOutputs.Count} vectors for {outputs.Count} outputs.", nameof(gradOutputs));
        for (int i = 0; i < outputs.Count; i++)
        {
            CheckLive(outputs[i], nameof(outputs));
            if (!outputs[i].requires_grad) throw new ArgumentException($"Output {i} has no graph: nothing it was computed from requires a gradient.", nameof(outputs));
            if (gradOutputs is null)
            {
                if (outputs[i].numel() != 1) throw new ArgumentException($"Output {i} has shape {Text(outputs[i].shape)}: say which combination to differentiate (gradOutputs), or sum it.", nameof(outputs));
                continue;
            }

            CheckLive(gradOutputs[i], nameof(gradOutputs));
            if (!gradOutputs[i].shape.AsSpan().SequenceEqual(outputs[i].shape) || gradOutputs[i].dtype != outputs[i].dtype || gradOutputs[i].device_type != outputs[i].device_type)
                throw new ArgumentException($"Vector {i} is {gradOutputs[i].dtype} {Text(gradOutputs[i].shape)}, its output {outputs[i].dtype} {Text(outputs[i].shape)}.", nameof(gradOutputs));
        }

        var seen = new HashSet<nint>();
        for (int i = 0; i < inputs.Count; i++)
        {
            CheckLive(inputs[i], nameof(inputs));
            if (!inputs[i].requires_grad) throw new ArgumentException($"Input {i} does not require a gradient.", nameof(inputs));
            if (!seen.Add(inputs[i].Handle)) throw new ArgumentException($"Input {i} is named twice.", nameof(inputs));
        }
    }

    private static void CheckLive(Tensor tensor, string name)
    {
        ArgumentNullException.ThrowIfNull(tensor, name);
        ObjectDisposedException.ThrowIf(tensor.IsInvalid, tensor);
    }

    private static string Text(long[] shape) => $"[{string.Join(", ", shape)}]";

    // backward() with a graph of the gradient warns once a process that gradient fields may form a cycle. Grad empties those fields, so the
    // warning would only puzzle: provoke it once where nobody hears it.
    private static void SpendCycleWarning()
    {
        if (_cycleWarningSpent) return;
        lock (WarningGate)
        {
            if (_cycleWarningSpent) return;
            using var scope = NewDisposeScope();
            using var gradients = set_grad_enabled(true);
            using var silence = new SilencedWarnings();
            var x = ones(1).requires_grad_();
            autograd.backward([x * x], null, true, true, [x]);
            x.grad = null;
            _cycleWarningSpent = true;
        }
    }
}
