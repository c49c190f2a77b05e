"""Which events does the ledger know? One word pair a verb, ``noun.past-participle``."""

from __future__ import annotations

from enum import StrEnum


class Action(StrEnum):
    """What happened."""

    REGISTRY_CREATED = "registry.created"
    NAMESPACE_CREATED = "namespace.created"
    MODEL_CREATED = "model.created"
    MODEL_CHANGED = "model.changed"
    MODEL_RENAMED = "model.renamed"
    MODEL_DELETED = "model.deleted"
    MODEL_RESTORED = "model.restored"
    VERSION_REGISTERED = "version.registered"
    VERSION_CHANGED = "version.changed"
    VERSION_MOVED = "version.moved"
    VERSION_REPLACED = "version.replaced"
    VERSION_ROLLED_BACK = "version.rolled-back"
    VERSION_QUARANTINED = "version.quarantined"
    VERSION_RELEASED = "version.released"
    VERSION_PULLED = "version.pulled"
    VERSION_DELETED = "version.deleted"
    VERSION_RESTORED = "version.restored"
    ALIAS_SET = "alias.set"
    ALIAS_REMOVED = "alias.removed"
    INTAKE_BEGUN = "intake.begun"
    INTAKE_FAILED = "intake.failed"
    INTAKE_RENEWED = "intake.renewed"
    INTAKE_CHANGED = "intake.changed"
    INTAKE_DROPPED = "intake.dropped"
    MODEL_IMPORTED = "model.imported"
    VERSION_IMPORTED = "version.imported"
    STAGE_IMPORTED = "stage.imported"
    ALIAS_IMPORTED = "alias.imported"
    WORDS_IMPORTED = "words.imported"
    EVIDENCE_ATTESTED = "evidence.attested"
    POLICY_APPLIED = "policy.applied"
    PROMOTION_REQUESTED = "promotion.requested"
    PROMOTION_APPROVED = "promotion.approved"
    PROMOTION_REJECTED = "promotion.rejected"
    PROMOTION_REFUSED = "promotion.refused"
    PROMOTION_VOIDED = "promotion.voided"
    PROMOTION_WITHDRAWN = "promotion.withdrawn"
    PROMOTION_EXPIRED = "promotion.expired"
    OVERRIDE_OPENED = "override.opened"
    OVERRIDE_CLOSED = "override.closed"
    QUARANTINE_OPENED = "quarantine.opened"
    QUARANTINE_RELEASED = "quarantine.released"
    USER_CREATED = "user.created"
    USER_CHANGED = "user.changed"
    SERVICE_CREATED = "service.created"
    SERVICE_CHANGED = "service.changed"
    TEAM_CREATED = "team.created"
    TEAM_CHANGED = "team.changed"
    TEAM_DELETED = "team.deleted"
    GRANT_CREATED = "grant.created"
    GRANT_REVOKED = "grant.revoked"
    TRUST_CREATED = "trust.created"
    TRUST_REVOKED = "trust.revoked"
    TOKEN_CREATED = "token.created"
    TOKEN_REVOKED = "token.revoked"
    SIGN_IN_ACCEPTED = "sign-in.accepted"
    SIGN_IN_REFUSED = "sign-in.refused"
    KEY_CREATED = "key.created"
    KEY_RETIRED = "key.retired"
    BLOBS_SWEPT = "blobs.swept"
    ACCESS_DENIED = "access.denied"


ABOUT_ACCESS = frozenset(
    action
    for action in Action
    if action.partition(".")[0] in {"user", "service", "team", "grant", "trust", "token", "sign-in", "access"}
)
"""What only those see who may read access: who may what, who signed in, and who was refused."""
