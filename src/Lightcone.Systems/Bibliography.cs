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

    /// <summary>The calibration by a likelihood ratio.</summary>
    public const string GaussianAnsatz =
        """
        @article{Gambhir:2022gua,
            author = "Gambhir, Rikab and Nachman, Benjamin and Thaler, Jesse",
            title = "{Learning Uncertainties the Frequentist Way: Calibration and Correlation in High Energy Physics}",
            eprint = "2205.03413",
            archivePrefix = "arXiv",
            primaryClass = "hep-ph",
            doi = "10.1103/PhysRevLett.129.082001",
            journal = "Phys. Rev. Lett.",
            volume = "129",
            pages = "082001",
            year = "2022"
        }

        @article{Gambhir:2022dut,
            author = "Gambhir, Rikab and Nachman, Benjamin and Thaler, Jesse",
            title = "{Bias and priors in machine learning calibrations for high energy physics}",
            eprint = "2205.05084",
            archivePrefix = "arXiv",
            primaryClass = "hep-ph",
            doi = "10.1103/PhysRevD.106.036011",
            journal = "Phys. Rev. D",
            volume = "106",
            pages = "036011",
            year = "2022"
        }

        """;

    /// <summary>Networks on sets of particles.</summary>
    public const string EnergyFlow =
        """
        @article{Komiske:2018cqr,
            author = "Komiske, Patrick T. and Metodiev, Eric M. and Thaler, Jesse",
            title = "{Energy Flow Networks: Deep Sets for Particle Jets}",
            eprint = "1810.05165",
            archivePrefix = "arXiv",
            primaryClass = "hep-ph",
            doi = "10.1007/JHEP01(2019)121",
            journal = "JHEP",
            volume = "01",
            pages = "121",
            year = "2019"
        }

        """;
}
