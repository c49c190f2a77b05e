"""How does a version get into the catalogue? Shared by the verbs that register one, from wherever it comes.

Everything is checked and built before any lock is taken (``drafted``); rows and ledger entries are written under the
model's lock (``write``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import msgspec
import rfc8785

from holotype.access import rules
from holotype.artifacts import holdings
from holotype.catalogue import contents, labels, models, tags, versions
from holotype.db import Tx
from holotype.domain import canonical, lifecycle, manifest, names, provenance, references, times
from holotype.domain.entities import Namespace, Version
from holotype.domain.events import Action
from holotype.domain.manifest import Document, File, Manifest
from holotype.domain.permissions import Permission
from holotype.domain.provenance import Parent, Provenance
from holotype.domain.references import Reference
from holotype.errors import (
    Conflict,
    Denied,
    Invalid,
    InvalidReference,
    MissingContent,
    NotFound,
    Quarantined,
    SizeMismatch,
    TooLarge,
)
from holotype.ledger import append
from holotype.ledger import labels as spans
from holotype.ledger.append import Entry
from holotype.operations import aliasing, entries, recall
from holotype.operations.call import Call
from holotype.operations.words import Words, check_words

FILE_LIMIT = 20_000


@dataclass(frozen=True, slots=True)
class Content:
    """What a caller registers: files whose bytes were uploaded, where they came from, and words about them."""

    files: Sequence[File]
    provenance: Provenance = field(default_factory=Provenance)
    description: str = ""
    card: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    aliases: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a privileged verb says of a version instead of the database and the call: its number, author and moment.

    ``action`` is what the ledger calls it, ``told`` what it keeps beside.
    """

    number: int | None = None
    by: str | None = None
    at: datetime | None = None
    action: Action = Action.VERSION_REGISTERED
    told: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draft:
    """Checked content with its manifest and the documents to keep: manifest, config, provenance."""

    content: Content
    origin: Provenance
    parents: dict[str, int]
    manifest: Manifest
    documents: tuple[Document, Document, Document]


def drafted(call: Call, content: Content) -> Draft:
    """Check content and build its manifest; only what another protocol registers as external has no files."""
    source = content.provenance.source
    if not content.files and not (source and source.external):
        raise Invalid("A version needs at least one file.", hint="Push a file or a directory that is not empty.")
    if len(content.files) > FILE_LIMIT:
        raise TooLarge(f"A version has at most {FILE_LIMIT:,} files.", hint="Pack small files together.")
    check_words(content.description, content.card, content.tags)
    for alias in content.aliases:
        names.alias(alias, frozenset(lifecycle.STAGES))
    for form in {file.format for file in content.files if file.format is not None}:
        names.key(form, "format")
    origin, local = _pin_parents(call, provenance.check(content.provenance))
    built, documents = manifest.build(content.files, encode(origin))
    return Draft(content, origin, local, built, documents)


def encode(origin: Provenance) -> bytes:
    """Return the canonical JSON (RFC 8785) of a provenance, without what was not given."""
    plain = provenance.given(msgspec.to_builtins(origin))
    return canonical.quick(plain) or rfc8785.dumps(plain)


def _pin_parents(call: Call, origin: Provenance) -> tuple[Provenance, dict[str, int]]:
    """Replace movable labels of parents by number and digest; a parent that is not ours stays as it was written."""
    if not origin.parents:
        return origin, {}
    pinned: list[Parent] = []
    local: dict[str, int] = {}
    for parent in origin.parents:
        found = _parent(call, parent)
        if found is None:
            pinned.append(parent)
        else:
            pinned.append(replace(parent, reference=found.reference, digest=found.digest))
            local[found.reference] = found.id
    return replace(origin, parents=pinned), local


def _parent(call: Call, parent: Parent) -> Version | None:
    try:
        reference = references.parse(parent.reference)
        rules.require(call.actor, Permission.MODEL_READ, namespace=reference.namespace, model=reference.model)
        with call.read() as tx:
            models.get(tx, reference.namespace, reference.model)
    except (Invalid, InvalidReference, NotFound, Denied):
        return None
    with call.read() as tx:
        found = versions.find(tx, reference)
    if parent.digest is not None and parent.digest != found.digest:
        raise Conflict(f"The parent {parent.reference} is {found.digest}, not {parent.digest}.")
    return found


