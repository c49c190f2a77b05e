"""How does a person push, pull and verify?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from holotype.cli import formats, output, parsing
from holotype.cli.options import CARD, COMMON, TAG, Common
from holotype.cli.origin import UNTOLD, Origin
from holotype.cli.output import Cell
from holotype.cli.progress import Transfer

if TYPE_CHECKING:
    from holotype.client.api import Client
    from holotype.wire.shapes import Version


def push(
    path: Path,
    model: str,
    /,
    *,
    origin: Origin = UNTOLD,
    card: Annotated[Path | None, CARD] = None,
    description: str = "",
    tag: Annotated[tuple[str, ...], TAG] = (),
    alias: Annotated[tuple[str, ...], Parameter(metavar="NAME")] = (),
    common: Common = COMMON,
) -> None:
    """Register a file or a directory as a version of a model.

    Only bytes that the registry does not hold are sent, and an interrupted push goes on where it stopped when it is
    called again. Git commit, Python and the versions of frameworks are recorded by themselves. Content that is
    registered already, with the same provenance, gives the version that was there.

    Args:
        path: The file or directory.
        model: The model, as namespace/name; it is created if it is new.
        description: What the version is, in a sentence or more of Markdown.
        alias: An alias that shall name the version; may be repeated.
    """
    told, text, tags = origin.told(), parsing.text_of(card), parsing.tags(tag)
    with common.connect() as client, Transfer("push", str(path)) as transfer:
        version = client.push(
            path, model, card=text, description=description, tags=tags, aliases=alias, progress=transfer, **told
        )
    if common.json:
        output.document(version)
        return
    output.say(Cell(version.reference, "bold"), version.digest, _size(version))
    output.hint(f"next `holotype show {version.reference}`, or `holotype promote {version.reference} staging`")


def pull(
    reference: str,
    directory: Path | None = None,
    /,
    *,
    include: Annotated[tuple[str, ...], Parameter(metavar="GLOB")] = (),
    overwrite: bool = False,
    quarantined: bool = False,
    common: Common = COMMON,
) -> None:
    """Write the files of a version into a directory, verified.

    A file gets its name when its bytes have the digest that the version says. An interrupted pull goes on where it
    stopped when it is called again.

    Args:
        reference: The version, for example risk/fraud:production.
        directory: Where the files go; else a directory named like the model.
        include: Take only paths that match, for example '*.json'; may be repeated.
        overwrite: Replace files that are there with other content.
        quarantined: Take a version that is in quarantine, as an administrator who knows why.
    """
    with common.connect() as client, Transfer("pull", reference) as transfer:
        version = client.resolve(reference)
        pinned = f"{version.namespace}/{version.model}@{version.digest}"  # a label could move before the pull asks
        path = client.pull(
            pinned, directory, include=include, overwrite=overwrite, quarantined=quarantined, progress=transfer
        )
    if common.json:
        output.document({"path": str(path), "reference": version.reference, "digest": version.digest})
    else:
        output.say(str(path))
        output.hint(f"`holotype verify {path}` checks the files again at any time")


def verify(target: str, directory: Path | None = None, /, *, common: Common = COMMON) -> None:
    """Check the bytes of a version, or of a directory that was pulled.

    A version alone: every byte that the registry holds is fetched and hashed. A directory alone: its files are
    compared with the version that was pulled there. Both: the directory is compared with that version.

    Args:
        target: The reference of a version, or a directory.
        directory: The directory to compare with the version.
    """
    with common.connect() as client, Transfer("verify", target) as transfer:
        version = client.verify(target, directory, progress=transfer)
        place = directory or (Path(target) if Path(target).is_dir() else None)
        foreign = _others(client, version, place) if place else []
    if foreign:
        files = formats.plural(len(foreign), "file")
        output.note(f"{place} also holds {files} that {version.reference} does not have, e.g. {foreign[0]}")
    if common.json:
        output.document(version)
        return
    output.say(Cell("verified", "green"), version.reference, version.digest, _checked(version, transfer))


def _checked(version: Version, transfer: Transfer) -> str:
    """Return how much was checked: a directory may hold a part of the version, pulled with ``--include``."""
    checked = transfer.reached("check")
    if checked is None or checked.files_total == version.file_count:
        return _size(version)
    return f"{checked.files_total:,} of {_files(version)}, {formats.size(checked.bytes_total)}"


def _others(client: Client, version: Version, place: Path) -> list[str]:
    """Return what lies in a directory and is not of the version: a program that loads the directory loads it too."""
    from holotype.client.verify import others  # noqa: PLC0415 - `--help` needs no client

    reference = f"{version.namespace}/{version.model}@{version.digest}"
    return others({file.path for file in client.files(reference)}, place)


def _size(version: Version) -> str:
    return f"{_files(version)}, {formats.size(version.size)}"


def _files(version: Version) -> str:
    return formats.plural(version.file_count, "file")
