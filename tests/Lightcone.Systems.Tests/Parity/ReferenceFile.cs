using PureHDF;

namespace Lightcone.Tests.Parity;

/// <summary>Reference vectors kept as HDF5 files beside the checkout; numbers come back as float64 whatever their stored type.</summary>
internal sealed class ReferenceFile : IDisposable
{
    private readonly PureHDF.VOL.Native.NativeFile file;

    private ReferenceFile(string path) => file = H5File.OpenRead(path);

    /// <summary>Opens a reference file, or skips the calling test and says so.</summary>
    public static ReferenceFile Open(string name)
    {
        string path = Path.Combine(Repository.Shared ?? "", "reference", name);
        Assert.SkipUnless(File.Exists(path), $"The reference file {name} is not beside this checkout.");
        return new ReferenceFile(path);
    }

    public double[] Doubles(string dataset)
    {
        var data = file.Dataset(dataset);
        return (data.Type.Class, data.Type.Size) switch
        {
            (H5DataTypeClass.FloatingPoint, 8) => data.Read<double[]>(memoryDims: Flat(data)),
            (H5DataTypeClass.FloatingPoint, 4) => Array.ConvertAll(data.Read<float[]>(memoryDims: Flat(data)), v => (double)v),
            (H5DataTypeClass.FixedPoint, 8) => Array.ConvertAll(data.Read<long[]>(memoryDims: Flat(data)), v => (double)v),
            (H5DataTypeClass.FixedPoint, 4) => Array.ConvertAll(data.Read<int[]>(memoryDims: Flat(data)), v => (double)v),
            (H5DataTypeClass.FixedPoint, 1) => Array.ConvertAll(data.Read<byte[]>(memoryDims: Flat(data)), v => (double)v),
            _ => throw new NotSupportedException(dataset),
        };
    }

    public int[] Integers(string dataset) => Array.ConvertAll(Doubles(dataset), v => (int)v);

    public string[] Names(string dataset) => file.Dataset(dataset).Read<string[]>();

    public void Dispose() => file.Dispose();

    private static ulong[] Flat(IH5Dataset data) => [data.Space.Dimensions.Aggregate(1UL, (a, b) => a * b)];
}
