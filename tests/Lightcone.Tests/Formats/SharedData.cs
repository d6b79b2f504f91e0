namespace Lightcone.Tests.Formats;

/// <summary>Paths in the folder of shared data; a test that needs one skips where there is none.</summary>
internal static class SharedData
{
    /// <summary>Path below <c>shared/data</c>.</summary>
    public static string Path(params string[] parts)
    {
        Assert.SkipUnless(Repository.Shared is not null, "the shared data folder is not beside the checkout");
        return System.IO.Path.Combine([Repository.Shared!, "data", .. parts]);
    }
}
