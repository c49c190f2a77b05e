"""How are the files of an intake copied? Each once, so that a copy that was cut off goes on where it was.

What is here and what is on its way is written down with each file, in the transaction that says that the namespace
holds its bytes. A file that changed at the source meanwhile is copied anew.
"""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from holotype.artifacts import uploads
from holotype.catalogue import intakes
from holotype.catalogue.intakes import Copied
from holotype.db import Tx
from holotype.domain import origins
from holotype.domain.entities import Intake
from holotype.egress.sources import Place, Reader, covering, open_source, tracker_of
from holotype.egress.sources.places import MLFLOW
from holotype.egress.sources.walking import Listed, Told
from holotype.errors import Expired, Invalid, NotFound, StorageFull
from holotype.operations.abort_parts import abort_parts
from holotype.operations.begin_parts import begin_parts
from holotype.operations.call import Call
from holotype.operations.complete_parts import complete_parts
from holotype.operations.feeding import Feed, detached
from holotype.operations.issuers import caller
from holotype.operations.put_stream import put_stream
from holotype.operations.send_part import find, send_part
from holotype.operations.threads import aside

LEASE = timedelta(seconds=15)
_UNSIZED = 2**30
"""At most so many bytes of a file of which the source does not say how large it is."""


class Lost(Exception):
    """The intake was deleted, or another server has taken it up."""


@dataclass(slots=True)
class Held:
    """An intake that this server works on, ``until`` a moment that it puts off as long as it does."""

    intake: Intake
    until: datetime
    attempts: int = field(init=False)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        """Count the attempts from here."""
        self.attempts = self.intake.attempts

    def stay(self, call: Call, *, arrived: bool = False) -> None:
        """Hold on for longer, or raise ``Lost``; what has arrived makes attempts count anew."""
        with self.lock, call.write() as tx:
            until = call.registry.clock() + LEASE
            if not intakes.hold(tx, self.intake.id, self.until, until, attempts=1 if arrived else None):
                raise Lost
            self.until = until
            self.attempts = 1 if arrived else self.attempts


async def listed(call: Call, intake: Intake) -> tuple[Place, Reader, list[Listed]]:
    """Return the place that was asked for, what reads its files, and the files."""
    sources = call.registry.sources
    origin = origins.read(intake.uri)
    asked = covering(sources, intake.namespace, origin)
    if asked is None:
        raise Invalid("No import source covers this any more.", hint="Ask whoever runs this server.")
    client = caller(call.registry.settings.egress_allow)
    reader = await detached(open_source, asked.source, client)
    where = await detached(reader.located, asked)
    if not isinstance(where, str):
        found = covering(sources, intake.namespace, where)
        if found is None or found.run_id is not None or found.model_id is not None:
            raise Invalid(
                f"The import source {asked.source.name} keeps these files where no import source covers them.",
                hint="Name that bucket as an import source too.",
            )
        where = found.path
        reader = await detached(open_source, found.source, client)
    files = await detached(reader.files, where)
    if not files:
        raise NotFound(f"The import source {asked.source.name} has no files there.", hint="Was the model logged?")
    total = sum(file.size or 0 for file in files)
    if not call.registry.store.room_for(total):
        raise StorageFull(f"There is no room for {total:,} bytes in {call.registry.store.place}.")
    return asked, reader, files


async def told(call: Call, intake: Intake, place: Place | None = None) -> Told:
    """Return what a tracking server knows of an intake's run: the one that it lies in, or one of the same namespace."""
    tracker = place
    if place is None or place.source.kind != MLFLOW:
        tracker = tracker_of(call.registry.sources, intake.namespace, intake.run_id, intake.logged_model)
    if tracker is None:
        return Told(model_id=intake.logged_model)
    asked = await detached(open_source, tracker.source, caller(call.registry.settings.egress_allow))
    return await detached(asked.told, tracker, intake.run_id, intake.logged_model)


async def copy_all(call: Call, held: Held, reader: Reader, files: Sequence[Listed]) -> None:
    """Copy what is not here yet."""
    there = await aside(_there, call, held.intake)
    for file in files:
        known = there.get(file.path)
        if known is not None and _is_that(known, file) and known.digest is not None:
            continue
        await _copy(fresh(call), held, reader, file, known)
        await aside(held.stay, call, arrived=True)


