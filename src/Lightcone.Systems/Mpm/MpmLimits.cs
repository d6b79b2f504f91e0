namespace Lightcone.Systems.Mpm;

/// <summary>Largest sizes that are read from a file, so that a hostile one cannot ask for all memory.</summary>
internal static class MpmLimits
{
    public const int Constituents = 512, Width = 2048, Layers = 64, Registers = 64, Clusters = 65536;
}
