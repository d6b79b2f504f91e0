using Lightcone.Kinematics;

namespace Lightcone.Transport;

/// <summary>Energies spread over directions: a jet as a detector sees it.</summary>
public readonly ref struct EnergyFlow
{
    /// <summary>Names the three numbers of each particle.</summary>
    /// <param name="weights">Energy or transverse momentum [GeV], not negative.</param>
    /// <param name="rapidities">Rapidity or pseudorapidity; need not be finite where the weight is 0.</param>
    /// <param name="azimuths">Azimuth [rad].</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public EnergyFlow(ReadOnlySpan<double> weights, ReadOnlySpan<double> rapidities, ReadOnlySpan<double> azimuths)
    {
        if (weights.Length != rapidities.Length || weights.Length != azimuths.Length)
            throw new ArgumentException($"{weights.Length} weights, {rapidities.Length} rapidities and {azimuths.Length} azimuths.", nameof(weights));
        Weights = weights;
        Rapidities = rapidities;
        Azimuths = azimuths;
    }

    /// <summary>Energy or transverse momentum of each particle [GeV].</summary>
    public ReadOnlySpan<double> Weights { get; }

    /// <summary>Rapidity or pseudorapidity of each particle.</summary>
    public ReadOnlySpan<double> Rapidities { get; }

    /// <summary>Azimuth of each particle [rad].</summary>
    public ReadOnlySpan<double> Azimuths { get; }

    /// <summary>Number of particles.</summary>
    public int Count => Weights.Length;
}

/// <summary>
/// The energy mover's distance (P. Komiske, E. Metodiev, J. Thaler, arXiv:1902.02346, eq. 1): the least work Σ f_ij (θ_ij/R)^β that turns one jet into
/// another, plus the energy |ΔE| that must appear or vanish, in the unit of the weights. Exact: weights are counted in units of 2⁻⁶⁰ of the heavier
/// jet, so a jet is 0 away from itself in any order. A metric for β = 1 while no two particles are further apart than 2R.
/// One object is a workspace for any number of jets; one thread uses it at a time.
/// </summary>
public sealed class EnergyMover
{
    private const int UnitBits = 60;
    private readonly TransportProblem problem = new();
    private double[] plan = [], firstSlopes = [], secondSlopes = [];
    private long[] firstUnits = [], secondUnits = [];
    private int firstCount, secondCount;