def open_model(
    tx: Tx, call: Call, namespace: Namespace, model: Reference, *, title: str | None = None
) -> tuple[int, bool]:
    """Lock the model, or create it where it is new, and return its id and whether it is new.

    ``title`` is what another protocol calls it, where its own name does not say that.
    """
    model_id = models.lock(tx, namespace, model.model)
    if model_id is not None:
        return model_id, False
    rules.require(call.actor, Permission.MODEL_CREATE, namespace=model.namespace, model=model.model)
    names.component(model.model, "model")
    by, now = call.actor.name, call.now
    return models.create(tx, namespace, model.model, title=title, description="", card="", by=by, now=now), True


def check_held(tx: Tx, namespace: Namespace, files: Sequence[File]) -> None:
    """Raise unless the namespace holds the bytes of every file, in the announced size."""
    if not files:
        return
    held = holdings.sizes(tx, namespace.id, {file.digest for file in files})
    missing = sorted({file.digest for file in files} - held.keys())
    if missing:
        raise MissingContent(
            f"{namespace.name} does not hold {len(missing)} of the files, e.g. {missing[0]}.",
            hint="Upload them and register again.",
        )
    for file in files:
        if held[file.digest] != file.size:
            raise SizeMismatch(f"{file.path!r} is said to have {file.size} bytes; it has {held[file.digest]}.")


def write(
    tx: Tx,
    call: Call,
    namespace: Namespace,
    model: tuple[int, str],
    draft: Draft,
    *,
    new_model: bool = False,
    stamp: Stamp = Stamp(),
) -> Version:
    """Write a version with everything that belongs to it; the caller holds the lock of the model (its id and name)."""
    over = _recalled(tx, draft)
    version = _insert(tx, call, namespace, model, draft, stamp)
    _record(tx, call, version, draft, stamp, new_model=new_model)
    return recall.inherit(tx, call, version, over)


def words(content: Content) -> Words:
    """Return what people are to read about a version."""
    return Words(content.description or None, content.card or None, content.tags)


def told(content: Content) -> dict[str, object]:
    """Return what the ledger keeps of the words and aliases that came with a version."""
    recorded = words(content).recorded
    return recorded | {"aliases": list(content.aliases)} if content.aliases else recorded


def _recalled(tx: Tx, draft: Draft) -> list[int]:
    """Return the open quarantines that reach what is being registered; an alias would be a way into use."""
    over = recall.reaching(tx, draft.origin, draft.parents, draft.manifest.digest)
    if over and draft.content.aliases:
        raise Quarantined(
            "This, or what it was made from, is in quarantine, so no alias may name it.",
            hint="Register it without aliases, or see `holotype quarantines`.",
        )
    return over


def _insert(tx: Tx, call: Call, namespace: Namespace, model: tuple[int, str], draft: Draft, stamp: Stamp) -> Version:
    model_id, model_name = model
    content, built, made_at = draft.content, draft.manifest, stamp.at or call.now
    written: dict[str, Any] = {
        "namespace_id": namespace.id,
        "model_id": model_id,
        "number": stamp.number or labels.next_number(tx, model_id, call.now),
        "digest": built.digest,
        "provenance_digest": built.provenance,
        "size": built.size,
        "file_count": len(built.files),
        "stage": lifecycle.NONE,
        "description": content.description,
        "created_by": stamp.by or call.actor.name,
    }
    moments = {"created_at": times.to_micros(made_at)}
    moments |= dict.fromkeys(("stage_changed_at", "changed_at"), times.to_micros(call.now))
    version_id = versions.insert(tx, written | moments | {"config_digest": built.config, "card": content.card})
    contents.insert(tx, (model_id, version_id), draft.documents, built.files, draft.origin, draft.parents)
    tags.tag_version(tx, version_id, content.tags)
    return Version(
        id=version_id,
        namespace=namespace.name,
        model=model_name,
        stage_changed_at=call.now,
        created_at=made_at,
        aliases=tuple(sorted({*content.aliases})),
        tags=dict(sorted(content.tags.items())),
        **written,
    )


def _record(tx: Tx, call: Call, version: Version, draft: Draft, stamp: Stamp, *, new_model: bool) -> None:
    data = {"size": version.size, "files": version.file_count, **told(draft.content), **stamp.told}
    news = [entries.about(version, stamp.action, data)]
    if new_model:
        where = {"namespace_id": version.namespace_id, "model_id": version.model_id}
        model = f"{version.namespace}/{version.model}"
        news.insert(0, Entry(Action.MODEL_CREATED, model, {"kind": "files"}, **where))
    sequence = append.append(tx, actor=call.actor, now=call.now, entries=news)[-1]
    where = {"model_id": version.model_id, "version_id": version.id}
    spans.enter(tx, label=lifecycle.NONE, sequence=sequence, now=call.now, **where)
    for alias in dict.fromkeys(draft.content.aliases):
        aliasing.point(tx, call, version, alias)
