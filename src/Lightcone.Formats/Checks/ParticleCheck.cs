using Lightcone.Jets;

namespace Lightcone.Formats.Checks;

/// <summary>
/// Identities, charges and impact parameters that contradict themselves or one another: codes beyond 0 charged hadron, 1 neutral hadron, 2 photon,
/// 3 electron, 4 muon, charges beyond ±1, neutral particles with a track, errors below zero. Files whose <c>pid</c> are PDG numbers keep these.
/// </summary>
internal sealed class ParticleCheck(JetSchema schema) : JetCheck
{
    private const int Codes = 5;
    private static readonly string[] Displacements = ["d0val", "dzval"], Errors = ["d0err", "dzerr"];

    private readonly bool identities = schema.ConstituentColumns.Contains("pid"), charges = schema.ConstituentColumns.Contains("charge");
    private readonly bool stated = schema.Facts.ContainsKey("pid_names") || schema.Facts.ContainsKey("pid_mass_gev");
    private readonly string[] displacements = [.. Displacements.Where(schema.ConstituentColumns.Contains)], errors = [.. Errors.Where(schema.ConstituentColumns.Contains)];
    private readonly Tally unknown = new(), charge = new(), charged = new(), chargeless = new(), displaced = new(), tracks = new();
    private long constituents;

    internal override void Look(JetBatch batch)
    {
        constituents += batch.ConstituentCount;
        float[]? pid = identities ? batch.ConstituentColumns["pid"] : null, q = charges ? batch.ConstituentColumns["charge"] : null;
        for (int c = 0; pid is not null && c < pid.Length; c++)
            if (pid[c] is not (0 or 1 or 2 or 3 or 4)) unknown.Add(batch, c);
        for (int c = 0; q is not null && c < q.Length; c++)
        {
            if (q[c] is not (-1 or 0 or 1)) charge.Add(batch, c);
            else if (pid is not null && Neutral(pid[c]) && q[c] != 0) charged.Add(batch, c);
            else if (pid is not null && Charged(pid[c]) && q[c] == 0) chargeless.Add(batch, c);
        }

        if (displacements.Length + errors.Length > 0) LookAtTracks(batch, pid);
    }

    private void LookAtTracks(JetBatch batch, float[]? pid)
    {
        float[][] values = [.. displacements.Select(name => batch.ConstituentColumns[name])], widths = [.. errors.Select(name => batch.ConstituentColumns[name])];
        for (int c = 0; c < batch.ConstituentCount; c++)
        {
            bool sound = true, away = false;
            foreach (float[] value in values) (sound, away) = (sound && float.IsFinite(value[c]), away || value[c] != 0);
            foreach (float[] width in widths) sound &= width[c] >= 0 && float.IsFinite(width[c]);
            if (!sound) tracks.Add(batch, c);
            else if (away && pid is not null && Neutral(pid[c])) displaced.Add(batch, c);
        }
    }

    internal override IEnumerable<DatasetFinding> Findings()
    {
        if (constituents == 0) yield break;
        // PDG numbers of constituents start at 11: a file that has them, and does not say so, has no code below 5.
        bool codes = identities && (stated || 2 * unknown.Count < constituents);
        if (codes && unknown.Count > 0)
            yield return new(FindingStatus.Fail, "pid", Text($"{unknown.Count} constituents have a particle code that is none of 0 to {Codes - 1}"), unknown.Where("pid"),
                "other codes, such as PDG numbers, were mixed in", "write 0 charged hadron, 1 neutral hadron, 2 photon, 3 electron, 4 muon");
        else if (codes) yield return Pass("pid", Text($"particle codes 0 to {Codes - 1}"));
        if (charge.Count > 0)
            yield return new(FindingStatus.Fail, "charge", Text($"{charge.Count} constituents have a charge that is none of -1, 0, 1"), charge.Where("charge"), "another column was stored as charge", "check how charge was filled");
        else if (charges) yield return Pass("charge", "charges -1, 0 or 1");
        foreach (var finding in Tracks(codes)) yield return finding;
    }

    private IEnumerable<DatasetFinding> Tracks(bool codes)
    {
        if (charged.Count > 0)
            yield return new(FindingStatus.Fail, "neutral", Text($"{charged.Count} photons or neutral hadrons have a charge"), charged.Where("charge"), "pid and charge belong to different particles", "check how pid and charge were filled");
        if (chargeless.Count > 0)
            yield return new(FindingStatus.Warn, "charged", Text($"{chargeless.Count} charged hadrons, electrons or muons have charge 0"), chargeless.Where("charge"), "the charge was not filled for all particles", "check how charge was filled");
        if (displaced.Count > 0)
            yield return new(FindingStatus.Fail, "neutral", Text($"{displaced.Count} photons or neutral hadrons have an impact parameter, which needs a track"), displaced.Where(string.Join(", ", displacements)),
                "pid and impact parameters belong to different particles", "store 0 for particles without a track");
        else if (codes && charged.Count == 0 && (charges || displacements.Length > 0)) yield return Pass("neutral", "neutral particles have neither charge nor impact parameter");
        if (displacements.Length + errors.Length == 0) yield break;
        if (tracks.Count > 0)
            yield return new(FindingStatus.Fail, "tracks", Text($"{tracks.Count} constituents have an impact parameter that is no number or an error below zero"), tracks.Where(string.Join(", ", displacements.Concat(errors))),
                "failed fits were stored with a special value", "store 0 where there is no track, and drop failed fits where the file is made");
        else yield return Pass("tracks", "impact parameters finite, errors not negative");
    }

    private static bool Neutral(float code) => code is 1 or 2;

    private static bool Charged(float code) => code is 0 or 3 or 4;

    /// <summary>How many constituents have a fault, and the first of them.</summary>
    private sealed class Tally
    {
        private (long Jet, int Constituent) first;

        internal long Count { get; private set; }

        internal void Add(JetBatch batch, int constituent)
        {
            if (Count++ > 0) return;
            int jet = JetOf(batch, constituent);
            first = (batch.Rows[jet], constituent - batch.Offsets[jet]);
        }

        internal string Where(string columns) => Text($"constituents/{columns}, jet {first.Jet}, constituent {first.Constituent}");
    }
}
