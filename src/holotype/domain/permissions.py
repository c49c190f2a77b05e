"""What can a principal be allowed to do?

One grammar, ``noun:verb``. A role is a fixed set of permissions; a grant gives a role on a scope.

                          reader  contributor  reviewer  maintainer  admin
    model:read              x         x           x          x         x
    model:create                      x                      x         x
    model:write                       x                      x         x
    model:delete                                             x         x
    version:register                  x                      x         x
    version:write                     x                      x         x
    version:promote                               x          x         x
    version:delete                                           x         x
    alias:write                       x                      x         x
    namespace:create                                                   x
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
    ALIAS_WRITE = "alias:write"
    NAMESPACE_CREATE = "namespace:create"
    LEDGER_READ = "ledger:read"
    TOKEN_WRITE = "token:write"
    ADMIN_OPERATE = "admin:operate"


_READ = frozenset({Permission.MODEL_READ, Permission.LEDGER_READ, Permission.TOKEN_WRITE})
_CONTRIBUTE = _READ | {
    Permission.MODEL_CREATE,
    Permission.MODEL_WRITE,
    Permission.VERSION_REGISTER,
    Permission.VERSION_WRITE,
    Permission.ALIAS_WRITE,
}
_REVIEW = _READ | {Permission.VERSION_PROMOTE}
_MAINTAIN = _CONTRIBUTE | _REVIEW | {Permission.MODEL_DELETE, Permission.VERSION_DELETE}

ROLES: dict[str, frozenset[Permission]] = {
    "reader": _READ,
    "contributor": _CONTRIBUTE,
    "reviewer": _REVIEW,
    "maintainer": _MAINTAIN,
    "admin": frozenset(Permission),
}
