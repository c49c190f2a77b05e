"""How does a person attach what they learnt about a version, and read what others did?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from holotype.cli import formats, output, parsing
from holotype.cli.lists import listing
from holotype.cli.options import COMMON, CURSOR, LIMIT, Common
from holotype.cli.output import Cell
from holotype.cli.tables import Column, table

if TYPE_CHECKING:
    from holotype.wire.evidence import Evidence

_TYPE = Parameter(
    name=("--type", "-t"),
    metavar="T",
    help="evaluation, test-report, scan, signature, card, or a name under a domain such as acme.org/fairness.",
)
_MEDIA = Parameter(metavar="TYPE", help="The media type of the file, where it is not JSON (or Markdown, for a card).")
_FILE = Parameter(metavar="FILE", allow_leading_hyphen=True)
_STYLES = {"verified": "green", "unknown": "yellow", "unverifiable": "yellow"}


def attest(
    reference: str,
    file: Annotated[Path, _FILE],
    /,
    *,
    type: Annotated[str, _TYPE],  # noqa: A002 - the name of the option
    media_type: Annotated[str | None, _MEDIA] = None,
    common: Common = COMMON,
) -> None:
    """Attach evidence to a version: what was learnt about it later.

    The file is kept byte for byte and bound to the version's digest. A DSSE envelope around it, or a signature of
    OpenSSF Model Signing, is verified with the keys that the namespace's policy trusts.

    Args:
        reference: The version, for example risk/fraud:7.
        file: The evidence; - reads standard input.
    """
    with common.connect() as client:
        made = client.attest(reference, type, parsing.bytes_of(file), media_type=media_type)
    if common.json:
        output.document(made)
        return
    output.say(Cell(made.version, "bold"), made.type, f"evidence {made.id}", Cell(made.digest, "dim"))
    if made.signature is not None:
        output.say(Cell(made.signature.status, _STYLES.get(made.signature.status, "red")), made.signature.reason)
    output.hint(f"`holotype evidence ls {made.version}` lists all evidence about it")


def ls(
    reference: str,
    /,
    *,
    type: Annotated[str | None, _TYPE] = None,  # noqa: A002 - as above
    limit: Annotated[int, LIMIT] = 50,
    cursor: Annotated[str | None, CURSOR] = None,
    common: Common = COMMON,
) -> None:
    """List the evidence about a version, the newest first.

    Args:
        reference: The version.
    """
    with common.connect() as client:
        found = client.evidence(reference, type=type, signatures=True, limit=limit or None, cursor=cursor)
        listing(found, common, _print, lambda: output.note(f"There is no such evidence about {reference}."))


def show(reference: str, number: int, /, *, payload: bool = False, common: Common = COMMON) -> None:
    """Show one piece of evidence, and what the policy makes of its signature now.

    Args:
        reference: The version that it is about.
        number: Its number, as `holotype evidence ls` shows it.
        payload: Print the payload instead, byte for byte.
    """
    with common.connect() as client:
        if payload:
            output.raw(client.evidence_payload(reference, number))
            return
        found = client.one_evidence(reference, number)
    if common.json:
        output.document(found)
        return
    signature = found.signature
    output.facts(
        (
            ("evidence", Cell(str(found.id), "bold")),
            ("version", found.version),
            ("subject", found.subject),
            ("type", found.type),
            ("media type", found.media_type),
            ("size", formats.size(found.size)),
            ("digest", found.digest),
            ("attested", f"{formats.when(found.created_at)} by {found.created_by}"),
            ("signature", "" if signature is None else f"{signature.status}. {signature.reason}"),
        )
    )
    output.hint(f"`holotype evidence show {found.version} {found.id} --payload` prints what was attached")


def bom(reference: str, /, *, common: Common = COMMON) -> None:
    """Print the bill of materials of a version: CycloneDX 1.6, JSON.

    Args:
        reference: The version.
    """
    with common.connect() as client:
        output.raw(client.bom(reference))


def card(reference: str, /, *, common: Common = COMMON) -> None:
    """Print the model card of a version, with the facts that the registry knows.

    Args:
        reference: The version.
    """
    with common.connect() as client:
        text = client.card(reference)
    if common.json:
        output.document({"card": text})
    else:
        output.prose(text.rstrip("\n"))


def _signature(one: Evidence) -> Cell:
    """Return what became of a signature: the key that is trusted now, or the word for why it counts for nothing."""
    if one.signature is None:
        return Cell(one.signed_by or "")
    status, key = one.signature.status, one.signature.key
    return Cell(f"{status}: {key}" if key else status, _STYLES.get(status, "red"))


def _print(found: list[Evidence]) -> None:
    columns = (
        Column("EVIDENCE", right=True),
        Column("TYPE", style="bold"),
        Column("SIZE", right=True),
        Column("SIGNATURE"),
        Column("BY"),
        Column("ATTESTED"),
        Column("DIGEST", style="dim", optional=True),
    )
    rows = [
        (
            str(one.id),
            one.type,
            formats.size(one.size),
            _signature(one),
            one.created_by,
            formats.time(one.created_at),
            formats.digest(one.digest),
        )
        for one in found
    ]
    table(columns, rows)
