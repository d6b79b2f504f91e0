namespace Lightcone.Tests.Formats;

/// <summary>Small files made by h5py, PyTables and numpy (Fixtures/make_fixtures.py).</summary>
internal static class Fixture
{
    public static string Path(string name) => System.IO.Path.Combine(Repository.Root, "tests", "Lightcone.Tests", "Formats", "Fixtures", name);
}
