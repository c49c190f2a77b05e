"""Which errors Holotype raises on purpose.

    HolotypeError                 every deliberate error: code, detail, hint
    ├─ Invalid                    the request itself is wrong; sending it again changes nothing
    │  ├─ InvalidName             a name outside the grammar
    │  ├─ InvalidReference        not a reference
    │  ├─ InvalidQuery            the query language could not be read
    │  ├─ InvalidPath             a file path that could escape, clash or not exist everywhere
    │  ├─ InvalidManifest         not a manifest that we accept
    │  ├─ InvalidPolicy           a policy with a fault; the whole of it is refused, with the lines
    │  ├─ InvalidSetting          a setting with a value that makes no sense
    │  ├─ ForbiddenAddress        a URL or an address that this server does not call
    │  ├─ Unsupported             a body of a kind that is not taken here
    │  ├─ DigestMismatch          the bytes do not have the digest that was announced
    │  └─ SizeMismatch            more or fewer bytes than announced
    ├─ Unauthenticated            no credentials, or credentials that are unknown, expired or revoked
    ├─ Denied                     known, but without the right
    ├─ NotFound                   no such thing (or none that the caller may see)
    ├─ Conflict                   the request is fine, the state of the registry says no
    │  ├─ AlreadyExists           the name is taken
    │  ├─ AmbiguousReference      the label names several versions
    │  ├─ IllegalMove             the lifecycle has no such move
    │  ├─ InUse                   something still holds the thing
    │  ├─ Quarantined             the version was recalled: it is neither pulled nor moved
    │  ├─ MissingContent          a version names bytes that were never uploaded
    │  └─ IdempotencyMismatch     the key was used before with other content
    ├─ TooMany                    too many tries; wait before the next
    ├─ TooLarge                   over a documented limit
    ├─ Expired                    it was there and its time is over (an upload)
    ├─ Corrupt                    stored or received bytes do not match their digest
    ├─ WrongSchema                the database is older or newer than this Holotype
    ├─ Unavailable                try again later: the database, the object store or the server
    │  └─ StorageFull             no space left where the bytes or the catalogue live
    └─ LocalProblem               on this side of the wire: a symbolic link, an unreadable file

There is no HTTP in here: a gateway maps classes to its dialect by walking the MRO.
"""

from __future__ import annotations

import re
from typing import ClassVar


class HolotypeError(Exception):
    """Something went wrong that Holotype knows how to name."""

    code: ClassVar[str] = "error"

    def __init__(self, detail: str | None = None, *, hint: str | None = None) -> None:
        """Say what happened, to which thing (``detail``), and what to do next (``hint``)."""
        self.detail = detail or (type(self).__doc__ or "").strip().splitlines()[0]
        self.hint = hint
        super().__init__(self.detail)

    def __init_subclass__(cls) -> None:
        """Derive the stable code from the class name: ``IllegalMove`` → ``illegal-move``."""
        cls.code = re.sub(r"(?<!^)(?=[A-Z])", "-", cls.__name__).lower()

    def __str__(self) -> str:
        """The detail, and the hint behind it where there is one."""
        return f"{self.detail} {self.hint}" if self.hint else self.detail


class Invalid(HolotypeError):
    """The request is not valid."""


class InvalidName(Invalid):
    """The name is outside the grammar."""


class InvalidReference(Invalid):
    """This is not a reference."""


class InvalidQuery(Invalid):
    """The query could not be read."""


class InvalidPath(Invalid):
    """The file path is not allowed."""


class InvalidManifest(Invalid):
    """The manifest is not one that Holotype accepts."""


class InvalidPolicy(Invalid):
    """The policy has a fault."""


class InvalidSetting(Invalid):
    """A setting has a value that makes no sense."""


class ForbiddenAddress(Invalid):
    """This is not an address that the server calls."""


class Unsupported(Invalid):
    """The body is of a kind that is not taken here."""


class DigestMismatch(Invalid):
    """The bytes do not have the announced digest."""


class SizeMismatch(Invalid):
    """The bytes do not have the announced size."""


class Unauthenticated(HolotypeError):
    """The request carries no valid credentials."""


class Denied(HolotypeError):
    """The caller does not have the right."""

    def __init__(
        self, detail: str | None = None, *, hint: str | None = None, permission: str = "", subject: str = ""
    ) -> None:
        """Name the permission that was missing and the thing it was missing on, for the ledger."""
        super().__init__(detail, hint=hint)
        self.permission = permission
        self.subject = subject


class NotFound(HolotypeError):
    """There is no such thing."""

    def __init__(
        self, detail: str | None = None, *, hint: str | None = None, permission: str = "", subject: str = ""
    ) -> None:
        """Where the thing was hidden, name the permission that was missing and on what, for the ledger alone."""
        super().__init__(detail, hint=hint)
        self.permission = permission
        self.subject = subject


class Conflict(HolotypeError):
    """The state of the registry does not allow this."""


class AlreadyExists(Conflict):
    """The name is taken."""


class AmbiguousReference(Conflict):
    """The label names several versions."""


class IllegalMove(Conflict):
    """The lifecycle has no such move."""


class InUse(Conflict):
    """Something still holds this."""


class Quarantined(Conflict):
    """The version is in quarantine."""


class MissingContent(Conflict):
    """The version names bytes that were never uploaded."""


class IdempotencyMismatch(Conflict):
    """The idempotency key was used before with other content."""


class TooMany(HolotypeError):
    """There were too many tries."""

    def __init__(self, detail: str | None = None, *, hint: str | None = None, seconds: int = 2) -> None:
        """Say after how many seconds another try is worth it."""
        super().__init__(detail, hint=hint)
        self.seconds = seconds


class TooLarge(HolotypeError):
    """The request is over a limit."""


class Expired(HolotypeError):
    """Its time is over."""


class Corrupt(HolotypeError):
    """The bytes do not match their digest."""


class WrongSchema(HolotypeError):
    """The database does not have the schema that this Holotype needs."""


class Unavailable(HolotypeError):
    """The service is not available now."""


class StorageFull(Unavailable):
    """There is no space left for the bytes."""


class LocalProblem(HolotypeError):
    """A local file or setting stands in the way."""
