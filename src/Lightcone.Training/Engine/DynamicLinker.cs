using System.Runtime.InteropServices;

namespace Lightcone.Training.Engine;

/// <summary>The system's dynamic linker, with the reason of a failure and with the global scope, which .NET's own loader does not offer.</summary>
internal static partial class DynamicLinker
{
    private const int Now = 2, Global = 0x100;

    /// <summary>Loads the library at <paramref name="path"/>; on failure returns 0 and says why.</summary>
    public static nint Open(string path, bool global, out string reason)
    {
        if (!ElfSegments.AreWhole(path))
        {
            reason = "the file is cut short or is no library";
            return 0;
        }

        // Binding dlerror is itself a call of the linker and would lose the reason: bind it first.
        _ = DlError();
        nint handle = DlOpen(path, global ? Now | Global : Now);
        reason = handle == 0 ? Marshal.PtrToStringUTF8(DlError()) ?? "unknown reason" : "";
        return handle;
    }

    /// <summary>The address that the whole program sees under <paramref name="symbol"/>, or 0.</summary>
    public static nint GlobalSymbol(string symbol) => DlSym(0, symbol);

    // libdl.so.2 exists on every glibc: as the implementation up to 2.33, as a stub since.
    [LibraryImport("libdl.so.2", EntryPoint = "dlopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint DlOpen(string path, int flags);

    [LibraryImport("libdl.so.2", EntryPoint = "dlerror")]
    private static partial nint DlError();

    [LibraryImport("libdl.so.2", EntryPoint = "dlsym", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint DlSym(nint handle, string symbol);
}
