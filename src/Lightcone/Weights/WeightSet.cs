using System.Collections;

namespace Lightcone.Weights;

/// <summary>The tensors of a weight file, in the file's order, with its free text.</summary>
public sealed class WeightSet : IReadOnlyCollection<WeightTensor>
{
    private readonly List<WeightTensor> tensors;
    private readonly Dictionary<string, WeightTensor> byName;

    /// <summary>Collects tensors.</summary>
    /// <param name="tensors">The tensors; no two share a name.</param>
    /// <param name="origin">Where they come from, as error messages say it: a file name.</param>
    /// <param name="metadata">Free text of the file.</param>
    public WeightSet(IEnumerable<WeightTensor> tensors, string origin, IReadOnlyDictionary<string, string>? metadata = null)
    {
        this.tensors = [.. tensors];
        byName = this.tensors.ToDictionary(t => t.Name);
        Origin = origin;
        Metadata = metadata ?? new Dictionary<string, string>();
    }

    /// <summary>Where the tensors come from.</summary>
    public string Origin { get; }

    /// <summary>Free text of the file.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <inheritdoc/>
    public int Count => tensors.Count;

    /// <summary>The tensor of a name.</summary>
    /// <exception cref="InputDataException">There is none.</exception>
    public WeightTensor this[string name] => byName.TryGetValue(name, out var tensor) ? tensor : throw new InputDataException(
        $"There is no tensor '{name}'.", Origin, "the weights belong to another network, or their names carry a prefix such as 'module.'",
        "name the network that the weights were trained with");

    /// <summary>Whether a tensor of that name exists.</summary>
    public bool Contains(string name) => byName.ContainsKey(name);

    /// <summary>The same tensors with a prefix removed from the names that carry it (PyTorch's data-parallel wrapper adds <c>module.</c>).</summary>
    /// <exception cref="InputDataException">Two names become equal.</exception>
    public WeightSet WithoutPrefix(string prefix)
    {
        var names = new HashSet<string>();
        var renamed = tensors.ConvertAll(t => t.Name.StartsWith(prefix, StringComparison.Ordinal) ? t.Named(t.Name[prefix.Length..]) : t);
        foreach (var tensor in renamed)
            if (!names.Add(tensor.Name))
                throw new InputDataException($"Without the prefix '{prefix}' two tensors are named '{tensor.Name}'.", Origin,
                    "the file holds the weights of two networks", "save one network to one file");
        return new(renamed, Origin, Metadata);
    }

    /// <inheritdoc/>
    public IEnumerator<WeightTensor> GetEnumerator() => tensors.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