    /// <summary>Angle that costs a whole unit of energy: R.</summary>
    public double Radius
    {
        get;
        init => field = value > 0 && double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), $"A radius of {value}.");
    } = 1;

    /// <summary>Power of the angle: β.</summary>
    public double Beta
    {
        get;
        init => field = value > 0 && double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), $"A power of {value}.");
    } = 1;

    /// <summary>Energy carried from each particle of the first jet to each of the second in the last call, row-major, shape [first, second].</summary>
    public ReadOnlySpan<double> Plan => plan.AsSpan(0, firstCount * secondCount);

    /// <summary>
    /// Derivative of the last distance by each weight of the first jet (the price of more supply; the mean of the two sides where the jets weigh the
    /// same; 0 for a particle of weight 0), shape [first].
    /// </summary>
    public ReadOnlySpan<double> FirstSlopes => firstSlopes.AsSpan(0, firstCount);

    /// <summary>The same for the second jet, shape [second].</summary>
    public ReadOnlySpan<double> SecondSlopes => secondSlopes.AsSpan(0, secondCount);

    /// <summary>Distance between two jets; <see cref="Plan"/> and the slopes then belong to it.</summary>
    /// <exception cref="InputDataException">A weight is negative or a number is not finite.</exception>
    public double Distance(EnergyFlow first, EnergyFlow second)
    {
        Check(first, "first");
        Check(second, "second");
        Reserve(first.Count, second.Count);
        double heavier = Math.Max(Sum(first.Weights), Sum(second.Weights));
        if (heavier == 0)
        {
            plan.AsSpan().Clear();
            firstSlopes.AsSpan().Clear();
            secondSlopes.AsSpan().Clear();
            return 0;
        }

        int scale = UnitBits - 1 - Math.ILogB(heavier);
        long surplus = Count(first.Weights, scale, firstUnits) - Count(second.Weights, scale, secondUnits);
        int sources = firstCount + (surplus < 0 ? 1 : 0), sinks = secondCount + (surplus > 0 ? 1 : 0);
        problem.Reserve(sources, sinks);
        Fill(first, second, sources, sinks, Math.Abs(surplus));
        problem.Solve();
        Slopes(first, second, surplus);
        return Work(sinks, scale) + Math.ScaleB(Math.Abs(surplus), -scale);
    }

    // What appears or vanishes goes to an extra particle at no cost: its energy is counted once, as |ΔE|.
    private void Fill(EnergyFlow first, EnergyFlow second, int sources, int sinks, long extra)
    {
        var costs = problem.Costs.AsSpan(0, sources * sinks);
        costs.Clear();
        for (int i = 0; i < firstCount; i++)
            for (int j = 0; j < secondCount; j++)
                if (firstUnits[i] > 0 && secondUnits[j] > 0) costs[i * sinks + j] = Cost(first, i, second, j);
        firstUnits.AsSpan(0, firstCount).CopyTo(problem.Supplies);
        secondUnits.AsSpan(0, secondCount).CopyTo(problem.Demands);
        if (sources > firstCount) problem.Supplies[firstCount] = extra;
        if (sinks > secondCount) problem.Demands[secondCount] = extra;
    }

    private double Cost(EnergyFlow first, int i, EnergyFlow second, int j)
    {
        double rapidity = first.Rapidities[i] - second.Rapidities[j], azimuth = FourMomentum.DeltaPhi(first.Azimuths[i], second.Azimuths[j]);
        double angle = Math.Sqrt(rapidity * rapidity + azimuth * azimuth) / Radius;
        return Beta == 1 ? angle : Math.Pow(angle, Beta);
    }

    private double Work(int sinks, int scale)
    {
        double work = 0;
        for (int i = 0; i < firstCount; i++)
            for (int j = 0; j < secondCount; j++)
            {
                double carried = Math.ScaleB(problem.Flow[i * sinks + j], -scale);
                plan[i * secondCount + j] = carried;
                work += carried * problem.Costs[i * sinks + j];
            }

        return work;
    }

    // Prices are known up to a constant that one side adds and the other subtracts; the extra particle, which is free, fixes it.
    private void Slopes(EnergyFlow first, EnergyFlow second, long surplus)
    {
        ReadOnlySpan<double> u = problem.SourcePrices, v = problem.SinkPrices;
        double shift = surplus > 0 ? v[secondCount] + 1
            : surplus < 0 ? -u[firstCount] - 1
            : 0.5 * (Highest(v, secondUnits) - Highest(u, firstUnits));
        for (int i = 0; i < firstCount; i++) firstSlopes[i] = first.Weights[i] > 0 ? u[i] + shift : 0;
        for (int j = 0; j < secondCount; j++) secondSlopes[j] = second.Weights[j] > 0 ? v[j] - shift : 0;
    }

    private static double Highest(ReadOnlySpan<double> prices, long[] units)
    {
        double highest = double.NegativeInfinity;
        for (int i = 0; i < prices.Length; i++)
            if (units[i] > 0) highest = Math.Max(highest, prices[i]);
        return highest;
    }

    private static long Count(ReadOnlySpan<double> weights, int scale, long[] units)
    {
        long sum = 0;
        for (int i = 0; i < weights.Length; i++) sum += units[i] = (long)Math.Round(Math.ScaleB(weights[i], scale));
        return sum;
    }

    private static double Sum(ReadOnlySpan<double> weights)
    {
        double sum = 0;
        foreach (double weight in weights) sum += weight;
        return sum;
    }

    private void Reserve(int first, int second)
    {
        (firstCount, secondCount) = (first, second);
        if (plan.Length < first * second) plan = new double[checked(first * second)];
        if (firstUnits.Length < first) (firstUnits, firstSlopes) = (new long[first], new double[first]);
        if (secondUnits.Length < second) (secondUnits, secondSlopes) = (new long[second], new double[second]);
    }

    private static void Check(EnergyFlow flow, string name)
    {
        for (int i = 0; i < flow.Count; i++)
        {
            double weight = flow.Weights[i];
            if (!(weight is >= 0 and <= 1e290) || (weight > 0 && !(double.IsFinite(flow.Rapidities[i]) && double.IsFinite(flow.Azimuths[i]))))
                throw new InputDataException($"Energy {weight} in direction ({flow.Rapidities[i]}, {flow.Azimuths[i]}) cannot be moved.", $"particle {i} of the {name} jet",
                    "A four-momentum that is not finite, or a network that left the range of numbers.", "Check the jets with 'lightcone dataset check' and the training's loss.");
        }
    }
}
