"""When is a file there that came in parts and of which nobody has said what it is?

1. The caller may upload into this namespace. An upload that was completed before is answered the same way again.
2. All parts have arrived, and are those that the caller means.
3. The store puts them together and says what they are.
4. That is announced and published, durably.
5. Only then is it written down that the namespace holds them, with whatever the caller adds to that transaction.

A server may die between any two steps: completing again goes on where it was.
"""

from __future__ import annotations

from collections.abc import Mapping

from holotype.artifacts import holdings, uploads
from holotype.artifacts.parted import Parted
from holotype.errors import Conflict, Expired, Invalid, NotFound
from holotype.operations import put_stream
from holotype.operations.call import Call
from holotype.operations.put_stream import Then
from holotype.operations.send_part import Upload, find
from holotype.operations.threads import aside

_TRIES = 3
"""The bytes may have got their name, and then their entry, while we looked."""


async def complete_parts(
    call: Call, namespace: str, upload: Upload, marks: Mapping[int, str] | None = None, *, then: Then | None = None
) -> tuple[str, int]:
    """Publish what was sent and return its digest and size; ``marks`` are what the caller was told of each part."""
    gone: Expired | NotFound | None = None
    for _ in range(_TRIES):
        found = await aside(find, call, namespace, *upload)  # 1
        if found.done:
            await aside(call.registry.store.drop, found.id)  # whoever completed it may have died before
            return found.digest, found.size
        _check(found, marks)  # 2
        try:
            return await _completed(call, found, then)
        except (Expired, NotFound) as error:
            gone = error  # where somebody else completes it at the same time, its parts go with that
    raise gone or NotFound(f"There is no upload {upload[0]}.")


async def _completed(call: Call, found: Parted, then: Then | None) -> tuple[str, int]:
    digest, size = found.digest, found.size
    if digest == uploads.UNKNOWN:
        digest, size = await call.registry.store.gather(found.head, found.tail)  # 3
    await put_stream.settled(call, found.id, digest, size)  # 4
    await aside(_finish, call, found, (digest, size), then)  # 5
    return digest, size


def _check(found: Parted, marks: Mapping[int, str] | None) -> None:
    lacking = found.count - len(found.parts)
    if lacking:
        raise Conflict(f"{lacking} of {found.count} parts have not arrived.", hint="Send them first.")
    if marks is None:
        return
    if marks.keys() != found.parts.keys():
        raise Invalid(f"The upload has the parts 1 to {found.count}, each once.")
    for number, mark in marks.items():
        if mark and mark != found.parts[number][1]:
            raise Invalid(f"Part {number + 1} is not the one that was acknowledged.", hint="Send the file again.")


def _finish(call: Call, found: Parted, what: tuple[str, int], then: Then | None) -> None:
    digest, size = what
    with call.write() as tx:
        uploads.complete(tx, found.id, call.now)
        holdings.record(tx, found.namespace_id, {digest: size}, call.now)
        if then is not None:
            then(tx, found.namespace_id, digest, size)
    call.registry.store.drop(found.id)
