using Lightcone.Systems.Mpm.Particles;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Mpm.Network;

/// <summary>Some particles of a table as tensors.</summary>
/// <param name="Features">Shape [particles, features].</param>
/// <param name="TypesFromOne">Type + 1, so that 0 stands for an unknown one; shape [particles], int64.</param>
internal sealed record ParticleTensors(Tensor Features, Tensor TypesFromOne)
{
    /// <summary>Copies the particles of some positions in a table; tensors belong to the caller's dispose scope.</summary>
    public static ParticleTensors Of(ParticleTable table, int[] particles, ScalarType type)
    {
        var features = new float[particles.Length * table.Width];
        var types = new long[particles.Length];
        for (int i = 0; i < particles.Length; i++)
        {
            table.FeaturesOf(particles[i]).CopyTo(features.AsSpan(i * table.Width));
            types[i] = table.Types[particles[i]] + 1;
        }

        // A copy in the engine's own, aligned memory: the engine reads an array where the collector put it, and its matrix products round by how their operands are aligned.
        var values = tensor(features, [particles.Length, table.Width]);
        return new(type == ScalarType.Float32 ? values.clone() : values.to(type), tensor(types));
    }
}
