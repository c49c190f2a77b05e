"""What comes of a sign-in, and by whose word somebody is let in?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody who proved who they are, with the secret of the token that they got for it."""

    principal: str
    token_id: str
    secret: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Link:
    """Where on our pages a browser is signed in, once and until a moment; the place holds the secret."""

    place: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom an OpenID provider names, and who that is here; until the first sign-in perhaps only by e-mail address."""

    id: int
    principal: str
    issuer: str
    subject: str | None
    email: str | None
    created_at: datetime
    created_by: str


@dataclass(frozen=True, slots=True)
class Trust:
    """A rule by which assertions of an issuer are exchanged for tokens of a service account."""

    id: int
    issuer: str
    audience: str
    claims: Mapping[str, str]
    service: str
    principal_id: int
    role: str
    scope: str
    namespace_id: int | None
    model_id: int | None
    lifetime: int
    created_at: datetime
    created_by: str
    revoked_at: datetime | None = None
