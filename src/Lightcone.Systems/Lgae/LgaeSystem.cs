using Lightcone.Evaluation;
using Lightcone.Jets;
using Lightcone.Training;
using Lightcone.Training.Recipes;
using Lightcone.Training.Runs;

namespace Lightcone.Systems.Lgae;

/// <summary>The Lorentz group autoencoder as the command line knows it.</summary>
public sealed class LgaeSystem : ISystem
{
    /// <inheritdoc/>
    public string Name => "lgae";

    /// <inheritdoc/>
    public string Title => "LGAE";

    /// <inheritdoc/>
    public TrainingRecipe DefaultRecipe => new LgaeRecipe();

    /// <inheritdoc/>
    public IReadOnlyList<NamedRecipe> Recipes { get; } =
    [
        new("jetnet-lgae", "an autoencoder of quark and gluon jets, equivariant under the Lorentz group", new LgaeRecipe()),
    ];

    /// <inheritdoc/>
    public string BibTex { get; } =
        """
        @article{Hao:2022zns,
            author = "Hao, Zichun and Kansal, Raghav and Duarte, Javier and Chernyavskaya, Nadezda",
            title = "{Lorentz group equivariant autoencoders}",
            eprint = "2212.07347",
            archivePrefix = "arXiv",
            primaryClass = "hep-ex",
            doi = "10.1140/epjc/s10052-023-11633-5",
            journal = "Eur. Phys. J. C",
            volume = "83",
            number = "6",
            pages = "485",
            year = "2023"
        }

        @article{Bogatskiy:2020tje,
            author = "Bogatskiy, Alexander and Anderson, Brandon and Offermann, Jan T. and Roussi, Marwah and Miller, David W. and Kondor, Risi",
            title = "{Lorentz Group Equivariant Neural Network for Particle Physics}",
            eprint = "2006.04780",
            archivePrefix = "arXiv",
            primaryClass = "hep-ph",
            year = "2020"
        }

        """;

    /// <inheritdoc/>
    public ITrainingTask CreateTask(TrainingRecipe recipe) => new LgaeTask((LgaeRecipe)recipe);

    /// <inheritdoc/>
    public IModel Load(Run run) => throw new NotImplementedException();

    /// <inheritdoc/>
    public EvaluationDocument Evaluate(Run run, SplitFolder data, EvaluationRequest request) => throw new NotImplementedException();

    /// <inheritdoc/>
    public Run Import(string weights, string folder, IReadOnlyList<string> settings, Provenance provenance) => throw new NotImplementedException();

    /// <inheritdoc/>
    public SymmetryReport CheckSymmetry(Run run, JetBatch jets) => throw new NotImplementedException();
}
