using Lightcone.Jets;

namespace Lightcone.Formats.Checks;

/// <summary>Empty jets, constituents without momentum, padding between constituents, and how the classes are filled.</summary>
internal sealed class ContentCheck(JetSchema schema, PaddedSource? padded, string? className) : JetCheck
{
    private readonly long[] perClass = new long[Math.Max(schema.Classes.Count, 1)];
    private long empty, firstEmpty = -1, zero, firstZero = -1, unknown, firstUnknown = -1, jets;
    private bool labelled = true;

    internal override void Look(JetBatch batch)
    {
        jets += batch.JetCount;
        labelled &= batch.Labels is not null;
        for (int jet = 0; jet < batch.JetCount; jet++)
        {
            if (batch.Multiplicity(jet) == 0 && empty++ == 0) firstEmpty = batch.Rows[jet];
            if (batch.Labels is null) continue;
            if (batch.Labels[jet] < perClass.Length) perClass[batch.Labels[jet]]++;
            else if (unknown++ == 0) firstUnknown = batch.Rows[jet];
        }
        for (int c = 0; c < batch.ConstituentCount; c++)
            if (batch.Constituent(c) is { Px: 0, Py: 0, Pz: 0 } && zero++ == 0) firstZero = batch.Rows[JetOf(batch, c)];
    }

    internal override IEnumerable<DatasetFinding> Findings()
    {
        if (empty > 0)
            yield return new(FindingStatus.Warn, "empty", Text($"{empty} jets have no constituents"), Text($"jet {firstEmpty}"), "a cut removed all of them, or the row was never filled", "drop these jets where the file is made");
        if (zero > 0)
            yield return new(FindingStatus.Warn, "zero", Text($"{zero} constituents have no momentum"), Text($"jet {firstZero}"), "padding was stored as constituents", "convert the file from its padded form again; padding belongs in no jet");
        if (padded is { InnerPaddingJets: > 0 })
            yield return new(FindingStatus.Warn, "padding", Text($"{padded.InnerPaddingJets} jets have padding before a constituent: who stops at the first empty slot loses the rest (Lightcone keeps it)"), Text($"jet {padded.FirstInnerPadding}"),
                "constituents were removed by setting them to zero", "convert the file: lightcone dataset convert drops padding wherever it is");
        else if (padded is not null) yield return Pass("padding", "no padding between constituents");
        foreach (var finding in Labels()) yield return finding;
    }

    private IEnumerable<DatasetFinding> Labels()
    {
        if (!labelled || schema.Classes.Count == 0)
        {
            yield return new(FindingStatus.Note, "labels", className is null
                ? "no labels: the file can be scored, not trained on"
                : Text($"no labels: in a folder with one file a class, its jets are of class {className}"));
            yield break;
        }
        if (unknown > 0)
            yield return new(FindingStatus.Fail, "labels", Text($"{unknown} jets have a label beyond the {schema.Classes.Count} classes that have names"), Text($"label, jet {firstUnknown}"), "the class names belong to another set", "name all classes with --classes");
        string missing = string.Join(", ", schema.Classes.Where((_, i) => perClass[i] == 0));
        double smallest = perClass.Min() / (double)Math.Max(1, jets) * perClass.Length;
        if (missing.Length > 0)
            yield return new(FindingStatus.Warn, "labels", $"no jets of class {missing}", "label", "the file is one part of a set that is not shuffled", "train on all parts together, or shuffle them");
        else if (smallest < 0.1)
            yield return new(FindingStatus.Warn, "labels", Text($"classes are unequal: the smallest has {perClass.Min()} of {jets} jets"), "label", "the set follows cross-sections, or a cut took one class", "accuracy is misleading here; quote rejection at fixed efficiency");
        else yield return Pass("labels", "classes are balanced: " + string.Join(", ", schema.Classes.Select((name, i) => Text($"{perClass[i]} {name}"))));
    }
}
