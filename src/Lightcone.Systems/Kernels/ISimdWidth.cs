namespace Lightcone.Systems.Kernels;

/// <summary>
/// The arithmetic of one register width. Kernels are written once against this interface and compiled once for each width: the type
/// arguments are structs, so every call becomes the instruction itself.
/// </summary>
/// <typeparam name="F">A register of float32 numbers.</typeparam>
/// <typeparam name="D">A register of float64 numbers, half as many.</typeparam>
internal unsafe interface ISimdWidth<F, D>
    where F : struct
    where D : struct
{
    /// <summary>Float32 numbers in a register.</summary>
    static abstract int Lanes { get; }

    /// <summary>Edges in a tile: an even number of registers, at most four.</summary>
    static abstract int Tile { get; }

    /// <summary>Whether 32 registers exist, so that 24 sums and their operands stay out of memory.</summary>
    static abstract bool HasManyRegisters { get; }

    static abstract F Load(float* source);

    static abstract void Store(F value, float* target);

    static abstract F Splat(float value);

    static abstract F Add(F a, F b);

    static abstract F Subtract(F a, F b);

    static abstract F Multiply(F a, F b);

    static abstract F Divide(F a, F b);

    /// <summary>a·b + c.</summary>
    static abstract F MultiplyAdd(F a, F b, F c);

    /// <summary>max(0, a), where a NaN stays a NaN.</summary>
    static abstract F Rectify(F a);

    static abstract F Clamp(F a, F low, F high);

    /// <summary>The larger of a and b; of a NaN and a number either.</summary>
    static abstract F Larger(F a, F b);

    /// <summary>All bits set where a &gt; 0.</summary>
    static abstract F IsPositive(F a);

    /// <summary>Where the mask is set a, elsewhere b.</summary>
    static abstract F Select(F mask, F a, F b);

    /// <summary>Where the mask is set a, elsewhere zero.</summary>
    static abstract F Keep(F mask, F a);

    /// <summary>Where the mask is set zero, elsewhere a.</summary>
    static abstract F Drop(F mask, F a);

    static abstract F Or(F a, F b);

    /// <summary>Mask of the lanes below <paramref name="count"/>, which may be negative or beyond the last lane.</summary>
    static abstract F FirstLanes(int count);

    /// <summary>One bit a lane of a mask.</summary>
    static abstract ushort ToBits(F mask);

    /// <summary>The mask of <see cref="ToBits"/>.</summary>
    static abstract F FromBits(ushort bits);

    static abstract float Sum(F a);

    /// <summary>Sum of the bit patterns as integers.</summary>
    static abstract F AddBits(F a, F b);

    /// <summary>Difference of the bit patterns as integers.</summary>
    static abstract F SubtractBits(F a, F b);

    /// <summary>The bit pattern, an integer, moved into the exponent field.</summary>
    static abstract F ToExponentField(F a);

    /// <summary>The signed exponent field of the bit pattern as an integer.</summary>
    static abstract F FromExponentField(F a);

    /// <summary>The bit pattern, an integer, as a number.</summary>
    static abstract F IntegerToNumber(F a);

    static abstract D Load(double* source);

    static abstract void Store(D value, double* target);

    static abstract D Splat(double value);

    static abstract D Add(D a, D b);

    static abstract D Subtract(D a, D b);

    static abstract D Multiply(D a, D b);

    static abstract D Divide(D a, D b);

    /// <summary>a·b + c.</summary>
    static abstract D MultiplyAdd(D a, D b, D c);

    /// <summary>c − a·b.</summary>
    static abstract D SubtractProduct(D a, D b, D c);

    static abstract D Clamp(D a, D low, D high);

    static abstract D Absolute(D a);

    /// <summary>All bits set where a ≤ b.</summary>
    static abstract D IsAtMost(D a, D b);

    /// <summary>All bits set where a is not zero.</summary>
    static abstract D IsNonzero(D a);

    static abstract D Select(D mask, D a, D b);

    static abstract D Keep(D mask, D a);

    static abstract D Drop(D mask, D a);

    static abstract D FirstHalfLanes(int count);

    static abstract double Sum(D a);

    static abstract F Narrow(D lower, D upper);

    static abstract D WidenLower(F a);

    static abstract D WidenUpper(F a);
}
