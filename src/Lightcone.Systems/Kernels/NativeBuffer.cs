using System.Runtime.InteropServices;

namespace Lightcone.Systems.Kernels;

/// <summary>Native memory at a cache line that grows on demand and keeps nothing when it does.</summary>
internal sealed unsafe class NativeBuffer : IDisposable
{
    private nuint _bytes;

    ~NativeBuffer() => NativeMemory.AlignedFree(Address);

    private byte* Address { get; set; }

    /// <summary>Room for so many bytes; new memory is zero.</summary>
    public byte* Bytes(nuint count)
    {
        if (count > _bytes)
        {
            NativeMemory.AlignedFree(Address);
            Address = null;
            _bytes = 0;
            nuint roomy = count + (count / 4) + 4096;
            Address = (byte*)NativeMemory.AlignedAlloc(roomy, 64);
            NativeMemory.Clear(Address, roomy);
            _bytes = roomy;
        }

        return Address;
    }

    /// <summary>Room for so many numbers.</summary>
    public T* Of<T>(long count)
        where T : unmanaged => (T*)Bytes(checked((nuint)count * (nuint)sizeof(T)));

    public void Dispose()
    {
        NativeMemory.AlignedFree(Address);
        Address = null;
        _bytes = 0;
        GC.SuppressFinalize(this);
    }
}
