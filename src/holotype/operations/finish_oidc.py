"""What happens when a person comes back from the OpenID provider?

1. State and cookie must be those of one sign-in that was begun here, in this browser, and not come back from yet.
2. The provider's code is exchanged for an ID token, with our PKCE verifier; the ID token is verified.
3. Its issuer and subject say who that is here. Nobody is recognised by an e-mail address, but where an administrator
   expects one and the provider has verified it, the subject is linked to the user now, for good.
4. The browser is sent to the loopback port of the process that began, or to our own page if that began it, with a code
   that can be exchanged once within a minute by who holds the verifier. No token is ever part of an address.

From (2) on whatever goes wrong is told there as a sentence.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

from holotype.access import assertions, flows, identities, principals, secrets
from holotype.db import Tx
from holotype.domain import claims as patterns
from holotype.domain import names
from holotype.domain.entities import Actor, Principal
from holotype.domain.events import Action
from holotype.errors import HolotypeError, InvalidName, Unauthenticated, Unavailable
from holotype.ledger import append
from holotype.ledger.append import Entry
from holotype.operations import issuers, issuing
from holotype.operations.call import Call
from holotype.operations.start_oidc import OWN_PAGES, PAGE, at, callback, configured, derived
from holotype.settings import Settings

OIDC = "oidc"
CODE_LIFETIME = timedelta(seconds=60)
_SECONDS, _LARGEST = 8.0, 256 * 1_024
_WORD = 100


def finish_oidc(
    call: Call, *, state: str, browser: str, code: str | None, error: str | None = None, iss: str | None = None
) -> str:
    """Return where the browser goes next: always to where the sign-in began."""
    configured(call.registry.settings)
    with call.write() as tx:  # 1
        found = flows.come_back(tx, state, browser, call.now)
    if found is None:
        raise Unauthenticated("This sign-in was not begun here, or is over.", hint="Run `holotype login` again.")
    port, client_state = found
    try:
        if error is not None or code is None:
            raise Unauthenticated(f"The OpenID provider refused: {_word(error or 'no code')}.", hint="Try again.")
        claims = _identified(call, code, browser, iss)  # 2
        word = secrets.new_word()
        with call.write() as tx:
            user = _user(tx, call, claims)  # 3
            flows.let_in(tx, state, word, user.id, call.now + CODE_LIFETIME)
        answer = {"code": word}
    except HolotypeError as refusal:
        issuing.record_refusal(call, issuing.UNKNOWN, by=OIDC, why=refusal.detail[:300])
        answer = {"error": str(refusal)[:500]}
    began = at(call.registry.settings, PAGE) if port == OWN_PAGES else f"http://127.0.0.1:{port}/"
    return f"{began}?{urlencode(answer | {'state': client_state})}"  # 4


def _identified(call: Call, code: str, browser: str, iss: str | None) -> Mapping[str, Any]:
    settings = call.registry.settings
    issuer, client_id = configured(settings)
    announced = issuers.document(settings, issuer).get("authorization_response_iss_parameter_supported") is True
    if iss != issuer and (iss is not None or announced):
        raise Unauthenticated("The answer is of another OpenID provider.", hint="Run `holotype login` again.")
    given = _exchanged(settings, issuer, client_id, code, derived(browser, "verifier"))
    token, access_token = given.get("id_token"), given.get("access_token")
    if not isinstance(token, str):
        raise Unavailable("The OpenID provider gave no ID token.", hint="Has the setting oidc_scopes the word openid?")
    keys = issuers.keys(settings, issuer, assertions.peek(token).kid)
    claims = assertions.verify(token, keys, issuer=issuer, audience=client_id, now=call.now)
    bound = access_token if isinstance(access_token, str) else None
    nonce = derived(browser, "nonce")
    assertions.check_id_token(token, claims, client_id=client_id, nonce=nonce, access_token=bound)
    return claims


def _exchanged(settings: Settings, issuer: str, client_id: str, code: str, verifier: str) -> Mapping[str, Any]:
    """Give the provider its code and return what it answers."""
    methods = issuers.document(settings, issuer).get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": callback(settings)}
    form["code_verifier"] = verifier
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    secret = settings.oidc_client_secret
    if secret is not None and "client_secret_basic" in methods:
        pair = f"{quote(client_id, safe='')}:{quote(secret, safe='')}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    else:
        form |= {"client_id": client_id} | ({"client_secret": secret} if secret is not None else {})
    url = issuers.endpoint(settings, issuer, "token_endpoint")
    answer = issuers.caller(settings.egress_allow).request(
        "POST", url, headers=headers, body=urlencode(form).encode(), seconds=_SECONDS, limit=_LARGEST
    )
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        found = None
    if answer.status != 200 or not isinstance(found, dict):
        why = found.get("error") if isinstance(found, dict) else None
        raise Unauthenticated(f"The OpenID provider gave no token: {_word(why or answer.status)}.", hint="Try again.")
    return found


def _user(tx: Tx, call: Call, claims: Mapping[str, Any]) -> Principal:
    settings = call.registry.settings
    issuer, subject = configured(settings)[0], assertions.subject_of(claims)
    _check_required(settings, claims)
    principal_id = identities.principal_of(tx, issuer, subject)
    email = claims.get("email")
    if principal_id is None and claims.get("email_verified") is True and isinstance(email, str):
        principal_id = identities.settle(tx, issuer, email, subject)
        if principal_id is not None:
            _record(tx, call, principals.by_id(tx, principal_id), subject)
    if principal_id is None and settings.oidc_create_users:
        principal_id = _created(tx, call, issuer, subject, claims.get(settings.oidc_name_claim))
    found = principals.by_id(tx, principal_id) if principal_id is not None else None
    if found is None or found.kind != principals.USER:
        raise Unauthenticated(
            f"Nobody here is known as {_word(subject)} at {issuer}.",
            hint="Ask an administrator to link you: holotype user link USER --subject SUBJECT.",
        )
    if found.disabled_at is not None:
        raise Unauthenticated("This account is disabled.", hint="Ask an administrator.")
    return found


def _check_required(settings: Settings, claims: Mapping[str, Any]) -> None:
    name, _, pattern = (settings.oidc_require or "").partition("=")
    if name and not patterns.matches(pattern, claims.get(name)):
        raise Unauthenticated(f"The claim {name} is not as this registry wants it.", hint="Ask an administrator.")


def _created(tx: Tx, call: Call, issuer: str, subject: str, wanted: object) -> int:
    """Make a user without rights of somebody new; a name that is taken belongs to somebody else."""
    try:
        name = names.principal(str(wanted).casefold())
    except InvalidName:
        name = ""
    if not name or name in principals.RESERVED or principals.by_name(tx, name) is not None:
        raise Unauthenticated(f"The name {_word(wanted)} is taken or not usable here.", hint="Ask an administrator.")
    made = principals.create(tx, name, principals.USER, call.now)
    identities.link(tx, made.id, issuer, subject=subject, email=None, by=name, now=call.now)
    entry = Entry(Action.USER_CREATED, f"user:{name}", {"issuer": issuer, "subject": subject})
    append.append(tx, actor=Actor(name, made.id), now=call.now, entries=[entry])
    return made.id


def _record(tx: Tx, call: Call, user: Principal | None, subject: str) -> None:
    if user is not None:
        entry = Entry(Action.USER_CHANGED, f"user:{user.name}", {"linked": subject})
        append.append(tx, actor=Actor(user.name, user.id), now=call.now, entries=[entry])


def _word(value: object) -> str:
    return "".join(c if c.isprintable() else "?" for c in str(value)[:_WORD])
