"""Does a job get a token for what its platform says about it, once, and for nothing else?"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from joserfc import jws, jwt
from joserfc.jwk import RSAKey

from holotype.access import principals
from holotype.domain.claims import GITHUB
from holotype.domain.entities import Actor, Right
from holotype.domain.permissions import ROLES, Permission
from holotype.errors import Denied, HolotypeError, Invalid, NotFound, Unauthenticated, Unavailable
from holotype.ledger.tables import ledger_entries
from holotype.operations import issuers
from holotype.operations.authenticate import authenticate
from holotype.operations.create_namespace import create_namespace
from holotype.operations.create_trust import create_trust
from holotype.operations.exchange_assertion import exchange_assertion
from holotype.operations.expire_sign_ins import expire_sign_ins
from holotype.operations.list_trusts import list_trusts
from holotype.operations.revoke_trust import revoke_trust
from tests.support.oidc import PUBLIC, Provider, new_keys
from tests.support.people import owner, signed_in
from tests.support.registry import Desk, open_desk
from tests.unit.egress.speakers import speaking, whole

CLAIMS = {"repository": "acme/fraud", "ref": "refs/heads/main"}


@pytest.fixture
def desk(database_url: str, tmp_path: Path, provider: Provider) -> Iterator[Desk]:
    """A registry that may call the provider, with a user and their service account, who may everything."""
    issuers.forget()
    with open_desk(database_url, tmp_path / "blobs", public_url=PUBLIC, egress_allow=provider.issuer) as opened:
        call = opened.call()
        with call.write() as tx:
            ada = principals.create(tx, "ada", "user", call.now)
            made = principals.create(tx, "ci", "service", call.now, owner_id=ada.id)
            principals.grant(tx, made.id, "admin", by="test", now=call.now)
        yield opened


def now(desk: Desk) -> Any:
    """Return the next call, at the real time."""
    return replace(desk.call(), now=desk.registry.clock())


def claims_of(provider: Provider, **changes: Any) -> dict[str, Any]:
    """Return the claims of a job's token; None leaves one out, and a duration is that long from now."""
    moment = int(time.time())
    found = {"iss": provider.issuer, "aud": PUBLIC, "sub": "repo:acme/fraud:ref:refs/heads/main", **CLAIMS}
    found |= {"iat": moment, "nbf": moment, "exp": moment + 300, "jti": f"{time.monotonic_ns()}"} | changes
    return {
        name: moment + int(value.total_seconds()) if isinstance(value, timedelta) else value
        for name, value in found.items()
        if value is not None
    }


def signed(provider: Provider, *, alg: str = "RS256", **changes: Any) -> str:
    """Return a job's token, signed by the provider."""
    key = provider.keys.keys[0 if alg.startswith(("RS", "PS")) else 1]
    return jwt.encode({"alg": alg, "kid": key.kid}, claims_of(provider, **changes), key, algorithms=[alg])


def trusting(desk: Desk, provider: Provider, **changes: Any) -> Any:
    """Make a trust rule."""
    given: dict[str, Any] = {"role": "contributor", "scope": "default"} | changes
    return create_trust(desk.call(), provider.issuer, "ci", given.pop("claims", CLAIMS), **given)


def unsigned(header: dict[str, Any], claims: dict[str, Any], signature: bytes = b"") -> str:
    """Return a token with whatever header and signature."""
    parts = [json.dumps(header).encode(), json.dumps(claims).encode(), signature]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


@pytest.mark.parametrize("alg", ["RS256", "ES256"])
def test_a_job_gets_a_short_token_of_the_service_account(desk: Desk, provider: Provider, alg: str) -> None:
    """With the role and the scope of the rule, for as long as it says, and with an entry that names the job."""
    rule = trusting(desk, provider, lifetime=600)
    call = now(desk)
    found = exchange_assertion(call, signed(provider, alg=alg))
    assert (found.principal, found.expires_at - call.now) == ("ci", timedelta(seconds=600))
    actor = authenticate(now(desk), found.secret)
    assert (actor.name, actor.namespace) == ("ci", "default")
    entry = desk.rows(sa.select(ledger_entries).where(ledger_entries.c.action == "sign-in.accepted"))[0]
    assert f'"trust":{rule.id}' in str(entry["data"]).replace(" ", "")
    assert "acme/fraud" in str(entry["data"])


