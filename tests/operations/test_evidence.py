"""Is what was learnt about a version kept as it came, bound to its digest?"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from holotype.catalogue.tables import versions
from holotype.domain import attested
from holotype.domain import digest as digests
from holotype.domain.entities import Actor
from holotype.domain.permissions import ROLES, Permission
from holotype.domain.references import parse
from holotype.errors import Denied, HolotypeError, IdempotencyMismatch, Invalid, NotFound, TooLarge
from holotype.governance import evidence
from holotype.governance import tables as governed
from holotype.ledger.tables import ledger_entries
from holotype.operations import signed_files
from holotype.operations.attest import MOST, attest
from holotype.operations.delete import delete_version
from holotype.operations.examine import EXAMINER
from holotype.operations.show import show_version
from holotype.operations.show_evidence import list_evidence, show_evidence
from holotype.operations.unsound_evidence import unsound_evidence
from tests.support.evidence import EVALUATION, FRAUD, KEY, add
from tests.support.registry import Desk, open_desk
from tests.support.signing import (
    signed_by,
)


def test_evidence_is_kept_byte_for_byte_and_bound_to_the_digest(desk: Desk) -> None:
    """With its digest, its author and its moment; the ledger says all but the payload."""
    version = desk.register()
    payload = b'{ "metrics": [{"name": "auc", "value": 0.930}] }\n'
    made = add(desk, "evaluation", payload)
    assert (made.evidence.subject, made.evidence.created_by) == (version.digest, "ada")
    shown = show_evidence(desk.call(), FRAUD, made.evidence.id)
    assert shown.evidence == made.evidence
    assert shown.evidence.payload == payload
    (entry,) = desk.rows(sa.select(ledger_entries).where(ledger_entries.c.action == "evidence.attested"))
    assert json.loads(str(entry["data"])) == {
        "number": 1,
        "digest": version.digest,
        "evidence": made.evidence.id,
        "type": "evaluation",
        "payload": digests.of(payload),
        "size": len(payload),
    }


GOOD: list[tuple[str, str | None, bytes, str]] = [
    ("evaluation", None, json.dumps(EVALUATION).encode(), "application/json"),
    ("test-report", None, b'{"passed": 40, "failed": 0, "suite": "smoke"}', "application/json"),
    ("test-report", "application/xml", b"<testsuite/>", "application/xml"),
    ("test-report", None, b"<testsuite/>", "application/octet-stream"),
    (
        "scan",
        None,
        b'{"scanner":"x","scanner_version":"1","clean":true,"files":1,"findings":[],"errors":[]}',
        "application/json",
    ),
    ("card", None, b"# A card", "text/markdown"),
    ("acme.org/fairness", None, b"[1, 2]", "application/json"),
    ("acme.org/fairness", None, b"\x00\xff", "application/octet-stream"),
    ("acme.org/plot", "image/png", b"\x89PNG", "image/png"),
]


@pytest.mark.parametrize(("type_", "media_type", "payload", "kept"), GOOD)
def test_every_type_takes_what_it_is_for(
    desk: Desk, type_: str, media_type: str | None, payload: bytes, kept: str
) -> None:
    """JSON is recognised; what is not JSON is kept as bytes, or as what it is said to be."""
    desk.register()
    made = add(desk, type_, payload, media_type=media_type)
    assert (made.evidence.type, made.evidence.media_type, made.evidence.payload) == (type_, kept, payload)


CLEAN = b'{"scanner":"x","scanner_version":"1","clean":true,"files":1,"findings":[],"errors":[]}'
DEEP = b"[" * 500_000 + b"]" * 500_000
BAD: list[tuple[str, str, bytes, str]] = [
    ("no such type", "opinion", b"{}", "not a type"),
    ("a type without a domain", "fairness/x", b"{}", "not a type"),
    ("a path as a type", "acme.org/../x", b"{}", "not a type"),
    ("an inspection", "inspection", b'{"files": []}', "server alone"),
    ("empty", "acme.org/x", b"", "empty"),
    ("NaN", "evaluation", b'{"metrics": [{"name": "a", "value": NaN}]}', "NaN"),
    ("infinity", "evaluation", b'{"metrics": [{"name": "a", "value": 1e999}]}', "no number can carry"),
    ("a huge number", "evaluation", b'{"metrics": [{"name": "a", "value": 1' + b"0" * 5_000 + b"}]}", "exactly"),
    ("beyond 2**53", "evaluation", b'{"metrics": [{"name": "a", "value": 9007199254740993}]}', "exactly"),
    ("a key twice", "evaluation", b'{"metrics": [], "metrics": [{"name": "a", "value": 1}]}', "twice"),
    ("deep", "evaluation", DEEP, "deep"),
    ("a little too deep", "evaluation", b'{"details":' + b"[" * 70 + b"]" * 70 + b"}", "deep"),
    ("not UTF-8", "evaluation", b'{"metrics": [{"name": "\xff", "value": 1}]}', "UTF-8"),
    ("half a character", "evaluation", b'{"metrics": [{"name": "\\ud800", "value": 1}]}', "half a character"),
    ("no metric", "evaluation", b'{"metrics": []}', "at least one"),
    ("no list", "evaluation", b'{"metrics": {"auc": 1}}', "list"),
    ("a misspelt field", "evaluation", b'{"metrics": [{"name": "a", "value": 1, "data_set": "x"}]}', "data_set"),
    ("a text as a value", "evaluation", b'{"metrics": [{"name": "a", "value": "1"}]}', "finite number"),
    ("true as a value", "evaluation", b'{"metrics": [{"name": "a", "value": true}]}', "finite number"),
    ("one metric twice", "evaluation", b'{"metrics": [{"name": "a", "value": 1}, {"name": "a", "value": 2}]}', "twice"),
    ("no direction", "evaluation", b'{"metrics": [{"name": "a", "value": 1, "direction": "up"}]}', "direction"),
    ("a list as direction", "evaluation", b'{"metrics": [{"name": "a", "value": 1, "direction": ["x"]}]}', "direction"),
    ("no digest", "evaluation", b'{"metrics": [{"name": "a", "value": 1}], "data": {"digest": "md5:1"}}', "digest"),
    ("no counts", "test-report", b'{"ok": true}', "passed"),
    ("a negative count", "test-report", b'{"passed": -1, "failed": 0}', "passed"),
    ("clean with findings", "scan", CLEAN.replace(b"[]", b'[{"path":"a","name":"b","severity":"c"}]', 1), "clean"),
    ("no signature", "signature", b'{"hello": 1}', "not a signature"),
    ("no JSON", "evaluation", b"auc=1", "not JSON"),
    ("a card of bytes", "card", b"\xff\xfe", "UTF-8"),
]  # fmt: skip


@pytest.mark.parametrize(("type_", "payload", "reason"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_what_a_type_is_not_for_is_refused_with_a_sentence(desk: Desk, type_: str, payload: bytes, reason: str) -> None:
    """And leaves nothing behind."""
    desk.register()
    with pytest.raises(Invalid, match=reason):
        add(desk, type_, payload)
    assert desk.rows(sa.select(governed.evidence)) == []


def test_a_payload_has_a_largest_size(database_url: str, tmp_path: Path) -> None:
    """A setting; and one version has at most so much of all together."""
    with open_desk(database_url, tmp_path / "blobs", evidence_limit=1_024) as desk:
        desk.register()
        add(desk, "acme.org/x", b"x" * 1_024)
        with pytest.raises(TooLarge):
            add(desk, "acme.org/x", b"x" * 1_025)
        for _ in range(15):
            add(desk, "acme.org/x", b"x" * 1_024)
        with pytest.raises(TooLarge, match="that is the most"):
            add(desk, "acme.org/x", b"x")


def test_a_version_has_so_many_pieces_of_evidence(desk: Desk) -> None:
    """Whoever attaches without end is stopped; the server's own evidence is not counted out."""
    version = desk.register()
    with desk.registry.database.write() as tx:
        row = {"version_id": version.id, "subject": version.digest, "type": "a.b/c", "media_type": "x/y", "digest": "d"}
        rest = {"size": 1, "created_at": 0, "created_by": "ada", "payload": b"x"}
        tx.execute(governed.evidence.insert(), [row | rest] * MOST)
    with pytest.raises(TooLarge):
        add(desk, "acme.org/x", b"x")


