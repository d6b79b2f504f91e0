namespace Lightcone.Cli.Commands;

/// <summary>How a check of the machine ended.</summary>
internal enum DoctorStatus
{
    Pass,

    /// <summary>Worth knowing; nothing to do.</summary>
    Note,

    /// <summary>Works, but not as it could.</summary>
    Warn,

    /// <summary>Something needed is missing.</summary>
    Fail,
}

/// <summary>One line of the doctor's result.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Text">What was found.</param>
/// <param name="Advice">What to do about it, if anything.</param>
internal sealed record DoctorFinding(DoctorStatus Status, string Text, string? Advice = null);
