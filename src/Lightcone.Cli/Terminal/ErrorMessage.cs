namespace Lightcone.Cli.Terminal;

/// <summary>Says why a command ended, and with which exit code it ends.</summary>
internal static class ErrorMessage
{
    /// <summary>Writes <paramref name="failure"/> to standard error.</summary>
    public static ExitCode Write(Exception failure, TerminalWriter terminal, bool stopRequested = false)
    {
        switch (failure)
        {
            case AggregateException { InnerExceptions: [var only] }:
                return Write(only, terminal, stopRequested);
            case LightconeException known:
                terminal.Error(known.Message, known.Where, known.LikelyCause, known.WhatToDo);
                return known.ExitCode;
            case OperationCanceledException when stopRequested:
                terminal.Message("stopped on request.");
                return ExitCode.Stopped;
            case FileNotFoundException or DirectoryNotFoundException:
                terminal.Error(failure.Message, "file system", "the path is misspelled or the file was moved", "check the path");
                return ExitCode.BadInput;
            case UnauthorizedAccessException:
                terminal.Error(failure.Message, "file system", "this user may not read or write there", "choose another folder, or change its permissions");
                return ExitCode.Machine;
            case IOException:
                terminal.Error(failure.Message, "file system", "the disk is full, or the folder went away", "free space or choose another folder, then run the command again");
                return ExitCode.Machine;
            case OutOfMemoryException or InsufficientExecutionStackException:
                terminal.Error(failure.Message, "memory", "the batch or the file needs more memory than this process may use", "take smaller batches, or a machine with more memory");
                return ExitCode.Machine;
            default:
                terminal.Error($"{failure.GetType().Name}: {failure.Message}", "Lightcone", "a defect in Lightcone",
                    "report the command and the lines below, with the output of: lightcone doctor --json");
                terminal.Message(failure.ToString());
                return ExitCode.Defect;
        }
    }
}
