using Lightcone.Systems.Mpm.Particles;
using Lightcone.Systems.Networks;
using Lightcone.Training;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Mpm.Network;

/// <summary>
/// The backbone (arXiv:2409.12589): particles and a few learned registers through transformer blocks. Nothing tells a particle's position, so its outputs follow any permutation
/// of the particles.
/// </summary>
internal sealed class Encoder
{
    /// <summary>What the names of its weights begin with.</summary>
    public const string Prefix = "encoder.";

    private readonly NetworkState state;
    private readonly TransformerBlock[] blocks;

    /// <summary>Adds its weights to a state.</summary>
    public Encoder(NetworkState state, EncoderSize size, double dropout)
    {
        (this.state, Size) = (state, size);
        state.AddLayer($"{Prefix}features", Preprocessing.FeatureNames(size.Inputs).Length, size.Width);
        if (size.Inputs == ParticleInputs.Full) state.AddTokens($"{Prefix}types", ParticleTypes.Count, size.Width);
        if (size.Registers > 0) state.AddTokens($"{Prefix}registers", size.Registers, size.Width);
        blocks = [.. Enumerable.Range(0, size.Layers).Select(l => new TransformerBlock(state, $"{Prefix}blocks.{l}", size.Width, size.Heads, size.HeadNorm, size.LayerScale, dropout))];
        state.AddNorm($"{Prefix}norm", size.Width);
    }

    /// <summary>Shape of the weights.</summary>
    public EncoderSize Size { get; }

    /// <summary>The embedded particles, shape [particles, width]; one of unknown type is its features alone.</summary>
    public Tensor Embed(ParticleTensors particles)
    {
        var embedded = state.Layer($"{Prefix}features", particles.Features);
        if (Size.Inputs != ParticleInputs.Full) return embedded;
        var types = state[$"{Prefix}types"];
        return embedded.Plus(RowCopies.Of(particles.TypesFromOne, cat([zeros(1, Size.Width, types.dtype), types])));
    }

    /// <summary>Encodes particles, embedded before.</summary>
    /// <param name="embedded">All jets' particles, one jet after the other, shape [particles, width].</param>
    /// <param name="counts">Particles of each jet.</param>
    /// <param name="layout">Where the tokens lie.</param>
    /// <param name="training">Whether dropout is on.</param>
    public EncodedJets Encode(Tensor embedded, int[] counts, TokenLayout layout, bool training)
    {
        int registers = Size.Registers;
        var sequences = Sequences.Of(Array.ConvertAll(counts, n => n + registers), layout, embedded.dtype);
        var starts = Starts(counts);
        // A jet without any token would leave nothing to copy from.
        var source = registers > 0 ? cat([state[$"{Prefix}registers"], embedded]) : embedded.shape[0] > 0 ? embedded : zeros(1, Size.Width, embedded.dtype);
        var tokens = RowCopies.Of(sequences.Gather((jet, t) => t < registers ? t : registers + starts[jet] + t - registers), source);
        foreach (var block in blocks) tokens = block.Apply(tokens, sequences, training);
        return new EncodedJets(state.Norm($"{Prefix}norm", tokens), sequences, counts, registers);
    }

    /// <summary>First particle of each jet in a list of all.</summary>
    internal static int[] Starts(int[] counts)
    {
        var starts = new int[counts.Length];
        for (int jet = 1; jet < counts.Length; jet++) starts[jet] = starts[jet - 1] + counts[jet - 1];
        return starts;
    }
}

/// <summary>What an encoder gives.</summary>
/// <param name="Tokens">Shape [rows, width].</param>
/// <param name="Sequences">Where each jet's rows lie: its registers, then its particles.</param>
/// <param name="Counts">Particles of each jet.</param>
/// <param name="Registers">Registers of each jet.</param>
internal sealed record EncodedJets(Tensor Tokens, Sequences Sequences, int[] Counts, int Registers)
{
    /// <summary>Rows of all particles, one jet after the other.</summary>
    public Tensor Particles()
    {
        var rows = new long[Counts.Sum()];
        for (int jet = 0, at = 0; jet < Counts.Length; jet++)
            for (int k = 0; k < Counts[jet]; k++)
                rows[at++] = Sequences.Starts[jet] + Registers + k;
        return Tokens.index_select(0, tensor(rows));
    }

    /// <summary>Mean over the particles of each jet, registers left out, shape [jets, width]; 0 for a jet without particles.</summary>
    public Tensor ParticleMeans()
    {
        var (slots, _) = Sequences.Slots(Tokens);
        var shares = new float[Counts.Length * slots.shape[1]];
        for (int jet = 0; jet < Counts.Length; jet++) shares.AsSpan((int)(jet * slots.shape[1]) + Registers, Counts[jet]).Fill(1f / Math.Max(1, Counts[jet]));
        // The copy lies where the engine puts it: products round by where their factors lie.
        return bmm(tensor(shares, [Counts.Length, 1, slots.shape[1]]).to(Tokens.dtype, copy: true), slots).squeeze(1);
    }
}
