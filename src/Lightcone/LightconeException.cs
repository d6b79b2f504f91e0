namespace Lightcone;

/// <summary>Process exit codes of the command line (design §4).</summary>
public enum ExitCode
{
    /// <summary>Done.</summary>
    Done = 0,

    /// <summary>A defect in Lightcone, or a promise that did not hold.</summary>
    Defect = 1,

    /// <summary>Wrong usage.</summary>
    Usage = 2,

    /// <summary>Bad input data.</summary>
    BadInput = 3,

    /// <summary>The machine lacks something.</summary>
    Machine = 4,

    /// <summary>Stopped by a signal or a time limit; can be resumed.</summary>
    Stopped = 5,
}

/// <summary>An error a user can act on. It has four parts: what happened (the message), where, the likely cause, what to do.</summary>
public abstract class LightconeException : Exception
{
    /// <summary>Creates the error from its four parts.</summary>
    protected LightconeException(string what, string where, string likelyCause, string whatToDo, Exception? inner = null)
        : base(what, inner) => (Where, LikelyCause, WhatToDo) = (where, likelyCause, whatToDo);

    /// <summary>File, dataset, entry or row; recipe field; machine part.</summary>
    public string Where { get; }

    /// <summary>The likely cause.</summary>
    public string LikelyCause { get; }

    /// <summary>What to do next.</summary>
    public string WhatToDo { get; }

    /// <summary>The exit code this error ends a command with.</summary>
    public abstract ExitCode ExitCode { get; }
}

/// <summary>A file or its content cannot be used.</summary>
public class InputDataException(string what, string where, string likelyCause, string whatToDo, Exception? inner = null)
    : LightconeException(what, where, likelyCause, whatToDo, inner)
{
    /// <inheritdoc/>
    public override ExitCode ExitCode => ExitCode.BadInput;
}

/// <summary>The command or a recipe asks for something that does not exist or does not fit.</summary>
public class UsageException(string what, string where, string likelyCause, string whatToDo, Exception? inner = null)
    : LightconeException(what, where, likelyCause, whatToDo, inner)
{
    /// <inheritdoc/>
    public override ExitCode ExitCode => ExitCode.Usage;
}

/// <summary>The machine lacks something: a library, disk space, permission, memory.</summary>
public class MachineException(string what, string where, string likelyCause, string whatToDo, Exception? inner = null)
    : LightconeException(what, where, likelyCause, whatToDo, inner)
{
    /// <inheritdoc/>
    public override ExitCode ExitCode => ExitCode.Machine;
}
