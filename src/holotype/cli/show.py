"""How does a person look at one model or one version?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

from holotype.cli import came, examined, formats, output
from holotype.cli.contents import FOLDER, TENSORS, contents
from holotype.cli.find import print_versions, stage
from holotype.cli.options import COMMON, CURSOR, LIMIT, Common
from holotype.cli.output import Cell
from holotype.cli.tables import Column, table
from holotype.wire.shapes import Model

if TYPE_CHECKING:
    from holotype.client.api import Client
    from holotype.wire.evidence import Evidence
    from holotype.wire.provenance import Metric, Provenance
    from holotype.wire.shapes import Version
    from holotype.wire.situation import Situation, Way

_NEWEST, _LAST = 10, 100


def show(
    reference: str,
    /,
    *,
    files: bool = False,
    folder: Annotated[str | None, FOLDER] = None,
    tensors: Annotated[str | None, TENSORS] = None,
    limit: Annotated[int, LIMIT] = 50,
    cursor: Annotated[str | None, CURSOR] = None,
    common: Common = COMMON,
) -> None:
    """Show a model or a version.

    Args:
        reference: For example risk/fraud, risk/fraud:7 or risk/fraud:production.
        files: List the files of the version; --limit and --cursor are about what is listed.
    """
    with common.connect() as client:
        if files or folder is not None or tensors is not None:
            contents(client, reference, common, folder=folder, tensors=tensors, limit=limit, cursor=cursor)
            return
        found = client.show(reference)
        if common.json:
            output.document(found)
        elif isinstance(found, Model):
            _print_model(client, found)
        else:
            last = client.evidence(found.reference, limit=_LAST)
            pieces = list(last)
            known = tuple(examined.facts(client, found.reference, pieces))
            learnt = ("evidence", _counted(pieces, more=bool(last.next)))
            stands = client.situation(found.reference)
            _print_version(found, (*_stands(stands), learnt, *known), came.run_now(client, found))
            if stands.before:
                model = f"{found.namespace}/{found.model}"
                output.hint(f"`holotype compare {model}:{stands.before} {found.reference}` shows what changed")


def _print_model(client: Client, model: Model) -> None:
    output.facts(
        (
            ("model", Cell(model.reference, "bold")),
            ("title", model.title or ""),
            ("description", model.description),
            ("in production", f"version {model.production}" if model.production else "nothing"),
            ("tags", formats.pairs(model.tags)),
            ("created", f"{formats.when(model.created_at)} by {model.created_by}"),
            ("changed", formats.when(model.changed_at)),
            ("deleted", formats.when(model.deleted_at)),
        )
    )
    _print_card(model.card)
    versions = client.versions(model.reference, limit=_NEWEST)
    newest = list(versions)
    output.say()
    if newest:
        print_versions(newest)
    else:
        output.note("no versions yet")
    if versions.next:
        output.hint(f"`holotype ls {model.reference}` lists more versions")


def _counted(pieces: list[Evidence], *, more: bool) -> str:
    """Return how much evidence of which type there is, as far as the last pieces go."""
    counted = Counter(one.type for one in pieces)
    return ", ".join(f"{count} {kind}" for kind, count in sorted(counted.items())) + (", …" if more else "")


def _stands(found: Situation) -> Iterable[tuple[str, str | Cell]]:
    """Give a line for each override and quarantine of a version, and one for where it may go."""
    for override in found.overrides:
        gates, until = ", ".join(override.gates), formats.when(override.ends_at)
        told = f"{gates} for {override.target} until {until} by {override.created_by}: {override.reason}"
        yield f"override {override.id}", Cell(told, "magenta")
    for quarantine in found.quarantines:
        yield f"quarantine {quarantine.id}", Cell(f"{quarantine.subject}: {quarantine.reason}", "red")
    yield "may go to", ", ".join(_way(one) for one in found.ways)


def _way(one: Way) -> str:
    asked = [formats.plural(len(one.gates), "gate")] if one.gates else []
    asked += [formats.plural(one.approvals, "approval")] if one.approvals else []
    asked += [f"promotion {one.waiting} waits"] if one.waiting else []
    return f"{one.target} ({', '.join(asked)})" if asked else one.target


def _print_version(version: Version, learnt: Iterable[tuple[str, str | Cell]], run: str) -> None:
    output.facts(
        (
            ("version", Cell(version.reference, "bold")),
            ("digest", version.digest),
            ("stage", stage(version.stage)),
            ("since", formats.when(version.stage_changed_at)),
            (
                "in quarantine",
                Cell(f"since {formats.when(version.quarantined_at)}", "red") if version.quarantined_at else "",
            ),
            ("aliases", ", ".join(version.aliases)),
            ("tags", formats.pairs(version.tags)),
            ("description", version.description),
            ("size", _size(version)),
            ("created", f"{formats.when(version.created_at)} by {version.created_by}"),
            ("deleted", formats.when(version.deleted_at)),
            *learnt,
            *came.facts(version.provenance),
            ("run now", run),
        )
    )
    if version.provenance is not None:
        _print_measures(version.provenance)
    _print_card(version.card)
    if not version.external:
        output.hint(f"`holotype show {version.reference} --files` lists the files")


def _size(version: Version) -> str | Cell:
    if version.external:
        return Cell("external: its bytes were never taken over", "yellow")
    return f"{formats.size(version.size)} in {formats.plural(version.file_count, 'file')}"


def _print_measures(provenance: Provenance) -> None:
    if provenance.metrics:
        output.say()
        columns = (Column("METRIC"), Column("VALUE", right=True), Column("DATA SET"), Column("SLICE"), Column("BETTER"))
        table(columns, [_metric(metric) for metric in provenance.metrics])
    if provenance.parameters:
        output.say()
        rows = [(name, formats.scalar(value)) for name, value in provenance.parameters.items()]
        table((Column("PARAMETER"), Column("VALUE")), rows)


def _metric(metric: Metric) -> tuple[str, str, str, str, str]:
    return (
        metric.name,
        formats.number(metric.value),
        metric.dataset or "",
        metric.slice or "",
        metric.direction or "",
    )


def _print_card(card: str | None) -> None:
    if card:
        output.say()
        output.prose(card.rstrip())
