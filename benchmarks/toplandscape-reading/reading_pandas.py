"""Reads the same file with pandas: whole, and in pieces. usage: reading_pandas.py FILE [rounds [pieces]]"""
import resource
import sys
import time

import numpy as np
import pandas as pd

path, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 3
for r in range(0 if "pieces" in sys.argv else rounds):
    start, before = time.perf_counter(), time.process_time()
    frame = pd.read_hdf(path, "table")
    seconds, busy = time.perf_counter() - start, time.process_time() - before
    total = frame.iloc[:, :800].to_numpy(dtype="f8").sum()
    print(f"pandas whole round {r}: {len(frame) / seconds:.0f} jets/s ({seconds:.2f} s, processor {busy:.2f} s), sum {total!r}, peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MiB")
    del frame
for r in range(rounds):
    start, before = time.perf_counter(), time.process_time()
    rows = 0
    with pd.HDFStore(path, "r") as store:
        for piece in store.select("table", chunksize=4096):
            rows += len(piece)
    seconds, busy = time.perf_counter() - start, time.process_time() - before
    print(f"pandas pieces of 4096 round {r}: {rows / seconds:.0f} jets/s ({seconds:.2f} s, processor {busy:.2f} s), peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MiB")
