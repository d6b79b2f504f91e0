"""The baselines of the shipped sample: boosted trees and a mass window, on the shipped jets alone.

usage: python3 boosted_trees.py [SAMPLE_FOLDER] > ../../samples/data/baselines.json
Needs numpy, h5py and scikit-learn. Takes a few seconds.
"""
import json
import os
import sys

import h5py
import numpy as np
import sklearn
from sklearn.ensemble import HistGradientBoostingClassifier

FOLDER = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "samples", "data")
TREES, LEAVES, RATE, SEED = 200, 15, 0.06, 0


def jets(split):
    """Jet mass, number of constituents and jet pt, and the label."""
    with h5py.File(os.path.join(FOLDER, f"top-{split}.h5")) as f:
        n = np.diff(f["jets/offset"][:])
        return np.stack([f["jets/mass"][:], n, f["jets/pt"][:]], 1), f["jets/label"][:].astype(int)


def auc_delong(score, label):
    """Area under the ROC curve and its standard error after DeLong, from mid-ranks."""

    def midranks(x):
        order = np.argsort(x, kind="stable")
        _, first, count = np.unique(x[order], return_index=True, return_counts=True)
        ranks = np.empty(len(x))
        ranks[order] = np.repeat(first + (count + 1) / 2, count)
        return ranks

    s, b = score[label == 1], score[label == 0]
    m, n = len(s), len(b)
    both = midranks(np.concatenate([s, b]))
    v10 = (both[:m] - midranks(s)) / n
    v01 = 1 - (both[m:] - midranks(b)) / m
    return v10.mean(), np.sqrt(v10.var(ddof=1) / m + v01.var(ddof=1) / n)


def figures(score, label, threshold):
    auc, error = auc_delong(score, label)
    out = {"auc": round(auc, 5), "auc_standard_error": round(error, 5), "accuracy": round(float(((score > threshold) == label).mean()), 5)}
    background = np.sort(score[label == 0])
    for efficiency in (0.3, 0.5):
        # The highest cut that at least this share of the signal passes.
        cut = np.sort(score[label == 1])[::-1][int(np.ceil(efficiency * (label == 1).sum())) - 1]
        passing = int((background >= cut).sum())
        out[f"background_passing_at_{efficiency}"] = passing
        out[f"background_rejection_at_{efficiency}"] = round(len(background) / passing, 1) if passing else None
    return out


train, train_label = jets("train")
test, test_label = jets("test")
model = HistGradientBoostingClassifier(max_iter=TREES, max_leaf_nodes=LEAVES, learning_rate=RATE, early_stopping=False, random_state=SEED)
model.fit(train, train_label)
window = -np.abs(train[:, 0] - 173)
best = max(np.quantile(window, np.linspace(0, 1, 501)), key=lambda t: ((window > t) == train_label).mean())
print(json.dumps(
    {
        "made_by": "benchmarks/boosted-trees/boosted_trees.py",
        "trained_on": f"top-train.h5 ({len(train)} jets)",
        "evaluated_on": f"top-test.h5 ({len(test)} jets, {int(test_label.sum())} top)",
        "intervals": "standard error after DeLong (68 %)",
        "baselines": [
            {
                "name": "boosted trees (mass, multiplicity, pt)",
                "how": f"scikit-learn {sklearn.__version__} HistGradientBoostingClassifier, {TREES} trees of {LEAVES} leaves, learning rate {RATE}, no early stopping, seed {SEED}",
                "inputs": ["jet mass", "number of constituents", "jet pt"],
                **figures(model.predict_proba(test)[:, 1], test_label, 0.5),
            },
            {
                "name": "jet-mass window",
                "how": f"score = -|m - 173 GeV|, no training; accuracy at |m - 173 GeV| < {-best:.1f} GeV, chosen on the training jets",
                "inputs": ["jet mass"],
                **figures(-np.abs(test[:, 0] - 173), test_label, best),
            },
        ],
    },
    indent=2,
))
