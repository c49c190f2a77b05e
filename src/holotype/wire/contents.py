"""What do folders and tensors of a version look like on the wire?"""

from __future__ import annotations

from collections.abc import Iterable

from holotype.domain.folders import Entry
from holotype.domain.tensors import Tensor as Named
from holotype.wire.base import Response
from holotype.wire.shapes import Page


class InFolder(Response, omit_defaults=True):
    """A name in a folder of a version: a file with what is known of it, or a ``folder``."""

    name: str
    path: str
    folder: bool = False
    digest: str | None = None
    size: int | None = None
    role: str | None = None
    format: str | None = None


class Tensor(Response, omit_defaults=True):
    """An array of numbers in a file: its name, the type of its numbers, its shape, and its bytes where known."""

    name: str
    type: str
    shape: list[int]
    size: int | None = None


class Tensors(Page[Tensor]):
    """A page of the tensors of a file, how many there are in all, and how many numbers they hold.

    ``unreadable`` says why the header could not be read, or not to its end.
    """

    count: int = 0
    parameters: int = 0
    unreadable: str | None = None


def entry(value: Entry) -> InFolder:
    """Return the wire shape of a name in a folder."""
    file = value.file
    if file is None:
        return InFolder(value.name, value.path, folder=True)
    return InFolder(value.name, value.path, False, file.digest, file.size, file.role, file.format)


def tensor(value: Named) -> Tensor:
    """Return the wire shape of a tensor."""
    return Tensor(value.name, value.type, list(value.shape), value.size)


def tensors(
    found: Iterable[Named], following: int | None, count: int, parameters: int, unreadable: str | None
) -> Tensors:
    """Return the wire shape of a page of tensors; ``following`` is where the next one begins."""
    cursor = None if following is None else str(following)
    return Tensors([tensor(one) for one in found], cursor, count, parameters, unreadable)
