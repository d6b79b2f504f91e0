namespace Lightcone.Systems;

/// <summary>BibTeX of what several systems use.</summary>
internal static class Bibliography
{
    /// <summary>The optimiser of every training.</summary>
    public const string AdamW =
        """
        @article{Loshchilov:2017bsp,
            author = "Loshchilov, Ilya and Hutter, Frank",
            title = "{Decoupled Weight Decay Regularization}",
            eprint = "1711.05101",
            archivePrefix = "arXiv",
            primaryClass = "cs.LG",
            year = "2017"
        }

        """;

    /// <summary>The Lorentz group autoencoder and the graph autoencoder it is compared with.</summary>
    public const string Lgae =
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

        """;
}
