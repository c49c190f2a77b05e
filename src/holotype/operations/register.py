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

from holotype.access import rules
from holotype.catalogue import namespaces, versions
from holotype.db import Tx
from holotype.domain.entities import Version
from holotype.domain.manifest import Manifest
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.errors import Conflict
from holotype.operations import aliasing, once, registering, rewording
from holotype.operations.call import Call
from holotype.operations.registering import Content, Draft, told, words

__all__ = ["Content", "register"]


def register(call: Call, model: Reference, content: Content) -> tuple[Version, bool]:
    """Register a version of a model and return it, with whether it is new."""
    rules.require(call.actor, Permission.VERSION_REGISTER, namespace=model.namespace, model=model.model)  # 1
    if content.aliases:
        rules.require(call.actor, Permission.ALIAS_WRITE, namespace=model.namespace, model=model.model)
    draft = registering.drafted(call, content)  # 2
    mark = once.fingerprint("register", str(model), _asked(content, draft), told(content))
    with call.write() as tx:
        done = once.recall(tx, call, mark)
        if done is not None:
            remembered, created = done.split()
            return versions.by_ids(tx, [int(remembered)])[0], created == "new"
        namespace = namespaces.get(tx, model.namespace)
        aliasing.check_unprotected(tx, namespace.id, content.aliases)
        model_id, new_model = registering.open_model(tx, call, namespace, model)  # 3
        found = _same(tx, model, draft.manifest)  # 4
        if found is None:
            registering.check_held(tx, namespace, draft.manifest.files)  # 5
            version = registering.write(tx, call, namespace, (model_id, model.model), draft, new_model=new_model)  # 6-8
        else:
            version = _say_again(tx, call, found, content)
        once.remember(tx, call, mark, f"{version.id} {'new' if found is None else 'same'}")
    if found is None:  # it is committed now, so whoever looks will find it
        call.registry.arrived.set()
    return version, found is None


def _asked(content: Content, draft: Draft) -> object:
    """Return what the request itself says: the digest, unless it names parents, whose labels may have moved since."""
    return [content.files, content.provenance] if content.provenance.parents else draft.manifest.digest


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
    new = rewording.news(tx, version, words(content))
    if new:
        rules.require(call.actor, Permission.VERSION_WRITE, namespace=version.namespace, model=version.model)
        rewording.reword(tx, call, version, new)
    for alias in dict.fromkeys(content.aliases):
        aliasing.point(tx, call, version, alias)
    return versions.by_ids(tx, [version.id])[0] if new or content.aliases else version
