using System.Globalization;
using System.Reflection;
using System.Text;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Lightcone.Training.Recipes;

/// <summary>
/// A recipe as text: flat YAML, one line a field, camelCase names. Every field can be set by name (<c>--set batchSize=64</c>).
/// Field types are numbers, words, yes/no and types that parse themselves; nothing in a recipe can name code.
/// </summary>
public static class RecipeFile
{
    private const int LargestFile = 1 << 20;

    /// <summary>The recipe as YAML, every field resolved.</summary>
    public static string ToYaml(TrainingRecipe recipe)
    {
        var text = new StringBuilder().Append("system: ").Append(recipe.System).Append('\n');
        foreach (var (name, value) in Fields(recipe)) text.Append(name).Append(": ").Append(value).Append('\n');
        return text.ToString();
    }

    /// <summary>Name and value of every field, in order of declaration, shared fields last.</summary>
    public static IEnumerable<(string Name, string Value)> Fields(TrainingRecipe recipe) =>
        Properties(recipe.GetType()).Select(p => (Name(p), Text(p.GetValue(recipe))));

    /// <summary>The system a recipe file is for.</summary>
    /// <exception cref="InputDataException">The file is not a recipe.</exception>
    public static string SystemOf(string path) =>
        Read(path).TryGetValue("system", out string? system) ? system : throw NotARecipe(path, "it does not name its system.", null);

    /// <summary>Reads a recipe of the type of <paramref name="defaults"/>; fields the file leaves out keep their default.</summary>
    /// <exception cref="InputDataException">The file is not such a recipe.</exception>
    public static T Load<T>(string path, T defaults)
        where T : TrainingRecipe
    {
        var recipe = defaults;
        foreach (var (name, value) in Read(path))
        {
            if (name == "system") continue;
            try
            {
                recipe = Set(recipe, name, value);
            }
            catch (UsageException e)
            {
                throw new InputDataException(e.Message, path, "The recipe was written by another version, or edited.", e.WhatToDo, e);
            }
        }

        return recipe;
    }

    /// <summary>A copy of the recipe with one field changed; <paramref name="assignment"/> is <c>name=value</c>.</summary>
    /// <exception cref="UsageException">There is no such field, or the value does not fit.</exception>
    public static T Set<T>(T recipe, string assignment)
        where T : TrainingRecipe
    {
        int equals = assignment.IndexOf('=', StringComparison.Ordinal);
        if (equals < 1)
            throw new UsageException($"“{assignment}” does not say what to set.", "--set", "The equals sign is missing.", "Write --set name=value, for example --set epochs=10.");
        return Set(recipe, assignment[..equals].Trim(), assignment[(equals + 1)..].Trim());
    }

    /// <summary>A copy of the recipe with field <paramref name="name"/> changed.</summary>
    /// <exception cref="UsageException">There is no such field, or the value does not fit.</exception>
    public static T Set<T>(T recipe, string name, string value)
        where T : TrainingRecipe
    {
        var property = Properties(recipe.GetType()).FirstOrDefault(p => string.Equals(Name(p), name, StringComparison.OrdinalIgnoreCase))
            ?? throw new UsageException($"The {recipe.System} recipe has no field “{name}”.", "--set " + name, "A misspelt name.",
                "The fields are: " + string.Join(", ", Properties(recipe.GetType()).Select(Name)) + ".");
        object parsed;
        try
        {
            parsed = Parse(property.PropertyType, value);
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException)
        {
            string expected = property.PropertyType.IsEnum ? "one of " + string.Join(", ", Enum.GetNames(property.PropertyType)) : property.PropertyType.Name;
            throw new UsageException($"“{value}” is no value for {Name(property)}.", $"--set {name}={value}", $"The field wants {expected}. {e.Message}",
                $"Its default is {Text(property.GetValue(recipe))}.", e);
        }

        var copy = (T)Clone(recipe);
        property.SetValue(copy, parsed);
        return copy;
    }

    private static Dictionary<string, string> Read(string path)
    {
        try
        {
            if (new FileInfo(path).Length > LargestFile) throw NotARecipe(path, "it is longer than any recipe.", null);
            using var reader = new StreamReader(path);
            var yaml = new YamlStream();
            yaml.Load(reader);
            if (yaml.Documents.Count != 1 || yaml.Documents[0].RootNode is not YamlMappingNode map) throw NotARecipe(path, "it is not a list of name: value.", null);
            var fields = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var (key, node) in map.Children)
                fields[(key as YamlScalarNode)?.Value ?? throw NotARecipe(path, "a name is not a word.", null)] =
                    (node as YamlScalarNode)?.Value ?? throw NotARecipe(path, $"{key} holds more than one value.", null);
            return fields;
        }
        catch (YamlException e)
        {
            throw NotARecipe(path, $"line {e.Start.Line}: {e.Message}", e);
        }
        catch (IOException e)
        {
            throw NotARecipe(path, e.Message, e);
        }
    }

    private static InputDataException NotARecipe(string path, string why, Exception? inner) =>
        new($"The recipe cannot be read: {why}", path, "The file is damaged, or is not a recipe.", "Restore it, or write a new one: lightcone train NAME --print-recipe.", inner);

    private static IEnumerable<PropertyInfo> Properties(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite && p.SetMethod is not null);

    private static string Name(PropertyInfo property) => char.ToLowerInvariant(property.Name[0]) + property.Name[1..];

    private static string Text(object? value) => value switch
    {
        bool b => b ? "true" : "false",
        double d => d.ToString("R", CultureInfo.InvariantCulture),
        IFormattable f => f.ToString(null, CultureInfo.InvariantCulture),
        _ => value?.ToString() ?? "",
    };

    private static object Parse(Type type, string value)
    {
        if (type == typeof(string)) return value;
        if (type == typeof(bool)) return bool.Parse(value);
        if (type.IsEnum)
            return Enum.TryParse(type, value, ignoreCase: true, out object? word) && Enum.IsDefined(type, word) ? word : throw new FormatException("Unknown word.");
        if (type == typeof(double) && double.Parse(value, NumberStyles.Float, CultureInfo.InvariantCulture) is var number)
            return double.IsFinite(number) ? number : throw new FormatException("The number is not finite.");
        var parse = type.GetMethod("Parse", BindingFlags.Public | BindingFlags.Static, [typeof(string), typeof(IFormatProvider)])
            ?? throw new ArgumentException($"{type.Name} cannot be parsed.");
        try
        {
            return parse.Invoke(null, [value, CultureInfo.InvariantCulture])!;
        }
        catch (TargetInvocationException e) when (e.InnerException is not null)
        {
            throw new FormatException(e.InnerException.Message, e.InnerException);
        }
    }

    private static object Clone(TrainingRecipe recipe) =>
        recipe.GetType().GetMethod("<Clone>$", BindingFlags.Public | BindingFlags.Instance)!.Invoke(recipe, null)!;
}
