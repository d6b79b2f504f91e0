// Compiled twice: into Lightcone.Training (run-time fallback) and, by eng/Engine.targets, into the build step that
// prepares the engine's wrapper. The build compiles it against netstandard2.0, so it stays with old C#.
#nullable disable
using System;
using System.Collections.Generic;
using System.IO;
using System.Text;

namespace Lightcone.Training.Engine
{
    /// <summary>
    /// Marks one symbol-version requirement of a 64-bit little-endian ELF library as weak, in a copy. A weak requirement lets the dynamic
    /// linker load the library although the system's libstdc++ lacks that version; that is safe only as long as no relocation uses a symbol
    /// of that version, and this class refuses when one does.
    /// </summary>
    public static class ElfVersionNeed
    {
        private const uint Rela = 4, DynamicSymbols = 11, VersionNeeds = 0x6ffffffe, VersionIndices = 0x6fffffff;
        private const byte WeakFlag = 2;

        /// <summary>Outcome of <see cref="Weaken"/>.</summary>
        public enum Outcome
        {
            /// <summary>The library does not ask for that version; nothing changed.</summary>
            NotNeeded,

            /// <summary>The requirement was weakened.</summary>
            Weakened,
        }

        /// <summary>Weakens requirement <paramref name="version"/> in <paramref name="image"/>, in place.</summary>
        /// <exception cref="InvalidDataException">The bytes are not such a library, or a relocation really uses a symbol of that version.</exception>
        public static Outcome Weaken(byte[] image, string version)
        {
            try
            {
                return WeakenChecked(image, version);
            }
            catch (Exception e) when (e is ArgumentException || e is IndexOutOfRangeException || e is OverflowException)
            {
                throw new InvalidDataException("The library's section table points outside the file.", e);
            }
        }

        private static Outcome WeakenChecked(byte[] image, string version)
        {
            if (image.Length < 64 || image[0] != 0x7f || image[1] != 'E' || image[2] != 'L' || image[3] != 'F' || image[4] != 2 || image[5] != 1)
                throw new InvalidDataException("Not a 64-bit little-endian ELF library.");
            var sections = Sections(image);
            int flagsAt = -1, versionIndex = -1;
            foreach (var needs in sections)
            {
                if (needs.Type != VersionNeeds) continue;
                long names = sections[(int)needs.Link].Offset, file = needs.Offset;
                for (uint files = needs.Info; files > 0; files--)
                {
                    long entry = file + U32(image, file + 8);
                    for (int entries = U16(image, file + 2); entries > 0; entries--)
                    {
                        if (Name(image, names + U32(image, entry + 8)) == version)
                        {
                            flagsAt = checked((int)(entry + 4));
                            versionIndex = U16(image, entry + 6) & 0x7fff;
                        }

                        entry += U32(image, entry + 12);
                    }

                    file += U32(image, file + 12);
                }
            }

            if (flagsAt < 0) return Outcome.NotNeeded;
            var symbols = SymbolsOfVersion(image, sections, versionIndex);
            foreach (var relocations in sections)
            {
                if (relocations.Type != Rela) continue;
                for (long r = relocations.Offset; r < relocations.Offset + relocations.Size; r += 24)
                    if (symbols.Contains(U32(image, r + 12)))
                        throw new InvalidDataException("A relocation uses a symbol of version " + version + ": the library cannot work on this system.");
            }

            image[flagsAt] |= WeakFlag;
            return Outcome.Weakened;
        }

        private static HashSet<uint> SymbolsOfVersion(byte[] image, List<Section> sections, int versionIndex)
        {
            Section dynamic = sections.Find(s => s.Type == DynamicSymbols), indices = sections.Find(s => s.Type == VersionIndices);
            var found = new HashSet<uint>();
            for (uint i = 0; i < dynamic.Size / 24; i++)
                if ((U16(image, indices.Offset + 2 * i) & 0x7fff) == versionIndex)
                    found.Add(i);
            return found;
        }

        private static List<Section> Sections(byte[] image)
        {
            long table = checked((long)BitConverter.ToUInt64(image, 0x28));
            int size = U16(image, 0x3A), count = U16(image, 0x3C);
            var sections = new List<Section>();
            for (int i = 0; i < count; i++)
            {
                long s = table + (long)i * size;
                sections.Add(new Section
                {
                    Type = U32(image, s + 4),
                    Offset = checked((long)BitConverter.ToUInt64(image, checked((int)(s + 0x18)))),
                    Size = checked((long)BitConverter.ToUInt64(image, checked((int)(s + 0x20)))),
                    Link = U32(image, s + 0x28),
                    Info = U32(image, s + 0x2C),
                });
            }

            return sections;
        }

        private static uint U32(byte[] image, long at) => BitConverter.ToUInt32(image, checked((int)at));

        private static ushort U16(byte[] image, long at) => BitConverter.ToUInt16(image, checked((int)at));

        private static string Name(byte[] image, long at)
        {
            int end = checked((int)at);
            while (image[end] != 0) end++;
            return Encoding.ASCII.GetString(image, (int)at, end - (int)at);
        }

        private struct Section
        {
            public uint Type, Link, Info;
            public long Offset, Size;
        }
    }

#if !LIGHTCONE_LIBRARY
    /// <summary>The build step: copies Source to Target with the requirement Need weakened.</summary>
    public class WeakenElfVersionNeed : Microsoft.Build.Utilities.Task
    {
        [Microsoft.Build.Framework.Required]
        public string Source { get; set; }

        [Microsoft.Build.Framework.Required]
        public string Target { get; set; }

        [Microsoft.Build.Framework.Required]
        public string Need { get; set; }

        public override bool Execute()
        {
            try
            {
                byte[] image = File.ReadAllBytes(Source);
                ElfVersionNeed.Weaken(image, Need);
                Directory.CreateDirectory(Path.GetDirectoryName(Target));
                File.WriteAllBytes(Target, image);
                return true;
            }
            catch (InvalidDataException e)
            {
                Log.LogError("{0}: {1}", Source, e.Message);
                return false;
            }
        }
    }
#endif
}
