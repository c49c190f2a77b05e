"""What can a principal be allowed to do?

One grammar, ``noun:verb``. A role is a fixed set of permissions; a grant gives a role on a scope.

                          reader  contributor  reviewer  maintainer  admin
    model:read              x         x           x          x         x
    model:create                      x                      x         x
    model:write                       x                      x         x
    model:delete                                             x         x
    version:register                  x                      x         x
    version:write                     x                      x         x
    version:promote                               x          x         x      (a move that needs no approval)
    version:delete                                           x         x
    version:quarantine                                       x         x
    alias:write                       x                      x         x
    evidence:write                    x           x          x         x
    promotion:request                 x           x          x         x
    promotion:approve                             x          x         x
    promotion:override                                       x         x
    policy:read             x         x           x          x         x
    policy:write                                                       x
    namespace:create                                                   x
    access:read                                              x         x
    access:write                                                       x
    ledger:read             x         x           x          x         x
    token:write             x         x           x          x         x      (one's own)
    admin:operate                                                      x
"""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """A right that a route or a verb asks for."""

    MODEL_READ = "model:read"
    MODEL_CREATE = "model:create"
    MODEL_WRITE = "model:write"
    MODEL_DELETE = "model:delete"
    VERSION_REGISTER = "version:register"
    VERSION_WRITE = "version:write"
    VERSION_PROMOTE = "version:promote"
    VERSION_DELETE = "version:delete"
    VERSION_QUARANTINE = "version:quarantine"
    ALIAS_WRITE = "alias:write"
    EVIDENCE_WRITE = "evidence:write"
    PROMOTION_REQUEST = "promotion:request"
    PROMOTION_APPROVE = "promotion:approve"
    PROMOTION_OVERRIDE = "promotion:override"
    POLICY_READ = "policy:read"
    POLICY_WRITE = "policy:write"
    NAMESPACE_CREATE = "namespace:create"
    ACCESS_READ = "access:read"
    ACCESS_WRITE = "access:write"
    LEDGER_READ = "ledger:read"
    TOKEN_WRITE = "token:write"
    ADMIN_OPERATE = "admin:operate"


_READ = frozenset({Permission.MODEL_READ, Permission.POLICY_READ, Permission.LEDGER_READ, Permission.TOKEN_WRITE})
_CONTRIBUTE = _READ | {
    Permission.MODEL_CREATE,
    Permission.MODEL_WRITE,
    Permission.VERSION_REGISTER,
    Permission.VERSION_WRITE,
    Permission.ALIAS_WRITE,
    Permission.EVIDENCE_WRITE,
    Permission.PROMOTION_REQUEST,
}
_REVIEW = _READ | {
    Permission.VERSION_PROMOTE,
    Permission.EVIDENCE_WRITE,
    Permission.PROMOTION_REQUEST,
    Permission.PROMOTION_APPROVE,
}
_MAINTAIN = (
    _CONTRIBUTE
    | _REVIEW
    | {
        Permission.MODEL_DELETE,
        Permission.VERSION_DELETE,
        Permission.VERSION_QUARANTINE,
        Permission.PROMOTION_OVERRIDE,
        Permission.ACCESS_READ,
    }
)
STAGED = frozenset({Permission.VERSION_PROMOTE, Permission.PROMOTION_APPROVE, Permission.PROMOTION_OVERRIDE})
"""What a grant that is limited to some stages gives for those stages only."""

ROLES: dict[str, frozenset[Permission]] = {
    "reader": _READ,
    "contributor": _CONTRIBUTE,
    "reviewer": _REVIEW,
    "maintainer": _MAINTAIN,
    "admin": frozenset(Permission),
}
