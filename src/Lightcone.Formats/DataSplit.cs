namespace Lightcone.Formats;

/// <summary>The parts of a data set.</summary>
public enum DataSplit
{
    /// <summary>For fitting.</summary>
    Train,

    /// <summary>For choosing the best epoch.</summary>
    Validation,

    /// <summary>For the final figures.</summary>
    Test,

    /// <summary>For pre-training: more jets beside those for fitting, whose labels are not read.</summary>
    Pretrain,
}
