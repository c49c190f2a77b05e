"""Loads a pulled model in a fresh process and predicts: what a serving job looks like.

python predict.py DIRECTORY
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import joblib
from train import split


def main() -> None:
    """Predict the holdout and print the accuracy as JSON."""
    forest = joblib.load(Path(sys.argv[1]) / "model.joblib")
    _, features, _, labels = split()
    accuracy = float((forest.predict(features) == labels).mean())
    print(json.dumps({"accuracy": accuracy, "depth": forest.max_depth, "trees": len(forest.estimators_)}))


if __name__ == "__main__":
    main()
