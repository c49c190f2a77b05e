"""Which import source does a version's source lie in, and where in it?

An administrator writes down each import source with its *roots*: the beginnings of the texts that it stands for. What
is read is always the source's own address and what follows the root, never an address of the caller's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from holotype.domain.origins import ArtifactOrigin, BucketOrigin, LoggedOrigin, Origin, RunOrigin

MLFLOW, BUCKET = "mlflow", "bucket"
KINDS = (MLFLOW, BUCKET)
EVERYWHERE = "*"
RUNS, MODELS = "runs:/", "models:/"


@dataclass(frozen=True, slots=True)
class ImportSource:
    """A place that versions are copied in from: a tracking server (``mlflow``) or a part of a bucket (``bucket``).

    ``roots`` are origins, read, or ``runs:/`` and ``models:/``; ``texts`` are the same as they were written.
    ``options`` go to the client of the bucket, ``secrets`` are what proves who we are; they are never shown.
    """

    name: str
    kind: str
    url: str
    namespaces: tuple[str, ...]
    roots: tuple[str | ArtifactOrigin | BucketOrigin, ...]
    texts: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    def serves(self, namespace: str) -> bool:
        """Say whether versions of a namespace may be copied in from here."""
        return namespace in self.namespaces or EVERYWHERE in self.namespaces


@dataclass(frozen=True, slots=True)
class Place:
    """Files in an import source: below ``path`` of it; of a run, below ``path`` of its artifacts; of a logged model."""

    source: ImportSource
    path: str = ""
    run_id: str | None = None
    model_id: str | None = None


def covering(sources: Iterable[ImportSource], namespace: str, origin: Origin) -> Place | None:
    """Return the place of an origin in the first import source of a namespace that covers it."""
    for source in sources:
        if source.serves(namespace):
            for root in source.roots:
                place = _within(source, root, origin)
                if place is not None:
                    return place
    return None


def tracker_of(
    sources: Iterable[ImportSource], namespace: str, run_id: str | None, model_id: str | None
) -> Place | None:
    """Return the place of a run, or of a logged model of which no run is told, in a tracking server of a namespace."""
    if run_id:
        return covering(sources, namespace, RunOrigin(run_id, ""))
    return covering(sources, namespace, LoggedOrigin(model_id)) if model_id else None


def _within(source: ImportSource, root: str | ArtifactOrigin | BucketOrigin, origin: Origin) -> Place | None:
    if isinstance(origin, RunOrigin):
        return Place(source, origin.path, run_id=origin.run_id) if root == RUNS else None
    if isinstance(origin, LoggedOrigin):
        return Place(source, model_id=origin.model_id) if root == MODELS else None
    same = _same_artifacts(root, origin) or _same_bucket(root, origin)
    if not same or isinstance(root, str) or not isinstance(origin, ArtifactOrigin | BucketOrigin):
        return None
    rest = _below(root.path, origin.path)
    return None if rest is None else Place(source, rest)


def _same_artifacts(root: object, origin: Origin) -> bool:
    return isinstance(root, ArtifactOrigin) and isinstance(origin, ArtifactOrigin) and root.base == origin.base


def _same_bucket(root: object, origin: Origin) -> bool:
    if not isinstance(root, BucketOrigin) or not isinstance(origin, BucketOrigin):
        return False
    return (root.kind, root.bucket) == (origin.kind, origin.bucket)


def _below(root: str, path: str) -> str | None:
    """Return what follows a root in a path, part by part: ``models-old`` does not lie in ``models``."""
    if not root or path == root:
        return path if not root else ""
    return path[len(root) + 1 :] if path.startswith(f"{root}/") else None
