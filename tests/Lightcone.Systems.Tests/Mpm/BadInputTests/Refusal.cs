namespace Lightcone.Systems.Tests.Mpm.BadInputTests;

/// <summary>An error that a user can act on.</summary>
internal static class Refusal
{
    /// <summary>Asserts that an action is refused with all four parts, which name what they should.</summary>
    public static void Of<T>(Action refused, params string[] named)
        where T : LightconeException
    {
        var error = Assert.Throws<T>(refused);
        string text = $"{error.Message} {error.Where} {error.LikelyCause} {error.WhatToDo}";
        foreach (string part in (string[])[error.Message, error.Where, error.LikelyCause, error.WhatToDo]) Assert.False(string.IsNullOrWhiteSpace(part), text);
        foreach (string name in named) Assert.Contains(name, text, StringComparison.Ordinal);
    }
}
