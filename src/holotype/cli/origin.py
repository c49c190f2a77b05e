"""Which options of `push` say where a version came from?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypedDict

from cyclopts import Parameter

from holotype.cli import parsing

if TYPE_CHECKING:
    from holotype.domain.provenance import Data, Metric, Parent, Run, Schema

Words = tuple[str, ...]
_PARAM = "A parameter of the training; may be repeated. Numbers, true and false become what they say."
_METRIC = "A metric as NAME=NUMBER, or NAME@DATASET/SLICE=NUMBER; may be repeated."
_LOWER = "Name a metric that gets better as it falls; may be repeated."
_HIGHER = "Name a metric that gets better as it rises; may be repeated."
_DATA = "A data set that went in, as [ROLE=]URI[@sha256:…]; the role is 'training' unless given; may be repeated."
_PARENT = "What it was made from: fine-tuned, quantised, distilled, merged, adapter or derived; may be repeated."
_SCHEMA = "A JSON file that names the inputs and outputs of the model."


class Told(TypedDict):
    """What ``Client.push`` is told about where a version came from."""

    params: dict[str, str | int | float | bool]
    metrics: list[Metric]
    data: list[Data]
    parents: list[Parent]
    run: Run | None
    schema: Schema | None
    code: Literal["auto"] | None
    environment: Literal["auto"] | None


@Parameter(name="*")
@dataclass(frozen=True)
class Origin:
    """Where a version came from, in the words of the command line."""

    param: Annotated[Words, Parameter(metavar="NAME=VALUE", help=_PARAM)] = ()
    metric: Annotated[Words, Parameter(metavar="NAME=NUMBER", help=_METRIC)] = ()
    lower_is_better: Annotated[Words, Parameter(metavar="NAME", help=_LOWER)] = ()
    higher_is_better: Annotated[Words, Parameter(metavar="NAME", help=_HIGHER)] = ()
    data: Annotated[Words, Parameter(metavar="URI", help=_DATA)] = ()
    parent: Annotated[Words, Parameter(metavar="REF[=RELATION]", help=_PARENT)] = ()
    run: Annotated[str | None, Parameter(metavar="[TRACKER:]ID[=LINK]", help="The run of an experiment tracker.")] = (
        None
    )
    schema: Annotated[Path | None, Parameter(metavar="FILE", help=_SCHEMA)] = None
    no_git: Annotated[bool, Parameter(help="Do not record the git commit.")] = False
    no_environment: Annotated[bool, Parameter(help="Do not record Python and the versions of frameworks.")] = False

    def told(self) -> Told:
        """Return the same as values; raise ``UsageError`` naming a word that cannot be read."""
        return {
            "params": parsing.params(self.param),
            "metrics": parsing.metrics(self.metric, self.lower_is_better, self.higher_is_better),
            "data": parsing.data(self.data),
            "parents": parsing.parents(self.parent),
            "run": parsing.run(self.run),
            "schema": parsing.schema(self.schema),
            "code": None if self.no_git else "auto",
            "environment": None if self.no_environment else "auto",
        }


UNTOLD = Origin()
