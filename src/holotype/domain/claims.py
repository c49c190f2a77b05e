"""Which claims must an assertion have before somebody is trusted? Patterns on them, and enough of them.

    repository = acme/fraud           that very value
    ref = refs/tags/v*                ``*`` is anything without a slash and a colon
    sub = repo:acme/fraud:**          ``**`` is anything

A rule must say who it trusts, not only that the issuer is right: at GitHub and GitLab everybody may have a project. For
those two issuers a claim that names the owner must be fixed up to the owner's end; for any other issuer some claim must
begin with at least three fixed characters.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from holotype.errors import Invalid

GITHUB = "https://token.actions.githubusercontent.com"
GITLAB = "https://gitlab.com"
STANDARD = frozenset({"iss", "aud", "azp", "exp", "iat", "nbf", "jti", "nonce", "auth_time"})
"""What says nothing of who the bearer is."""

_OWNED: dict[str, dict[str, re.Pattern[str]]] = {
    GITHUB: {
        "repository": re.compile(r"[^*/]+/.*"),
        "repository_id": re.compile(r"[0-9]+"),
        "repository_owner": re.compile(r"[^*]+"),
        "repository_owner_id": re.compile(r"[0-9]+"),
        "job_workflow_ref": re.compile(r"[^*/]+/.*"),
        "sub": re.compile(r"repo:[^*/:]+/.*"),
        "enterprise": re.compile(r"[^*]+"),
        "enterprise_id": re.compile(r"[0-9]+"),
    },
    GITLAB: {
        "project_path": re.compile(r"[^*/]+/.*"),
        "project_id": re.compile(r"[0-9]+"),
        "namespace_path": re.compile(r"[^*]+"),
        "namespace_id": re.compile(r"[0-9]+"),
        "sub": re.compile(r"project_path:[^*/:]+/.*"),
    },
}
_NAME = re.compile(r"[A-Za-z0-9_./:\-]{1,100}")
_WILD = re.compile(r"\*\*|\*")
_MOST, _LONGEST, _MOST_WILD = 20, 500, 3


def check(issuer: str, claims: Mapping[str, str]) -> None:
    """Raise ``Invalid`` for claims that are no patterns, or that would let in more than was meant."""
    if not 0 < len(claims) <= _MOST:
        raise _too_wide(issuer)
    for name, pattern in claims.items():
        if not _NAME.fullmatch(name) or name in STANDARD:
            raise Invalid(f"{name[:80]!r} is no claim to trust somebody by.", hint="For example repository or sub.")
        usable = 0 < len(pattern) <= _LONGEST and pattern.isprintable()
        if not usable or len(_WILD.findall(pattern)) > _MOST_WILD:
            raise Invalid(
                f"The pattern of the claim {name} is not usable.",
                hint=f"At most {_LONGEST} printable characters and {_MOST_WILD} wildcards.",
            )
    owned = _OWNED.get(issuer.rstrip("/"))
    if owned is None:
        enough = any(len(_WILD.split(pattern)[0]) >= min(3, len(pattern)) for pattern in claims.values())
    else:
        enough = any(name in owned and owned[name].fullmatch(pattern) for name, pattern in claims.items())
    if not enough:
        raise _too_wide(issuer)


def unmatched(wanted: Mapping[str, str], given: Mapping[str, object]) -> str | None:
    """Return the name of a claim that is not as wanted, or nothing where all are."""
    return next((name for name, pattern in wanted.items() if not matches(pattern, given.get(name))), None)


def matches(pattern: str, value: object) -> bool:
    """Say whether a claim's value is as a pattern wants it: a text, number or truth value, or one of a list of them."""
    if isinstance(value, list):
        return any(matches(pattern, one) for one in value if not isinstance(one, list))
    if isinstance(value, bool):
        value = "true" if value else "false"
    if isinstance(value, int):
        value = str(value)
    return isinstance(value, str) and len(value) <= 4 * _LONGEST and _compiled(pattern).fullmatch(value) is not None


def _compiled(pattern: str) -> re.Pattern[str]:
    pieces, last = [], 0
    for found in _WILD.finditer(pattern):
        pieces += [re.escape(pattern[last : found.start()]), ".*" if found[0] == "**" else "[^/:]*"]
        last = found.end()
    return re.compile("".join([*pieces, re.escape(pattern[last:])]), re.DOTALL)


def _too_wide(issuer: str) -> Invalid:
    example = {GITHUB: "repository=acme/fraud", GITLAB: "project_path=acme/fraud"}.get(
        issuer.rstrip("/"), "sub=system:serviceaccount:ml:trainer"
    )
    return Invalid(
        f"This would trust everybody who gets a token of {issuer[:200]}.", hint=f"Name whom: --claim {example}"
    )
