namespace Lightcone.Systems.Mpm;

/// <summary>What the hidden particles of some jets cost, without smoothing.</summary>
/// <param name="Target">Loss of the target, shape [hidden]; nats where it is a token.</param>
/// <param name="Type">Cross entropy of the type [nats], shape [hidden]; NaN where the type is not known.</param>
internal sealed record HiddenLosses(double[] Target, double[] Type)
{
    /// <summary>Nothing hidden.</summary>
    public static HiddenLosses None { get; } = new([], []);
}
