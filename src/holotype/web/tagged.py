"""Which tags did a person write? Clients of MLflow keep things of their own in tags, which lists have no room for."""

from __future__ import annotations

from collections.abc import Mapping

_INTERNAL = ("mlflow.", "_mlflow")


def written(tags: Mapping[str, str]) -> dict[str, str]:
    """Return the tags without those that MLflow's clients keep for themselves."""
    return {key: value for key, value in tags.items() if not key.startswith(_INTERNAL)}
