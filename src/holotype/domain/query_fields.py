"""Which fields does the query language have? One table: the parser reads it, and so does the documentation."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from holotype.domain import lifecycle


class Kind(StrEnum):
    """What the values of a field are, and so which operators it has."""

    TEXT = "text"
    STAGE = "stage"
    NUMBER = "number"
    SCALAR = "text or number"
    SIZE = "size"
    MOMENT = "date, time or age"
    REFERENCE = "reference"
    DIGEST = "digest"


ORDERED = ("=", "!=", ">", ">=", "<", "<=")
EQUAL = ("=", "!=")
OPERATORS: dict[Kind, tuple[str, ...]] = {
    Kind.TEXT: EQUAL,
    Kind.STAGE: EQUAL,
    Kind.NUMBER: ORDERED,
    Kind.SCALAR: ORDERED,
    Kind.SIZE: ORDERED,
    Kind.MOMENT: ORDERED,
    Kind.REFERENCE: EQUAL,
    Kind.DIGEST: EQUAL,
}


@dataclass(frozen=True, slots=True)
class Field:
    """A field: what its values are, whether a key follows the dot, where it can sort, and one line of help.

    ``several`` says, of a field by which nothing can be sorted, what there may be several of.
    """

    name: str
    kind: Kind
    help: str
    example: str
    keyed: bool = False
    sorts_versions: bool = False
    sorts_models: bool = False
    aliases: tuple[str, ...] = ()
    several: str = ""

    @property
    def operators(self) -> tuple[str, ...]:
        """The operators that the field takes; ``:`` is another way to write ``=``."""
        return OPERATORS[self.kind]

    @property
    def written(self) -> str:
        """The field as the documentation writes it: ``tag.KEY``."""
        return f"{self.name}.{'KEY' if self.name == 'tag' else 'NAME'}" if self.keyed else self.name


_STAGES = f"{', '.join(lifecycle.STAGES)}, or what the policy names"
_FIELDS = (
    Field(
        "name",
        Kind.TEXT,
        "The model: `fraud`, `risk/fraud` with its namespace, or the beginning of a name: `fraud*`.",
        "name:risk/fraud",
        sorts_versions=True,
        sorts_models=True,
        aliases=("model",),
    ),
    Field(
        "namespace",
        Kind.TEXT,
        "The namespace of the model.",
        "namespace:risk",
        sorts_versions=True,
        sorts_models=True,
    ),
    Field(
        "stage", Kind.STAGE, f"The lifecycle state of a version: {_STAGES}.", "stage:production", sorts_versions=True
    ),
    Field("alias", Kind.TEXT, "A movable name of a version; `*` for any alias.", "alias:champion", several="aliases"),
    Field(
        "tag",
        Kind.TEXT,
        "A tag of the version or of its model; `*` for any value.",
        "tag.team:risk",
        keyed=True,
        sorts_versions=True,
        sorts_models=True,
    ),
    Field(
        "metric",
        Kind.NUMBER,
        "A metric, on any data set; `@dataset` or `@dataset/slice` behind the name narrows; `*` for any value.",
        "metric.auc@holdout>0.9",
        keyed=True,
        sorts_versions=True,
    ),
    Field(
        "param",
        Kind.SCALAR,
        "A parameter of the training; numbers compare as numbers; `*` for any value.",
        "param.depth=6",
        keyed=True,
        sorts_versions=True,
    ),
    Field(
        "format",
        Kind.TEXT,
        "A format that one of the files of the version has.",
        "format:safetensors",
        several="formats",
    ),
    Field(
        "files",
        Kind.NUMBER,
        "The number of files of the version; `files=0` finds what is external.",
        "files>10",
        sorts_versions=True,
    ),
    Field(
        "created",
        Kind.MOMENT,
        "When it was registered: a date, a time, or an age such as `7d` (`created<7d`: in the last seven days).",
        "created>2026-01-01",
        sorts_versions=True,
        sorts_models=True,
    ),
    Field(
        "changed",
        Kind.MOMENT,
        "When its words, tags, aliases or stage changed last; a model changes with each of its versions.",
        "changed<24h",
        sorts_versions=True,
        sorts_models=True,
    ),
    Field(
        "parent",
        Kind.REFERENCE,
        "What the version was made from, here or elsewhere.",
        "parent:risk/base:3",
        several="parents",
    ),
    Field(
        "data",
        Kind.TEXT,
        "The address of a data set that went into the version.",
        'data:"s3://lake/loans.csv"',
        several="data sets",
    ),
    Field(
        "run",
        Kind.TEXT,
        "The id of the run of a tracker that made the version; `*` for any run.",
        "run:8c2f",
    ),
    Field(
        "source",
        Kind.TEXT,
        "Where a client of another protocol said that the bytes of the version lie; `*` for any such version.",
        'source:"s3://lake/models/7"',
    ),
    Field("author", Kind.TEXT, "Who registered it.", "author:ada", sorts_versions=True, sorts_models=True),
    Field("size", Kind.SIZE, "The bytes of all files of the version.", "size>1GB", sorts_versions=True),
    Field(
        "digest",
        Kind.DIGEST,
        "The digest of the version, or at least 8 digits of it.",
        "digest:sha256:0a1b2c3d",
        sorts_versions=True,
    ),
    Field("number", Kind.NUMBER, "The number of the version in its model.", "number>=10", sorts_versions=True),
)

FIELDS: dict[str, Field] = {field.name: field for field in _FIELDS}
NAMES: dict[str, Field] = FIELDS | {alias: field for field in _FIELDS for alias in field.aliases}
