"""What is in a version, and how does it stand? Its folders, the tensors of a file, where it may go."""

from __future__ import annotations

from urllib.parse import quote

from holotype.client.base import Base, model_path, version_path
from holotype.client.pages import Pages
from holotype.domain import references
from holotype.wire.audit import Proved
from holotype.wire.contents import InFolder, Tensor
from holotype.wire.situation import Situation


class Contents(Base):
    """The calls about what a version is made of, and how it stands."""

    def situation(self, reference: str) -> Situation:
        """Return where a version may go, what holds it, what was asked for, and what lies beside it."""
        return self._get(f"{_path(reference)}/situation", Situation)

    def folder(
        self, reference: str, path: str = "", *, limit: int | None = None, cursor: str | None = None
    ) -> Pages[InFolder]:
        """Iterate over what lies right in a folder of a version, files and folders."""
        return self._pages(f"{_path(reference)}/folder", InFolder, {"path": path or None}, limit, cursor)

    def tensors(
        self, reference: str, path: str, *, limit: int | None = None, cursor: str | None = None
    ) -> Pages[Tensor]:
        """Iterate over the tensors of a file, as its header names them."""
        where = f"{_path(reference)}/tensors/{quote(path, safe='/')}"
        return self._pages(where, Tensor, limit=limit, cursor=cursor)

    def proofs(self, reference: str, *, limit: int | None = None, cursor: str | None = None) -> Pages[Proved]:
        """Iterate over the proofs that each entry of a history is in the ledger as it was written, the newest first."""
        parsed = references.parse(reference)
        path = version_path(parsed) if parsed.names_version else model_path(parsed)
        return self._pages(f"{path}/proofs", Proved, limit=limit, cursor=cursor)


def _path(reference: str) -> str:
    return version_path(references.parse_version(reference))
