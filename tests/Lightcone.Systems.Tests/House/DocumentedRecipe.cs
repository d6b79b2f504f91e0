using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Lightcone.Systems;
using Lightcone.Tests;
using Lightcone.Training.Recipes;

namespace Lightcone.Systems.Tests.House;

/// <summary>The recipe page says what the recipes are.</summary>
public sealed class DocumentedRecipe
{
    private static readonly List<(string Section, string Field, string[] Cells)> Rows = ReadRows();

    [Fact]
    public void Every_field_of_every_recipe_stands_on_the_page_with_its_default()
    {
        var wrong = new List<string>();
        foreach (var system in SystemCatalogue.All)
            foreach (var (name, value) in RecipeFile.Fields(system.DefaultRecipe))
                if (RowOf(system, name) is not { } row) wrong.Add($"{name} of {system.Title} is missing");
                else if (DefaultOf(system, row[1]) != value) wrong.Add($"{name} of {system.Title}: the page says {row[1]}, the recipe {value}");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void Every_row_of_the_page_is_a_field_of_a_recipe()
    {
        var known = SystemCatalogue.All.SelectMany(s => RecipeFile.Fields(s.DefaultRecipe)).Select(f => f.Name);
        Assert.Empty(Rows.Select(r => r.Field).Except(known));
    }

    [Fact]
    public void The_words_and_ranges_of_a_field_stand_beside_it()
    {
        var wrong = new List<string>();
        foreach (var system in SystemCatalogue.All)
            foreach (var property in system.DefaultRecipe.GetType().GetProperties().Where(p => p.CanWrite))
            {
                string name = char.ToLowerInvariant(property.Name[0]) + property.Name[1..], values = RowOf(system, name)?[2] ?? "nothing";
                string expected = property.PropertyType.IsEnum ? string.Join(", ", Enum.GetNames(property.PropertyType))
                    : property.GetCustomAttribute<RangeAttribute>() is { } range ? Text(range) : values;
                if (values != expected) wrong.Add($"{name} of {system.Title}: the page says {values}, the recipe {expected}");
            }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void What_each_named_recipe_changes_stands_on_the_page()
    {
        string page = File.ReadAllText(Page);
        var missing = new List<string>();
        foreach (var system in SystemCatalogue.All)
            foreach (var named in system.Recipes)
            {
                var changes = RecipeFile.Fields(named.Recipe).Except(RecipeFile.Fields(system.DefaultRecipe)).Select(f => $"{f.Name}={f.Value}");
                string row = $"| `{named.Name}` | {named.Summary} | {(changes.Any() ? string.Join(", ", changes.Select(c => $"`{c}`")) : "nothing")} |";
                if (!page.Contains(row, StringComparison.Ordinal)) missing.Add(row);
            }

        Assert.True(missing.Count == 0, string.Join('\n', missing));
    }

    private static string Page => Path.Combine(Repository.Root, "docs", "reference", "recipe.md");

    private static string Text(RangeAttribute range)
    {
        double least = Convert.ToDouble(range.Minimum, CultureInfo.InvariantCulture), most = Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture);
        string from = range.MinimumIsExclusive ? "above " + Number(least) : Number(least);
        if (most is double.MaxValue or int.MaxValue) return range.MinimumIsExclusive ? from : "from " + from;
        return $"{from} to {(range.MaximumIsExclusive ? "below " : "")}{Number(most)}";
    }

    private static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);

    // A system's own section counts before those for any system of a kind, and these before the sections of other systems.
    private static string[]? RowOf(ISystem system, string field) =>
        Rows.Where(r => r.Field == field).OrderByDescending(r => r.Section == system.Title).ThenByDescending(r => r.Section.StartsWith("Any ", StringComparison.Ordinal)).Select(r => r.Cells).FirstOrDefault();

    // "35; LGAE: 40": one for all, then those of systems that differ.
    private static string DefaultOf(ISystem system, string cell)
    {
        string[] defaults = cell.Split(';', StringSplitOptions.TrimEntries);
        string own = system.Title + ": ";
        return defaults.Skip(1).FirstOrDefault(d => d.StartsWith(own, StringComparison.Ordinal))?[own.Length..] ?? defaults[0];
    }

    // Rows of the tables of fields: | `name` | default | values | …
    private static List<(string Section, string Field, string[] Cells)> ReadRows()
    {
        var rows = new List<(string, string, string[])>();
        string section = "";
        foreach (string line in File.ReadLines(Page))
            if (line.StartsWith("## ", StringComparison.Ordinal)) section = line[3..];
            else if (line.StartsWith("| `", StringComparison.Ordinal) && !line.Split('`')[1].Contains('-', StringComparison.Ordinal)) // names of trainings have hyphens
            {
                string[] cells = line.Trim('|', ' ').Split(" | ", StringSplitOptions.TrimEntries);
                rows.Add((section, cells[0].Trim('`'), cells));
            }

        return rows;
    }
}
