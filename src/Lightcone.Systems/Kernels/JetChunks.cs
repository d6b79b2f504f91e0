namespace Lightcone.Systems.Kernels;

/// <summary>Working memory of one thread, reused for every jet.</summary>
internal interface IJetScratch : IDisposable
{
    /// <summary>Makes room for jets of up to so many nodes.</summary>
    void Prepare(int largest);
}

/// <summary>What all chunks have in common.</summary>
internal static class JetChunks
{
    /// <summary>Most chunks of a batch.</summary>
    public const int Most = 16;
}

/// <summary>
/// Runs work over chunks of consecutive jets. The chunks depend on the jets alone, never on the number of threads, and every sum over
/// jets is taken chunk by chunk in order: so results have the same bits for any number of threads.
/// </summary>
/// <typeparam name="S">Working memory of a thread.</typeparam>
internal sealed unsafe class JetChunks<S> : IDisposable
    where S : class, IJetScratch
{
    private readonly int[] _start = new int[JetChunks.Most + 1];
    private readonly S[] _scratch;
    private readonly Action<int> _worker;
    private readonly ParallelOptions _options;
    private Action<int, S>? _work;
    private int _next;

    public JetChunks(int threads, Func<S> scratch)
    {
        _scratch = new S[threads];
        for (int t = 0; t < threads; t++) _scratch[t] = scratch();
        _options = new ParallelOptions { MaxDegreeOfParallelism = threads };
        _worker = Work;
    }

    /// <summary>Chunks of the present batch.</summary>
    public int Count { get; private set; }

    /// <summary>First jet of a chunk.</summary>
    public int From(int chunk) => _start[chunk];

    /// <summary>Jet after the last of a chunk.</summary>
    public int To(int chunk) => _start[chunk + 1];

    /// <summary>Cuts a batch where its edges are in sixteenths, and makes room for its largest jet.</summary>
    public void Cut(int* offsets, int jets)
    {
        long total = 0, seen = 0;
        int largest = 0;
        for (int jet = 0; jet < jets; jet++)
        {
            int nodes = offsets[jet + 1] - offsets[jet];
            largest = Math.Max(largest, nodes);
            total += Cost(nodes);
        }

        foreach (var scratch in _scratch) scratch.Prepare(largest);
        Count = 0;
        long target = 1;
        for (int jet = 0; jet < jets; jet++)
        {
            seen += Cost(offsets[jet + 1] - offsets[jet]);
            if (seen * JetChunks.Most < total * target) continue;
            _start[++Count] = jet + 1;
            target = (seen * JetChunks.Most / total) + 1;
        }
    }

    /// <summary>Does the work for every chunk of the batch.</summary>
    public void ForEach(Action<int, S> work)
    {
        _work = work;
        _next = 0;
        int threads = Math.Min(_scratch.Length, Count);
        if (threads <= 1)
        {
            if (Count > 0) Work(0);
        }
        else
        {
            Parallel.For(0, threads, _options, _worker);
        }

        _work = null;
    }

    public void Dispose()
    {
        foreach (var scratch in _scratch) scratch.Dispose();
    }

    private static long Cost(int nodes) => Math.Max(1, nodes * (nodes - 1L));

    private void Work(int thread)
    {
        for (int chunk = Interlocked.Increment(ref _next) - 1; chunk < Count; chunk = Interlocked.Increment(ref _next) - 1)
            _work!(chunk, _scratch[thread]);
    }
}
