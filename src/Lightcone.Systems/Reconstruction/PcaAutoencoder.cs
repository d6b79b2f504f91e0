using Lightcone.Jets;
using Lightcone.Kinematics;
using Lightcone.Statistics;

namespace Lightcone.Systems.Reconstruction;

/// <summary>
/// The honest simple autoencoder: principal components of the constituents in the order of the file. Each jet is turned to azimuth 0, boosted along the beam to
/// rapidity 0 and divided by its pT; pT, direction and number of constituents go round the components and count as latent numbers.
/// </summary>
internal sealed class PcaAutoencoder : IAutoencoder
{
    private const int Slots = 30, Coordinates = 3, Dimension = Slots * Coordinates, Passed = 4, Block = 1024;

    private readonly PrincipalComponents components;
    private readonly int kept;

    private PcaAutoencoder(PrincipalComponents components, int kept) => (this.components, this.kept) = (components, kept);

    /// <inheritdoc/>
    public int LatentNumbers => kept + Passed;

    /// <inheritdoc/>
    public IReadOnlyList<int> Invariants => [.. Enumerable.Range(0, kept)];

    /// <summary>Fits the components on training jets.</summary>
    /// <param name="training">The jets.</param>
    /// <param name="latentNumbers">Numbers a jet may be compressed to; at least one component is kept.</param>
    public static PcaAutoencoder Fit(IJetSource training, int latentNumbers)
    {
        var points = new double[checked((int)training.Count * Dimension)];
        foreach (var jets in new SequentialBatches(training) { BatchSize = Block })
            for (int jet = 0; jet < jets.JetCount; jet++)
                Write(jets, jet, Axis.Of(jets.Jet(jet)), points.AsSpan(checked((int)jets.Rows[jet]) * Dimension, Dimension));
        return new PcaAutoencoder(PrincipalComponents.Fit(points, Dimension), Math.Clamp(latentNumbers - Passed, 1, Dimension));
    }

    /// <inheritdoc/>
    public ReconstructedJets Reconstruct(JetBatch jets)
    {
        var latents = new float[jets.JetCount * LatentNumbers];
        var momenta = new List<double>(jets.Momenta.Length);
        var offsets = new int[jets.JetCount + 1];
        double[] point = new double[Dimension], coordinates = new double[kept];
        for (int jet = 0; jet < jets.JetCount; jet++)
        {
            var axis = Axis.Of(jets.Jet(jet));
            Write(jets, jet, axis, point);
            components.Project(point, coordinates);
            components.Reconstruct(coordinates, point);
            int count = Math.Min(Slots, jets.Multiplicity(jet));
            for (int c = 0; c < count; c++)
            {
                var p = axis.Back(point[3 * c], point[3 * c + 1], point[3 * c + 2]);
                momenta.AddRange([p.E, p.Px, p.Py, p.Pz]);
            }

            offsets[jet + 1] = momenta.Count / 4;
            var row = latents.AsSpan(jet * LatentNumbers, LatentNumbers);
            for (int k = 0; k < kept; k++) row[k] = (float)coordinates[k];
            (row[kept], row[kept + 1], row[kept + 2], row[kept + 3]) = ((float)axis.Pt, (float)axis.Rapidity, (float)axis.Azimuth, count);
        }

        return new ReconstructedJets(jets, new JetBatch { Rows = jets.Rows, Offsets = offsets, Momenta = [.. momenta], Labels = jets.Labels }, latents);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private static void Write(JetBatch jets, int jet, Axis axis, Span<double> point)
    {
        point.Clear();
        for (int c = 0; c < Math.Min(Slots, jets.Multiplicity(jet)); c++)
            (point[3 * c], point[3 * c + 1], point[3 * c + 2]) = axis.Around(jets.Constituent(jets.Offsets[jet] + c));
    }

    /// <summary>A jet's direction and size, and how constituents look from there.</summary>
    private readonly record struct Axis(double Pt, double Rapidity, double Azimuth)
    {
        public static Axis Of(FourMomentum jet) => new(Math.Max(jet.Pt, 1), jet.E > Math.Abs(jet.Pz) ? jet.Rapidity : 0, jet.Pt > 0 ? jet.Azimuth : 0);

        public (double X, double Y, double Z) Around(FourMomentum p)
        {
            var (sine, cosine) = Math.SinCos(Azimuth);
            return ((cosine * p.Px + sine * p.Py) / Pt, (cosine * p.Py - sine * p.Px) / Pt, (Math.Cosh(Rapidity) * p.Pz - Math.Sinh(Rapidity) * p.E) / Pt);
        }

        public FourMomentum Back(double x, double y, double z)
        {
            var (sine, cosine) = Math.SinCos(Azimuth);
            double energy = Pt * Math.Sqrt(x * x + y * y + z * z), cosh = Math.Cosh(Rapidity), sinh = Math.Sinh(Rapidity);
            return new(cosh * energy + sinh * Pt * z, Pt * (cosine * x - sine * y), Pt * (sine * x + cosine * y), cosh * Pt * z + sinh * energy);
        }
    }
}
