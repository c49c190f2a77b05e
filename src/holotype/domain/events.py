"""Which events does the ledger know? One word pair a verb, ``noun.past-participle``."""

from __future__ import annotations

from enum import StrEnum


class Action(StrEnum):
    """What happened."""

    REGISTRY_CREATED = "registry.created"
    NAMESPACE_CREATED = "namespace.created"
    MODEL_CREATED = "model.created"
    MODEL_CHANGED = "model.changed"
    MODEL_DELETED = "model.deleted"
    MODEL_RESTORED = "model.restored"
    VERSION_REGISTERED = "version.registered"
    VERSION_CHANGED = "version.changed"
    VERSION_MOVED = "version.moved"
    VERSION_REPLACED = "version.replaced"
    VERSION_ROLLED_BACK = "version.rolled-back"
    VERSION_DELETED = "version.deleted"
    VERSION_RESTORED = "version.restored"
    ALIAS_SET = "alias.set"
    ALIAS_REMOVED = "alias.removed"
    TOKEN_CREATED = "token.created"
    TOKEN_REVOKED = "token.revoked"
    BLOBS_SWEPT = "blobs.swept"
    ACCESS_DENIED = "access.denied"
