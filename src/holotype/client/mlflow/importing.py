"""How does a whole registry come over? Model by model, each page of versions at once, as often as it is asked for.

1. The model is created, or brought up to date.
2. Of each page of versions, those that are not here come, several at a time; nothing is asked about the others.
3. Stages, descriptions, tags and moments that differ are set.
4. What was written is read again and compared.
5. Aliases and the moment of the model's last change are set at the end; then the model is compared.

A version that was deleted there after it came stays here. One that comes later comes with the next import.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from holotype.client import origin as origins
from holotype.client.api import Client
from holotype.client.mlflow import foreseeing, listing
from holotype.client.mlflow.bringing import Both
from holotype.client.mlflow.context import Tracking
from holotype.client.mlflow.one_model import OneModel
from holotype.client.mlflow.report import Line, Notes, Report
from holotype.client.mlflow.server import NOBODY, Credentials, Server
from holotype.domain import names
from holotype.domain.policy import Policy
from holotype.errors import Denied, NotFound, StorageFull, Unauthenticated
from holotype.wire.imports import LeftOut

_IN_A_ROW = 10
Tell = Callable[[Line], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a caller wants to bring over, from where, and as whom; see ``holotype import mlflow --help``."""

    url: str
    namespace: str = "default"
    models: tuple[str, ...] = ()
    credentials: Credentials = NOBODY
    workspace: str | None = None
    known_as: str | None = None
    files_under: Path | None = None
    work: Path | None = None
    skip_external: bool = False
    dry_run: bool = False


def import_mlflow(client: Client, wanted: Wanted, *, tell: Tell | None = None) -> Report:
    """Bring models of an MLflow server over and return the report; ``tell`` hears of each model that is done."""
    server = Server(wanted.url, wanted.credentials, wanted.workspace)
    origin = origins.parse(wanted.known_as).url if wanted.known_as else server.url
    if wanted.workspace not in (None, "default"):
        origin += f"#{wanted.workspace}"
    both = Both(
        server=server,
        client=client,
        http=client._http,  # noqa: SLF001 - the same connections
        origin=origin,
        namespace=names.component(wanted.namespace, "namespace"),
        tracking=Tracking(server),
        offered=wanted.files_under,
        work=wanted.work,
        skip_external=wanted.skip_external,
    )
    try:
        return Importer(both, client, dry_run=wanted.dry_run, tell=tell).run(wanted.models)
    finally:
        server.close()


class Importer:
    """One import into one namespace."""

    def __init__(self, both: Both, client: Client, *, dry_run: bool = False, tell: Tell | None = None) -> None:
        """Prepare; nothing is asked yet."""
        self.both, self.client, self.dry_run = both, client, dry_run
        self._tell = tell
        self._in_a_row = 0
        self.policy: Policy | None = None
        self.report = Report(both.origin, both.namespace, dry_run)

    def run(self, patterns: Sequence[str] = ()) -> Report:
        """Bring every model whose name matches one of the patterns, and return the report."""
        space = self.both.namespace
        if all(one.name != space for one in self.client.namespaces()):
            raise NotFound(f"There is no namespace {space}.", hint=f"Create it: `holotype namespace create {space}`.")
        if self.dry_run:
            self.policy = foreseeing.policy_of(self.client.policy(space).text)
        for name in listing.models(self.both.server, patterns):
            OneModel(self, name).bring()
        return self.report

    def ended(self, notes: Notes) -> None:
        """Take note that a model is done."""
        notes.end()
        if self._tell is not None:
            self._tell(notes.line)

    def succeeded(self) -> None:
        """Take note that a version came."""
        self._in_a_row = 0

    def failed(self, notes: Notes, subject: str, error: Exception) -> None:
        """Take note that a version did not come; give up where one after the other does not."""
        self._in_a_row += 1
        if isinstance(error, Denied | Unauthenticated | StorageFull) or self._in_a_row >= _IN_A_ROW:
            raise error
        notes.failed([LeftOut(subject, "version", getattr(error, "detail", None) or str(error))])
