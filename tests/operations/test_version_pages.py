"""Do the pages of a version cost the same whatever lies around it, and do its bytes leave as the protocol wants?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from holotype.domain.manifest import File
from holotype.domain.provenance import Column, Data, Environment, Metric, Parent, Provenance, Run, Schema, Source
from holotype.domain.references import parse
from holotype.operations.attest import attest
from holotype.operations.bootstrap import bootstrap
from holotype.operations.promote import promote
from holotype.operations.register import Content, register
from holotype.operations.restore import restore_version
from tests.support import headers
from tests.support.asgi import Visitor, front_of
from tests.support.counting import statements
from tests.support.registry import Desk, open_desk

PLACE = "/models/default/fraud/versions/1"
MOST = {"": 16, "/files": 14, "/tensors?path=m.safetensors": 14, "/provenance": 18, "/evidence": 18, "/history": 18,
        "/promote?to=staging": 28}  # fmt: skip
"""How many statements each part may send, who asks included."""
EVERYTHING = Provenance(
    parameters={"depth": 6},
    metrics=[Metric("auc", 0.9, "ward", "age > 60", "higher"), Metric("loss", 0.1)],
    data=[Data("s3://lake", name="lake", fingerprint="0b5e")],
    run=Run("1b2c", "holotype", "https://tracker.example/1b2c", "fit", "exp", "ada", {"a": "b"}),
    parents=[Parent("base:1", "derived"), Parent("elsewhere:3", "fine-tuned", "sha256:" + "0" * 64)],
    environment=Environment("3.11.7", {"torch": "2.9"}, ["numpy>=2"]),
    schema=Schema([Column("x", "float64", [-1, 30], optional=True)], [Column("y", "int64")], [Column("t", "float64")]),
    source=Source("s3://elsewhere/m", "r1", left_out=["A metric was no number."]),
)


@dataclass(slots=True)
class Seen:
    """A registry, and somebody in front of its pages."""

    desk: Desk
    visitor: Visitor

    def part(self, part: str) -> tuple[int, str]:
        """Return how many statements a part of the version's page sends, and what is on it."""
        path, _, query = (PLACE + part).partition("?")
        self.visitor.ask("GET", path, query=query)
        with statements(self.desk.registry.database) as sent:
            got = self.visitor.ask("GET", path, query=query)
        assert got.status == 200, (part, got.status, got.body[-2_000:])
        return len(sent), got.body.decode()


@pytest.fixture
def seen(database_url: str, tmp_path: Path) -> Iterator[Seen]:
    """A registry that asks nobody to sign in, with a version that bears everything a version can."""
    with open_desk(database_url, tmp_path / "blobs", data=tmp_path, open=True) as desk:
        bootstrap(desk.call())
        desk.register("base")
        files = [desk.stored(headers.safetensors({"a": ("F32", [2, 3])}), "m.safetensors")]
        register(desk.call(), parse("fraud"), Content(files, EVERYTHING, aliases=["champion"], tags={"a": "b"}))
        yield Seen(desk, Visitor(front_of(desk.registry)))


def test_a_page_costs_the_same_however_much_lies_around(seen: Seen) -> None:
    """More versions, promotions, evidence, files and entries: the same statements."""
    desk = seen.desk
    promote(desk.call(), parse("fraud:1"), "staging")
    promote(desk.call(), parse("fraud:1"), "none")
    first = {part: seen.part(part)[0] for part in MOST}
    held = desk.held(b"same")
    for number in range(4):
        register(
            desk.call(),
            parse("fraud"),
            Content([File(f"{number}/{one}", held.digest, 4) for one in range(9)], Provenance()),
        )
        attest(desk.call(), parse("fraud:1"), "acme.org/x", json.dumps([number]).encode())
        promote(desk.call(), parse("fraud:1"), ("archived", "staging")[number % 2])
    promote(desk.call(), parse("fraud:1"), "none")
    then = {part: seen.part(part)[0] for part in MOST}
    assert all(then[part] <= first[part] + 3 for part in MOST), (first, then)  # decisions, payloads: one statement each
    assert {part: cost for part, cost in then.items() if cost > MOST[part]} == {}


