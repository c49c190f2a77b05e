"""How do tests of governance get people, policies and evidence? Principals with grants, and a policy as text."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from holotype.access import principals, teams
from holotype.catalogue import versions
from holotype.domain.entities import Actor, Evidence, Principal
from holotype.domain.permissions import ROLES
from holotype.domain.references import parse
from holotype.operations import attesting
from holotype.operations.apply_policy import apply_policy
from holotype.operations.call import Call
from tests.support.registry import Desk

STAGES = """
format = 1
[stages.none]
[stages.staging]
[stages.production]
single = true
replaced_to = "archived"
[stages.archived]
"""
MOVES = """
[[moves]]
from = ["none", "archived"]
to = "staging"
[[moves]]
from = ["none", "staging", "production"]
to = "archived"
"""
TWO = """
[[moves]]
from = ["staging"]
to = "production"
expires = "2d"
[[moves.approvals]]
count = 2
from = ["role:reviewer", "role:maintainer", "role:admin"]
exclude = ["requester", "author"]
"""
GOOD = """
[[moves.gates]]
gate = "metric"
name = "auc"
at_least = 0.9
"""


@dataclass(slots=True)
class Crew:
    """The people of a test: everybody has one role on the whole registry, as a grant."""

    desk: Desk
    known: dict[str, tuple[Principal, str]] = field(default_factory=dict)

    def person(self, name: str, role: str, *, team: str | None = None, owner: str | None = None) -> None:
        """Make a user, or with an owner a service account, with a role."""
        call = self.desk.call()
        owner_id = self.known[owner][0].id if owner is not None else None
        with call.write() as tx:
            made = principals.create(tx, name, "service" if owner else "user", call.now, owner_id=owner_id)
            principals.grant(tx, made.id, role, by="test", now=call.now)
            if team is not None:
                found = teams.by_name(tx, team)
                teams.add(tx, found.id if found is not None else teams.create(tx, team, call.now), made.id)
        self.known[name] = made, role

    def call(self, name: str, *, key: str | None = None) -> Call:
        """Make the next call by somebody."""
        made, role = self.known[name]
        actor = Actor(name, made.id, ROLES[role], owner_id=made.owner_id)
        base = self.desk.call(key=key)
        return Call(base.registry, actor, base.request_id, key, base.now)


def crew(desk: Desk) -> Crew:
    """Return a contributor with a machine, three reviewers and an administrator."""
    made = Crew(desk)
    made.person("dora", "contributor")
    made.person("bot", "maintainer", owner="dora")
    for name in ("rita", "rob", "rosa"):
        made.person(name, "reviewer")
    made.person("mia", "maintainer")
    made.person("root", "admin")
    return made


def attest(desk: Desk, reference: str, auc: float, *, name: str = "auc") -> Evidence:
    """Attach an evaluation with one metric."""
    call = desk.call()
    payload = json.dumps({"metrics": [{"name": name, "value": auc}]}).encode()
    with call.write() as tx:
        version = versions.find(tx, parse(reference))
        return attesting.record(tx, call, version, type="evaluation", media_type="application/json", payload=payload)


def apply(desk: Desk, text: str, *, namespace: str = "default") -> None:
    """Put a policy in force."""
    apply_policy(desk.call(), namespace, text)
