"""Is it the description that MLflow puts beside a model?"""

from __future__ import annotations

from holotype.inspect.head import Head


def sniff(head: Head) -> str | None:
    """Return ``mlflow`` or None."""
    flavours = head.first.startswith(b"flavors:") or b"\nflavors:" in head.first
    return "mlflow" if head.name == "mlmodel" and flavours else None
