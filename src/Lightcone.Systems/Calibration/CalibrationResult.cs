using Lightcone.Statistics;
using Lightcone.Systems.Calibration.Ansatz;

namespace Lightcone.Systems.Calibration;

/// <summary>One calibration on one sample of jets, beside the truth.</summary>
internal sealed class CalibrationResult
{
    private const double OneSigmaTail = 0.158655;
    private const int FewestForSharpness = 200;

    /// <summary>Judges calibrated jets.</summary>
    /// <param name="name">Name of the calibration.</param>
    /// <param name="jets">The jets.</param>
    /// <param name="truth">True transverse momenta [GeV].</param>
    /// <param name="scale">The spectrum of the training.</param>
    /// <param name="scaleFactor">What widths are multiplied with.</param>
    /// <exception cref="InputDataException">No jet's truth lies away from the edges of the spectrum.</exception>
    public CalibrationResult(string name, CalibratedJets jets, double[] truth, TargetScale scale, double scaleFactor)
    {
        (Name, Jets, Truth) = (name, jets, truth);
        Bins = TruthBins.Of(truth, Math.Exp(scale.Lows[0]), Math.Exp(scale.Highs[0]));
        Pulls = [.. truth.Select((z, i) => Math.Log(z / jets.Value[i]) / jets.Spread[i])];
        Inside = Array.ConvertAll(truth, z => scale.IsInside(Math.Log(z), 0));
        if (!Inside.Contains(true))
            throw new InputDataException($"Of {truth.Length} jets none has a truth away from the edges of the training's spectrum, so nothing can be judged at fixed truth.", "the jets to evaluate on",
                "Very few jets, another spectrum, or a calibration that tells the truth no better than its spectrum's width.", "Evaluate on more jets of the training's range, or train on a wider one.");
        ScaledPulls = Array.ConvertAll(Pulls, p => p / scaleFactor);
    }

    /// <summary>Name of the calibration.</summary>
    public string Name { get; }

    /// <summary>The jets.</summary>
    public CalibratedJets Jets { get; }

    /// <summary>True transverse momenta [GeV].</summary>
    public double[] Truth { get; }

    /// <summary>Bins of the truth.</summary>
    public TruthBins Bins { get; }

    /// <summary>Whether a jet's truth lies away from the edges of the training's spectrum: where coverage at fixed truth is asked for.</summary>
    public bool[] Inside { get; }

    /// <summary>ln(true/calibrated) over the spread that the calibration gives the jet.</summary>
    public double[] Pulls { get; }

    /// <summary>The same over the spread scaled on jets kept aside.</summary>
    public double[] ScaledPulls { get; }

    /// <summary>Mutual information of jet and truth on this sample; null for a baseline.</summary>
    public InformationEstimate? Information { get; init; }

    /// <summary>Calibrated over true transverse momentum of a jet.</summary>
    public double Response(int jet) => Jets.Value[jet] / Truth[jet];

    /// <summary>Largest distance from 1 of the median of calibrated over true among inner bins.</summary>
    public double WorstClosure(bool median) => Bins.Inner.Select(b => Math.Abs((median ? Bins.Median(b, Response) : Bins.Mean(b, Response)).Value - 1)).DefaultIfEmpty(double.NaN).Max();

    /// <summary>Bias of a bin in deviations: of the median, or of the mean; with its interval.</summary>
    public Interval Bias(int bin, bool median)
    {
        double spread = Bins.Resolution(bin, Response);
        var response = median ? Bins.Median(bin, Response) : Bins.Mean(bin, Response);
        return response with { Value = (response.Value - 1) / spread, Lower = (response.Lower - 1) / spread, Upper = (response.Upper - 1) / spread };
    }

    /// <summary>Largest bias among inner bins, in deviations.</summary>
    public double WorstBias(bool median) => Bins.Inner.Select(b => Math.Abs(Bias(b, median).Value)).DefaultIfEmpty(double.NaN).Max();

    /// <summary>Half of what lies between the 16 and 84 % quantiles of calibrated over true, over the median.</summary>
    public double Resolution()
    {
        double[] all = [.. Enumerable.Range(0, Jets.Count).Select(Response)];
        return 0.5 * (Quantile.Of(all, 1 - OneSigmaTail) - Quantile.Of(all, OneSigmaTail)) / Quantile.Of(all, 0.5);
    }

    /// <summary>Half of what lies between the 16 and 84 % quantiles of scaled pulls.</summary>
    public double PullWidth() => PullSummary.Of(Insiders(ScaledPulls)).HalfWidth;

    /// <summary>Learned likelihoods of a few jets, to be drawn; none for a baseline.</summary>
    public IReadOnlyList<JetLikelihood> Likelihoods { get; init; } = [];

    /// <summary>Coverage of a method at one of the levels, of jets whose truth lies inside.</summary>
    public CoverageCount Coverage(MethodIntervals method, int level) => CoverageCurve.OfIntervals(Insiders(method.Lower[level]), Insiders(method.Upper[level]), Insiders(Truth), CalibratedJets.Levels[level]);

    /// <summary>Width of a method's intervals in ln pT once it covers as it should: scaled on every other jet, measured on the rest; null where there are too few.</summary>
    public Sharpness? SharpnessOf(MethodIntervals method, int level)
    {
        double[] lower = [.. Insiders(method.Lower[level]).Select(v => Math.Log(v))], upper = [.. Insiders(method.Upper[level]).Select(v => Math.Log(v))], truth = [.. Insiders(Truth).Select(v => Math.Log(v))];
        if (truth.Length < FewestForSharpness) return null;
        return Sharpness.AtEqualCoverage(Half(0), Half(1), CalibratedJets.Levels[level]);

        PredictedIntervals Half(int parity)
        {
            int[] own = [.. Enumerable.Range(0, truth.Length).Where(i => i % 2 == parity)];
            return new([.. own.Select(i => lower[i])], [.. own.Select(i => upper[i])], [.. own.Select(i => truth[i])]);
        }
    }

    /// <summary>The values of jets whose truth lies inside.</summary>
    public double[] Insiders(double[] values) => [.. values.Where((_, i) => Inside[i])];
}

/// <summary>The likelihood of one jet along the truth.</summary>
/// <param name="Jet">Position of the jet.</param>
/// <param name="Truths">Candidate truths [GeV], rising.</param>
/// <param name="LogRatios">T there, less its largest value.</param>
/// <param name="MostLikely">Truth of largest likelihood [GeV].</param>
internal sealed record JetLikelihood(int Jet, double[] Truths, double[] LogRatios, double MostLikely);
