namespace Lightcone.Tests.Parity;

/// <summary>Comparisons that name the worst element.</summary>
internal static class Closeness
{
    /// <summary>Every element within an absolute tolerance.</summary>
    public static void Absolute(double[] expected, double[] actual, double tolerance, string what) => Compare(expected, actual, tolerance, what);

    /// <summary>Every element within a tolerance relative to the largest expected element.</summary>
    public static void Relative(double[] expected, double[] actual, double tolerance, string what) =>
        Compare(expected, actual, tolerance * expected.Max(Math.Abs), what);

    private static void Compare(double[] expected, double[] actual, double tolerance, string what)
    {
        Assert.True(expected.Length == actual.Length, $"{what}: {actual.Length} numbers, expected {expected.Length}.");
        Assert.True(expected.Length > 0, $"{what}: nothing to compare.");
        int worst = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(double.IsFinite(actual[i]), $"{what}[{i}] = {actual[i]}.");
            if (Math.Abs(actual[i] - expected[i]) > Math.Abs(actual[worst] - expected[worst])) worst = i;
        }

        double difference = Math.Abs(actual[worst] - expected[worst]);
        TestContext.Current.TestOutputHelper?.WriteLine($"{what}: off by at most {difference:E1}, allowed {tolerance:E1}");
        Assert.True(difference <= tolerance, $"{what}[{worst}] = {actual[worst]:R}, expected {expected[worst]:R}: off by {difference:E2}, allowed {tolerance:E2}.");
    }
}
