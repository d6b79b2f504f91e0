namespace Lightcone.Tests.Training;

/// <summary>
/// Tests that seed the engine's global generator, or count on its draws: they run one after another and beside no other test, for all tests of a
/// process share that generator.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SeededGenerator
{
    public const string Name = "the engine's generator";
}
