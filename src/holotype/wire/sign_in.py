"""What do sign-in, identities and trusts look like on the wire?"""

from __future__ import annotations

from datetime import datetime

from holotype.domain import sign_in as domain
from holotype.wire.base import Request, Response


class Ways(Response):
    """How people can sign in here. ``oidc`` is the address to begin at, where there is an OpenID provider."""

    password: bool
    oidc: str | None = None


class PasswordSignIn(Request):
    """A user's name and password."""

    name: str
    password: str


class SignOut(Request):
    """The secret of the token that ends."""

    secret: str


class CodeExchange(Request):
    """The code that the browser brought, and the PKCE verifier of who began."""

    code: str
    verifier: str


class WorkloadSignIn(Request):
    """The token that a CI or a cluster made for a job; ``trust`` chooses where several rules match."""

    subject_token: str
    trust: int | None = None


class SignedIn(Response):
    """A token, its secret, whose it is and when it ends."""

    principal: str
    token_id: str
    secret: str
    expires_at: datetime


class NewPassword(Request):
    """The password to set, and the one that was there before."""

    new: str
    old: str | None = None


class SetUp(Response):
    """A secret with which a user sets a password, once."""

    secret: str
    expires_at: datetime


class UseSetUp(Request):
    """The secret of a set-up and the password that it sets."""

    secret: str
    password: str


class Link(Response):
    """Where on this server a browser is signed in, once and until ``expires_at``; the place holds the secret."""

    place: str
    expires_at: datetime


class NewIdentity(Request):
    """Whom a user is at an issuer: a subject, or an address for the first time. The server's own issuer by default."""

    issuer: str | None = None
    subject: str | None = None
    email: str | None = None


class Identity(Response):
    """Whom an OpenID provider knows a user as."""

    id: int
    principal: str
    issuer: str
    subject: str | None
    email: str | None
    created_at: datetime
    created_by: str


class NewTrust(Request):
    """A rule by which the tokens of an issuer are exchanged; ``lifetime`` is in seconds, at most 3,600."""

    issuer: str
    service: str
    claims: dict[str, str]
    audience: str | None = None
    role: str = "reader"
    scope: str = "registry"
    lifetime: int = 900


class Trust(Response):
    """A rule by which the tokens of an issuer are exchanged for tokens of a service account."""

    id: int
    issuer: str
    audience: str
    claims: dict[str, str]
    service: str
    role: str
    scope: str
    lifetime: int
    created_at: datetime
    created_by: str
    revoked_at: datetime | None = None


def of(found: domain.SignedIn) -> SignedIn:
    """Return somebody who signed in, as the wire shows them."""
    return SignedIn(found.principal, found.token_id, found.secret, found.expires_at)


def identity(found: domain.Identity) -> Identity:
    """Return an identity as the wire shows it."""
    return Identity(
        found.id, found.principal, found.issuer, found.subject, found.email, found.created_at, found.created_by
    )


def trust(found: domain.Trust) -> Trust:
    """Return a trust rule as the wire shows it."""
    return Trust(
        id=found.id,
        issuer=found.issuer,
        audience=found.audience,
        claims=dict(found.claims),
        service=found.service,
        role=found.role,
        scope=found.scope,
        lifetime=found.lifetime,
        created_at=found.created_at,
        created_by=found.created_by,
        revoked_at=found.revoked_at,
    )
