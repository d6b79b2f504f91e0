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

    /// <summary>Masked particle modelling, both versions.</summary>
    public const string Mpm =
        """
        @article{Golling:2024abg,
            author = "Golling, Tobias and Heinrich, Lukas and Kagan, Michael and Klein, Samuel and Leigh, Matthew and Osadchy, Margarita and Raine, John Andrew",
            title = "{Masked particle modeling on sets: towards self-supervised high energy physics foundation models}",
            eprint = "2401.13537",
            archivePrefix = "arXiv",
            primaryClass = "hep-ph",
            doi = "10.1088/2632-2153/ad64a8",
            journal = "Mach. Learn. Sci. Tech.",
            volume = "5",
            number = "3",
            pages = "035074",
            year = "2024"
        }

        @article{Leigh:2024ked,
            author = "Leigh, Matthew and Klein, Samuel and Charton, Fran{\c{c}}ois and Golling, Tobias and Heinrich, Lukas and Kagan, Michael and Ochoa, In{\^e}s and Osadchy, Margarita",
            title = "{Is Tokenization Needed for Masked Particle Modelling?}",
            eprint = "2409.12589",
            archivePrefix = "arXiv",
            primaryClass = "hep-ph",
            journal = "Mach. Learn. Sci. Tech.",
            volume = "6",
            pages = "025075",
            year = "2025"
        }

        """;
}
