"""How does a version come to be?

1. The caller may register here.
2. Everything is checked and the manifest is built, before any lock is taken.
3. The model is locked, or created where it is new.
4. The same content with the same provenance is the same version: it takes the new words and is returned.
5. Every file's bytes are held by this namespace, in the announced size.
6. The database allocates the number; version, contents, tags and aliases are written.
7. The ledger entries join the same transaction.
8. What is built on something that was recalled is held from its first moment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
import rfc8785

from holotype.access import rules
from holotype.artifacts import holdings
from holotype.catalogue import contents, labels, models, namespaces, tags, versions
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
from holotype.operations import aliasing, entries, once, recall, rewording
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
class _Draft:
    """Checked content with its manifest and the documents to keep."""

    content: Content
    origin: Provenance
    parents: dict[str, int]
    manifest: Manifest
    documents: tuple[Document, ...]


def register(call: Call, model: Reference, content: Content) -> tuple[Version, bool]:
    """Register a version of a model and return it, with whether it is new."""
    rules.require(call.actor, Permission.VERSION_REGISTER, namespace=model.namespace, model=model.model)  # 1
    if content.aliases:
        rules.require(call.actor, Permission.ALIAS_WRITE, namespace=model.namespace, model=model.model)
    draft = _draft(call, content)  # 2
    mark = once.fingerprint("register", str(model), _asked(content, draft), _told(content))
    with call.write() as tx:
        done = once.recall(tx, call, mark)
        if done is not None:
            remembered, created = done.split()
            return versions.by_ids(tx, [int(remembered)])[0], created == "new"
        namespace = namespaces.get(tx, model.namespace)
        aliasing.check_unprotected(tx, namespace.id, content.aliases)
        model_id, new_model = _model(tx, call, namespace, model)  # 3
        found = _same(tx, model, draft.manifest)  # 4
        if found is None:
            _check_held(tx, namespace, draft.manifest.files)  # 5
            over = _recalled(tx, draft)
            version = _write(tx, call, namespace, (model_id, model.model), draft)  # 6
            _record(tx, call, version, draft, new_model=new_model)  # 7
            version = recall.inherit(tx, call, version, over)  # 8
        else:
            version = _say_again(tx, call, found, content)
        once.remember(tx, call, mark, f"{version.id} {'new' if found is None else 'same'}")
    if found is None:  # it is committed now, so whoever looks will find it
        call.registry.arrived.set()
    return version, found is None


def _draft(call: Call, content: Content) -> _Draft:
    if not content.files:
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
    return _Draft(content, origin, local, built, documents)


def _asked(content: Content, draft: _Draft) -> object:
    """Return what the request itself says: the digest, unless it names parents, whose labels may have moved since."""
    return [content.files, content.provenance] if content.provenance.parents else draft.manifest.digest


def encode(origin: Provenance) -> bytes:
    """Return the canonical JSON (RFC 8785) of a provenance, without what was not given."""
    plain = provenance.given(msgspec.to_builtins(origin))
    return canonical.quick(plain) or rfc8785.dumps(plain)


def _pin_parents(call: Call, origin: Provenance) -> tuple[Provenance, dict[str, int]]:
    """Replace movable labels of parents by number and digest; a parent that is not ours stays as it was written."""
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


def _model(tx: Tx, call: Call, namespace: Namespace, model: Reference) -> tuple[int, bool]:
    model_id = models.lock(tx, namespace, model.model)
    if model_id is not None:
        return model_id, False
    rules.require(call.actor, Permission.MODEL_CREATE, namespace=model.namespace, model=model.model)
    names.component(model.model, "model")
    actor = call.actor.name
    return models.create(tx, namespace, model.model, description="", card="", by=actor, now=call.now), True


def _same(tx: Tx, model: Reference, built: Manifest) -> Version | None:
    found = versions.with_digest(tx, model, built.digest)
    if found is not None and found.deleted_at is not None:
        raise Conflict(
            f"This content is version {found.number}, which was deleted.",
            hint=f"Bring it back: `holotype restore {found.reference}`.",
        )
    return found


def _say_again(tx: Tx, call: Call, version: Version, content: Content) -> Version:
    """Give a version that was there before the words and aliases that came with it this time."""
    new = rewording.news(tx, version, _words(content))
    if new:
        rules.require(call.actor, Permission.VERSION_WRITE, namespace=version.namespace, model=version.model)
        rewording.reword(tx, call, version, new)
    for alias in dict.fromkeys(content.aliases):
        aliasing.point(tx, call, version, alias)
    return versions.by_ids(tx, [version.id])[0] if new or content.aliases else version


def _recalled(tx: Tx, draft: _Draft) -> list[int]:
    """Return the open quarantines that reach what is being registered; an alias would be a way into use."""
    over = recall.reaching(tx, draft.origin, draft.parents, draft.manifest.digest)
    if over and draft.content.aliases:
        raise Quarantined(
            "This, or what it was made from, is in quarantine, so no alias may name it.",
            hint="Register it without aliases, or see `holotype quarantines`.",
        )
    return over


def _check_held(tx: Tx, namespace: Namespace, files: Sequence[File]) -> None:
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


def _write(tx: Tx, call: Call, namespace: Namespace, model: tuple[int, str], draft: _Draft) -> Version:
    model_id, model_name = model
    content, built = draft.content, draft.manifest
    written: dict[str, Any] = {
        "namespace_id": namespace.id,
        "model_id": model_id,
        "number": labels.next_number(tx, model_id, call.now),
        "digest": built.digest,
        "provenance_digest": built.provenance,
        "size": built.size,
        "file_count": len(built.files),
        "stage": lifecycle.NONE,
        "description": content.description,
        "created_by": call.actor.name,
    }
    moments = dict.fromkeys(("stage_changed_at", "created_at", "changed_at"), times.to_micros(call.now))
    version_id = versions.insert(tx, written | moments | {"config_digest": built.config, "card": content.card})
    contents.insert(tx, (model_id, version_id), draft.documents, built.files, draft.origin, draft.parents)
    tags.tag_version(tx, version_id, content.tags)
    return Version(
        id=version_id,
        namespace=namespace.name,
        model=model_name,
        stage_changed_at=call.now,
        created_at=call.now,
        aliases=tuple(sorted({*content.aliases})),
        tags=dict(content.tags),
        **written,
    )


def _record(tx: Tx, call: Call, version: Version, draft: _Draft, *, new_model: bool) -> None:
    data = {"size": version.size, "files": version.file_count, **_told(draft.content)}
    news = [entries.about(version, Action.VERSION_REGISTERED, data)]
    if new_model:
        where = {"namespace_id": version.namespace_id, "model_id": version.model_id}
        model = f"{version.namespace}/{version.model}"
        news.insert(0, Entry(Action.MODEL_CREATED, model, {"kind": "files"}, **where))
    sequence = append.append(tx, actor=call.actor, now=call.now, entries=news)[-1]
    where = {"model_id": version.model_id, "version_id": version.id}
    spans.enter(tx, label=lifecycle.NONE, sequence=sequence, now=call.now, **where)
    for alias in dict.fromkeys(draft.content.aliases):
        aliasing.point(tx, call, version, alias)


def _words(content: Content) -> Words:
    return Words(content.description or None, content.card or None, content.tags)


def _told(content: Content) -> dict[str, object]:
    """Return what the ledger keeps of the words and aliases that came with a version."""
    words = _words(content).recorded
    return words | {"aliases": list(content.aliases)} if content.aliases else words
