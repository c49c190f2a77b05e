"""Where does a file lie for MLflow's clients? At a path below ``mlflow-artifacts``, which says whose file it is.

    <experiment>/<run id>/artifacts/<path>               what a run logged                        read and written
    <experiment>/models/<m-…>/artifacts/<path>           what a logged model is made of           read and written
    versions/<model>/<number>/<path>                     the files of a version                   read alone

The model is named as in a reference of ours, never by its title: such a name means the same however often it is
percent-decoded, and clients do not agree on that. What stands behind these places is checked as the paths of versions
are; nothing of them ever names a place in the store.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import unquote

from holotype.domain import names, paths
from holotype.errors import InvalidPath

SCHEME = "mlflow-artifacts"
VERSIONS, MODELS, ARTIFACTS = "versions", "models", "artifacts"

_OWNER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,255}")
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")
_DRIVE = re.compile(r"[A-Za-z]:")
_DECODINGS = 5


@dataclass(frozen=True, slots=True)
class TrackedPlace:
    """A file or folder of a run or a logged model; an empty path is all of it."""

    experiment: str
    owner: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class VersionPlace:
    """A file or folder of a version; an empty path is all of it."""

    model: str
    number: int
    path: str = ""


Place: TypeAlias = TrackedPlace | VersionPlace


def parse(place: str) -> Place | None:
    """Return what a path below ``mlflow-artifacts`` names, nothing where it names nothing; ``InvalidPath`` if hostile.

    The path is decoded already, and never decoded again to be used. A slash at its end says that it is a folder.
    """
    place = place.removesuffix("/")
    if not place:
        return None
    check(place)
    parts = place.split("/")
    if parts[0] == VERSIONS:
        return _version(parts[1:])
    if len(parts) >= 4 and parts[1] == MODELS and parts[3] == ARTIFACTS:
        return _tracked(parts[0], parts[2], parts[4:])
    if len(parts) >= 3 and parts[2] == ARTIFACTS:
        return _tracked(parts[0], parts[1], parts[3:])
    return None


def check(path: str) -> str:
    """Return a path unchanged, or raise ``InvalidPath``: also where somebody who decodes it again would be led away."""
    paths.check(path)
    form, decoded = path, unquote(path, errors="surrogateescape")
    for _ in range(_DECODINGS):
        if decoded == form:
            return path
        if _misleads(decoded):
            break
        form, decoded = decoded, unquote(decoded, errors="surrogateescape")
    raise InvalidPath(
        f"The file path {path[:120]!r} means another place where it is decoded again.", hint="Rename the file."
    )


def _misleads(path: str) -> bool:
    """Say whether a path leads out of its folder, or is none."""
    parts = path.split("/")
    return not names.printable(path) or "\\" in path or ".." in parts or "" in parts or bool(_DRIVE.match(path))


def of_run(experiment: str, run_id: str) -> str:
    """Return the place of a run's artifacts."""
    return f"{experiment}/{run_id}/{ARTIFACTS}"


def of_logged_model(experiment: str, model_id: str) -> str:
    """Return the place of a logged model's artifacts."""
    return f"{experiment}/{MODELS}/{model_id}/{ARTIFACTS}"


def of_version(model: str, number: int) -> str:
    """Return the place of a version's files; ``model`` is its name as in a reference, not its title."""
    return f"{VERSIONS}/{model}/{number}"


def _version(parts: list[str]) -> VersionPlace | None:
    if len(parts) < 2 or not names.is_component(parts[0]) or not _NUMBER.fullmatch(parts[1]):
        return None
    return VersionPlace(parts[0], int(parts[1]), "/".join(parts[2:]))


def _tracked(experiment: str, owner: str, rest: list[str]) -> TrackedPlace | None:
    if not _OWNER.fullmatch(experiment) or not _OWNER.fullmatch(owner):
        return None
    return TrackedPlace(experiment, owner, "/".join(rest))
