"""Does a link sign one browser in, once, with no more than the token may that made it?"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from holotype.domain.entities import Actor
from holotype.domain.permissions import Permission
from holotype.errors import Denied, TooMany, Unauthenticated
from holotype.operations.authenticate import authenticate
from holotype.operations.call import Call
from holotype.operations.create_link import create_link
from holotype.operations.create_token import create_token
from holotype.operations.revoke_token import revoke_token
from holotype.operations.show_link import show_link
from holotype.operations.use_link import use_link
from tests.support.people import owner, signed_in
from tests.support.registry import Desk


def stranger(desk: Desk, seconds: float = 0) -> Call:
    """Return the next call of somebody unknown, so many seconds later."""
    call = desk.call()
    return replace(call, actor=Actor("anonymous"), now=call.now + timedelta(seconds=seconds))


def word_of(call: Call) -> str:
    """Make a link and return the word in it."""
    return parse_qs(urlsplit(create_link(call).place).query)["word"][0]


def test_a_link_works_once_and_for_five_minutes(desk: Desk) -> None:
    """Then it is as good as any other word."""
    boss = owner(desk)
    word = word_of(signed_in(desk, boss))
    found = use_link(stranger(desk), word)
    assert authenticate(desk.call(), found.secret).name == "owner"
    with pytest.raises(Unauthenticated, match="was used"):
        use_link(stranger(desk), word)
    late = word_of(signed_in(desk, boss))
    with pytest.raises(Unauthenticated, match="is over"):
        use_link(stranger(desk, seconds=301), late)
    with pytest.raises(Unauthenticated, match="not known"):
        use_link(stranger(desk), "x" * 32)


def test_a_link_says_whose_it_is_and_is_not_used_by_looking(desk: Desk) -> None:
    """As often as it is looked at; one that is unknown, used, over or of a revoked token says nothing, by one error."""
    boss = signed_in(desk, owner(desk))
    made, secret = create_token(boss, "laptop", role="reader", expires_in_days=1)
    word, over, revoked = word_of(boss), word_of(boss), word_of(signed_in(desk, secret))
    assert {show_link(stranger(desk), word) for _ in range(30)} == {"owner"}
    use_link(stranger(desk), word)
    revoke_token(replace(boss, now=desk.call().now), made.id)
    for call, none in ((stranger(desk), word), (stranger(desk, 301), over), (stranger(desk), revoked)):
        with pytest.raises(Unauthenticated, match="not known, was used, or is over"):
            show_link(call, none)


def test_who_guesses_words_by_looking_has_to_wait(desk: Desk) -> None:
    """Looking counts as trying does, for both together."""
    call = stranger(desk)
    for verb in (show_link, use_link) * 10:
        with pytest.raises(Unauthenticated):
            verb(call, "x" * 32, address="192.0.2.7")
    with pytest.raises(Unauthenticated):
        show_link(call, "x" * 32, address="192.0.2.7")
    for verb in (show_link, use_link):
        with pytest.raises(TooMany):
            verb(call, "x" * 32, address="192.0.2.7")


def test_the_session_may_what_the_token_may_and_no_more(desk: Desk) -> None:
    """Role and scope go over, and it ends no later."""
    boss = signed_in(desk, owner(desk))
    made, secret = create_token(boss, "narrow", role="reader", scope="default", expires_in_days=0.1)
    found = use_link(stranger(desk), word_of(signed_in(desk, secret)))
    actor = authenticate(desk.call(), found.secret)
    assert (actor.namespace, Permission.MODEL_READ in actor.permissions) == ("default", True)
    assert Permission.MODEL_CREATE not in actor.permissions
    assert made.expires_at is not None
    assert found.expires_at <= made.expires_at


def test_what_ends_the_token_ends_its_links_and_sessions(desk: Desk) -> None:
    """A token that leaked and is revoked leaves no way in behind."""
    boss = signed_in(desk, owner(desk))
    made, secret = create_token(boss, "laptop", role="reader", expires_in_days=1)
    used, left = word_of(signed_in(desk, secret)), word_of(signed_in(desk, secret))
    session = use_link(stranger(desk), used)
    revoke_token(replace(boss, now=desk.call().now), made.id)
    with pytest.raises(Unauthenticated, match="revoked"):
        authenticate(desk.call(), session.secret)
    with pytest.raises(Unauthenticated):
        use_link(stranger(desk), left)


def test_only_who_has_a_token_makes_a_link(desk: Desk) -> None:
    """Not a stranger, and not a server without sign-in, where nobody needs one."""
    with pytest.raises(Unauthenticated):
        create_link(stranger(desk))
    with pytest.raises(Denied):
        create_link(desk.call())
