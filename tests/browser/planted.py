"""What does somebody plant who wants to run code in others' browsers? Hostile words, wherever words are taken.

plant(site)         by the Python client and by MLflow's protocol; what it made, for addresses
                    (``planted_besides`` has what few write: reasons of every decision, an import;
                    ``planted_mlflow`` what MLflow's protocol takes)
by_forms(person)    by the pages' own forms, in a browser
ADDRESSES, EXEMPT   where all of it would be shown, by the path of each page; and pages that show none of it
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from holotype import Client
from holotype.domain.provenance import Code, Column, Data, Environment, Metric, Parent, Run, Schema
from tests.browser import planted_besides, planted_mlflow
from tests.browser.conftest import Person
from tests.browser.site import Site

BAD = "\"'><img src=x onerror=window.taken=1><script>window.taken=1</script><svg/onload=window.taken=1>"
WORD = "a'\"><b onmouseover=window.taken=1>{{1237*1009}}${1237*1009}"
COMPUTED = "1248133"
"""What a template, or a script, makes of ``WORD`` if it takes it for its own."""
RUNS = "javascript:window.taken=1"
TITLE = "Trap <img src=x onerror=window.taken=1>{{1237*1009}}"
_POLICY = f"""# {BAD}
format = 1
[stages.none]
[stages.staging]
[stages.archived]
[stages.production]
single = true
replaced_to = "staging"
[[moves]]
from = ["none"]
to = "staging"
[[moves.gates]]
gate = "expression"
when = "version.size < 1"
because = {json.dumps(WORD + BAD)}
[[moves]]
from = ["none", "staging"]
to = "production"
[[moves.gates]]
gate = "metric"
name = {json.dumps(WORD)}
dataset = {json.dumps(BAD[:90])}
at_least = 0.95
[[moves.approvals]]
count = 2
from = ["role:reviewer"]
[[aliases]]
pattern = "guarded"
[[aliases.approvals]]
count = 1
from = ["role:reviewer"]
"""
_EVALUATION = {
    "metrics": [{"name": WORD, "value": 1, "dataset": BAD[:90], "slice": WORD}],
    "evaluator": WORD,
    "data": {"uri": RUNS},
    "details": {WORD: BAD},
}
_SCAN = {
    "scanner": WORD,
    "scanner_version": BAD,
    "clean": False,
    "files": 1,
    "findings": [{"path": BAD, "name": WORD, "severity": WORD}],
    "errors": [{"path": WORD, "reason": BAD}],
}
_SAID = json.dumps({WORD: BAD})
_EVIDENCE: dict[str, tuple[str, dict[str, Any]]] = {
    "evaluation": ("evaluation", _EVALUATION),
    "scan": ("scan", _SCAN),
    "own": ("evil.example/x", {WORD: BAD, "u": RUNS}),
}


@dataclass(slots=True)
class Planted:
    """The numbers and names of what was planted."""

    pending: int = 0
    refused: int = 0
    released: int = 0
    evidence: dict[str, int] = field(default_factory=dict)
    policy: int = 0
    titled: str = ""
    brought: str = ""
    recalled: str = ""
    entry: int = 0
    ended: list[int] = field(default_factory=list)
    sent: set[str] = field(default_factory=set)


def plant(site: Site) -> Planted:
    """Plant whatever the Python client and MLflow's protocol take."""
    made = Planted()
    with site.client() as owner, site.client("mia") as mia, site.client("rita") as rita:
        owner.create_namespace("hostile", description=BAD)
        owner.grant("rita", "reviewer", "hostile")
        owner.create_token(WORD, role="reader")
        owner.create_trust("https://issuer.example", "ward-robot", {"sub": WORD + BAD}, audience="models")
        _models(owner, _files(site))
        for name, (type_, said) in _EVIDENCE.items():
            made.evidence[name] = owner.attest("hostile/trap:1", type_, json.dumps(said)).id
        made.evidence["card"] = owner.attest("hostile/trap:1", "card", BAD, media_type="text/markdown").id
        rolled = planted_besides.rolled_back(owner, site.folder / "hostile" / "x", WORD + BAD)
        _govern(owner, mia, rita, made)
        made.ended.append(rolled)
        planted_besides.words(owner, WORD, WORD + BAD)
        planted_besides.formatted(owner, WORD)
        made.brought = planted_besides.brought(owner, WORD, WORD + BAD, RUNS)
        made.sent |= planted_mlflow.plant(site, planted_mlflow.Words(BAD, WORD, RUNS, TITLE))
        (found,) = [one for one in owner.models("namespace:hostile") if one.title == TITLE]
        made.titled = found.reference
        made.entry = next(iter(owner.ledger(namespace="hostile", action="namespace.created"))).sequence
    return made


