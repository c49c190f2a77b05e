"""What do policies look like on the wire?"""

from __future__ import annotations

from datetime import datetime

from holotype.wire.base import Request, Response
from holotype.wire.shapes import Verdict


class Policy(Response):
    """A version of a namespace's policy. Number 0 is the built-in one, which nobody applied; ``text`` is TOML."""

    namespace: str
    number: int
    digest: str
    text: str
    reason: str = ""
    created_at: datetime | None = None
    created_by: str | None = None


class AppliedPolicy(Response):
    """The policy that is in force now, and whether this request changed anything."""

    policy: Policy
    changed: bool


class NewPolicy(Request):
    """A policy to put in force: TOML. With ``expected``, only if the policy of that number is in force until then."""

    text: str
    reason: str = ""
    expected: int | None = None


class NewPolicyTest(Request):
    """A policy to try: TOML; on the versions of the namespace, or of one model in it."""

    text: str
    model: str | None = None
    limit: int = 20
    cursor: str | None = None


class Trial(Response):
    """What the gates of a move say about a version; ``automatic`` moves would happen by themselves."""

    version: str
    source: str
    target: str
    passed: bool
    automatic: bool
    verdicts: list[Verdict]


class PolicyTest(Response):
    """What a policy would do: ``obstacles`` have to go before it can be applied; the newest versions come first."""

    obstacles: list[str]
    items: list[Trial]
    next: str | None = None
