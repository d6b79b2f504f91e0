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
    /// Marks one symbol-version requirement of a 64-bit little-endian ELF library as weak. A weak requirement lets the dynamic
    /// linker load the library although the system's libstdc++ lacks that version; that is safe only as long as no relocation uses a symbol
    /// of that version, and this class refuses when one does.
    /// </summary>
    public static class ElfVersionNeed
    {
        private const uint Rela = 4, Rel = 9, DynamicSymbols = 11, VersionNeeds = 0x6ffffffe, VersionIndices = 0x6fffffff;
        private const int RecordSize = 16, SymbolSize = 24;
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
        /// <exception cref="InvalidDataException">The bytes are not such a library, or a relocation really uses a symbol of that version; nothing changed.</exception>
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

        /// <summary>
        /// Lets <paramref name="symbol"/>, wanted in version <paramref name="from"/>, be found in version <paramref name="to"/> instead, in place. Both versions must
        /// be needed already; otherwise nothing happens.
        /// </summary>
        /// <returns>How many entries changed.</returns>
        /// <exception cref="InvalidDataException">The bytes are not such a library.</exception>
        public static int Rebind(byte[] image, string symbol, string from, string to)
        {
            try
            {
                var sections = Sections(image);
                var old = Needs(image, sections, Encoding.ASCII.GetBytes(from + "\0"));
                var available = Needs(image, sections, Encoding.ASCII.GetBytes(to + "\0"));
                if (old.Count != 1 || available.Count != 1) return 0;
                Section dynamic = sections.Find(s => s.Type == DynamicSymbols), indices = sections.Find(s => s.Type == VersionIndices);
                byte[] name = Encoding.ASCII.GetBytes(symbol + "\0");
                int changed = 0;
                foreach (uint i in SymbolsOfVersions(image, sections, old))
                {
                    if (!IsAt(image, sections[checked((int)dynamic.Link)].Offset + U32(image, dynamic.Offset + (long)SymbolSize * i), name)) continue;
                    int at = checked((int)(indices.Offset + 2L * i));
                    int hidden = U16(image, at) & 0x8000;
                    image[at] = (byte)available[0].VersionIndex;
                    image[at + 1] = (byte)((available[0].VersionIndex | hidden) >> 8);
                    changed++;
                }

                return changed;
            }
            catch (Exception e) when (e is ArgumentException || e is IndexOutOfRangeException || e is OverflowException)
            {
                throw new InvalidDataException("The library's section table points outside the file.", e);
            }
        }

        private static Outcome WeakenChecked(byte[] image, string version)
        {
            var sections = Sections(image);
            var needs = Needs(image, sections, Encoding.ASCII.GetBytes(version + "\0"));
            if (needs.Count == 0) return Outcome.NotNeeded;
            var symbols = SymbolsOfVersions(image, sections, needs);
            foreach (var relocations in sections)
            {
                if (relocations.Type != Rela && relocations.Type != Rel) continue;
                int entry = relocations.Type == Rela ? 24 : 16;
                for (long r = relocations.Offset; r + entry <= relocations.Offset + relocations.Size; r += entry)
                    if (symbols.Contains(U32(image, r + 12)))
                        throw new InvalidDataException("A relocation uses a symbol of version " + version + ": the library cannot work on this system.");
            }

            foreach (var need in needs) image[need.FlagsAt] |= WeakFlag;
            return Outcome.Weakened;
        }

        // Every record of the wanted version: one for each library it is wanted from.
        private static List<Need> Needs(byte[] image, List<Section> sections, byte[] version)
        {
            var found = new List<Need>();
            foreach (var needs in sections)
            {
                if (needs.Type != VersionNeeds) continue;
                long names = sections[checked((int)needs.Link)].Offset, file = needs.Offset;
                long room = needs.Size / RecordSize;
                for (uint files = needs.Info; files > 0; files--)
                {
                    long entry = file + U32(image, file + 8);
                    for (int entries = U16(image, file + 2); entries > 0; entries--)
                    {
                        // Each record has its own bytes in the section; chains that claim more run in circles.
                        if (room-- <= 0) throw new InvalidDataException("The library's table of needed versions runs in circles.");
                        if (IsAt(image, names + U32(image, entry + 8), version))
                            found.Add(new Need { FlagsAt = checked((int)(entry + 4)), VersionIndex = U16(image, entry + 6) & 0x7fff });
                        entry += U32(image, entry + 12);
                    }

                    if (room < 0 || files > needs.Size / RecordSize) throw new InvalidDataException("The library's table of needed versions is longer than its section.");
                    file += U32(image, file + 12);
                }
            }

            return found;
        }

        private static HashSet<uint> SymbolsOfVersions(byte[] image, List<Section> sections, List<Need> needs)
        {
            Section dynamic = sections.Find(s => s.Type == DynamicSymbols), indices = sections.Find(s => s.Type == VersionIndices);
            if (dynamic.Type == 0 || indices.Type == 0)
                throw new InvalidDataException("The library's symbols carry no versions, so it cannot be shown that none of them is needed.");
            var wanted = new HashSet<int>();
            foreach (var need in needs) wanted.Add(need.VersionIndex);
            var found = new HashSet<uint>();
            for (uint i = 0; i < dynamic.Size / SymbolSize; i++)
                if (wanted.Contains(U16(image, indices.Offset + 2L * i) & 0x7fff))
                    found.Add(i);
            return found;
        }

        private static List<Section> Sections(byte[] image)
        {
            if (image.Length < 64 || image[0] != 0x7f || image[1] != 'E' || image[2] != 'L' || image[3] != 'F' || image[4] != 2 || image[5] != 1)
                throw new InvalidDataException("Not a 64-bit little-endian ELF library.");
            long table = checked((long)BitConverter.ToUInt64(image, 0x28));
            int size = U16(image, 0x3A), count = U16(image, 0x3C);
            var sections = new List<Section>();
            long total = 0;
            for (int i = 0; i < count; i++)
            {
                long s = checked(table + (long)i * size);
                var section = new Section
                {
                    Type = U32(image, s + 4),
                    Offset = checked((long)BitConverter.ToUInt64(image, checked((int)(s + 0x18)))),
                    Size = checked((long)BitConverter.ToUInt64(image, checked((int)(s + 0x20)))),
                    Link = U32(image, s + 0x28),
                    Info = U32(image, s + 0x2C),
                };
                sections.Add(section);
                if (!IsRead(section.Type)) continue;
                total = checked(total + section.Size);

                // Sections of an honest library do not overlap; this bounds the work that a forged one can cause.
                if (checked(section.Offset + section.Size) > image.Length || total > image.Length)
                    throw new InvalidDataException("The library's sections are larger than the file.");
            }

            return sections;
        }

        private static bool IsRead(uint type) =>
            type == Rela || type == Rel || type == DynamicSymbols || type == VersionNeeds || type == VersionIndices;

        private static uint U32(byte[] image, long at) => BitConverter.ToUInt32(image, checked((int)at));

        private static ushort U16(byte[] image, long at) => BitConverter.ToUInt16(image, checked((int)at));

        private static bool IsAt(byte[] image, long at, byte[] text)
        {
            if (at < 0 || at > image.Length - text.Length) return false;
            for (int i = 0; i < text.Length; i++)
                if (image[at + i] != text[i])
                    return false;
            return true;
        }

        private struct Need
        {
            public int FlagsAt, VersionIndex;
        }

        private struct Section
        {
            public uint Type, Link, Info;
            public long Offset, Size;
        }
    }

    /// <summary>What the engine's wrapper asks of the system's libstdc++ beyond what it uses, and how it is made to ask for less.</summary>
    public static class EngineWrapper
    {
        /// <summary>Asked for by every program compiled with newer headers, used by nothing in the wrapper.</summary>
        public const string Unused = "GLIBCXX_3.4.32";

        /// <summary>The version of one function, which older systems have under <see cref="Older"/>.</summary>
        public const string Newer = "GLIBCXX_3.4.30";

        /// <summary>The version under which every libstdc++ offers <see cref="Wait"/>; the newer one differs only in letting a cancelled thread's unwinding through.</summary>
        public const string Older = "GLIBCXX_3.4.11";

        /// <summary>std::condition_variable::wait(std::unique_lock&lt;std::mutex&gt;&amp;).</summary>
        public const string Wait = "_ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE";

        /// <summary>Returns the wrapper as it loads with libstdc++ of GCC 11 (AlmaLinux 9) and newer; a wrapper that asks for neither version comes back unchanged.</summary>
        /// <exception cref="InvalidDataException">Not a library, or it really uses something of <see cref="Unused"/>.</exception>
        public static byte[] Prepare(byte[] image)
        {
            byte[] prepared = (byte[])image.Clone();
            ElfVersionNeed.Weaken(prepared, Unused);
            byte[] further = (byte[])prepared.Clone();
            try
            {
                ElfVersionNeed.Rebind(further, Wait, Newer, Older);
                ElfVersionNeed.Weaken(further, Newer);
                return further;
            }
            catch (InvalidDataException)
            {
                // It uses more of the newer version than that function: it needs GCC 12's libstdc++ (Debian 12), but no newer one.
                return prepared;
            }
        }
    }

#if !LIGHTCONE_LIBRARY
    /// <summary>The build step: copies Source to Target, prepared for older systems.</summary>
    public class PrepareEngineWrapper : Microsoft.Build.Utilities.Task
    {
        [Microsoft.Build.Framework.Required]
        public string Source { get; set; }

        [Microsoft.Build.Framework.Required]
        public string Target { get; set; }

        public override bool Execute()
        {
            try
            {
                byte[] prepared = EngineWrapper.Prepare(File.ReadAllBytes(Source));
                Directory.CreateDirectory(Path.GetDirectoryName(Target));
                File.WriteAllBytes(Target, prepared);
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