def fresh(call: Call) -> Call:
    """Return the same call at this moment: a copy may take days."""
    return replace(call, now=call.registry.clock())


def _there(call: Call, intake: Intake) -> dict[str, Copied]:
    with call.read() as tx:
        return intakes.files(tx, intake.id)


def _is_that(known: Copied, file: Listed) -> bool:
    """Say whether a file is still the one that was copied, as far as the source says beforehand."""
    return file.size in (None, known.size) and (not file.mark or known.mark == file.mark)


async def _copy(call: Call, held: Held, reader: Reader, file: Listed, known: Copied | None) -> None:
    part = call.registry.settings.part_size
    if file.size is None or file.size <= part:
        await _copy_whole(call, held, reader, file)
        return
    if not await _copy_parts(call, held, reader, file, known):
        await _copy_parts(call, held, reader, file, None)


async def _copy_whole(call: Call, held: Held, reader: Reader, file: Listed) -> None:
    space = held.intake.namespace
    async with Feed(reader, file, 0) as feed:
        then = partial(_note, held.intake.id, file.path, file.mark or feed.mark)
        limit = _UNSIZED if file.size is None else None
        await put_stream(call, space, _all_of(feed, file.size), size=file.size, limit=limit, then=then)


async def _all_of(feed: Feed, size: int | None) -> AsyncIterator[bytes]:
    async for chunk in feed.all() if size is None else feed.exactly(size):
        yield chunk
    if size is not None:
        await feed.end()


async def _copy_parts(call: Call, held: Held, reader: Reader, file: Listed, known: Copied | None) -> bool:
    """Copy a large file from the first part on that is not here; false where it changed since that came."""
    space, size = held.intake.namespace, file.size or 0
    step = uploads.part_size_for(size, call.registry.settings.part_size)
    upload = await aside(_upload, call, held.intake, file, known, step)
    first = upload.first
    async with Feed(reader, file, min(first * step, size)) as feed:
        mark = file.mark or feed.mark
        if first and upload.mark != mark:
            await aside(abort_parts, call, space, upload.key)
            return False
        if not first:
            await aside(_note_upload, call, held.intake, file, (mark, upload.key[0]))
        for number in range(first, -(-size // step)):
            length = min(step, size - number * step)
            await send_part(fresh(call), space, upload.key, number, length, feed.exactly(length))
            await aside(held.stay, call, arrived=True)
        await feed.end()
    then = partial(_note, held.intake.id, file.path, mark)
    await complete_parts(fresh(call), space, upload.key, then=then)
    return True


@dataclass(frozen=True, slots=True)
class _Upload:
    """An upload's id and target, the first part that it lacks, and the state of the file that it has parts of."""

    key: tuple[str, str]
    first: int = 0
    mark: str = ""


def _upload(call: Call, intake: Intake, file: Listed, known: Copied | None, step: int) -> _Upload:
    """Return the upload that was begun before, if it can be gone on with, or a new one."""
    target, size = f"intake {intake.id} {file.path}", file.size or 0
    count = -(-size // step)
    if known is not None and known.upload_id is not None and _is_that(known, file):
        try:
            found = find(call, intake.namespace, known.upload_id, target)
        except (NotFound, Expired):
            found = None
        if found is not None and found.count == count and found.part_size in (0, step):
            first = next((number for number in range(count) if number not in found.parts), count)
            return _Upload((found.id, target), first, known.mark)
    begun = begin_parts(call, intake.namespace, count, target)
    return _Upload((begun.id, target))


def _note_upload(call: Call, intake: Intake, file: Listed, begun: tuple[str, str]) -> None:
    with call.write() as tx:
        if intakes.by_id(tx, intake.id) is None:
            raise Lost
        intakes.note_file(tx, intake.id, file.path, Copied(None, file.size or 0, *begun))


def _note(intake_id: int, path: str, mark: str, tx: Tx, _namespace_id: int, digest: str, size: int) -> None:
    if intakes.by_id(tx, intake_id) is None:
        raise Lost
    intakes.note_file(tx, intake_id, path, Copied(digest, size, mark))
