"""What do models, versions, promotions and the ledger look like on the wire? Times are RFC 3339 in UTC."""

from __future__ import annotations

from datetime import datetime
from typing import Generic, TypeVar

import msgspec

from holotype.wire.access import Grant
from holotype.wire.base import Request, Response
from holotype.wire.provenance import Provenance, Recorded

T = TypeVar("T")


class Namespace(Response):
    """A team's space."""

    name: str
    description: str
    created_at: datetime


class Model(Response):
    """A named line of versions, with the numbers of the latest one and of the one in production.

    ``card`` is there when one model is shown, not in lists. ``title`` is what clients of another protocol call it,
    where our grammar does not allow that name.
    """

    reference: str
    namespace: str
    name: str
    kind: str
    description: str
    tags: dict[str, str]
    latest: int | None
    production: int | None
    created_at: datetime
    created_by: str
    changed_at: datetime
    deleted_at: datetime | None = None
    card: str | None = None
    title: str | None = None


class Version(Response):
    """One version: what it is (number, digest), where it is (stage, aliases), and what people said about it.

    ``card`` and ``provenance`` are there when one version is shown, not in lists. An ``external`` version has no files:
    it is known by its source alone, where its bytes were said to lie.
    """

    reference: str
    namespace: str
    model: str
    number: int
    digest: str
    stage: str
    stage_changed_at: datetime
    aliases: list[str]
    tags: dict[str, str]
    description: str
    size: int
    file_count: int
    created_at: datetime
    created_by: str
    deleted_at: datetime | None = None
    quarantined_at: datetime | None = None
    external: bool = False
    card: str | None = None
    provenance: Recorded | None = None


class File(Response):
    """One file of a version."""

    path: str
    digest: str
    size: int
    role: str
    format: str | None = None


class Event(Response):
    """One entry of the ledger; ``root`` is the Merkle tree head after it, ``token`` the id of the token used."""

    sequence: int
    time: datetime
    actor: str
    action: str
    subject: str
    data: dict[str, object]
    root: str
    token: str | None = None


class Count(Response):
    """How many there are; with ``more`` there are more than that."""

    count: int
    more: bool = False


class Page(Response, Generic[T]):
    """One page of a list; ``next`` is the cursor of the page that follows, if any."""

    items: list[T]
    next: str | None = None


class NewNamespace(Request):
    """A namespace to create."""

    name: str
    description: str = ""


class NewModel(Request):
    """A model to create."""

    namespace: str
    name: str
    description: str = ""
    card: str = ""
    tags: dict[str, str] = {}


class ModelChange(Request):
    """What to change about a model; a tag set to ``null`` is removed."""

    description: str | None = None
    card: str | None = None
    tags: dict[str, str | None] = {}


class Rename(Request):
    """The name that a model shall have."""

    name: str


class VersionChange(Request):
    """What to change about a version; its content never changes. A tag set to ``null`` is removed."""

    description: str | None = None
    card: str | None = None
    tags: dict[str, str | None] = {}


class NewFile(Request):
    """A file of a version to register; its bytes have been uploaded before."""

    path: str
    digest: str
    size: int
    role: str | None = None
    format: str | None = None


class NewVersion(Request):
    """A version to register. The model is created if it is new."""

    files: list[NewFile]
    provenance: Provenance = msgspec.field(default_factory=Provenance)
    description: str = ""
    card: str = ""
    tags: dict[str, str] = {}
    aliases: list[str] = []


class Registered(Response):
    """The registered version; ``created`` is false when the same content with the same provenance was there before."""

    version: Version
    created: bool


class NewPromotion(Request):
    """A move to ask for, to a stage or a protected alias. With ``dry_run`` nothing changes."""

    stage: str
    reason: str = ""
    dry_run: bool = False


class Verdict(Response):
    """What a gate says: ``passed``, ``failed``, ``missing`` (evidence is lacking) or ``overridden``, and why.

    ``remedy`` says what to do or attach; ``override`` is the id of the override.
    """

    gate: str
    status: str
    reason: str
    remedy: str | None = None
    override: int | None = None


class Approval(Response):
    """What somebody decided about a promotion: ``approved`` or ``rejected``; ``voided`` says why it counts no more."""

    principal: str
    decision: str
    comment: str
    created_at: datetime
    voided: str | None = None


class Promotion(Response):
    """A move that was asked for, and what became of it.

    ``status`` is ``applied``, ``refused`` by a gate, ``pending`` approvals, ``rejected``, ``withdrawn`` or ``expired``;
    in a dry run ``possible`` or ``refused``.
    ``kind`` is ``stage`` or ``alias``, what ``source`` and ``target`` name, or ``rollback``. ``replaced`` had to leave.
    ``policy`` is the number of the policy version that was asked, ``evidence`` lists the ids that the verdicts rest on.
    """

    status: str
    version: Version
    source: str
    target: str
    replaced: str | None = None
    id: int | None = None
    kind: str = "stage"
    reason: str = ""
    policy: int = 0
    verdicts: list[Verdict] = []
    approvals: list[Approval] = []
    evidence: list[int] = []
    requested_by: str = ""
    created_at: datetime | None = None
    expires_at: datetime | None = None
    ended_at: datetime | None = None
    note: str = ""


class NewRollback(Request):
    """A stage to give back to the version that held it before."""

    stage: str
    reason: str


class NewAlias(Request):
    """The label of the version that the alias shall name, and why, where the policy protects the alias."""

    version: str
    reason: str = ""


class Alias(Response):
    """A movable name and the version that it names."""

    name: str
    version: str
    number: int
    digest: str
    changed_at: datetime


class MissingRequest(Request):
    """Digests that a client is about to upload; at most 10,000."""

    digests: list[str]


class Missing(Response):
    """Those of the digests that the namespace does not hold yet."""

    missing: list[str]


class NewUpload(Request):
    """An upload to begin, or to resume when one with this digest is under way."""

    digest: str
    size: int


class Upload(Response):
    """An upload under way: send the parts that are not in ``parts``; each is ``part_size`` bytes but the last."""

    id: str
    digest: str
    size: int
    part_size: int
    parts: list[int]
    expires_at: datetime


class Blob(Response):
    """Bytes that are stored and verified."""

    digest: str
    size: int


class Blobs(Response):
    """Many blobs that are stored and verified."""

    items: list[Blob]


class NewToken(Request):
    """A token to create; it never may more than its maker. ``scope`` is ``registry`` or a namespace or model.

    ``principal`` is the service account that it is for; the caller unless given.
    """

    name: str
    role: str = "reader"
    scope: str = "registry"
    expires_in_days: float | None = 90
    principal: str | None = None


class Token(Response):
    """A token without its secret."""

    id: str
    name: str
    principal: str
    role: str
    scope: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


class CreatedToken(Response):
    """A new token and its secret, which is shown this once."""

    token: Token
    secret: str


class Whoami(Response):
    """Who the server takes the caller for.

    ``permissions`` are those that the caller has anywhere, inside ``scope``, which is the token's. ``grants`` are those
    of the principal and of their teams, the first hundred; the token may narrow them.
    """

    principal: str
    permissions: list[str]
    scope: str
    grants: list[Grant] = []
