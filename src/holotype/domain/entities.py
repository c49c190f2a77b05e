"""The things a registry is made of, as frozen values. They know no SQL and no wire format.

Those of which a page holds hundreds are structs: a frozen dataclass takes ten times as long to make.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from msgspec import Struct

from holotype.domain.permissions import Permission


@dataclass(frozen=True, slots=True)
class Namespace:
    """A team's space."""

    id: int
    name: str
    description: str
    created_at: datetime


class Model(Struct, frozen=True):
    """A named line of versions. ``kind`` is ``files`` or ``hosted``.

    ``title`` is what clients of another protocol call it, where our grammar does not allow that name.
    """

    id: int
    namespace_id: int
    namespace: str
    name: str
    kind: str
    description: str
    created_at: datetime
    created_by: str
    changed_at: datetime
    deleted_at: datetime | None = None
    latest: int | None = None
    production: int | None = None
    title: str | None = None
    tags: dict[str, str] = {}

    @property
    def reference(self) -> str:
        """``namespace/name``."""
        return f"{self.namespace}/{self.name}"


class Version(Struct, frozen=True):
    """Immutable content under a number, and the few things about it that may change."""

    id: int
    model_id: int
    namespace_id: int
    namespace: str
    model: str
    number: int
    digest: str
    size: int
    file_count: int
    stage: str
    stage_changed_at: datetime
    description: str
    created_at: datetime
    created_by: str
    deleted_at: datetime | None = None
    provenance_digest: str | None = None
    quarantined_at: datetime | None = None
    examined: bool = False
    aliases: tuple[str, ...] = ()
    tags: dict[str, str] = {}

    @property
    def reference(self) -> str:
        """``namespace/name:number``."""
        return f"{self.namespace}/{self.model}:{self.number}"

    @property
    def external(self) -> bool:
        """Whether its bytes are elsewhere and were never taken over: only then has it no files."""
        return self.file_count == 0


class Intake(Struct, frozen=True):
    """A version that has a number while its bytes are copied in from an import source: ``pending``, or ``failed``.

    Once all bytes are here and verified, the version is registered under its number and the intake is gone.
    ``uri`` is the source as it was given; ``registration`` is what its provenance will bear.
    """

    id: int
    namespace_id: int
    model_id: int
    namespace: str
    model: str
    number: int
    status: str
    reason: str
    uri: str
    registration: str
    created_at: datetime
    created_by: str
    changed_at: datetime
    attempts: int = 0
    run_id: str | None = None
    run_link: str | None = None
    logged_model: str | None = None
    description: str = ""
    tags: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Alias:
    """A movable name and the version that it names now."""

    name: str
    number: int
    digest: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was learnt about a version. ``id`` counts in the registry; ``digest`` is that of ``payload``.

    ``subject`` is the digest of the version that it is bound to, ``signed_by`` the name of the trusted key whose
    signature over it was verified. The payload is left out of lists.
    """

    id: int
    version_id: int
    subject: str
    type: str
    media_type: str
    digest: str
    size: int
    created_at: datetime
    created_by: str
    signed_by: str | None = None
    payload: bytes | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a gate says: ``passed``, ``failed``, ``missing`` (evidence is lacking) or ``overridden``, and why.

    ``remedy`` says what to do or attach where it does not pass; ``override`` is the id of the override.
    """

    gate: str
    status: str
    reason: str
    remedy: str | None = None
    override: int | None = None

    @property
    def passed(self) -> bool:
        """Whether the gate does not stand in the way."""
        return self.status in {"passed", "overridden"}


