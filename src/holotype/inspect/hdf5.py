"""Is it HDF5, and was it written by Keras?"""

from __future__ import annotations

from holotype.inspect.head import Head

_KERAS = (b"keras_version", b"layer_names", b"model_config")


def sniff(head: Head) -> str | None:
    """Return ``keras``, ``hdf5`` or None."""
    if not head.first.startswith(b"\x89HDF\r\n\x1a\n"):
        return None
    seen = head.read(0, 2**20)
    return "keras" if head.name.endswith(".keras") or any(mark in seen for mark in _KERAS) else "hdf5"
