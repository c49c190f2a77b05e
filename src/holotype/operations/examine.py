"""What is a version made of, and would loading it run code? Looked up in its bytes, and kept as evidence.

1. A version that was examined is left alone.
2. Each file is told by its bytes, whatever the client said; its header is described, and it is scanned.
3. The results, and a signature among the files, become evidence in one transaction, with the moment of the
   examination. Two servers may examine the same version at once: the second finds it done and writes nothing.

Bytes that are gone or damaged are a result too: an error that says so, and so not clean; and so are bytes that were
never taken over.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial

import msgspec

from holotype.catalogue import contents, examinations
from holotype.domain.entities import Actor, Version
from holotype.domain.manifest import File
from holotype.domain.permissions import Permission
from holotype.errors import Corrupt
from holotype.inspect import scanning
from holotype.inspect.details import describe
from holotype.inspect.window import Window
from holotype.operations import attesting, signed_files
from holotype.operations.bootstrap import SYSTEM
from holotype.operations.call import Call

INSPECTION, SCAN, JSON = "inspection", "scan", "application/json"
EXAMINER = Actor(SYSTEM, None, frozenset(Permission))
_PAGE = 500
_DESCRIBED = 200
"""Files beyond so many are scanned, and not described one by one."""
_BUDGET = 32 * 2**20
"""So many bytes of a file are read to describe it."""
_BREATH = 0.000_25
SECONDS = 800.0
"""So long an examination takes at most; what was not read then is an error of its result."""


@dataclass(slots=True)
class Examination:
    """What one examination found out so far."""

    report: scanning.Report = field(default_factory=scanning.Report)
    files: list[dict[str, object]] = field(default_factory=list)
    formats: dict[str, dict[str, object]] = field(default_factory=dict)
    parameters: int = 0
    signature: bytes | None = None


def examine(call: Call, version: Version, limits: scanning.Limits | None = None) -> None:
    """Look into a version and record what was found, unless that was done before."""
    with call.read() as tx:
        if examinations.is_done(tx, version.id):  # 1
            return
    found = look(call, version, limits or scanning.Limits(seconds=SECONDS, pause=breathe))  # 2
    record(call, version, found)  # 3


def look(call: Call, version: Version, limits: scanning.Limits) -> Examination:
    """Describe and scan every file of a version."""
    found, seen = Examination(signature=signed_files.read(call, version)), dict[tuple[str, str], str | None]()
    if version.external:
        found.report.fail("", "Its bytes were never taken over, so nobody looked into them.")
    for file in _files(call, version):
        suffix = file.path.rpartition(".")[2]
        if (file.digest, suffix) in seen:
            _count(found, file, seen[file.digest, suffix])
            continue
        seen[file.digest, suffix] = None
        fetch = partial(call.registry.store.read, file.digest)
        try:
            _check(call, file)
            seen[file.digest, suffix] = _describe(found, file, Window(fetch, file.size, budget=_BUDGET))
            _count(found, file, seen[file.digest, suffix])
            scanning.scan(file.path, Window(fetch, file.size), found.report, limits)
        except Corrupt as error:
            found.report.fail(file.path, str(error))
    return found


def record(call: Call, version: Version, found: Examination) -> None:
    """Write both results as evidence of the server's own, unless somebody was faster."""
    own = replace(call, actor=EXAMINER, idempotency_key=None)
    with own.write() as tx:
        if examinations.is_done(tx, version.id):
            return
        examinations.finish(tx, version.id, own.now)
        if found.signature is not None:
            signed_files.record(tx, own, version, found.signature)
        for kind, payload in ((INSPECTION, _inspection(found)), (SCAN, _scan(found.report))):
            attesting.record(tx, own, version, type=kind, media_type=JSON, payload=msgspec.json.encode(payload))


def _files(call: Call, version: Version) -> Iterator[File]:
    after = ""
    while True:
        with call.read() as tx:
            page = contents.page_of_files(tx, version.id, after=after, limit=_PAGE)
        yield from page
        if len(page) < _PAGE:
            return
        after = page[-1].path


def _check(call: Call, file: File) -> None:
    held = call.registry.store.size(file.digest)
    if held != file.size:
        raise Corrupt(f"The store has {held if held is not None else 'no'} bytes of it, not {file.size}.")


def _count(found: Examination, file: File, form: str | None) -> None:
    """Count a file among those of its format; one that could not be read is among none."""
    if form is not None:
        one = found.formats.setdefault(form, {"files": 0, "first": file.path})
        one["files"] = int(str(one["files"])) + 1


def _describe(found: Examination, file: File, window: Window) -> str:
    """Note what the headers of a file say, and return its format."""
    details = describe(file.path, window)
    if file.format != details.get("format"):
        details["announced"] = file.format
    parameters = details.get("parameters")
    found.parameters += parameters if isinstance(parameters, int) else 0
    if len(found.files) < _DESCRIBED:
        found.files.append({"path": file.path, **details})
    return str(details.get("format") or "unknown")


def _inspection(found: Examination) -> dict[str, object]:
    whole: dict[str, object] = {"files": found.files, "formats": found.formats}
    return whole | ({"parameters": found.parameters} if found.parameters else {})


def _scan(report: scanning.Report) -> dict[str, object]:
    found = [{"path": f.path, "name": f.name, "severity": f.severity} for f in report.findings.values()]
    notes = [one for one in found if one["severity"] == scanning.NOTE]
    told: dict[str, object] = {
        "scanner": scanning.SCANNER,
        "scanner_version": scanning.version(),
        "clean": report.clean,
        "files": report.files,
        "findings": [one for one in found if one["severity"] != scanning.NOTE],
        "errors": [{"path": path, "reason": reason} for path, reason in report.errors],
    }
    told |= {"notes": notes} if notes else {}
    return told | ({"left_out": report.left_out} if report.left_out else {})


def breathe() -> None:
    """Give the processor to those who answer requests; called about once a millisecond of work."""
    time.sleep(_BREATH)
