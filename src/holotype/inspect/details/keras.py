"""What does an archive of Keras say about the model? Its two JSON files; the older form is HDF5."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from holotype.inspect.details import hdf5
from holotype.inspect.details.archives import member, opened
from holotype.inspect.head import Head

_LARGEST = 4 * 2**20
_MOST = 50


def describe(head: Head) -> dict[str, Any]:
    """Return the version of Keras, the class of the model and how many layers of which class it has."""
    if not head.first.startswith(b"PK"):
        return hdf5.describe(head)
    with opened(head) as archive:
        metadata = json.loads(member(archive, "metadata.json", _LARGEST))
        config = json.loads(member(archive, "config.json", _LARGEST))
    told: dict[str, Any] = {
        "keras_version": str(metadata.get("keras_version", ""))[:40],
        "class": str(config.get("class_name", ""))[:80],
    }
    layers = config.get("config", {}).get("layers", [])
    kinds = Counter(str(layer.get("class_name", ""))[:80] for layer in layers)
    return told | {"layers": len(layers), "kinds": dict(kinds.most_common(_MOST))}
