using System.Runtime.InteropServices;
using Lightcone.Training.Engine;

namespace Lightcone.Systems.Tests.Engine;

public sealed class SharedObjectImageTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(-7)]
    [InlineData(int.MaxValue)]
    public unsafe void The_written_library_loads_and_its_function_returns_the_constant(int value)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64, "an x86-64 Linux library");
        string function = $"constant_{(uint)value}";
        string path = Path.Combine(Path.GetTempPath(), $"lightcone-{Guid.NewGuid():N}.so");
        File.WriteAllBytes(path, SharedObjectImage.ReturningConstant($"lib{function}.so", function, value));
        try
        {
            nint library = NativeLibrary.Load(path);
            var call = (delegate* unmanaged<int>)NativeLibrary.GetExport(library, function);
            Assert.Equal(value, call());
            NativeLibrary.Free(library);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