def test_everything_that_a_version_bears_is_shown(seen: Seen) -> None:
    """Nothing of its provenance is left out, and what the source left out is said."""
    text = seen.part("/provenance")[1]
    wanted = ("s3://lake", "0b5e", "1b2c", "fit", "default/base:1", "elsewhere:3", "fine-tuned", "3.11.7", "2.9",
              "numpy&gt;=2", "-1 × 30", "optional", "s3://elsewhere/m", "A metric was no number.")  # fmt: skip
    assert [word for word in wanted if word not in text] == []
    text = seen.part("")[1]
    assert [word for word in ("auc", "age &gt; 60", "higher is better", "depth", "champion") if word not in text] == []


def test_a_version_is_found_by_all_its_names(seen: Seen) -> None:
    """Number, alias, stage, latest and digest; a stage that holds several is a conflict that says which."""
    visitor = seen.visitor
    place = PLACE.rpartition("/")[0]
    digest = promote(seen.desk.call(), parse("fraud:1"), "staging").version.digest
    for label in ("1", "champion", "staging", "latest", digest):
        assert b"<h1>default/fraud:1</h1>" in visitor.ask("GET", f"{place}/{label}").body, label
    seen.desk.register("fraud", b"two")
    promote(seen.desk.call(), parse("fraud:2"), "staging")
    accept = {"accept": "text/html"}
    assert visitor.ask("GET", f"{place}/staging", headers=accept).status == 409
    assert visitor.ask("GET", f"{place}/nothing", headers=accept).status == 404


def test_bytes_leave_as_by_the_api(seen: Seen) -> None:
    """Ranges, conditions and HEAD; to be saved, whatever they are."""
    visitor = seen.visitor
    place = PLACE + "/files/m.safetensors"
    whole = visitor.ask("GET", place)
    assert (whole.status, whole.headers["content-type"]) == (200, "application/octet-stream")
    assert whole.headers["content-disposition"].startswith("attachment")
    part = visitor.ask("GET", place, headers={"range": "bytes=0-3"})
    assert (part.status, part.body) == (206, whole.body[:4])
    assert visitor.ask("GET", place, headers={"range": f"bytes={len(whole.body)}-"}).status == 416
    assert visitor.ask("GET", place, headers={"if-none-match": whole.headers["etag"]}).status == 304
    head = visitor.ask("HEAD", place)
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", str(len(whole.body)))
    assert visitor.ask("GET", PLACE + "/files/../../etc/passwd", headers={"accept": "text/html"}).status == 404


def test_papers_leave_as_attachments(seen: Seen) -> None:
    """None of them is ever shown in the origin of the pages."""
    attest(seen.desk.call(), parse("fraud:1"), "acme.org/x", b"[1]")
    for part in ("/bom", "/card", "/manifest", "/provenance.json", "/evidence/1/payload"):
        got = seen.visitor.ask("GET", PLACE + part)
        assert got.status == 200, part
        assert got.headers["content-disposition"].startswith("attachment")
        assert got.headers["x-content-type-options"] == "nosniff"


def test_an_external_version_says_that_its_bytes_are_elsewhere(seen: Seen) -> None:
    """On every part; nothing offers a download."""
    source = Provenance(source=Source("s3://elsewhere/m", "r2", external=True))
    register(seen.desk.call(), parse("outside"), Content([], source))
    visitor = seen.visitor
    for part in ("", "/files", "/provenance", "/evidence", "/history"):
        text = visitor.ask("GET", f"/models/default/outside/versions/1{part}").body.decode()
        assert "the registry never took over its bytes" in text
        assert "download aria-label" not in text


def test_nothing_is_done_by_looking(seen: Seen) -> None:
    """A preview moves nothing, and every action wants a form of ours."""
    seen.part("/promote?to=staging")
    visitor = seen.visitor
    for action in ("promote", "alias", "alias/remove", "words", "delete", "restore", "evidence"):
        form = {"content-type": "application/x-www-form-urlencoded"}
        got = visitor.ask("POST", f"{PLACE}/{action}", content=b"to=staging&alias=x", headers=form)
        assert got.status == 403, action
    assert restore_version(seen.desk.call(), parse("fraud:1")).stage == "none"
