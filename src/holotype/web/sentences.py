"""Which sentence says each action of the ledger? How they are read, ``holotype.web.wording`` says."""

from __future__ import annotations

from holotype.domain.events import Action

SENTENCES: dict[Action, str] = {
    Action.REGISTRY_CREATED: "{actor} created the registry",
    Action.NAMESPACE_CREATED: "{actor} created the namespace {subject:policy}",
    Action.MODEL_CREATED: "{actor} created {subject:model}",
    Action.MODEL_CHANGED: "{actor} changed {words} of {subject:model}",
    Action.MODEL_RENAMED: "{actor} renamed {from:name} to {subject:model}",
    Action.MODEL_DELETED: "{actor} deleted {subject:model}",
    Action.MODEL_RESTORED: "{actor} brought {subject:model} back",
    Action.VERSION_REGISTERED: "{actor} registered {subject:version}[ {contents}]",
    Action.VERSION_CHANGED: "{actor} changed {words} of {subject:version}",
    Action.VERSION_MOVED: (
        "{actor} moved {subject:version}[ from {from:stage}][ to {to:stage}][ ({promotion:promotion})]"
    ),
    Action.VERSION_REPLACED: "{subject:version} left {from:stage} for {to:stage}[, replaced by {by:number}]",
    Action.VERSION_ROLLED_BACK: "{actor} rolled {to:stage} back to {subject:version}",
    Action.VERSION_QUARANTINED: "{subject:version} went into quarantine",
    Action.VERSION_RELEASED: "{subject:version} was released from quarantine",
    Action.VERSION_PULLED: "{actor} pulled {subject:version}[, the file {path:name}]",
    Action.VERSION_DELETED: "{actor} deleted {subject:version}",
    Action.VERSION_RESTORED: "{actor} brought {subject:version} back",
    Action.ALIAS_SET: (
        "{actor} set the alias {alias:stage}[ from {from:number}] to {subject:version}[ ({promotion:promotion})]"
    ),
    Action.ALIAS_REMOVED: "{actor} removed the alias {alias:stage} from {subject:version}",
    Action.INTAKE_BEGUN: "{actor} began to import {subject:version}[ from {source:name}]",
    Action.INTAKE_FAILED: "The import of {subject:version} failed",
    Action.INTAKE_RENEWED: "{actor} began to import {subject:version} once more",
    Action.INTAKE_CHANGED: "{actor} changed {words} of {subject:version} on its way in",
    Action.INTAKE_DROPPED: "{actor} gave up the import of {subject:version}",
    Action.MODEL_IMPORTED: "{actor} imported {subject:model}[ from {origin:name}]",
    Action.VERSION_IMPORTED: "{actor} imported {subject:version}[ {contents}]",
    Action.STAGE_IMPORTED: "{actor} imported a move of {subject:version}[ from {from:stage}][ to {to:stage}]",
    Action.ALIAS_IMPORTED: "{actor} imported[ {ended}] the alias {alias:stage} of {subject:version}",
    Action.WORDS_IMPORTED: "{actor} imported {words} of {subject:version}",
    Action.EVIDENCE_ATTESTED: "{actor} attached evidence[ ({type})] to {subject:version}[, signed by {signed_by:name}]",
    Action.POLICY_APPLIED: "{actor} applied[ version {number} of] the policy of {subject:policy}",
    Action.PROMOTION_REQUESTED: (
        "{actor} asked to move {subject:version}[ from {from:stage}][ to {to:stage}][ ({promotion:promotion})]"
    ),
    Action.PROMOTION_COMMENTED: "{actor} wrote to {promotion:promotion} of {subject:version}",
    Action.PROMOTION_APPROVED: "{actor} approved {promotion:promotion} of {subject:version}[ to {to:stage}]",
    Action.PROMOTION_REJECTED: "{actor} rejected {promotion:promotion} of {subject:version}[ to {to:stage}]",
    Action.PROMOTION_REFUSED: "{promotion:promotion} of {subject:version}[ to {to:stage}] was refused",
    Action.PROMOTION_VOIDED: "The approvals of {promotion:promotion} of {subject:version} count no more",
    Action.PROMOTION_WITHDRAWN: "{actor} withdrew {promotion:promotion} of {subject:version}[ to {to:stage}]",
    Action.PROMOTION_EXPIRED: "{promotion:promotion} of {subject:version}[ to {to:stage}] expired",
    Action.OVERRIDE_OPENED: "{actor} overrode {gates} for {subject:version}[ to {to:stage}]",
    Action.OVERRIDE_CLOSED: "{actor} closed the override of {gates} for {subject:version}[ to {to:stage}]",
    Action.QUARANTINE_OPENED: "{actor} put {subject:name} into quarantine[, {versions:count version} in all]",
    Action.QUARANTINE_RELEASED: "{actor} released {subject:name} from quarantine[, {versions:count version} in all]",
    Action.USER_CREATED: "{actor} created the user {subject:name}",
    Action.USER_CHANGED: "The user {subject:name} was {changes}[ by {actor}]",
    Action.SERVICE_CREATED: "{actor} created the service account {subject:name}[ of {owner:name}]",
    Action.SERVICE_CHANGED: "The service account {subject:name} was {changes}[ by {actor}]",
    Action.TEAM_CREATED: "{actor} created the team {subject:name}[ of {members}]",
    Action.TEAM_CHANGED: "{actor} changed the team {subject:name}[, in: {added}][, out: {removed}]",
    Action.TEAM_DELETED: "{actor} deleted the team {subject:name}",
    Action.GRANT_CREATED: "{actor} granted[ {who:name}] the role {role}[ on {scope:name}][ towards {stages}]",
    Action.GRANT_REVOKED: "{actor} took the role {role}[ on {scope:name}] back[ from {who:name}]",
    Action.TRUST_CREATED: "{actor} lets workloads of {issuer:name} in as {service:name}[, {role}][ on {scope:name}]",
    Action.TRUST_REVOKED: "{actor} revoked the trust {subject:name}",
    Action.TOKEN_CREATED: "{actor} created the token {subject:name}[ of {principal:name}][, {role}][ on {scope:name}]",
    Action.TOKEN_REVOKED: "{actor} revoked the token {subject:name}",
    Action.SIGN_IN_ACCEPTED: "{subject:name} signed in[ by {by:means}]",
    Action.SIGN_IN_REFUSED: "{subject:name} was not let in[ by {by:means}]",
    Action.KEY_CREATED: "{actor} made the key {subject:name}, which signs checkpoints",
    Action.KEY_RETIRED: "{actor} retired the key {subject:name}[ for {by:name}]",
    Action.BLOBS_SWEPT: "{actor} swept {blobs:count blob}[ of {bytes:size}]",
    Action.ACCESS_DENIED: "{actor} was denied {permission} on {subject:name}",
}
"""What happened, in words."""

TONES: dict[str, str] = {
    **dict.fromkeys(
        [Action.VERSION_MOVED, Action.PROMOTION_APPROVED, Action.VERSION_RELEASED, Action.QUARANTINE_RELEASED], "good"
    ),
    **dict.fromkeys(
        [
            Action.PROMOTION_REFUSED,
            Action.PROMOTION_REJECTED,
            Action.PROMOTION_VOIDED,
            Action.VERSION_ROLLED_BACK,
            Action.VERSION_QUARANTINED,
            Action.QUARANTINE_OPENED,
            Action.VERSION_DELETED,
            Action.MODEL_DELETED,
            Action.OVERRIDE_OPENED,
            Action.INTAKE_FAILED,
            Action.SIGN_IN_REFUSED,
            Action.ACCESS_DENIED,
        ],
        "bad",
    ),
}
"""How it ended: what is not here is neither good nor bad."""
