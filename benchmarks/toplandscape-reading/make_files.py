"""Makes long files from the 1000-jet samples: make_files.py OUT_FOLDER SAMPLE_zlib.h5 SAMPLE_blosc.h5

Jets are repeated in another order each time. 20 and 400 copies, zlib (level 9, as the sample) and blosc.
"""
import os
import sys

import numpy as np
import pandas as pd

out = sys.argv[1]
for sample in sys.argv[2:]:
    lib = "blosc" if "blosc" in sample else "zlib"
    frame = pd.read_hdf(sample, "table")
    for copies in [20, 400]:
        path = os.path.join(out, f"{lib}_{copies}k.h5")
        rng = np.random.default_rng(copies)
        with pd.HDFStore(path, "w", complib=lib, complevel=9 if lib == "blosc" else 6) as store:
            for _ in range(copies):
                store.append("table", frame.iloc[rng.permutation(len(frame))], index=False)
        print(path, os.path.getsize(path))
