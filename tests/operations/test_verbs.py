"""Does every verb ask for its permission itself, whoever calls it? ``operations/`` is walked, not the routes."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import pkgutil
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from holotype import operations
from holotype.access.rights import Rights
from holotype.domain import digest, times
from holotype.domain.entities import Actor, Right
from holotype.domain.imports import ImportedModel, ImportedVersion, Labelling
from holotype.domain.permissions import ROLES
from holotype.domain.references import parse
from holotype.errors import Denied, NotFound, Unauthenticated
from holotype.governance.tables import evidence
from holotype.operations.begin_upload import begin_upload
from holotype.operations.call import Call
from holotype.operations.create_grant import create_grant
from holotype.operations.create_logged_model import create_logged_model
from holotype.operations.create_namespace import create_namespace
from holotype.operations.create_run import create_run
from holotype.operations.create_token import create_token
from holotype.operations.create_trust import create_trust
from holotype.operations.create_user import create_user
from holotype.operations.list_promotions import Wanted as WantedPromotions
from holotype.operations.log_batch import log_batch
from holotype.operations.open_override import open_override
from holotype.operations.promote import promote
from holotype.operations.quarantine import quarantine
from holotype.operations.read_ledger import Wanted
from holotype.operations.register import Content
from holotype.operations.schema import expected
from holotype.operations.take_in import Wanted as Source
from holotype.tracking.search import Asked
from tests.support.governance import MOVES, STAGES, TWO, apply
from tests.support.people import member, owner, signed_in
from tests.support.registry import Desk

LETS_IN = {
    "authenticate", "authenticate_password", "exchange_assertion", "exchange_code", "finish_oidc", "recognise",
    "show_link", "sign_in", "sign_out", "start_oidc", "use_link", "use_set_up",
}  # fmt: skip
"""They ask for a secret: who calls them is nobody yet."""
SERVER = {
    "bootstrap", "check", "claim", "copy_in", "ensure_key", "examine_pending", "expire_keys", "expire_promotions",
    "expire_sign_ins", "is_due", "is_expected", "may_sign", "optimize", "ripen", "warm_all",
}  # fmt: skip
"""What the server does by itself; no gateway has them."""
PARTS = {
    "active_experiment", "admit", "arriving", "check_may_withdraw", "check_rights", "conclude", "copy_all", "covered",
    "drafted", "ensure", "examine", "experiment_of", "export_lines", "filtered", "follow", "forget", "fresh",
    "is_first", "is_there", "listed", "look", "looking", "may_decide", "model_of", "oldest", "prepared", "preview",
    "promote_once", "proven", "read", "read_beside", "readable", "readable_model", "received", "record",
    "record_denial", "record_pull", "record_refusal", "require", "require_all", "reserve", "run_of", "search",
    "settled", "signed", "told", "unswept", "written",
}  # fmt: skip
"""What verbs are made of: they get what a verb looked up after it had asked."""
THEIRS = {"create_link", "save_address"}
"""They keep something for whoever is signed in, and for nobody else: see ``test_sign_in_links.py``."""
OWN = {
    "forget_address", "list_addresses", "list_grants", "list_services", "list_teams", "list_tokens",
    "save_address", "whoami",
}  # fmt: skip
"""Everybody who is known is somebody, and sees what is their own."""
PROOFS = {"ledger_size", "prove_consistency", "prove_inclusion"}
"""A count and hashes, which tell nothing: whoever reads a part of the ledger may check that it is in the whole."""


def _verbs() -> Iterator[tuple[str, Callable[..., Any]]]:
    for module in pkgutil.iter_modules(operations.__path__):
        found = importlib.import_module(f"holotype.operations.{module.name}")
        for name, one in vars(found).items():
            public = inspect.isfunction(one) and one.__module__ == found.__name__ and not name.startswith("_")
            if public and next(iter(inspect.signature(one).parameters), "") == "call":
                yield name, one


FOUND = dict(_verbs())
VERBS = {name: verb for name, verb in FOUND.items() if name not in LETS_IN | SERVER | PARTS | THEIRS}


def test_no_exception_is_left_behind() -> None:
    """What is said to need no permission is there, and there are enough verbs to prove something."""
    assert FOUND.keys() >= LETS_IN | SERVER | PARTS
    assert len(VERBS) > 80


@pytest.fixture
def furnished(desk: Desk) -> tuple[Desk, dict[str, Any], str]:
    """A registry with one of everything, what the verbs may be given of it, and the owner's secret."""
    boss = owner(desk)
    create_namespace(desk.call(), "risk")
    create_namespace(desk.call(), "elsewhere")
    content = Content([desk.stored(b"weights", namespace="risk")])
    VERBS["register"](desk.call(), parse("risk/fraud"), content)
    apply(desk, STAGES + MOVES + TWO, namespace="risk")
    promote(desk.call(), parse("risk/fraud:1"), "staging")
    call = signed_in(desk, boss)
    create_user(call, "eve")
    member(desk, boss, "robot", ("reader", "risk"))
    asked = promote(call, parse("risk/fraud:1"), "production").id
    upload = begin_upload(call, "risk", digest.of(b"more"), 4)
    override = open_override(
        call, parse("risk/fraud:1"), "production", ["approvals"], reason="x", lasts=timedelta(hours=1)
    )
    VERBS["attest"](call, parse("risk/fraud:1"), "card", b"# Card")
    return desk, {
        "reference": parse("risk/fraud:1"), "model": parse("risk/fraud"), "references": [parse("risk/fraud:1")] * 2,
        "namespace": "risk", "alias": "champion", "stage": "staging", "target": "production", "reason": "because",
        "identifier": {"close_override": override.id}, "promotion": asked, "comment": "because", "content": content,
        "grant_id": create_grant(call, "eve", "reader", "risk").id, "upload_id": upload.id,
        "upload": (upload.id, "production"), "count": 2,
        "token_id": create_token(call, "t")[0].id, "which": str(quarantine(call, "risk/fraud:1", reason="x").id),
        "trust_id": create_trust(
            call, "https://ci.example", "robot", {"sub": "x"}, audience="holotype", role="reader", scope="risk"
        ).id,
        "evidence_id": desk.rows(sa.select(evidence.c.id))[0]["id"], "digest": digest.of(b"more"), "size": 4,
        "length": 4, "number": 1,
        "wanted": {"read_ledger": Wanted(), "list_promotions": WantedPromotions(), **_imports(),
                   "take_in": Source("s3://lake/x")},
        "who": "eve", "role": "reader", "scope": "risk", "action": "model:read", "thing": "risk/fraud",
        "name": {"create_user": "new", "create_service": "new", "create_team": "new", "create_namespace": "new",
                 "create_experiment": "new", "rename_model": "loan"},
        "text": STAGES + MOVES, "type_": "card", "payload": b"# x", "path": "model.bin", "uri": "s3://lake/x",
        "subject": "risk/fraud:1", "sequence": 1, "first": 1, "gates": ["approvals"], "lasts": timedelta(hours=1),
        "issuer": "https://ci.example", "service": "robot", "claims": {"sub": "y"}, "audience": "holotype",
        "new": "a long enough password", "identity": 1, "disabled": True, "limit": 50, "most": 10, "metric": "auc",
        "place": "/models", "title": "fraud", "stages": [], **_tracked(call),
    }, boss  # fmt: skip