@dataclass(frozen=True, slots=True)
class Approval:
    """What a principal decided about a promotion: ``approved`` or ``rejected``.

    ``person_id`` is the person behind a service account. ``roles`` and ``teams`` are what the principal has now on the
    model; ``voided`` says why it does not count any more.
    """

    principal: str
    principal_id: int
    person_id: int
    decision: str
    comment: str
    created_at: datetime
    voided: str | None = None
    roles: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody wrote to a promotion, as Markdown; it is never changed."""

    id: int
    promotion_id: int
    text: str
    created_at: datetime
    created_by: str


@dataclass(frozen=True, slots=True)
class Promotion:
    """A request to move a version to a stage or to let a protected alias name it, and what became of it.

    ``status`` is ``applied``, ``refused`` (by a gate), ``pending``, ``rejected``, ``withdrawn``, ``expired``, or in a
    dry run ``possible`` (and ``refused``). ``kind`` is ``stage`` or ``alias``, what ``source`` and ``target`` name, or
    ``rollback`` to a stage.
    ``replaced`` had to leave the stage; ``incumbent`` held it when the request was made. ``evidence`` lists the ids
    that the verdicts rest on; ``note`` says what voided or ended it.
    """

    status: str
    version: Version
    source: str
    target: str
    replaced: Version | None = None
    id: int | None = None
    kind: str = "stage"
    reason: str = ""
    policy: int = 0
    incumbent_id: int | None = None
    verdicts: tuple[Verdict, ...] = ()
    approvals: tuple[Approval, ...] = ()
    evidence: tuple[int, ...] = ()
    requested_by: str = ""
    requester_id: int | None = None
    created_at: datetime | None = None
    expires_at: datetime | None = None
    ended_at: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Override:
    """Named gates that do not stand in the way of one version's move until a moment. Shown until it is closed."""

    id: int
    version_id: int
    version: str
    target: str
    gates: tuple[str, ...]
    reason: str
    created_at: datetime
    created_by: str
    ends_at: datetime
    closed_at: datetime | None = None
    closed_by: str | None = None


@dataclass(frozen=True, slots=True)
class Quarantine:
    """A recall: everything that was built on ``subject`` is neither pulled nor moved until it is released."""

    id: int
    subject: str
    reason: str
    created_at: datetime
    created_by: str
    versions: int
    released_at: datetime | None = None
    released_by: str | None = None
    release_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the ledger. ``root`` is the Merkle tree head (hex) after it was appended.

    ``token`` is the public id of the token that the actor used, if one was.
    """

    sequence: int
    time: datetime
    actor: str
    action: str
    subject: str
    data: dict[str, object]
    root: str
    token: str | None = None


@dataclass(frozen=True, slots=True)
class Upload:
    """Bytes on their way in: ``parts`` are the numbers (from 0) that have arrived."""

    id: str
    namespace_id: int
    digest: str
    size: int
    part_size: int
    created_at: datetime
    expires_at: datetime
    parts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Principal:
    """A ``user`` or a ``service`` account. ``owner_id`` is the person behind a service account."""

    id: int
    name: str
    kind: str
    owner_id: int | None = None
    disabled_at: datetime | None = None

    @property
    def person_id(self) -> int:
        """Who counts where persons are counted: the owner of a service account."""
        return self.owner_id or self.id


@dataclass(frozen=True, slots=True)
class Account:
    """A principal as administrators see it; ``owner`` is the name of the person behind a service account."""

    id: int
    name: str
    kind: str
    created_at: datetime
    owner: str | None = None
    disabled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Team:
    """Principals who get rights together; ``members`` are their names, where one team is shown."""

    id: int
    name: str
    created_at: datetime
    size: int
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Grant:
    """A role on a scope, given to somebody.

    ``who`` reads ``user:ada``, ``service:ci`` or ``team:risk``; ``scope`` reads ``registry``, ``risk``, ``risk/fraud``
    or ``risk/fraud-*``. With ``stages`` it moves versions towards those only.
    """

    id: int
    who: str
    role: str
    scope: str
    created_at: datetime
    created_by: str
    stages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer credential without its secret."""

    id: str
    principal: str
    name: str
    role: str
    scope: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None = None

    def is_over(self, now: datetime) -> bool:
        """Say whether it opens nothing any more: it was revoked, or its time is over."""
        return self.revoked_at is not None or (self.expires_at is not None and self.expires_at <= now)


@dataclass(frozen=True, slots=True)
class Right:
    """Permissions on a part of the registry: a namespace, one model in it, or the models that match a pattern.

    ``model`` may be a shell pattern (``fraud-*``). With ``stages``, the permissions of ``permissions.STAGED`` hold only
    for moves to those stages. Without a namespace it covers the whole registry.
    """

    permissions: frozenset[Permission]
    namespace: str | None = None
    model: str | None = None
    stages: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is calling, and what they may: ``permissions`` on the whole registry, ``rights`` on parts of it.

    Both hold only inside the token's own scope, which ``namespace`` and ``model`` narrow. ``person_id`` is the person
    behind a service account, and otherwise the principal. ``until`` is when what they showed stops being good.
    """

    name: str
    principal_id: int | None = None
    permissions: frozenset[Permission] = frozenset()
    namespace: str | None = None
    model: str | None = None
    token_id: str | None = None
    rights: tuple[Right, ...] = ()
    owner_id: int | None = None
    until: datetime | None = None

    @property
    def person_id(self) -> int | None:
        """Who counts where persons are counted."""
        return self.owner_id or self.principal_id
