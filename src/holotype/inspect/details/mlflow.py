"""What does an MLmodel file say? Its flavours, what was noted about the model, and its signature."""

from __future__ import annotations

from typing import Any

from holotype.inspect.details import mlmodel, plain_yaml
from holotype.inspect.head import Head
from holotype.inspect.scanning.report import Unreadable

_MOST, _LONGEST = 64, 100
_LEFT_OUT = frozenset({"artifact_path"})


def describe(head: Head) -> dict[str, Any]:
    """Return flavours, what was noted about the model, and the columns or tensors of its signature."""
    if head.size > plain_yaml.LARGEST:
        raise Unreadable("it is too large for what it is")
    said = mlmodel.read(head.read(0, plain_yaml.LARGEST))
    told: dict[str, Any] = {"flavours": [one[:_LONGEST] for one in said.flavours[:_MOST]]}
    told |= {key: value[:_LONGEST] for key, value in said.noted.items() if key not in _LEFT_OUT}
    told |= {"loader": said.loader[:_LONGEST]} if said.loader else {}
    told |= {"python": said.python[:_LONGEST]} if said.python else {}
    return told | {side: columns[:_MOST] for side, columns in said.columns.items()}
