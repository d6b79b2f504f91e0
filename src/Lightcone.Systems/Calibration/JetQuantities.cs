using Lightcone.Jets;

namespace Lightcone.Systems.Calibration;

/// <summary>Quantities of whole jets by name.</summary>
internal static class JetQuantities
{
    private const double LeastMass = 1; // GeV; below, a mass is mostly rounding

    /// <summary>One quantity of every jet.</summary>
    /// <exception cref="UsageException">There is none of that name.</exception>
    /// <exception cref="InputDataException">A jet has no value for it.</exception>
    public static double[] Of(JetBatch jets, string name)
    {
        var values = new double[jets.JetCount];
        for (int jet = 0; jet < values.Length; jet++)
        {
            values[jet] = Value(jets, jet, name);
            if (!double.IsFinite(values[jet]))
                throw new InputDataException($"Jet {jets.Rows[jet]} has no {name}: {(jets.Multiplicity(jet) == 0 ? "it has no constituent" : "it is not a number")}.", "the jets' file", "An empty jet, or a damaged file.", "Check it: lightcone dataset check FILE");
        }

        return values;
    }

    /// <summary>The true transverse momentum of every jet [GeV].</summary>
    /// <exception cref="InputDataException">The jets have none, or one is not above 0.</exception>
    public static double[] Truth(JetBatch jets, string column)
    {
        if (!jets.JetColumns.TryGetValue(column, out float[]? values))
            throw new InputDataException($"The jets have no column {column}, so nothing is known to calibrate against.", "the jets' file", "A file of data, or one whose truth has another name.", "Name the column: --set target=NAME; lightcone dataset inspect FILE lists them.");
        for (int jet = 0; jet < values.Length; jet++)
            if (!(values[jet] > 0 && float.IsFinite(values[jet])))
                throw new InputDataException($"Jet {jets.Rows[jet]} has {column} = {values[jet]}, which is no transverse momentum.", "the jets' file", "A jet without a match in the truth.", "Leave such jets out of the file.");
        return Array.ConvertAll(values, v => (double)v);
    }

    /// <summary>Transverse momentum of every jet as the file states it, else of its constituents [GeV].</summary>
    public static double[] TransverseMomentum(JetBatch jets) => [.. Enumerable.Range(0, jets.JetCount).Select(jet => Stored(jets, "pt", jet) ?? jets.Jet(jet).Pt)];

    private static double Value(JetBatch jets, int jet, string name) => name switch
    {
        "pt" => Math.Log(Stored(jets, "pt", jet) ?? jets.Jet(jet).Pt),
        "eta" => Stored(jets, "eta", jet) ?? jets.Jet(jet).Pseudorapidity,
        "abs_eta" => Math.Abs(Stored(jets, "eta", jet) ?? jets.Jet(jet).Pseudorapidity),
        "phi" => Stored(jets, "phi", jet) ?? jets.Jet(jet).Azimuth,
        "mass" => Math.Log(Math.Max(LeastMass, Stored(jets, "mass", jet) ?? jets.Jet(jet).Mass)),
        "multiplicity" => jets.Multiplicity(jet),
        _ => Stored(jets, name, jet) ?? throw new UsageException($"The jets have no quantity “{name}”.", "--set quantities", "A misspelt name, or a column the file does not have.",
            $"There are pt, eta, abs_eta, phi, mass, multiplicity, and the columns {string.Join(", ", jets.JetColumns.Keys.Order())}."),
    };

    private static double? Stored(JetBatch jets, string column, int jet) => jets.JetColumns.TryGetValue(column, out float[]? values) ? values[jet] : null;
}
