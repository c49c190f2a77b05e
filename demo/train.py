"""Trains a classifier on a real data set and pushes it: what a data scientist's script looks like with Holotype.

python train.py MODEL DIRECTORY --depth 3 --trees 30
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import joblib
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score, log_loss, roc_auc_score
from sklearn.model_selection import train_test_split

import holotype
from holotype.domain.provenance import Column, Data, Metric, Schema

SEED = 7
CARD = """\
---
license: apache-2.0
pipeline_tag: tabular-classification
datasets: [breast_cancer]
---
# Tumour classifier

A random forest over the 30 features of the Wisconsin breast cancer data set. A demonstration, not a medical device.
"""


def split() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return features and labels for training and for the holdout: (398, 30), (171, 30), (398,), (171,)."""
    features, labels = load_breast_cancer(return_X_y=True)
    parts = train_test_split(features, labels, test_size=0.3, random_state=SEED, stratify=labels)
    return parts[0], parts[1], parts[2], parts[3]


def data_reference() -> Data:
    """Name the data set that scikit-learn ships, with the digest of its bytes."""
    features, labels = load_breast_cancer(return_X_y=True)
    digest = hashlib.sha256(features.tobytes() + labels.tobytes()).hexdigest()
    return Data("sklearn://breast_cancer", f"sha256:{digest}")


def schema() -> Schema:
    """Say what the model takes and returns."""
    names = load_breast_cancer().feature_names
    inputs = [Column(str(name), "double", [-1]) for name in names]
    return Schema(inputs, [Column("benign", "long", [-1])])


def main() -> None:
    """Train, measure, write the files, push."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("directory", type=Path)
    parser.add_argument("--depth", type=int, required=True)
    parser.add_argument("--trees", type=int, required=True)
    options = parser.parse_args()

    train_x, test_x, train_y, test_y = split()
    forest = RandomForestClassifier(max_depth=options.depth, n_estimators=options.trees, random_state=SEED)
    forest.fit(train_x, train_y)
    chances = forest.predict_proba(test_x)[:, 1]

    options.directory.mkdir(parents=True)
    joblib.dump(forest, options.directory / "model.joblib")
    (options.directory / "README.md").write_text(CARD)
    version = holotype.Client().push(
        options.directory,
        options.model,
        params={"max_depth": options.depth, "trees": options.trees, "seed": SEED},
        metrics=[
            Metric("auc", float(roc_auc_score(test_y, chances)), "holdout", direction="higher"),
            Metric("accuracy", float(accuracy_score(test_y, chances > 0.5)), "holdout", direction="higher"),
            Metric("log_loss", float(log_loss(test_y, chances)), "holdout", direction="lower"),
        ],
        data=[data_reference()],
        schema=schema(),
        card=CARD,
        tags={"team": "diagnostics"},
    )
    print(version.reference)


if __name__ == "__main__":
    main()
