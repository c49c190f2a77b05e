"""Does a verb cost the same, however much there is? Its statements are counted beside few versions and beside many."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from holotype.domain import digest
from holotype.domain.manifest import File
from holotype.domain.provenance import Metric, Parent, Provenance
from holotype.domain.references import parse
from holotype.operations import titled
from holotype.operations.attest import attest
from holotype.operations.change_intake import change_intake
from holotype.operations.change_version import change_version
from holotype.operations.create_model import create_model
from holotype.operations.delete import delete_model, delete_version
from holotype.operations.describing import bom
from holotype.operations.examining import ensure
from holotype.operations.history import history
from holotype.operations.promote import promote
from holotype.operations.register import Content, register
from holotype.operations.rename_model import rename_model
from holotype.operations.resolve import resolve
from holotype.operations.restore import restore_model, restore_version
from holotype.operations.rollback import rollback
from holotype.operations.set_alias import set_alias
from holotype.operations.show import show_files, show_model, show_version
from holotype.operations.show_evidence import list_evidence, show_evidence
from holotype.operations.transition import transition
from tests.support.counting import statements
from tests.support.registry import Desk

FRAUD = parse("fraud")
_NEW = File("next.bin", digest.of(b"next"), 4)
NEXT = Provenance(parameters={"depth": 1}, metrics=[Metric("auc", 0.5)], parents=[Parent("fraud:1")])
Verb = Callable[[Desk], object]


def register_next(desk: Desk) -> object:
    """Register a version that bears everything a version can, with an alias that moves."""
    content = Content([_NEW], NEXT, description="d", tags={"a": "b"}, aliases=["champion"])
    return register(desk.call(key="next"), FRAUD, content)


def show_newest(desk: Desk) -> object:
    """Find the newest evidence (two statements) and show it."""
    newest = list_evidence(desk.call(), parse("fraud:latest"), limit=1)[1][0]
    return show_evidence(desk.call(), parse("fraud:latest"), newest.id)


# In this order, each after those before it. A verb that needs more statements has to say so here. What changes a
# version marks it and its model as changed, one statement each. A move reads what its gates look at, keeps the
# promotion and asks whether others wait for that place, and, before its transaction, for the policy; a rollback also
# reads on what grounds the version was there. A deletion asks whether a promotion waits. A
# transition is an examination and two promotions, each looked for first; a rename locks both names, and looks for what
# is in use.
BUDGETS: list[tuple[str, int, Verb]] = [
    ("resolve", 1, lambda desk: resolve(desk.call(), parse("fraud:production"))),
    ("show overview", 1, lambda desk: titled.show_overview(desk.call(), FRAUD, "fraud")),
    ("show sourced", 1, lambda desk: titled.show_sourced(desk.call(), parse("fraud:1"), "fraud")),
    ("show aliased", 1, lambda desk: titled.show_aliased(desk.call(), FRAUD, "fraud", "a4")),
    ("show newest", 2, lambda desk: titled.show_newest(desk.call(), FRAUD, "fraud", ["production"])),
    ("check titled", 1, lambda desk: titled.check_titled(desk.call(), FRAUD, "fraud")),
    ("resolve at", 4, lambda desk: resolve(desk.call(), parse("fraud:production"), at=desk.call().now)),
    ("show model", 2, lambda desk: show_model(desk.call(), FRAUD)),
    ("show version", 3, lambda desk: show_version(desk.call(), parse("fraud:1"))),
    ("show files", 2, lambda desk: show_files(desk.call(), parse("fraud:latest"))),
    ("history", 2, lambda desk: history(desk.call(), FRAUD)),
    ("register", 30, register_next),
    ("examine", 21, lambda desk: ensure(desk.call(), resolve(desk.call(), parse("fraud:latest")))),
    ("stage", 30, lambda desk: promote(desk.call(), parse("fraud:latest"), "staging")),
    ("promote", 40, lambda desk: promote(desk.call(key="up"), parse("fraud:latest"), "production")),
    ("roll back", 42, lambda desk: rollback(desk.call(key="back"), FRAUD, "production", reason="slow")),
    ("attest", 19, lambda desk: attest(desk.call(key="told"), parse("fraud:latest"), "acme.org/x", b"[1]")),
    ("list evidence", 2, lambda desk: list_evidence(desk.call(), parse("fraud:latest"))),
    ("show evidence", 5, show_newest),
    ("bill of materials", 11, lambda desk: bom(desk.call(), parse("fraud:latest"))),
    ("set alias", 17, lambda desk: set_alias(desk.call(), parse("fraud:1"), "champion")),
    ("change", 12, lambda desk: change_version(desk.call(), parse("fraud:1"), description="d", given={"k": "v"})),
    ("change intake", 5, lambda desk: change_intake(desk.call(), parse("fraud:9999"), description="d")),
    ("transition", 93, lambda desk: transition(desk.call(), parse("fraud:1"), "production")),
    ("rename", 16, lambda desk: rename_model(desk.call(), parse("other"), "another")),
    ("rename back", 16, lambda desk: rename_model(desk.call(), parse("another"), "other")),
    ("delete", 12, lambda desk: delete_version(desk.call(), parse("fraud:2"))),
    ("restore", 15, lambda desk: restore_version(desk.call(), parse("fraud:2"))),
    ("delete model", 15, lambda desk: delete_model(desk.call(), parse("other"))),
    ("restore model", 14, lambda desk: restore_model(desk.call(), parse("other"))),
    ("create model", 10, lambda desk: create_model(desk.call(), parse("third"), given={"a": "b"})),
    ("delete the new", 15, lambda desk: delete_model(desk.call(), parse("third"))),
    ("revive", 17, lambda desk: create_model(desk.call(), parse("third"), given={"c": "d"}, again=True)),
]


@pytest.mark.parametrize("size", [4, 40])
def test_no_verb_needs_more_statements_because_there_is_more(desk: Desk, size: int) -> None:
    """Beside four versions or forty, with as many moves and files, each verb keeps its budget."""
    fill(desk, size)
    for name, most, verb in BUDGETS:
        with statements(desk.registry.database) as sent:
            verb(desk)
        assert len(sent) <= most, (name, sent)


def test_no_verb_reads_a_table_from_end_to_end(desk: Desk) -> None:
    """Every statement of every verb finds its rows by an index, so that none grows with the catalogue."""
    fill(desk, 4)
    for name, _, verb in BUDGETS:
        with statements(desk.registry.database) as sent:
            verb(desk)
        for statement, parameters in sent:
            steps = plan(desk, statement, parameters)
            walked = re.search(r"Seq Scan on|SCAN (?!(line|kinds|steps|newest)$)\w+$", steps, re.MULTILINE)
            assert not walked, (name, statement, steps)


def fill(desk: Desk, size: int) -> None:
    """Make two models with so many versions: one with moves, aliases and tags, one with as many files a version."""
    for number in range(1, size + 1):
        desk.register(content=b"v%d" % number, tags={"n": str(number)}, aliases=[f"a{number}"] if number > 3 else [])
        register(desk.call(), parse("other"), Content([desk.held(b"%d %d" % (number, i), f"{i}") for i in range(size)]))
    for number in (3, size):
        promote(desk.call(), parse(f"fraud:{number}"), "staging")
        promote(desk.call(), parse(f"fraud:{number}"), "production")
    desk.stored(b"next")


def plan(desk: Desk, statement: str, parameters: Any) -> str:
    """Return how the database carries a statement out where it would rather not read a whole table."""
    if statement.split(maxsplit=1)[0] not in {"SELECT", "INSERT", "UPDATE", "DELETE", "WITH"}:
        return ""  # begins or ends a transaction
    with desk.registry.database.read() as tx:
        if tx.dialect.name == "sqlite":
            return "\n".join(row[3] for row in tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters))
        tx.exec_driver_sql("SET enable_seqscan = off")
        try:
            return "\n".join(row[0] for row in tx.exec_driver_sql(f"EXPLAIN {statement}", parameters))
        finally:
            tx.exec_driver_sql("RESET enable_seqscan")