def test_an_assertion_is_used_once(desk: Desk, provider: Provider) -> None:
    """Also one without an id, also with another signature over the same words."""
    trusting(desk, provider)
    for token in (signed(provider), signed(provider, jti=None)):
        exchange_assertion(now(desk), token)
        with pytest.raises(Unauthenticated, match="used before"):
            exchange_assertion(now(desk), token)
    once = claims_of(provider)
    key = provider.keys.keys[1]
    first, second = (jwt.encode({"alg": "ES256", "kid": key.kid}, once, key, algorithms=["ES256"]) for _ in "ab")
    assert first != second
    exchange_assertion(now(desk), first)
    with pytest.raises(Unauthenticated, match="used before"):
        exchange_assertion(now(desk), second)


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "audience": ({"aud": "https://other.example"}, "not meant for"),
    "no audience": ({"aud": None}, "not meant for"),
    "expired": ({"exp": timedelta(minutes=-1)}, "expired"),
    "no end": ({"exp": None}, "no usable exp"),
    "text end": ({"exp": "tomorrow"}, "no usable exp"),
    "true end": ({"exp": True}, "no usable exp"),
    "endless": ({"exp": timedelta(days=1_000)}, "more than a day"),
    "future": ({"iat": timedelta(hours=1)}, "in the future"),
    "no start": ({"iat": None}, "no usable iat"),
    "not yet": ({"nbf": timedelta(hours=1)}, "not begun"),
    "repository": ({"repository": "evil/fraud"}, "claim repository"),
    "branch": ({"ref": "refs/heads/evil"}, "claim ref"),
    "lacking": ({"ref": None}, "claim ref"),
    "issuer": ({"iss": "https://evil.example"}, "nothing here trusts"),
    "issuer with a slash": ({"iss": None}, "nothing here trusts"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_token_that_says_something_else_is_refused(desk: Desk, provider: Provider, case: str) -> None:
    """Really signed by the issuer, and still not for us, not now, or not of a job that is trusted."""
    changes, why = WRONG[case]
    trusting(desk, provider)
    with pytest.raises(Unauthenticated, match=why):
        exchange_assertion(now(desk), signed(provider, **changes))


def forged(provider: Provider, case: str) -> str:
    """Return a token that the issuer did not sign."""
    claims, keys = claims_of(provider), provider.keys.keys
    kid = keys[0].kid
    if case == "hs256 with the public key":
        text = unsigned({"alg": "HS256", "kid": kid}, claims)[:-1]
        digest = hmac.new(keys[0].as_pem(private=False), text.encode(), hashlib.sha256).digest()
        return f"{text}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"
    if case in ("none", "None", "nOnE", ""):
        return unsigned({"alg": case, "kid": kid}, claims)
    if case == "unsigned":
        return unsigned({"alg": "RS256", "kid": kid}, claims)
    if case == "no alg":
        return unsigned({"kid": kid}, claims)
    if case == "crit":
        return unsigned({"alg": "RS256", "kid": kid, "crit": ["x"], "x": 1}, claims, b"x" * 256)
    other: RSAKey = new_keys().keys[0]
    header: dict[str, Any] = {"alg": "RS256", "kid": kid}
    if case == "own jwk":
        header["jwk"] = other.as_dict(private=False)
    if case == "own jku":
        header["jku"] = "https://evil.example/jwks"
    if case == "unknown key":
        header["kid"] = "unknown"
    if case == "changed":
        head, _, tail = signed(provider).partition(".")
        body = base64.urlsafe_b64encode(json.dumps(claims | {"ref": "x"}).encode()).rstrip(b"=").decode()
        return f"{head}.{body}.{tail.partition('.')[2]}"
    registry = jws.JWSRegistry(algorithms=["RS256"], strict_check_header=False)
    return jws.serialize_compact(header, json.dumps(claims).encode(), other, registry=registry)


@pytest.mark.parametrize(
    "case",
    ["none", "None", "nOnE", "", "unsigned", "no alg", "crit", "hs256 with the public key", "other key", "own jwk",
     "own jku", "unknown key", "changed"],
)  # fmt: skip
def test_a_forged_token_is_refused(desk: Desk, provider: Provider, case: str) -> None:
    """No algorithm, a symmetric one with the public key, a key of the forger's, another's key id, changed words."""
    trusting(desk, provider)
    with pytest.raises(Unauthenticated):
        exchange_assertion(now(desk), forged(provider, case))
    exchange_assertion(now(desk), signed(provider))


@pytest.mark.parametrize(
    "text", ["", "a.b.c", "a" * 20_000, "e30.e30.e30", "..", "é.é.é", "W10.W10.", "bnVsbA.bnVsbA."]
)
def test_what_is_no_token_is_refused(desk: Desk, provider: Provider, text: str) -> None:
    """Without a look at any issuer."""
    trusting(desk, provider)
    with pytest.raises(Unauthenticated):
        exchange_assertion(now(desk), text)


@pytest.mark.parametrize("issuer", ["\ud800", "https://i.example\0", ["https://i.example"], {"a": 1}, 10**300, None])
def test_an_issuer_that_is_no_text_is_refused(desk: Desk, issuer: object) -> None:
    """Also one that no database could look for; nobody has verified anything yet."""
    token = unsigned({"alg": "RS256", "kid": "k"}, {"iss": issuer}, b"x" * 256)
    with pytest.raises((Unauthenticated, Invalid)):
        exchange_assertion(now(desk), token)


def test_rotated_keys_are_taken_and_old_ones_are_not(
    desk: Desk, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new key is found at once; what an old one signed is worth nothing when the keys were asked for anew."""
    trusting(desk, provider)
    exchange_assertion(now(desk), signed(provider))
    old = signed(provider)
    provider.rotate()
    new = signed(provider)
    with pytest.raises(Unauthenticated, match="none of the issuer's keys"):
        exchange_assertion(now(desk), new)  # the keys were asked for a moment ago
    monkeypatch.setattr(issuers, "BETWEEN_TRIES", 0.0)
    exchange_assertion(now(desk), new)
    with pytest.raises(Unauthenticated, match="none of the issuer's keys"):
        exchange_assertion(now(desk), old)


@pytest.mark.parametrize("case", ["slow", "huge", "redirect", "other issuer", "nonsense"])
def test_a_bad_issuer_is_told_apart_and_left_in_peace(
    desk: Desk, provider: Provider, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It cannot hold the server, fill it or send it elsewhere; a second try does not call it again at once."""
    monkeypatch.setattr(issuers, "_SECONDS", 0.5)
    asked: list[str] = []
    answers = {
        "slow": b"",
        "huge": whole(b" " * 400_000),
        "redirect": b"HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % provider.issuer.encode(),
        "other issuer": whole(json.dumps({"issuer": provider.issuer, "jwks_uri": f"{provider.issuer}/jwks"}).encode()),
        "nonsense": whole(b"[" * 100_000),
    }

    def speak(connection: Any) -> None:
        asked.append(case)
        connection.sendall(answers[case])
        if case == "slow":
            time.sleep(2)

    with speaking(speak) as port:
        issuer = f"http://127.0.0.1:{port}"
        settings = replace(desk.registry.settings, egress_allow=f"{issuer} {provider.issuer}")
        desk.registry = replace(desk.registry, settings=settings)
        create_trust(desk.call(), issuer, "ci", CLAIMS, scope="default")
        for _ in range(3):
            with pytest.raises(Unavailable):
                exchange_assertion(now(desk), signed(provider, iss=issuer))
    assert asked == [case]


def test_an_issuer_that_nobody_trusts_is_never_called(desk: Desk, provider: Provider) -> None:
    """Whoever sends a token cannot make the server call an address of theirs."""
    trusting(desk, provider)
    asked: list[bytes] = []
    with (
        speaking(lambda _connection: asked.append(b"asked")) as port,
        pytest.raises(Unauthenticated, match="nothing here trusts"),
    ):
        exchange_assertion(now(desk), signed(provider, iss=f"http://127.0.0.1:{port}"))
    assert asked == []


def test_a_revoked_rule_ends_its_tokens(desk: Desk, provider: Provider) -> None:
    """At once; the rule stays in the list."""
    rule = trusting(desk, provider)
    found = exchange_assertion(now(desk), signed(provider))
    revoke_trust(now(desk), rule.id)
    revoke_trust(now(desk), rule.id)
    with pytest.raises(Unauthenticated, match="revoked"):
        authenticate(now(desk), found.secret)
    with pytest.raises(Unauthenticated, match="nothing here trusts"):
        exchange_assertion(now(desk), signed(provider))
    assert [one.revoked_at is not None for one in list_trusts(now(desk))] == [True]
    assert [row["action"] for row in desk.rows(sa.select(ledger_entries.c.action))].count("trust.revoked") == 1


def test_a_rule_of_a_hidden_namespace_is_not_there(desk: Desk) -> None:
    """Its number tells neither its name nor that there is one; who may see it but not change it is denied."""
    create_namespace(desk.call(), "vault")
    made = create_trust(desk.call(), GITHUB, "ci", CLAIMS, scope="vault")
    local = Right(ROLES["admin"], "default")
    eve = replace(desk.call(), actor=Actor("eve", 7, frozenset(), None, None, None, (local,)))
    texts = []
    for number in (made.id, 10**6):
        with pytest.raises(NotFound) as caught:
            revoke_trust(eve, number)
        texts.append(str(caught.value).replace(str(number), "N"))
    assert texts[0] == texts[1]
    keeper = replace(eve, actor=replace(eve.actor, rights=(local, Right(ROLES["maintainer"], "vault"))))
    with pytest.raises(Denied):
        revoke_trust(keeper, made.id)


def test_where_several_rules_match_the_caller_chooses(desk: Desk, provider: Provider) -> None:
    """Nothing is guessed: the wider of two rules would be too much, the narrower too little."""
    first, second = trusting(desk, provider), trusting(desk, provider, role="reader")
    token = signed(provider)
    with pytest.raises(Invalid, match=f"{first.id}, {second.id}"):
        exchange_assertion(now(desk), token)
    assert exchange_assertion(now(desk), token, trust=second.id).principal == "ci"


@pytest.mark.parametrize(
    "wrong",
    [{"claims": {}}, {"claims": {"iss": "x"}}, {"claims": {"repository": "*"}}, {"claims": {"ref": "**"}},
     {"lifetime": 3_601}, {"lifetime": 0}, {"role": "king"}, {"audience": "a\nb"}, {"claims": {"a": "x" * 501}},
     {"claims": {"a": "aaaa*b*c*d*e"}}, {"scope": "default/fraud-*"}],
    ids=str,
)  # fmt: skip
def test_a_rule_that_makes_no_sense_is_refused(desk: Desk, provider: Provider, wrong: dict[str, Any]) -> None:
    """Above all one that would trust everybody who has an account there."""
    with pytest.raises(HolotypeError):
        trusting(desk, provider, **wrong)


@pytest.mark.parametrize(
    "claims",
    [{"ref": "refs/heads/main"}, {"repository": "*/fraud"}, {"repository": "**"}, {"sub": "repo:**"},
     {"sub": "repo:*/x:ref:refs/heads/main"}, {"environment": "production", "actor": "ada"}, {"repository_owner": "*"}],
    ids=str,
)  # fmt: skip
def test_not_everybody_at_github_can_be_trusted_by_mistake(desk: Desk, claims: dict[str, str]) -> None:
    """A branch or an environment says nothing of whose it is."""
    with pytest.raises(Invalid, match="everybody"):
        create_trust(desk.call(), GITHUB, "ci", claims, scope="default")
    create_trust(desk.call(), GITHUB, "ci", claims | {"repository_owner": "acme"}, scope="default")


def test_a_rule_gives_no_more_than_its_maker_has(desk: Desk, provider: Provider) -> None:
    """An administrator of access who may not delete makes no rule that may."""
    few = frozenset({Permission.ACCESS_WRITE, Permission.MODEL_READ})
    with pytest.raises(Denied):
        create_trust(desk.call(rights=few), provider.issuer, "ci", CLAIMS, role="maintainer", scope="default")


def test_nobody_lets_a_job_act_as_the_service_account_of_somebody_else(desk: Desk) -> None:
    """Where approvals are counted it is its owner, so an administrator of one namespace cannot borrow it."""
    boss = owner(desk)
    with desk.registry.database.write() as tx:
        made = principals.create(tx, "eve", "user", desk.call().now)
        principals.create(tx, "ci-eve", "service", desk.call().now, owner_id=made.id)
        namespace_id = tx.execute(sa.text("SELECT id FROM namespaces WHERE name = 'default'")).scalar_one()
        principals.grant(tx, made.id, "admin", namespace_id=namespace_id, by="test", now=desk.call().now)
    right = Right(ROLES["admin"], "default", None, None)
    eve = replace(desk.call(), actor=Actor("eve", made.id, frozenset(), None, None, None, (right,)))
    for name in ("ci", "absent"):
        with pytest.raises(Denied):
            create_trust(eve, GITHUB, name, {"repository": "eve/evil"}, audience=PUBLIC, scope="default")
    create_trust(eve, GITHUB, "ci-eve", {"repository": "eve/evil"}, audience=PUBLIC, scope="default")
    create_trust(signed_in(desk, boss), GITHUB, "ci", {"repository": "acme/x"}, audience=PUBLIC, scope="default")


def test_what_was_used_is_forgotten_when_it_is_over(desk: Desk, provider: Provider) -> None:
    """The table of used assertions does not grow for ever, and a used one stays refused until then."""
    trusting(desk, provider)
    token = signed(provider)
    exchange_assertion(now(desk), token)
    assert expire_sign_ins(now(desk)) == 0
    with pytest.raises(Unauthenticated, match="used before"):
        exchange_assertion(now(desk), token)
    assert expire_sign_ins(replace(now(desk), now=now(desk).now + timedelta(days=1))) == 1
