"""Writes the small files that the format tests read. Needs h5py, PyTables and pandas; the tests themselves need none of them.

Run in this folder: python3 make_fixtures.py
"""
import h5py
import numpy as np
import pandas as pd
import tables

N = 1500
i = np.arange(N)
VALUES = ((i // 3) * 0.25 + i % 7).astype(np.float32)  # the tests know this formula


def codecs():
    """The same numbers through every filter that is read."""
    with tables.open_file("codecs_pytables.h5", "w") as f:
        for lib in ["blosclz", "lz4", "lz4hc", "zlib", "zstd"]:
            for name, shuffle, bitshuffle in [("none", False, False), ("byte", True, False), ("bit", False, True)]:
                filters = tables.Filters(complevel=5, complib=f"blosc:{lib}", shuffle=shuffle, bitshuffle=bitshuffle)
                for kind in ["f4", "f8", "i2"]:
                    array = VALUES.astype(kind)
                    f.create_carray("/", f"{lib}_{name}_{kind}", obj=array, filters=filters, chunkshape=(640,))
        # Bytes without pattern: the filter gives up and the chunk is stored with a filter mask.
        noise = np.random.default_rng(1).integers(0, 2**31, 512).astype("i4")
        f.create_carray("/", "incompressible_i4", obj=noise, filters=tables.Filters(complevel=9, complib="blosc", shuffle=False), chunkshape=(512,))
        f.create_carray("/", "zeros_f4", obj=np.zeros(20000, "f4"), filters=tables.Filters(complevel=9, complib="blosc"), chunkshape=(20000,))
    for libver in ["earliest", "latest"]:
        with h5py.File(f"codecs_h5py_{libver}.h5", "w", libver=libver) as f:
            for kind in ["f4", "f8", "i2", ">f4", ">i8", "u1", "f2"]:
                array = (VALUES % 200).astype(kind)
                name = kind.replace(">", "be_")
                g = f.create_group("types/" + name)
                g.create_dataset("contiguous", data=array)
                g.create_dataset("gzip", data=array, chunks=(350,), compression="gzip")
                g.create_dataset("gzip_shuffle", data=array, chunks=(350,), compression="gzip", shuffle=True)
                g.create_dataset("lzf", data=array, chunks=(350,), compression="lzf", shuffle=True)
                g.create_dataset("fletcher", data=array, chunks=(351,), compression="gzip", fletcher32=True)
                g.create_dataset("single", data=array, chunks=(N,), compression="gzip")
                g.create_dataset("unfiltered", data=array, chunks=(250,))
            cube = np.arange(7 * 5 * 4).reshape(7, 5, 4).astype("f4")
            f.create_dataset("cube", data=cube, chunks=(3, 2, 3), compression="gzip")
            f.create_dataset("bool", data=VALUES % 2 == 0, chunks=(1000,), compression="gzip")
            f.attrs["text"] = "Grüße"
            f.attrs["bytes"] = np.bytes_(b"fixed")
            f.attrs["number"] = 1.5
            f.attrs["numbers"] = np.array([1, -2, 3], "i4")


def jets(seed=3, n=6):
    rng = np.random.default_rng(seed)
    counts = rng.integers(1, 5, n)
    offset = np.concatenate([[0], np.cumsum(counts)])
    m = offset[-1]
    pt = np.concatenate([np.sort(rng.uniform(1, 100, c))[::-1] for c in counts]).astype("f4")
    eta, phi = rng.uniform(-2, 2, m).astype("f4"), rng.uniform(-3, 3, m).astype("f4")
    return offset, pt, eta, phi, rng.integers(0, 5, m).astype("i1"), (np.arange(n) % 2).astype("i1")


def compact():
    offset, pt, eta, phi, pid, label = jets()
    with h5py.File("compact.h5", "w") as f:
        f.attrs["layout"] = "lightcone compact v1"
        f.attrs["label_names"] = "0=QCD,1=top"
        f.attrs["pid_mass_gev"] = np.array([0.13957, 0, 0, 0.000511, 0.10566])
        for name, data in [("pt", pt), ("eta", eta), ("phi", phi), ("pid", pid)]:
            f.create_dataset(f"constituents/{name}", data=data, chunks=(8,), compression="gzip", shuffle=True)
        f.create_dataset("jets/offset", data=offset.astype("i8"), chunks=(len(offset),), compression="gzip", shuffle=True)
        f.create_dataset("jets/label", data=label, chunks=(len(label),), compression="gzip", shuffle=True)


def padded():
    offset, pt, eta, phi, _, label = jets(5)
    n, slots = len(label), 5
    p4 = np.stack([pt * np.cosh(eta), pt * np.cos(phi), pt * np.sin(phi), pt * np.sinh(eta)], 1).astype("f8")
    table = np.zeros((n, slots, 4))
    mask = np.zeros((n, slots), "i2")
    for j in range(n):
        table[j, : offset[j + 1] - offset[j]] = p4[offset[j] : offset[j + 1]]
        mask[j, : offset[j + 1] - offset[j]] = 1
    with h5py.File("lgn.h5", "w") as f:
        f.create_dataset("Nobj", data=np.diff(offset).astype("i2"), compression="gzip")
        f.create_dataset("Pmu", data=table, chunks=(4, 5, 2), compression="gzip")
        f.create_dataset("is_signal", data=label.astype("i2"), compression="gzip")
        f.create_dataset("label", data=mask, compression="gzip")
    columns = [f"{c}_{s}" for s in range(slots) for c in ["E", "PX", "PY", "PZ"]] + ["truthE", "truthPX", "truthPY", "truthPZ"]
    frame = pd.DataFrame(np.concatenate([table.reshape(n, -1), np.zeros((n, 4))], 1).astype("f4"), columns=columns)
    frame["ttv"] = np.ones(n, "i8")
    frame["is_signal_new"] = label.astype("i8")
    frame.index = np.arange(n) * 3 + 375
    for lib in ["zlib", "blosc"]:
        frame.to_hdf(f"table_{lib}.h5", key="table", format="table", complib=lib, complevel=9, mode="w", index=False)
    np.savez_compressed("small.npz", counts=np.diff(offset).astype("i4"), p4=np.asfortranarray(p4[:, [1, 2, 3, 0]].astype("f4")), label=label.astype("u1"))
    x = np.zeros((n, slots, 4))
    ids = np.array([22, 211, -211, 130, 2112, 11, -13, 321])
    for j in range(n):
        for s, c in enumerate(range(offset[j], offset[j + 1])):
            x[j, s] = pt[c], eta[c], phi[c], ids[c % len(ids)]
    np.savez("energyflow.npz", X=x, y=label.astype("f8"))


if __name__ == "__main__":
    codecs()
    compact()
    padded()