def _files(site: Site) -> Path:
    """Write a model whose names of files and of tensors are hostile."""
    place = site.folder / "hostile"
    (place / "x").mkdir(parents=True)
    (place / "weights.bin").write_bytes(b"1")
    (place / "x" / "'onerror=alert(1) b.html").write_text("<script>window.taken=1</script>")
    (place / "evil.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg' onload='window.taken=1'/>")
    named = {WORD: {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}, "__metadata__": {WORD: BAD}}
    named |= {BAD: {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}}
    header = json.dumps(named).encode()
    (place / "t.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + b"\0" * 8)
    return place


def _models(owner: Client, place: Path) -> None:
    columns = [Column(WORD, "float64"), Column(BAD[:90], WORD, optional=True)]
    owner.push(
        place,
        "hostile/trap",
        params={WORD: BAD, "depth": 1},
        metrics=[Metric(WORD, 1.0, BAD[:90], WORD, "higher"), Metric("auc", 0.5)],
        data=[Data(RUNS, name=BAD[:90]), Data(f"s3://{WORD}")],
        code=Code("4f2a9c0", dirty=True, repository=RUNS, branch=WORD),
        run=Run(WORD, tracker=RUNS, link=RUNS, name=BAD[:90], experiment=WORD, user=WORD, tags={WORD: BAD}),
        parents=[Parent("elsewhere/other:1", "derived")],
        schema=Schema(columns, columns, columns),
        environment=Environment(WORD, {WORD: WORD}, [BAD]),
        card=f"# {BAD}\n\n[click]({RUNS}) ![p]({RUNS}) <https://a.example/{WORD}>\n\n{BAD}",
        description=BAD,
        tags={WORD: BAD},
    )
    owner.push(place, "hostile/trap", params={WORD: "other"}, metrics={"auc": 0.6}, parents=["hostile/trap:1"])
    owner.change_model("hostile/trap", description=BAD, card=BAD, tags={WORD: BAD})


def _govern(owner: Client, mia: Client, rita: Client, made: Planted) -> None:
    """Apply a policy, ask, approve, override, recall and release, each with hostile reasons."""
    owner.apply_policy(_POLICY, "hostile", reason=BAD)
    made.policy = owner.policy("hostile").number
    made.refused = owner.promote("hostile/trap:1", "staging", reason=BAD).id or 0
    owner.open_override("hostile/trap:1", "production", ["metric"], reason=WORD + BAD)
    made.ended = planted_besides.reasons(owner, mia, rita, WORD + BAD)
    made.pending = mia.promote("hostile/trap:1", "production", reason=WORD + BAD).id or 0
    rita.approve(made.pending, comment=WORD + BAD)
    rita.comment(made.pending, WORD + BAD)
    recalled = f"dataset:s3://nothing/{WORD}"
    owner.quarantine(recalled, reason=WORD + BAD)
    made.recalled = quote(recalled, safe="")
    made.released = owner.quarantine(f"dataset:s3://over/{WORD}", reason=WORD + BAD).id
    owner.release(made.released, reason=WORD + BAD)


def by_forms(person: Person, made: Planted) -> None:
    """Plant by the pages' own forms what they take: words, comments, evidence, reasons, a policy, a saved address."""
    for place, fields, button in (
        ("/models/hostile/trap/versions/2?edit=true", {"description": WORD + BAD, "card": WORD + BAD}, "Save"),
        ("/models/hostile/trap/card?edit=true", {"description": WORD + BAD, "card": WORD + BAD}, "Save"),
        (f"/promotions/{made.pending}", {"comment": f"{WORD}{BAD} [x]({RUNS})"}, "Comment"),
        ("/models/hostile/trap/versions/1/evidence", {"type": "evil.example/z", "payload": _SAID}, "Attach"),
        ("/models/hostile/trap/versions/1/promote?to=staging", {"reason": WORD + BAD}, "Ask anyway"),
        (f"/promotions/{made.pending}", {"gate": "approvals", "reason": WORD + BAD}, "Override"),
        ("/policies/hostile/edit", {"text": f"{_POLICY}# {WORD}", "reason": WORD + BAD}, "Try it"),
        ("", {}, "Apply it"),
        ("/tokens", {"name": WORD}, "Make it"),
        ("/quarantines/new?subject=hostile%2Ftrap%3A2", {"reason": WORD + BAD}, "Quarantine 1 version"),
    ):
        page = person.visit(place) if place else person.page
        page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true; })")
        for name, text in fields.items():
            if name == "gate":
                page.check(f"main form[method=post] [name=gate][value={text}]")
            else:
                page.fill(f"main form[method=post] [name={name}]", text)
        page.click(f"main button:text-is('{button}')")
        assert page.locator(".note.error").count() == 0, (place, page.inner_text("main"))
    page = person.visit("/models?q=namespace%3Ahostile")
    page.fill("#saved-name", WORD)
    page.click("aside button:text-is('Save')")


_MODEL, _POLICY_OF = "/models/{namespace:str}/{model:str}", "/policies/{namespace:str}"
_VERSION = f"{_MODEL}/versions/{{label:str}}"
_TRAP = ("/models/hostile/trap", "/models/{titled}", "/models/{brought}", "/models/hostile/formatted",
         "/models/hostile/back")  # fmt: skip
