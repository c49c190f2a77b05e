"""How does a file of a run or a logged model arrive? In one stream; whatever was at its path before is replaced.

1. The caller may log into this namespace, and the run is theirs or they see everything there.
2. The bytes are received, as those of any file of which nobody has said what it is.
3. In one transaction the namespace holds them and the path stands for them, if the run is still there.

A run that has ended may still be given files, as everywhere in MLflow.
"""

from __future__ import annotations

from collections.abc import AsyncIterable

from holotype.catalogue import namespaces
from holotype.db import Tx
from holotype.domain import paths
from holotype.operations import owned, put_stream, tracked
from holotype.operations.call import Call
from holotype.operations.put_stream import Then
from holotype.operations.threads import aside
from holotype.tracking.artifacts import Artifact


async def put_artifact(
    call: Call, namespace: str, owner: str, path: str, chunks: AsyncIterable[bytes], *, size: int | None = None
) -> tuple[str, int]:
    """Store a file under a path and return its digest and size."""
    paths.check(path)
    await aside(admit, call, namespace, owner)  # 1
    return await put_stream.put_stream(  # 2
        call, namespace, chunks, size=size, then=written(call, namespace, owner, path)
    )


def admit(call: Call, namespace: str, owner: str) -> None:
    """Raise unless the caller may write files of a run or a logged model."""
    tracked.require_writer(call.actor, namespace)
    with call.read() as tx:
        owned.check(call, tx, namespaces.get(tx, namespace), owner)


def written(call: Call, namespace: str, owner: str, path: str) -> Then:
    """Return what writes down that a path of a run stands for bytes that have arrived."""

    def then(tx: Tx, namespace_id: int, digest: str, size: int) -> None:  # 3
        owned.check(call, tx, namespaces.get(tx, namespace), owner)
        owned.write(tx, namespace_id, owner, Artifact(path, digest, size), call.now)

    return then
