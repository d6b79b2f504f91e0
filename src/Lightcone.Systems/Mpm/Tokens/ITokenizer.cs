using Lightcone.Systems.Mpm.Particles;

namespace Lightcone.Systems.Mpm.Tokens;

/// <summary>Gives particles tokens. It is trained before and fixed: a token never moves.</summary>
internal interface ITokenizer : IDisposable
{
    /// <summary>Number of tokens.</summary>
    int Count { get; }

    /// <summary>Mean features of the training particles of each token, row-major, shape [tokens, features].</summary>
    float[] Means { get; }

    /// <summary>Tokens of some particles, given the whole jets.</summary>
    /// <param name="table">The jets.</param>
    /// <param name="particles">Which particles.</param>
    int[] Ids(ParticleTable table, int[] particles);
}
