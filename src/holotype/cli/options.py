"""What does every command understand?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from cyclopts import Group, Parameter

if TYPE_CHECKING:
    from holotype.client.api import Client

_GROUP = Group("Common options", sort_key=100)
_JSON = Parameter(help="Print one JSON document, in the shapes of the HTTP interface.", group=_GROUP)
_URL = Parameter(
    help="The registry to ask. Else: HOLOTYPE_URL, else the one that left credentials for this OS user.", group=_GROUP
)
LIMIT = Parameter(name=("--limit", "-n"), help="At most so many; 0 for all.")
CURSOR = Parameter(help="Go on where a former page ended: the `next` of its JSON.")
TIME = Parameter(metavar="TIME")
TAG = Parameter(metavar="KEY=VALUE", help="A tag; may be repeated.")
CARD = Parameter(
    metavar="FILE", allow_leading_hyphen=True, help="A Markdown file to take as the card; - reads standard input."
)


@Parameter(name="*")
@dataclass(frozen=True)
class Output:
    """How the result is printed, for commands that need no server."""

    json: Annotated[bool, _JSON] = False


@Parameter(name="*")
@dataclass(frozen=True)
class Common:
    """How the result is printed, and which registry is asked."""

    json: Annotated[bool, _JSON] = False
    url: Annotated[str | None, _URL] = None

    def connect(self) -> Client:
        """Return a client of the registry, to be used in a ``with`` block."""
        from holotype.client.api import Client  # noqa: PLC0415 - `--help` needs no client

        return Client(self.url)


OUTPUT, COMMON = Output(), Common()
