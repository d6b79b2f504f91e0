namespace Lightcone.Transport;

/// <summary>
/// The cheapest way to carry goods from sources to sinks, exactly, by successive shortest paths with prices (J. Edmonds, R. Karp, J. ACM 19 (1972) 248).
/// Amounts are integers, so that what leaves equals what arrives to the last unit and every path ends a source, a sink or a detour.
/// </summary>
internal sealed class TransportProblem
{
    private int sources, sinks;
    private double[] distance = [], sinkPrice = [], sourcePrice = [], sourceDistance = [];
    private int[] sourceOfSink = [], sinkOfSource = [];
    private bool[] sinkVisited = [], sourceVisited = [];
    private long[] flow = [];

    /// <summary>Cost of every pair, row-major, shape [sources, sinks]; filled by the caller after <see cref="Reserve"/>, finite and not negative.</summary>
    public double[] Costs { get; private set; } = [];

    /// <summary>Amount each source has, shape [sources]; used up by <see cref="Solve"/>.</summary>
    public long[] Supplies { get; private set; } = [];

    /// <summary>Amount each sink wants, shape [sinks]; used up by <see cref="Solve"/>. The sums of supplies and demands are equal.</summary>
    public long[] Demands { get; private set; } = [];

    /// <summary>Amount carried from each source to each sink, row-major, shape [sources, sinks].</summary>
    public ReadOnlySpan<long> Flow => flow.AsSpan(0, sources * sinks);

    /// <summary>Change of the cheapest total with one more unit in a source, up to one constant that the sinks carry with the other sign; shape [sources].</summary>
    public ReadOnlySpan<double> SourcePrices => sourcePrice.AsSpan(0, sources);

    /// <summary>The same for the sinks; source price + sink price ≤ cost, equal where something is carried. Shape [sinks].</summary>
    public ReadOnlySpan<double> SinkPrices => sinkPrice.AsSpan(0, sinks);

    /// <summary>Makes room for a problem and forgets the last one.</summary>
    public void Reserve(int sourceCount, int sinkCount)
    {
        (sources, sinks) = (sourceCount, sinkCount);
        int pairs = checked(sources * sinks);
        if (flow.Length < pairs) (flow, Costs) = (new long[pairs], new double[pairs]);
        if (Supplies.Length < sources)
            (Supplies, sourcePrice, sourceDistance, sinkOfSource, sourceVisited) = (new long[sources], new double[sources], new double[sources], new int[sources], new bool[sources]);
        if (Demands.Length < sinks)
            (Demands, sinkPrice, distance, sourceOfSink, sinkVisited) = (new long[sinks], new double[sinks], new double[sinks], new int[sinks], new bool[sinks]);
        Array.Clear(flow, 0, pairs);
        Array.Clear(sourcePrice, 0, sources);
        Array.Clear(sinkPrice, 0, sinks);
    }

    /// <summary>Finds the cheapest plan.</summary>
    public void Solve()
    {
        for (int source = 0; source < sources; source++)
            while (Supplies[source] > 0)
                Carry(source, ShortestPath(source));
    }

    // Dijkstra over reduced costs from one source to the nearest sink that still wants something; goods already carried may be taken back.
    private int ShortestPath(int start)
    {
        Array.Fill(distance, double.PositiveInfinity, 0, sinks);
        Array.Clear(sinkVisited, 0, sinks);
        Array.Clear(sourceVisited, 0, sources);
        Visit(start, -1, 0);
        while (true)
        {
            int nearest = -1;
            double least = double.PositiveInfinity;
            for (int sink = 0; sink < sinks; sink++)
                if (!sinkVisited[sink] && distance[sink] < least) (least, nearest) = (distance[sink], sink);
            sinkVisited[nearest] = true;
            if (Demands[nearest] > 0)
            {
                UpdatePrices(least);
                return nearest;
            }

            for (int source = 0; source < sources; source++)
                if (!sourceVisited[source] && flow[source * sinks + nearest] > 0) Visit(source, nearest, least);
        }
    }

    private void Visit(int source, int from, double reached)
    {
        (sourceVisited[source], sinkOfSource[source], sourceDistance[source]) = (true, from, reached);
        double price = sourcePrice[source];
        for (int sink = 0; sink < sinks; sink++)
        {
            // Rounding may leave a reduced cost a little below 0.
            double along = reached + Math.Max(0, Costs[source * sinks + sink] - price - sinkPrice[sink]);
            if (!sinkVisited[sink] && along < distance[sink]) (distance[sink], sourceOfSink[sink]) = (along, source);
        }
    }

    private void UpdatePrices(double length)
    {
        for (int source = 0; source < sources; source++)
            if (sourceVisited[source]) sourcePrice[source] += length - sourceDistance[source];
        for (int sink = 0; sink < sinks; sink++)
            if (sinkVisited[sink]) sinkPrice[sink] -= length - distance[sink];
    }

    private void Carry(int start, int end)
    {
        long amount = Math.Min(Supplies[start], Demands[end]);
        for (int source = sourceOfSink[end]; source != start; source = sourceOfSink[sinkOfSource[source]])
            amount = Math.Min(amount, flow[source * sinks + sinkOfSource[source]]);
        for (int sink = end; ; sink = sinkOfSource[sourceOfSink[sink]])
        {
            int source = sourceOfSink[sink];
            flow[source * sinks + sink] += amount;
            if (source == start) break;
            flow[source * sinks + sinkOfSource[source]] -= amount;
        }

        Supplies[start] -= amount;
        Demands[end] -= amount;
    }
}
