"""What does Holotype promise to programs? The client, its values and its errors; everything else may change.

Names are loaded when they are first used, so that ``import holotype`` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from holotype.client.api import Client
    from holotype.client.progress import Progress
    from holotype.domain.provenance import Code, Column, Data, Environment, Metric, Parent, Run, Schema
    from holotype.errors import (
        AlreadyExists,
        AmbiguousReference,
        Conflict,
        Corrupt,
        Denied,
        DigestMismatch,
        Expired,
        ForbiddenAddress,
        HolotypeError,
        IdempotencyMismatch,
        IllegalMove,
        InUse,
        Invalid,
        InvalidManifest,
        InvalidName,
        InvalidPath,
        InvalidPolicy,
        InvalidQuery,
        InvalidReference,
        InvalidSetting,
        LocalProblem,
        MissingContent,
        NotFound,
        Quarantined,
        SizeMismatch,
        StorageFull,
        TooLarge,
        TooMany,
        Unauthenticated,
        Unavailable,
        Unsupported,
        WrongSchema,
    )

__version__ = "0.1.0"

__all__ = [
    "AlreadyExists",
    "AmbiguousReference",
    "Client",
    "Code",
    "Column",
    "Conflict",
    "Corrupt",
    "Data",
    "Denied",
    "DigestMismatch",
    "Environment",
    "Expired",
    "ForbiddenAddress",
    "HolotypeError",
    "IdempotencyMismatch",
    "IllegalMove",
    "InUse",
    "Invalid",
    "InvalidManifest",
    "InvalidName",
    "InvalidPath",
    "InvalidPolicy",
    "InvalidQuery",
    "InvalidReference",
    "InvalidSetting",
    "LocalProblem",
    "Metric",
    "MissingContent",
    "NotFound",
    "Parent",
    "Progress",
    "Quarantined",
    "Run",
    "Schema",
    "SizeMismatch",
    "StorageFull",
    "TooLarge",
    "TooMany",
    "Unauthenticated",
    "Unavailable",
    "Unsupported",
    "WrongSchema",
    "__version__",
]

_ELSEWHERE = {
    "Client": "holotype.client.api",
    "Progress": "holotype.client.progress",
    **dict.fromkeys(
        ("Code", "Column", "Data", "Environment", "Metric", "Parent", "Run", "Schema"), "holotype.domain.provenance"
    ),
}


def __getattr__(name: str) -> Any:
    """Load a promised name when it is first used."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_ELSEWHERE.get(name, "holotype.errors")), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List what is promised."""
    return __all__
