namespace Lightcone.Figures;

/// <summary>The role a colour plays. Each role has a shade for light and one for dark paper (<see cref="Palette"/>).</summary>
public enum SeriesColour
{
    /// <summary>Blue: background class, truth.</summary>
    C1,

    /// <summary>Orange.</summary>
    C2,

    /// <summary>Red: signal class, the run the figure is about.</summary>
    C3,

    /// <summary>Plum.</summary>
    C4,

    /// <summary>Grey: baseline, prior.</summary>
    C5,

    /// <summary>Violet.</summary>
    C6,

    /// <summary>The colour of text and frame: data and results.</summary>
    Ink,

    /// <summary>Quiet text and reference lines.</summary>
    Mute,
}
