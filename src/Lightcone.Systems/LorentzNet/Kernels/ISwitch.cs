namespace Lightcone.Systems.LorentzNet.Kernels;

/// <summary>A choice made when a kernel is compiled.</summary>
internal interface ISwitch
{
    static abstract bool IsOn { get; }
}

/// <summary>Chosen.</summary>
internal readonly struct True : ISwitch
{
    public static bool IsOn => true;
}

/// <summary>Not chosen.</summary>
internal readonly struct False : ISwitch
{
    public static bool IsOn => false;
}
