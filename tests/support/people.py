"""How do tests get people with rights? By the verbs: an owner, service accounts with grants, calls by their tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from holotype.operations.authenticate import authenticate
from holotype.operations.bootstrap import bootstrap
from holotype.operations.call import Call
from holotype.operations.create_grant import create_grant
from holotype.operations.create_service import create_service
from holotype.operations.create_token import create_token
from tests.support.registry import Desk

Given = tuple[str, str] | tuple[str, str, Sequence[str]]
"""A role, a scope, and perhaps stages."""


def signed_in(desk: Desk, secret: str) -> Call:
    """Return the next call of a token's bearer."""
    call = desk.call()
    return replace(call, actor=authenticate(call, secret))


def owner(desk: Desk) -> str:
    """Make the registry's owner and return the secret of their token."""
    secret = bootstrap(desk.call(), leave_token=True)
    assert secret is not None
    return secret


def member(desk: Desk, boss: str, name: str, *given: Given) -> str:
    """Make a service account with grants, and return the secret of its token, which narrows nothing."""
    call = signed_in(desk, boss)
    create_service(call, name)
    for one in given:
        create_grant(call, name, one[0], one[1], stages=one[2] if len(one) > 2 else ())
    return create_token(call, "all", role="admin", principal=name, expires_in_days=None)[1]
