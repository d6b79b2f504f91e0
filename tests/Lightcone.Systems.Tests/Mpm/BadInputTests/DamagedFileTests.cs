using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Lightcone.Randomness;
using Lightcone.Systems.Mpm;
using Lightcone.Systems.Mpm.Acceptance;
using Lightcone.Systems.Mpm.Particles;
using Lightcone.Systems.Mpm.Targets;
using Lightcone.Systems.Mpm.Tokens;
using Lightcone.Tests.Fuzz;
using Lightcone.Tests.Training;

namespace Lightcone.Systems.Tests.Mpm.BadInputTests;

/// <summary>Cut and altered files of a run are read or refused, without another exception and without memory that the file's size does not explain.</summary>
[Collection(SeededGenerator.Name)]
public sealed partial class DamagedFileTests
{
    private const int Mutations = 400;

    // Text and tensors are held a few times over, numbers of text as float64 in lists that double; an array of the largest header that is read would be far beyond.
    private const long AllocationFactor = 64, AllocationAllowance = 4 << 20;

    private static readonly string[] Values = ["0", "-1", "1e308", "-1e308", "1e-320", "9e999", "2147483648", "null", "\"\"", "\"x\"", "[]", "{}", "true", "[1,2]", "1.5", "64", "\"Kinematics\"", "\"7\""];

    [Theory]
    [InlineData(ParticleInputs.Full)]
    [InlineData(ParticleInputs.Kinematics)]
    public void Damaged_preprocessing_is_refused_or_gives_numbers(ParticleInputs inputs)
    {
        var recipe = ToyModels.Recipe(TargetKind.Regression, HidingLayout.Removed) with { Inputs = inputs };
        byte[] whole = Encoding.UTF8.GetBytes(ToyModels.Reading(recipe, 1).ToJson());
        var jets = ToyParticles.Jets([0, 1, 9], 1);
        using var run = new ToyRun();
        string path = run["preprocessing.json"];
        Sweep(path, [.. Cuts(whole), .. Bytes(whole), .. Texts(whole)], () =>
        {
            var read = Preprocessing.Read(path);
            Assert.All(read.Apply(jets).Features, f => Assert.True(float.IsFinite(f)));
            Assert.Equal(read.Fingerprint, Preprocessing.Parse(read.ToJson(), "t").Fingerprint);
        });
    }

    [Fact]
    public void Damaged_clusters_are_refused_or_give_tokens()
    {
        using var run = new ToyRun();
        byte[] whole = File.ReadAllBytes(run.TokenizerPath);
        var table = ToyParticles.Table([0, 1, 9], 1);
        Sweep(run.TokenizerPath, [.. Cuts(whole), .. Bytes(whole), .. Texts(whole)], () =>
        {
            using var tokenizer = KMeansTokenizer.Read(run.TokenizerPath, run.Preprocessing);
            Assert.All(tokenizer.Ids(table, [.. Enumerable.Range(0, 10)]), id => Assert.InRange(id, 0, tokenizer.Count - 1));
        });
    }

    [Fact]
    public void A_damaged_backbone_is_refused_or_copied()
    {
        using var run = new ToyRun();
        byte[] whole = File.ReadAllBytes(run.BackbonePath);
        Sweep(run.BackbonePath, [.. Cuts(whole), .. Bytes(whole), .. Texts(whole)], () =>
        {
            var backbone = Backbone.Open(run.BackbonePath);
            // The engine's memory is not counted, so the sizes themselves must be bounded by the file.
            Assert.InRange(backbone.Size.CountNumbers(), 1, whole.Length * 2L);
            BackboneTests.Copied(backbone);
        });
    }

    private static IEnumerable<byte[]> Cuts(byte[] whole) => Enumerable.Range(0, 60).Select(i => whole[..(int)((long)whole.Length * i / 60)]);

    private static IEnumerable<byte[]> Bytes(byte[] whole) => Enumerable.Range(0, Mutations).Select(seed => Mutation.Of(whole, seed));

    // A number or a text becomes something else; the length of the header that a binary file begins with follows.
    private static IEnumerable<byte[]> Texts(byte[] whole)
    {
        bool binary = whole[0] != '{';
        int start = binary ? 8 : 0, length = binary ? BitConverter.ToInt32(whole) : whole.Length;
        string text = Encoding.UTF8.GetString(whole, start, length);
        var places = Scalar().Matches(text);
        for (int i = 0; i < Mutations; i++)
        {
            var random = new RandomStream((ulong)i, "damaged text", 0, 0);
            var place = places[random.NextInt(i % 2 == 0 ? Math.Min(40, places.Count) : places.Count)]; // sizes stand at the beginning
            byte[] changed = Encoding.UTF8.GetBytes(text[..place.Index] + Values[random.NextInt(Values.Length)] + text[(place.Index + place.Length)..]);
            yield return binary ? [.. BitConverter.GetBytes((long)changed.Length), .. changed, .. whole[(start + length)..]] : changed;
        }
    }

    private static void Sweep(string path, List<byte[]> files, Action read)
    {
        int refused = 0;
        for (int i = 0; i < files.Count; i++)
        {
            File.WriteAllBytes(path, files[i]);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                read();
            }
            catch (Exception e) when (e is InputDataException or UsageException)
            {
                refused++;
            }
            catch (Exception e)
            {
                Assert.Fail($"file {i}: {e}");
            }

            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated <= AllocationFactor * files[i].Length + AllocationAllowance, string.Create(CultureInfo.InvariantCulture, $"file {i} of {files[i].Length} bytes: {allocated} bytes were allocated"));
        }

        Assert.InRange(refused, files.Count / 4, files.Count - 1);
    }

    // Also the escaped texts within a text, which hold sizes and preprocessing.
    [GeneratedRegex("""(?<=[:,\[])(-?[0-9][0-9.eE+-]*|"[^"\\]*"|true|false)""")]
    private static partial Regex Scalar();
}
