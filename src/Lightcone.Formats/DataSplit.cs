namespace Lightcone.Formats;

/// <summary>The three parts of a data set.</summary>
public enum DataSplit
{
    /// <summary>For fitting.</summary>
    Train,

    /// <summary>For choosing the best epoch.</summary>
    Validation,

    /// <summary>For the final figures.</summary>
    Test,

    /// <summary>For pre-training without labels, beside the jets for fitting.</summary>
    Pretrain,
}
