"""How is a user tied to somebody at the OpenID provider? By an administrator, for good."""

from __future__ import annotations

from holotype.access import identities, principals, rules
from holotype.domain import names
from holotype.domain.events import Action
from holotype.domain.permissions import Permission
from holotype.domain.sign_in import Identity
from holotype.errors import AlreadyExists, Invalid
from holotype.operations import accounts, issuers
from holotype.operations.call import Call

_LONGEST = 255


def link_identity(
    call: Call, name: str, *, issuer: str | None = None, subject: str | None = None, email: str | None = None
) -> Identity:
    """Link a user to a subject of an issuer, or to the address with which they will come for the first time."""
    rules.require(call.actor, Permission.ACCESS_WRITE)
    at = issuer or call.registry.settings.oidc_issuer
    if at is None:
        hint = "Give it (`--issuer`), or start the server with the setting oidc_issuer."
        raise Invalid("The issuer is not known.", hint=hint)
    issuers.check(call.registry.settings, at)
    given = [one for one in (subject, email) if one is not None]
    if len(given) != 1 or not 0 < len(given[0]) <= _LONGEST or not names.printable(given[0]):
        raise Invalid("Give either a subject or an e-mail address.", hint=f"Up to {_LONGEST} printable characters.")
    with call.write() as tx:
        user = accounts.get(tx, name, principals.USER)
        if not identities.link(tx, user.id, at, subject=subject, email=email, by=call.actor.name, now=call.now):
            raise AlreadyExists("Somebody is linked to that already.", hint="An identity belongs to one user.")
        accounts.record(tx, call, Action.USER_CHANGED, f"user:{user.name}", linked=given[0], issuer=at)
        return identities.of_principal(tx, user.id)[-1]
