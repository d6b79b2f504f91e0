using static TorchSharp.torch;

namespace Lightcone.Systems.Kernels;

/// <summary>
/// Keeps what went wrong in the backward pass of an operation: an exception must not leave one, because it would end the process. The pass returns zero
/// gradients, and whoever called it asks afterwards.
/// </summary>
/// <param name="operation">Name of the operation, for the message.</param>
internal sealed class BackwardFailure(string operation)
{
    private Exception? kept;

    /// <summary>What went wrong since the last <see cref="Throw"/>; null if nothing.</summary>
    public Exception? Kept => Volatile.Read(ref kept);

    /// <summary>Keeps the first failure and clears the gradients.</summary>
    public void Keep(Exception failure, IEnumerable<Tensor?> gradients)
    {
        Interlocked.CompareExchange(ref kept, failure, null);
        foreach (var gradient in gradients) gradient?.zero_();
    }

    /// <summary>Throws what went wrong, once.</summary>
    /// <exception cref="InvalidOperationException">A backward pass failed and its gradients are zeros.</exception>
    public void Throw()
    {
        if (Interlocked.Exchange(ref kept, null) is { } failure)
            throw new InvalidOperationException($"the backward pass of the {operation} failed and its gradients are zeros", failure);
    }
}