def _tracked(call: Call) -> dict[str, Any]:
    """Return what the verbs are given that keep what training logs."""
    run = create_run(call, "risk", "0").id
    logged = create_logged_model(call, "risk", "0", run_id=run, tags=[("key", "value")]).id
    log_batch(call, "risk", run, tags=[("key", "value")])
    return {
        "owner": run, "run_id": run, "experiment_id": "0", "experiment_name": "Default", "logged_id": logged,
        "asked": Asked(), "key": "key", "value": "value", "models": [(logged, 0)], "status": "READY",
        "described": '{"artifact_path": "", "flavors": {}, "utc_time_created": "", "run_id": ""}',
    }  # fmt: skip


def _imports() -> dict[str, Any]:
    """Return what the verbs are given that copy a model of another registry."""
    then = times.from_micros(0)
    return {
        "import_model": ImportedModel("http://old.example", "fraud", description="theirs"),
        "import_version": ImportedVersion("http://old.example", "fraud", 7, "s3://bucket/fraud", then),
        "import_labels": Labelling("http://old.example", [], {}),
    }


async def _nothing() -> AsyncIterator[bytes]:
    yield b"more"


def arguments(name: str, verb: Callable[..., Any], known: dict[str, Any]) -> dict[str, Any]:
    """Return what a verb has to be given, all of it right and there."""
    found: dict[str, Any] = {}
    for one in list(inspect.signature(verb).parameters.values())[1:]:
        if one.name == "chunks":
            found["chunks"] = _nothing()
        elif name == "missing_blobs" and one.name == "wanted":
            found["wanted"] = [digest.of(b"more")]
        elif one.default is inspect.Parameter.empty or one.name == "audience":
            given = known[one.name]
            if isinstance(given, dict) and one.name in {"identifier", "wanted", "name"}:
                given = given.get(name, {"identifier": known["promotion"], "name": "eve"}.get(one.name))
            found[one.name] = given
    return found