def test_a_retried_attest_is_answered_again(desk: Desk) -> None:
    """One key, one piece of evidence; another payload under it is refused."""
    desk.register()
    first, again = (add(desk, "evaluation", EVALUATION, key="k") for _ in range(2))
    assert first == again
    with pytest.raises(IdempotencyMismatch):
        add(desk, "evaluation", EVALUATION | {"evaluator": "other"}, key="k")
    assert len(desk.rows(sa.select(governed.evidence))) == 1


def test_who_may_not_attest_is_denied(desk: Desk) -> None:
    """A reader reads; a reviewer attests; nobody attests under the server's name."""
    desk.register()
    payload = json.dumps(EVALUATION).encode()
    with pytest.raises(Denied):
        attest(desk.call(rights=ROLES["reader"]), FRAUD, "evaluation", payload)
    attest(desk.call(rights=ROLES["reviewer"]), FRAUD, "evaluation", payload)
    own = replace(desk.call(), actor=Actor(attested.SERVER, 7, frozenset(Permission)))
    with pytest.raises(Denied):
        attest(own, FRAUD, "evaluation", payload)


def test_a_deleted_version_has_no_evidence_to_show_and_takes_none(desk: Desk) -> None:
    """It is not there."""
    desk.register()
    made = add(desk, "evaluation", EVALUATION)
    delete_version(desk.call(), FRAUD)
    with pytest.raises(NotFound):
        add(desk, "evaluation", EVALUATION)
    with pytest.raises(NotFound):
        show_evidence(desk.call(), FRAUD, made.evidence.id)


