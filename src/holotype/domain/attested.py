"""What may be attached to a version as evidence, in which form, and what does it say?

    evaluation     {"metrics": [{"name", "value", "dataset"?, "slice"?, "direction"?}],
                    "data"?: {"uri"?, "digest"?}, "evaluator"?, "details"?}
    test-report    {"passed": n, "failed": n, "skipped"?: n, …}; or a report in a form of its own (JUnit XML, text)
    scan           {"scanner", "scanner_version", "clean", "files", "findings": [{"path", "name", "severity"}],
                    "errors": [{"path", "reason"}]}
    inspection     written by the server alone: what it read from the headers of the files
    signature      a DSSE envelope, or a Sigstore bundle of OpenSSF Model Signing
    card           Markdown: a revision of the model card
    acme.org/…     anything under a domain name

JSON evidence may be wrapped in a DSSE envelope: then the predicate of its in-toto statement is what counts.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from holotype.domain import digest as digests
from holotype.domain import dsse, model_signing, names, strict_json
from holotype.domain.entities import Evidence
from holotype.domain.provenance import DIRECTIONS
from holotype.errors import Invalid, InvalidName

EVALUATION, TEST_REPORT, SCAN, SIGNATURE = "evaluation", "test-report", "scan", "signature"
INSPECTION, CARD = "inspection", "card"
TYPES = (EVALUATION, TEST_REPORT, SCAN, INSPECTION, SIGNATURE, CARD)
SERVER = "holotype"
"""The name under which the server itself attests; nobody else bears it."""
JSON, MARKDOWN, OCTETS = "application/json", "text/markdown", "application/octet-stream"
ITEMS, CARD_LIMIT = 10_000, 1_000_000

_FREE = re.compile(r"(?=.{4,128}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}/[a-z0-9][a-z0-9._-]*")
_MEDIA = re.compile(r"[A-Za-z0-9!#$&^_.+-]{1,63}/[A-Za-z0-9!#$&^_.+-]{1,63}(?:; ?[A-Za-z0-9-]+=[A-Za-z0-9_.-]+){0,3}")


def type_of(value: str) -> str:
    """Return a type of evidence unchanged, or raise ``InvalidName``."""
    if value in TYPES or _FREE.fullmatch(value):
        return value
    raise InvalidName(
        f"{value[:80]!r} is not a type of evidence.",
        hint=f"Types: {', '.join(TYPES)}; or a name of your own under your domain, such as acme.org/fairness.",
    )


def is_json(media_type: str) -> bool:
    """Say whether a media type promises JSON."""
    kind = media_type.partition(";")[0].strip().lower()
    return kind == JSON or kind.endswith("+json")


def check(type_: str, media_type: str | None, payload: bytes) -> str:
    """Return the media type under which a payload is kept, or raise ``Invalid`` where it is not what its type says."""
    if media_type is not None and not _MEDIA.fullmatch(media_type):
        raise Invalid(f"{media_type[:80]!r} is not a media type.", hint="For example application/json.")
    if not payload:
        raise Invalid("The payload is empty.")
    if type_ == CARD:
        _card(payload)
        return media_type or MARKDOWN
    own_form = type_ not in {EVALUATION, SCAN, INSPECTION, SIGNATURE}
    if own_form and media_type is None and not _readable(payload):
        return OCTETS
    if own_form and media_type is not None and not is_json(media_type):
        return media_type
    value = strict_json.loads(payload, "payload")
    envelope = dsse.read(value)
    if envelope is not None:
        value = dsse.statement(envelope).predicate
    elif type_ == SIGNATURE:
        raise Invalid("The payload is not a signature.", hint="Attach a DSSE envelope, or the model.sig of a signer.")
    _CHECKS.get(type_, lambda _: None)(value)
    return media_type or JSON


def envelope(payload: bytes) -> dsse.Envelope | None:
    """Return the DSSE envelope that a payload is; nothing where it is none, or raise ``Invalid`` for a broken one."""
    if not may_be_envelope(payload):
        return None
    return dsse.read(strict_json.loads(payload, "payload"))


def may_be_envelope(payload: bytes) -> bool:
    """Say whether it is worth reading a payload as an envelope; one whose keys hide behind escapes is none."""
    marked = b"dsseEnvelope" in payload or b"messageSignature" in payload or b"payloadType" in payload
    return marked and payload.lstrip().startswith(b"{")


def content(evidence: Evidence) -> Any:
    """Return what JSON evidence says: its payload, or what is in the envelope around it; None for anything else.

    Whether somebody trusted has signed it is another question: ``signed_by``.
    """
    return said(evidence.media_type, evidence.payload)


def said(media_type: str, payload: bytes | None) -> Any:
    """Return what JSON of a media type says, as :func:`content` does."""
    if payload is None or not is_json(media_type):
        return None
    try:
        value = strict_json.loads(payload, "payload")
        found = dsse.read(value)
        return value if found is None else dsse.statement(found).predicate
    except Invalid:
        return None


def speaks(type_: str, statement: dsse.Statement) -> bool:
    """Say whether who signed a statement meant it as evidence of a type, or somebody else now takes it for that.

    The forms of evaluations, scans and test reports tell by themselves. A signature says of the version that it is
    signed, and no more. A type of one's own is what the predicate type names: ``https://acme.org/fairness/v1``.
    """
    if type_ == SIGNATURE:
        return model_signing.is_signature(statement) or not statement.predicate
    if type_ in TYPES:
        return True
    kind = statement.predicate_type.partition("://")[2].lower()
    return kind == type_ or kind.startswith((f"{type_}/", f"{type_}@", f"{type_}#"))


def _readable(payload: bytes) -> bool:
    try:
        strict_json.loads(payload, "payload")
    except Invalid:
        return False
    return True


def _card(payload: bytes) -> None:
    try:
        text = payload.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Invalid("The card is not UTF-8 text.") from error
    names.text(text, "card", CARD_LIMIT)


def _evaluation(value: Any) -> None:
    found = _object(value, "evaluation", {"metrics", "data", "evaluator", "details"})
    metrics = _list(found, "metrics")
    if not metrics:
        raise Invalid("An evaluation has at least one metric.", hint='{"metrics": [{"name": "auc", "value": 0.93}]}')
    seen: set[tuple[object, ...]] = set()
    for metric in metrics:
        one = _object(metric, "metric", {"name", "value", "dataset", "slice", "direction"})
        names.key(_text(one, "name"), "metric")
        _number(one.get("value"), f"The metric {one['name']!r}")
        for key in ("dataset", "slice"):
            if one.get(key) is not None:
                names.key(_text(one, key), key)
        if one.get("direction") not in (None, *DIRECTIONS):  # whatever it is, a list too
            raise Invalid(f"The direction of {one['name']!r} is neither 'higher' nor 'lower'.")
        place = (one["name"], one.get("dataset"), one.get("slice"))
        if place in seen:
            raise Invalid(f"The metric {one['name']!r} is given twice for one data set and slice.")
        seen.add(place)
    if found.get("data") is not None:
        _data(found["data"])
    if found.get("evaluator") is not None:
        names.key(_text(found, "evaluator"), "evaluator")


def _data(value: Any) -> None:
    found = _object(value, "data", {"uri", "digest"})
    if found.get("digest") is not None:
        digests.parse(_text(found, "digest"))
    if found.get("uri") is not None:
        names.text(_text(found, "uri"), "data uri")


def _test_report(value: Any) -> None:
    if not isinstance(value, dict):
        raise Invalid("A test report in JSON is an object.", hint='For example {"passed": 40, "failed": 0}.')
    for key in ("passed", "failed"):
        if not _is_count(value.get(key)):
            raise Invalid(f"The test report does not say how many tests {key}.", hint='{"passed": 40, "failed": 0}')
    if not _is_count(value.get("skipped", 0)):
        raise Invalid("The number of skipped tests is no whole number.")


def _scan(value: Any) -> None:
    allowed = {"scanner", "scanner_version", "clean", "files", "findings", "errors"}
    found = _object(value, "scan", allowed)
    names.key(_text(found, "scanner"), "scanner")
    names.text(_text(found, "scanner_version"), "scanner version", 250)
    if not isinstance(found.get("clean"), bool) or not _is_count(found.get("files")):
        raise Invalid("The scan does not say whether it was clean and of how many files.")
    for item in _list(found, "findings"):
        one = _object(item, "finding", {"path", "name", "severity"})
        names.text(_text(one, "path"), "path")
        names.text(_text(one, "name"), "name")
        names.key(_text(one, "severity"), "severity")
    for item in _list(found, "errors"):
        one = _object(item, "error", {"path", "reason"})
        names.text(_text(one, "path"), "path")
        names.text(_text(one, "reason"), "reason")
    if found["clean"] and found["findings"]:
        raise Invalid("The scan says that it is clean and lists findings.")


def _inspection(value: Any) -> None:
    _list(_object(value, "inspection", {"files", "formats", "parameters"}), "files")


def _object(value: Any, what: str, allowed: set[str]) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise Invalid(f"The {what} is not a JSON object.")
    strange = sorted(value.keys() - allowed)
    if strange:
        raise Invalid(f"The {what} has a field {strange[0][:80]!r}.", hint=f"Fields: {', '.join(sorted(allowed))}.")
    return value


def _list(found: Mapping[str, Any], name: str) -> list[Any]:
    value = found.get(name)
    if not isinstance(value, list) or len(value) > ITEMS:
        raise Invalid(f"{name!r} is not a list of at most {ITEMS:,}.")
    return value


def _text(found: Mapping[str, Any], name: str) -> str:
    value = found.get(name)
    if not isinstance(value, str):
        raise Invalid(f"{name!r} is not a text.")
    return value


def _number(value: Any, what: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Invalid(f"{what} is not a finite number.")


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


_CHECKS: dict[str, Callable[[Any], None]] = {
    EVALUATION: _evaluation,
    TEST_REPORT: _test_report,
    SCAN: _scan,
    INSPECTION: _inspection,
}
