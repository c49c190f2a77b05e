"""How are bytes freed that nobody needs?

1. The caller may operate the registry, and no other sweep is running.
2. Uploads whose time is over are forgotten, row first; so are runs and logged models that were deleted long ago.
3. Blobs that nobody needs are marked, looked at again, deleted and forgotten, window by window.
4. Bytes that no row names, left by a crash, go the same way; what belongs to no upload goes at once.
5. The rows of what was deleted go in one transaction with the ledger entry that says so, a batch at a time.

A dry run stops before the first mark. Why no row is ever left without bytes: ``holotype.artifacts.sweep``.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from holotype.access import rules
from holotype.artifacts import sweep as sweeping
from holotype.artifacts import uploads
from holotype.catalogue import needs
from holotype.db import leases
from holotype.domain.events import Action
from holotype.domain.permissions import Permission
from holotype.errors import Conflict
from holotype.ledger import append
from holotype.ledger.append import Entry
from holotype.operations.call import Call
from holotype.tracking import artifacts, retention

LEASE, LEASE_SECONDS = "sweep", 900
_WINDOW, _BATCH, _PORTION = 1_000, 200, 10_000
_RULES = sweeping.Rules(lambda digest: needs.needed(digest) | artifacts.needed(digest))


@dataclass(slots=True)
class SweepReport:
    """What a sweep freed, or would free: blobs and their bytes, uploads that had expired, bytes of no upload.

    ``runs`` are runs and logged models that it forgot; a dry run counts none.
    """

    dry_run: bool = False
    blobs: int = 0
    bytes: int = 0
    uploads: int = 0
    runs: int = 0
    strays: int = 0


def sweep(call: Call, *, dry_run: bool = False) -> SweepReport:
    """Free what nobody needs and return what that was; the same again frees nothing."""
    rules.require(call.actor, Permission.ADMIN_OPERATE)  # 1
    run = _Sweep(call, SweepReport(dry_run))
    run.renew()
    try:
        run.expire()  # 2
        run.forget_runs()
        for last, candidates in run.windows():  # 3
            run.free(last, candidates)
        run.free_unknown()  # 4
        run.drop_strays()
    finally:
        with call.write() as tx:
            leases.release(tx, LEASE, run.holder)
    return run.report


@dataclass(slots=True)
class _Sweep:
    """One sweep: its call, its report and its lease."""

    call: Call
    report: SweepReport
    holder: str = field(default_factory=lambda: str(uuid.uuid4()))
    after: str = ""

    @property
    def cutoff(self) -> datetime:
        """The moment before which unneeded bytes are free."""
        return self.call.now - timedelta(seconds=self.call.registry.settings.grace_period)

    def renew(self) -> None:
        """Take or keep the lease; two sweeps at once could delete what the other just gave back."""
        with self.call.write() as tx:
            if not leases.hold(tx, LEASE, self.holder, self.call.registry.clock(), LEASE_SECONDS):
                raise Conflict("Another sweep is running.", hint="Wait until it is done.")

    def expire(self) -> None:
        """Forget uploads whose time is over."""
        while True:
            with self.call.read() as tx:
                ids = sweeping.expired(tx, self.call.now, _WINDOW if self.report.dry_run else _BATCH)
            self.report.uploads += len(ids)
            if not ids or self.report.dry_run:
                return
            with self.call.write() as tx:
                uploads.remove(tx, ids)
            for upload_id in ids:
                self.call.registry.store.drop(upload_id)

    def forget_runs(self) -> None:
        """Forget runs and logged models, with their files, that were deleted before the grace period."""
        while not self.report.dry_run:
            with self.call.read() as tx:
                gone = retention.expired(tx, self.cutoff, _BATCH)
            if not gone:
                return
            for one in gone:
                done = False
                while not done:
                    with self.call.write() as tx:
                        done = retention.forget(tx, one, _PORTION)
                self.report.runs += 1
            self.renew()

    def windows(self) -> Iterator[tuple[str, list[tuple[str, int]]]]:
        """Give the last digest of each window that has something to free, and what that is."""
        while True:
            with self.call.read() as tx:
                last = sweeping.window(tx, self.after, _WINDOW)
                if last is None:
                    return
                candidates = _RULES.candidates(tx, self.after, last, self.cutoff)
            if candidates:
                yield last, candidates
            self.after = last

    def free(self, last: str, candidates: list[tuple[str, int]]) -> None:
        """Mark what is free in a window, and delete it."""
        if self.report.dry_run:
            self._count(dict(candidates))
            return
        with self.call.write() as tx:
            marked = _RULES.mark(tx, self.after, last, self.cutoff, self.call.now)
        self._delete(marked)

    def free_unknown(self) -> None:
        """Delete blobs for which there is no row and which have lain there for longer than the grace period."""
        for batch in self.call.registry.store.blobs():
            old = {blob.digest: blob.size for blob in batch if blob.modified < self.cutoff}
            with self.call.read() as tx:
                found = sorted((digest, old[digest]) for digest in sweeping.unknown(tx, old))
            if self.report.dry_run:
                self._count(dict(found))
            elif found:
                with self.call.write() as tx:
                    sweeping.mark_unknown(tx, found, self.call.now)
                self._delete([digest for digest, _ in found])

    def drop_strays(self) -> None:
        """Remove bytes that belong to no upload under way."""
        for batch in self.call.registry.store.uploads():
            with self.call.read() as tx:
                stray = sweeping.stray(tx, batch)
            self.report.strays += len(stray)
            for upload_id in () if self.report.dry_run else stray:
                self.call.registry.store.drop(upload_id)

    def _delete(self, marked: list[str]) -> None:
        for begin in range(0, len(marked), _BATCH):
            self.renew()
            freed = self._settled(marked[begin : begin + _BATCH])
            for digest in freed:
                self.call.registry.store.delete(digest)
            if freed:
                self._forget(freed)
            self._count(freed)

    def _forget(self, freed: Mapping[str, int]) -> None:
        data: dict[str, object] = {"blobs": len(freed), "bytes": sum(freed.values())}
        entry = Entry(Action.BLOBS_SWEPT, "registry", data)
        with self.call.write() as tx:
            sweeping.forget(tx, freed)
            append.append(tx, actor=self.call.actor, now=self.call.now, entries=[entry])  # 5

    def _settled(self, marked: Collection[str]) -> dict[str, int]:
        """Return what is still free, and give back what is wanted after all; without its bytes, its row goes too."""
        with self.call.read() as tx:
            found = _RULES.settle(tx, marked, self.cutoff)
        wanted = [blob for blob in found if not blob.free]
        there = [blob.digest for blob in wanted if self.call.registry.store.size(blob.digest) == blob.size]
        if wanted:
            with self.call.write() as tx:
                sweeping.unmark(tx, there)
                sweeping.forget(tx, {blob.digest for blob in wanted} - set(there))
        return {blob.digest: blob.size for blob in found if blob.free}

    def _count(self, freed: Mapping[str, int]) -> None:
        self.report.blobs += len(freed)
        self.report.bytes += sum(freed.values())