def test_evidence_of_one_version_is_not_found_under_another(desk: Desk) -> None:
    """Numbers count in the registry; each names its version."""
    desk.register()
    desk.register(content=b"other")
    made = add(desk, "evaluation", EVALUATION)
    for number in (made.evidence.id + 1, 0, -1, 2**70):
        with pytest.raises(NotFound):
            show_evidence(desk.call(), FRAUD, number)
    with pytest.raises(NotFound):
        show_evidence(desk.call(), parse("fraud:2"), made.evidence.id)


def test_evidence_comes_in_pages_the_newest_first(desk: Desk) -> None:
    """Of one type or of all, without payloads."""
    desk.register()
    ids = [add(desk, kind, EVALUATION).evidence.id for kind in ("evaluation", "acme.org/x", "evaluation")]
    _, first = list_evidence(desk.call(), FRAUD, limit=2)
    _, rest = list_evidence(desk.call(), FRAUD, before=first[-1].id, limit=2)
    assert [one.id for one in (*first, *rest)] == ids[::-1]
    assert {one.payload for one in first} == {None}
    assert [one.id for one in list_evidence(desk.call(), FRAUD, type_="acme.org/x")[1]] == [ids[1]]


def test_a_card_is_a_revision_of_the_card(desk: Desk) -> None:
    """The newest one is shown; the former stays as evidence."""
    desk.register(card="# First")
    add(desk, "card", b"# Second")
    add(desk, "card", "# Third \N{EN DASH} better".encode())
    assert show_version(desk.call(), FRAUD).card == "# Third \N{EN DASH} better"
    assert len(list_evidence(desk.call(), FRAUD, type_="card")[1]) == 2


def test_evidence_changes_the_version_unless_the_server_attests(desk: Desk) -> None:
    """What people learn is news; what the server finds out by itself is none."""
    version = desk.register()
    call = desk.call()
    with call.write() as tx:
        evidence_call = replace(call, actor=EXAMINER)
        signed_files.record(tx, evidence_call, version, signed_by(KEY, version.digest, {}))
    (before,) = desk.rows(sa.select(versions.c.changed_at))
    add(desk, "evaluation", EVALUATION)
    (after,) = desk.rows(sa.select(versions.c.changed_at))
    assert int(str(before["changed_at"])) < int(str(after["changed_at"]))


@pytest.mark.parametrize("payload", [b"\x00", b"{", b'{"dsseEnvelope": 1}', b'{"payloadType": "x"}'])
def test_bytes_of_a_type_of_ones_own_may_be_anything(desk: Desk, payload: bytes) -> None:
    """Unless they say that they are JSON, nobody looks for a signature in them."""
    desk.register()
    try:
        add(desk, "acme.org/x", payload, media_type="application/octet-stream")
    except HolotypeError as error:
        pytest.fail(str(error))


ALTERED = [
    ("payload = 'x'", "another payload"),
    ("digest = 'sha256:1'", "another payload"),
    ("subject = 'sha256:1'", "something else"),
    ("created_by = 'holotype'", "something else"),
    ("signed_by = 'release'", "something else"),
    ("type = 'inspection'", "something else"),
    ("id = 999", "is gone"),
]


@pytest.mark.parametrize(("change", "said"), ALTERED)
def test_the_doctor_sees_that_evidence_was_altered(desk: Desk, change: str, said: str) -> None:
    """Behind everybody's back, in any of its columns: the ledger knows what was attached."""
    desk.register()
    add(desk, "evaluation", EVALUATION)
    assert list(unsound_evidence(desk.registry.database)) == []
    with desk.registry.database.write() as tx:
        change = change.replace("'x'", "X'78'") if tx.dialect.name == "sqlite" else change
        tx.execute(sa.text(f"UPDATE evidence SET {change}"))
    found = " ".join(one.detail for one in unsound_evidence(desk.registry.database))
    assert said in found


def test_the_doctor_sees_evidence_that_nobody_attached(desk: Desk) -> None:
    """A row without an entry in the ledger."""
    desk.register()
    made = add(desk, "evaluation", EVALUATION)
    with desk.registry.database.write() as tx:
        evidence.insert(
            tx,
            made.version,
            type="scan",
            media_type="application/json",
            payload=b"{}",
            signed_by=None,
            by=attested.SERVER,
            now=desk.call().now,
        )
    (found,) = unsound_evidence(desk.registry.database)
    assert "does not know 1 pieces" in found.detail
