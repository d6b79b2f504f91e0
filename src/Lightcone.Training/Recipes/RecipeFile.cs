using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Lightcone.Training.Recipes;

/// <summary>
/// A recipe as text: flat YAML, one line a field, camelCase names. Every field can be set by name (<c>--set batchSize=64</c>).
/// Field types are numbers, words, yes/no and types that parse themselves; nothing in a recipe can name code.
/// </summary>
public static partial class RecipeFile
{
    private const int LargestFile = 1 << 20;

    /// <summary>The recipe as YAML, every field resolved.</summary>
    public static string ToYaml(TrainingRecipe recipe)
    {
        var text = new StringBuilder().Append("system: ").Append(recipe.System).Append('\n');
        foreach (var (name, value) in Fields(recipe)) text.Append(name).Append(": ").Append(Plain().IsMatch(value) ? value : Quoted(value)).Append('\n');
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
            if (name.Equals("system", StringComparison.OrdinalIgnoreCase)) continue;
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
            ?? throw new UsageException($"The {recipe.System} recipe has no field “{Shown(name)}”.", "--set " + Shown(name), "A misspelt name.",
                "The fields are: " + string.Join(", ", Properties(recipe.GetType()).Select(Name)) + ".");
        object parsed;
        try
        {
            parsed = Parse(property.PropertyType, value);
            if (property.GetCustomAttribute<RangeAttribute>() is { } range && !range.IsValid(parsed)) throw new FormatException("It is out of range.");
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException)
        {
            throw new UsageException($"“{Shown(value)}” is no value for {Name(property)}.", $"--set {name}={Shown(value)}", $"The field wants {Expected(property)}. {Shown(e.Message, 300)}",
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
            return Read(path, new Parser(new StringReader(Encoding.UTF8.GetString(Bytes(path)))));
        }
        catch (YamlException e)
        {
            throw NotARecipe(path, $"line {e.Start.Line}: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException or ArgumentException)
        {
            throw NotARecipe(path, e.Message, e); // the parser throws the last two on some malformed text
        }
    }

    // One event after another: a recipe has no depth, so nothing in it can grow when it is read.
    private static Dictionary<string, string> Read(string path, Parser parser)
    {
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        parser.Consume<StreamStart>();
        if (!parser.TryConsume<DocumentStart>(out _) || !parser.TryConsume<MappingStart>(out _)) throw NotARecipe(path, "it is not a list of name: value.", null);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            string name = Word("a name is not a word.");
            if (!fields.TryAdd(name, Word($"{Shown(name)} is not followed by one plain value."))) throw NotARecipe(path, $"{Shown(name)} stands there twice.", null);
        }

        parser.Consume<DocumentEnd>();
        return parser.TryConsume<StreamEnd>(out _) ? fields : throw NotARecipe(path, "a second document follows.", null);

        string Word(string problem) =>
            parser.TryConsume<Scalar>(out var word) && word.Anchor.IsEmpty && word.Tag.IsEmpty ? word.Value : throw NotARecipe(path, problem, null);
    }

    // The length that a file states is not trusted: that of a device is 0.
    private static byte[] Bytes(string path)
    {
        using var file = File.OpenRead(path);
        var bytes = new byte[LargestFile + 1];
        int length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return length <= LargestFile ? bytes[..length] : throw NotARecipe(path, "it is longer than any recipe.", null);
    }

    private static string Shown(string text, int most = 80) => text.Length <= most ? text : text[..most] + "…";

    private static string Expected(PropertyInfo property)
    {
        if (property.PropertyType.IsEnum) return "one of " + string.Join(", ", Enum.GetNames(property.PropertyType));
        if (property.GetCustomAttribute<RangeAttribute>() is { } range)
            return string.Create(CultureInfo.InvariantCulture, $"a number from {range.Minimum}{(range.MinimumIsExclusive ? " (excluded)" : "")} to {range.Maximum}{(range.MaximumIsExclusive ? " (excluded)" : "")}");
        return property.PropertyType == typeof(bool) ? "true or false" : property.PropertyType.IsPrimitive ? "a number" : "one value";
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
            return Enum.GetNames(type).FirstOrDefault(n => n.Equals(value, StringComparison.OrdinalIgnoreCase)) is { } word ? Enum.Parse(type, word) : throw new FormatException("Unknown word.");
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

    // Names that data give their classes can hold what means something in YAML.
    private static string Quoted(string value) => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";

    [GeneratedRegex("^[A-Za-z0-9.+-][A-Za-z0-9.,+_-]*(:[0-9]+)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Plain();

    private static object Clone(TrainingRecipe recipe) =>
        recipe.GetType().GetMethod("<Clone>$", BindingFlags.Public | BindingFlags.Instance)!.Invoke(recipe, null)!;
}
