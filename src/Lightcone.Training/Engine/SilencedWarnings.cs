using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Lightcone.Training.Engine;

/// <summary>
/// Drops the engine's warnings on this thread until disposed. The engine takes a C++ object with a virtual method for each warning; this
/// lays out such an object. Where the engine does not export the two functions, nothing happens and warnings stay.
/// </summary>
internal sealed unsafe class SilencedWarnings : IDisposable
{
    private static readonly nint* Handler = Create();
    private readonly delegate* unmanaged<nint, void> _set;
    private readonly nint _previous;

    public SilencedWarnings()
    {
        if (!TryEngine("_ZN3c1012WarningUtils19get_warning_handlerEv", out nint get) ||
            !TryEngine("_ZN3c1012WarningUtils19set_warning_handlerEPNS_14WarningHandlerE", out nint set)) return;
        _set = (delegate* unmanaged<nint, void>)set;
        _previous = ((delegate* unmanaged<nint>)get)();
        _set((nint)Handler);
    }

    public void Dispose()
    {
        if (_set is not null) _set(_previous);
    }

    private static bool TryEngine(string symbol, out nint address)
    {
        address = 0;
        return OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc10.so", out nint library) && NativeLibrary.TryGetExport(library, symbol, out address);
    }

    // An object is a pointer to its table: complete destructor, deleting destructor, process(const Warning&).
    private static nint* Create()
    {
        var memory = (nint*)RuntimeHelpers.AllocateTypeAssociatedMemory(typeof(SilencedWarnings), 4 * sizeof(nint));
        memory[0] = (nint)(memory + 1);
        memory[1] = (nint)(delegate* unmanaged<nint, void>)&Nothing;
        memory[2] = (nint)(delegate* unmanaged<nint, void>)&Nothing;
        memory[3] = (nint)(delegate* unmanaged<nint, nint, void>)&Drop;
        return memory;
    }

    [UnmanagedCallersOnly]
    private static void Nothing(nint self)
    {
    }

    [UnmanagedCallersOnly]
    private static void Drop(nint self, nint warning)
    {
    }
}
