using Lightcone.Weights;

namespace Lightcone.Tests.Weights;

/// <summary>The weights published with arXiv:2201.08187. Their licence keeps them out of the repository: read where they lie beside it.</summary>
public sealed class PublishedWeightsTests
{
    private static string Path(string name)
    {
        string? path = Repository.Shared is null ? null : System.IO.Path.Combine(Repository.Shared, "reference", "lorentznet", "weights", name);
        Assert.SkipUnless(File.Exists(path), "the published weights are not beside the repository");
        return path!;
    }

    private static Dictionary<string, (WeightType Type, long[] Shape)> ExpectedTensors(long scalars)
    {
        var expected = new Dictionary<string, (WeightType, long[])>();
        void Add(string name, params long[] shape) => expected[name] = (WeightType.F32, shape);
        void AddLinear(string name, long outputs, long inputs)
        {
            Add($"{name}.weight", outputs, inputs);
            Add($"{name}.bias", outputs);
        }

        AddLinear("embedding", 72, scalars);
        for (int l = 0; l < 6; l++)
        {
            Add($"LGEBs.{l}.phi_e.0.weight", 72, 146);
            foreach (string normalisation in new[] { $"LGEBs.{l}.phi_e.1", $"LGEBs.{l}.phi_h.1" })
            {
                foreach (string part in new[] { "weight", "bias", "running_mean", "running_var" }) Add($"{normalisation}.{part}", 72);
                expected[$"{normalisation}.num_batches_tracked"] = (WeightType.I64, []);
            }
            AddLinear($"LGEBs.{l}.phi_e.3", 72, 72);
            AddLinear($"LGEBs.{l}.phi_h.0", 72, 144 + scalars);
            AddLinear($"LGEBs.{l}.phi_h.3", 72, 72);
            if (l < 5)
            {
                AddLinear($"LGEBs.{l}.phi_x.0", 72, 72);
                Add($"LGEBs.{l}.phi_x.2.weight", 1, 72);
            }
            AddLinear($"LGEBs.{l}.phi_m.0", 1, 72);
        }
        AddLinear("graph_dec.0", 72, 72);
        AddLinear("graph_dec.3", 2, 72);
        return expected;
    }

    [Theory]
    [InlineData("top_published", 2, 224_072, 2560.5969602118207, 97886.40976718713, 312_180)]
    [InlineData("qg_published", 8, 227_096, 597.5471924700996, 20138.338840324555, 400_000)]
    public void Both_files_hold_the_specified_tensors_with_equal_bytes(string name, int scalars, int trainable, double sum, double squares, long batches)
    {
        var torch = TorchArchive.Read(Path($"{name}.pt"));
        Assert.All(torch, t => Assert.StartsWith("module.", t.Name, StringComparison.Ordinal));
        torch = torch.WithoutPrefix("module.");
        var safe = Safetensors.ReadAll(Path($"{name}.safetensors"));
        var expected = ExpectedTensors(scalars);
        Assert.Equal(135, expected.Count);
        Assert.Equal(expected.Keys.Order(), torch.Select(t => t.Name).Order());
        Assert.Equal(expected.Keys.Order(), safe.Select(t => t.Name).Order());
        foreach (var (key, (type, shape)) in expected)
        {
            Assert.Equal(type, torch[key].Type);
            Assert.Equal(shape, torch[key].Shape);
            Assert.Equal(type, safe[key].Type);
            Assert.Equal(shape, safe[key].Shape);
            Assert.True(torch[key].Data.Span.SequenceEqual(safe[key].Data.Span), key);
            if (type == WeightType.I64) Assert.Equal(batches, torch[key].ToDouble()[0]);
        }

        var numbers = torch.Where(t => t.Type == WeightType.F32).SelectMany(t => t.ToDouble()).ToArray();
        Assert.Equal(trainable, torch.Where(t => t.Type == WeightType.F32 && !t.Name.Contains("running_")).Sum(t => t.Length));
        // Another order of summation moves a sum by at most n ε Σ|x|; the specification asks for 1e-12 relative.
        Assert.InRange(numbers.Sum() / sum - 1, -1e-12, 1e-12);
        Assert.InRange(numbers.Sum(x => x * x) / squares - 1, -1e-12, 1e-12);
    }

    [Fact]
    public void Writing_the_published_file_again_gives_the_same_bytes()
    {
        var published = Safetensors.ReadAll(Path("top_published.safetensors"));
        using var folder = new TemporaryFolder();
        Safetensors.Write(folder["copy"], published, published.Metadata);
        Assert.Equal(File.ReadAllBytes(Path("top_published.safetensors")), File.ReadAllBytes(folder["copy"]));
    }

    [Fact]
    public void The_published_archive_cut_anywhere_is_refused()
    {
        byte[] file = File.ReadAllBytes(Path("qg_published.pt"));
        using var folder = new TemporaryFolder();
        for (int length = 0; length < file.Length; length += 9973)
        {
            File.WriteAllBytes(folder["cut.pt"], file[..length]);
            Assert.Throws<InputDataException>(() => TorchArchive.Read(folder["cut.pt"]));
        }
    }
}