def perform(verb: Callable[..., Any], call: Call, given: dict[str, Any]) -> Any:
    """Let a verb do its work."""
    if inspect.iscoroutinefunction(verb):
        return asyncio.run(verb(call, **given))
    done = verb(call, **given)
    return list(done) if inspect.isgenerator(done) else done


def rows(desk: Desk) -> dict[str, Any]:
    """Return everything that is in the database."""
    with desk.registry.database.read() as tx:
        return {one.name: sorted(map(repr, tx.execute(sa.select(one)))) for one in expected().sorted_tables}


def without(desk: Desk, boss: str) -> dict[str, Actor]:
    """Return a principal without rights, a stranger, and an administrator of something else."""
    nobody = signed_in(desk, member(desk, boss, "nobody")).actor
    outsider = replace(nobody, rights=Rights([Right(ROLES["admin"], "elsewhere")]))
    return {"nobody": nobody, "stranger": Actor("anonymous", None), "outsider": outsider}


@pytest.mark.parametrize("who", ["nobody", "stranger"])
def test_no_verb_does_anything_for_who_may_nothing(furnished: tuple[Desk, dict[str, Any], str], who: str) -> None:
    """It raises what a refusal raises, with arguments that are right, and leaves every table as it was."""
    desk, known, boss = furnished
    actor = without(desk, boss)[who]
    before = rows(desk)
    for name, verb in VERBS.items():
        call = replace(desk.call(), actor=actor)
        try:
            done = perform(verb, call, arguments(name, verb, known))
        except (Denied, NotFound, Unauthenticated):
            pass
        else:
            assert (who, name in OWN) == ("nobody", True), (name, done)
            assert "risk" not in repr(done)
        assert rows(desk) == before, name


def test_no_verb_shows_or_changes_what_lies_elsewhere(furnished: tuple[Desk, dict[str, Any], str]) -> None:
    """An administrator of one namespace gets lists without anything of another, and changes nothing there."""
    desk, known, boss = furnished
    actor = without(desk, boss)["outsider"]
    before = rows(desk)
    allowed = set()
    for name, verb in VERBS.items():
        call = replace(desk.call(), actor=actor)
        try:
            done = perform(verb, call, arguments(name, verb, known))
        except (Denied, NotFound, Unauthenticated):
            assert rows(desk) == before, name
        else:
            allowed.add(name)
            assert "fraud" not in repr(done), (name, done)
            if name == "create_service":
                before = rows(desk)
    others = (
        {"browse_models", "complete", "create_service", "lineage_of_data", "lineage_of_parent", "read_ledger"}
        | {"tally_versions", "tally_waiting"}
        | OWN
        | PROOFS
    )
    assert {one for one in allowed if not one.startswith(("list_", "search_"))} <= others, allowed
