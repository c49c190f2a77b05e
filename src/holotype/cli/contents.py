"""How does a person look at what is in a version: its files, one folder of it, the tensors of a file?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cyclopts import Parameter

from holotype.cli import formats, output
from holotype.cli.lists import listing
from holotype.cli.options import Common
from holotype.cli.tables import Column, table

if TYPE_CHECKING:
    from holotype.client.api import Client
    from holotype.wire.contents import InFolder, Tensor
    from holotype.wire.shapes import File

FOLDER = Parameter(metavar="PATH", help="List what lies right in a folder of the version; / is the outermost.")
TENSORS = Parameter(metavar="PATH", help="List the tensors of a file of the version, as its header names them.")


def contents(
    client: Client,
    reference: str,
    common: Common,
    *,
    folder: str | None,
    tensors: str | None,
    limit: int,
    cursor: str | None,
) -> None:
    """Print the tensors of a file, or what is in a folder, or all files."""
    most = limit or None
    if tensors is not None:
        listing(client.tensors(reference, tensors, limit=most, cursor=cursor), common, _tensors, _no_tensors)
    elif folder is not None:
        inside = client.folder(reference, folder.strip("/"), limit=most, cursor=cursor)
        listing(inside, common, _folder, _empty)
    else:
        listing(client.files(reference, limit=most, cursor=cursor), common, _files, _no_files)


def _no_files() -> None:
    output.note("It is external: its bytes are elsewhere and were never taken over.")


def _empty() -> None:
    output.note("There is no such folder.")


def _no_tensors() -> None:
    output.note("Its header names no tensors.")


def _files(found: list[File]) -> None:
    columns = (
        Column("PATH", style="bold"),
        Column("SIZE", right=True),
        Column("ROLE"),
        Column("FORMAT"),
        Column("DIGEST", style="dim", optional=True),
    )
    table(columns, [(f.path, formats.size(f.size), f.role, f.format or "", formats.digest(f.digest)) for f in found])


def _folder(found: list[InFolder]) -> None:
    columns = (
        Column("NAME", style="bold"),
        Column("SIZE", right=True),
        Column("ROLE"),
        Column("FORMAT"),
        Column("DIGEST", style="dim", optional=True),
    )
    table(columns, [_in_folder(one) for one in found])


def _in_folder(one: InFolder) -> tuple[str, str, str, str, str]:
    if one.folder or one.size is None or one.digest is None:
        return f"{one.name}/", "", "", "", ""
    return one.name, formats.size(one.size), one.role or "", one.format or "", formats.digest(one.digest)


def _tensors(found: list[Tensor]) -> None:
    columns = (
        Column("TENSOR", style="bold"),
        Column("TYPE"),
        Column("SHAPE", right=True),
        Column("SIZE", right=True),
    )
    rows = [
        (
            one.name,
            one.type,
            " × ".join(map(str, one.shape)) or "scalar",
            "" if one.size is None else formats.size(one.size),
        )
        for one in found
    ]
    table(columns, rows)
