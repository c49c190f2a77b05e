"""How does an auditor get what proves the ledger? Checkpoints, keys, proofs, and the export to verify elsewhere."""

from __future__ import annotations

from http.client import HTTPException
from pathlib import Path
from typing import BinaryIO

from holotype.client.base import ROOT, Base
from holotype.client.pages import Pages
from holotype.client.retry import CALL
from holotype.client.transport import Content, Unreached, target
from holotype.domain import names, references
from holotype.errors import LocalProblem, Unavailable
from holotype.wire import audit
from holotype.wire.shapes import Page

_LEDGER = f"{ROOT}/ledger"
_CHUNK = 2**20


class Audit(Base):
    """The calls by which the ledger is proved."""

    def checkpoint(self) -> str:
        """Return the latest checkpoint as it was signed: a C2SP tlog-checkpoint note."""
        answer = self._http.request("GET", f"{_LEDGER}/checkpoint", Content(b""), {}, safe=True, limits=CALL)
        return answer.check().body.decode()

    def checkpoints(self, *, limit: int | None = None, cursor: str | None = None) -> Pages[audit.Checkpoint]:
        """Iterate over the checkpoints, the latest first."""
        return self._pages(f"{_LEDGER}/checkpoints", audit.Checkpoint, limit=limit, cursor=cursor)

    def checkpoint_keys(self) -> list[audit.Key]:
        """Return the public keys that sign checkpoints, the oldest first."""
        return self._get(f"{_LEDGER}/keys", Page[audit.Key]).items

    def entry(self, sequence: int) -> audit.Entry:
        """Return an entry of the ledger as it is hashed, with the proof that the latest checkpoint covers it."""
        return self._get(f"{_LEDGER}/entries/{int(sequence)}", audit.Entry)

    def prove_inclusion(self, sequence: int, *, size: int | None = None) -> audit.Inclusion:
        """Return the proof that an entry is in the ledger of a size, or as it is now."""
        return self._get(f"{_LEDGER}/proofs/inclusion", audit.Inclusion, sequence=sequence, size=size)

    def prove_consistency(self, first: int, *, second: int | None = None) -> audit.Consistency:
        """Return the proof that the ledger of a size is the beginning of that of another, or of what it is now."""
        return self._get(f"{_LEDGER}/proofs/consistency", audit.Consistency, first=first, second=second)

    def export_ledger(self, file: str | Path, *, namespace: str | None = None, model: str | None = None) -> int:
        """Write the ledger, or what is about a namespace or a model, into a new file; return its size in bytes.

        ``holotype.client.auditing.verify_export`` verifies it. A file that is there already is left as it is.
        """
        place = Path(file)
        part = {
            "namespace": None if namespace is None else names.component(namespace, "namespace"),
            "model": None if model is None else references.parse_model(model).model_reference,
        }
        try:
            with place.open("xb") as stream:
                try:
                    return self._receive(target(f"{_LEDGER}/export", part), stream)
                except BaseException:
                    place.unlink()  # a part of an export is worth nothing
                    raise
        except OSError as error:
            raise LocalProblem(f"{place} cannot be written: {(error.strerror or str(error)).lower()}.") from error

    def _receive(self, route: str, stream: BinaryIO) -> int:
        size = 0
        try:
            with self._http.stream(route, {}) as (answer, body):
                answer.check()
                while chunk := body.read(_CHUNK):
                    size += stream.write(chunk)
        except Unreached as fault:
            raise Unavailable(f"{self.url} cannot be reached: {fault.cause}.") from fault
        except (OSError, HTTPException) as fault:
            raise Unavailable(f"{self.url} broke off the export after {size:,} bytes.", hint="Try again.") from fault
        return size