_ONE = tuple(f"{one}/versions/1" for one in _TRAP)
ADDRESSES: dict[str, tuple[str, ...]] = {
    "/": ("/",),
    "/models": ("/models?q=namespace%3Ahostile",),
    "/versions": ("/versions?q=namespace%3Ahostile",),
    "/namespaces": ("/namespaces",),
    "/search-help": ("/search-help",),
    _MODEL: (*_TRAP, "/models/hostile/bare", "/models/hostile/trap?columns=param.depth&differs=true"),
    **{f"{_MODEL}/{tab}": tuple(f"{one}/{tab}" for one in _TRAP) for tab in ("history", "metrics", "card", "access")},
    _VERSION: (*_ONE, "/models/hostile/trap/versions/2", "/models/hostile/trap/versions/2?edit=true"),
    f"{_VERSION}/promote": ("/models/hostile/trap/versions/1/promote?to=staging",),
    f"{_VERSION}/files": tuple(f"{one}/files" for one in _ONE),
    f"{_VERSION}/tensors": ("/models/hostile/trap/versions/1/tensors?path=t.safetensors",),
    f"{_VERSION}/provenance": tuple(f"{one}/provenance" for one in _ONE),
    f"{_VERSION}/evidence": tuple(f"{one}/evidence" for one in _ONE),
    f"{_VERSION}/evidence/{{piece:str}}": tuple(
        f"{_ONE[0]}/evidence/{{evidence[{one}]}}" for one in (*_EVIDENCE, "card")
    ),
    f"{_VERSION}/history": tuple(f"{one}/history" for one in _ONE),
    "/mlflow/{namespace:str}": ("/mlflow/hostile",),
    "/compare": ("/compare?version=hostile%2Ftrap%3A1&version=hostile%2Ftrap%3A2&all=1",),
    "/lineage": ("/lineage?of=hostile%2Ftrap%3A1", "/lineage?of={recalled}"),
    "/inbox": ("/inbox",),
    "/promotions": ("/promotions?namespace=hostile",),
    "/promotions/{promotion:str}": (
        *("/promotions/{refused}", "/promotions/{pending}", "/promotions/{ended[0]}", "/promotions/{ended[1]}"),
        *("/promotions/{ended[2]}", "/promotions/{ended[3]}"),
    ),
    "/quarantines": ("/quarantines?everything=1",),
    "/quarantines/new": ("/quarantines/new?subject={recalled}", "/quarantines/new?subject=hostile%2Ftrap%3A1"),
    "/quarantines/{quarantine:str}": ("/quarantines/{released}",),
    "/policies": ("/policies",),
    _POLICY_OF: ("/policies/hostile",),
    f"{_POLICY_OF}/edit": ("/policies/hostile/edit",),
    f"{_POLICY_OF}/versions": ("/policies/hostile/versions",),
    f"{_POLICY_OF}/versions/{{version:str}}": ("/policies/hostile/versions/{policy}",),
    "/ledger": ("/ledger?namespace=hostile",),
    "/ledger/{sequence:str}": ("/ledger/{entry}",),
    "/ledger/checkpoints": ("/ledger/checkpoints",),
    "/access": ("/access",),
    "/access/explain": ("/access/explain?who=rita&action=version%3Apromote&thing=hostile%2Ftrap&stage=production",),
    "/access/grants": ("/access/grants",),
    "/access/services": ("/access/services",),
    "/access/services/{service:str}": ("/access/services/ward-robot",),
    "/access/teams": ("/access/teams",),
    "/access/teams/{team:str}": ("/access/teams/on-call",),
    "/access/tokens": ("/access/tokens",),
    "/access/trusts": ("/access/trusts",),
    "/access/users": ("/access/users",),
    "/access/users/{user:str}": ("/access/users/rita",),
    "/settings": ("/settings",),
    "/tokens": ("/tokens",),
    "/password": ("/password",),
}
"""Addresses with the names of what ``Planted`` holds."""
EXEMPT = {
    "/sign-in": "shows nothing that anybody wrote",
    "/sign-in/link": "shows the name of a user, as the pages of users do",
    "/sign-in/set-up": "shows nothing that anybody wrote",
    "/sign-in/oidc": "leads to the provider",
    "/sign-in/oidc/done": "comes from the provider",
    "/events": "a stream of names of kinds",
    "/inbox/count": "a number",
    "/models/completions": "JSON for a script, which makes options of it",
    f"{_MODEL}/metrics/series": "JSON of numbers for a script",
    "/ledger/consistency": "JSON of hashes for a script",
    "/ledger/export": "a download",
    f"{_VERSION}/evidence/{{piece:str}}/payload": "a download",
    f"{_VERSION}/files/{{path:path}}": "a download; a test of its own",
    f"{_VERSION}/provenance.json": "a download",
    f"{_VERSION}/manifest": "a download",
    f"{_VERSION}/bom": "a download",
    f"{_VERSION}/card": "a download",
}
"""What is asked for with GET and is no page that shows words of people, and why."""


def addresses(made: Planted) -> list[str]:
    """Return the addresses of all pages that show what was planted."""
    words = {name: getattr(made, name) for name in Planted.__slots__}
    return [one.format(**words) for several in ADDRESSES.values() for one in several]
