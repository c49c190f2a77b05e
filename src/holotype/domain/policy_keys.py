"""Which keys may a policy have? Each table of it is a list here; reading and the reference page follow from them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a key holds, in the words of a message."""

    TEXT = "a text"
    TEXTS = "a list of texts"
    SWITCH = "true or false"
    COUNT = "a whole number"
    TIME = 'a time such as "30d", "12h", "90m" or "45s"'
    TABLE = "a table"
    TABLES = "a list of tables"


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a table: what it holds, its line of help, and whether it has to be there."""

    name: str
    kind: Kind
    help: str
    required: bool = False
    default: str = ""


POLICY = (
    Key("format", Kind.COUNT, "The format of the file: 1.", required=True),
    Key("stages", Kind.TABLE, "A table for each stage, in their order; `none` comes first.", required=True),
    Key("moves", Kind.TABLES, "The moves that are legal; what is not listed is not.", default="none"),
    Key("aliases", Kind.TABLES, "Aliases that move only by promotion.", default="none"),
    Key("keys", Kind.TABLES, "Keys whose signatures count in this namespace.", default="none"),
    Key("emergency", Kind.TABLE, "Who may take gates out of the way, and for how long."),
)
STAGE = (
    Key("single", Kind.SWITCH, "Whether it holds one version of a model at a time.", default="false"),
    Key("replaced_to", Kind.TEXT, "The stage to which a version goes that another one replaces.", default="none"),
)
RULE = (
    Key("expires", Kind.TIME, "How long a request waits for approvals before it ends.", default="7d"),
    Key("provenance", Kind.TEXTS, "What its provenance must say; short for the gate `provenance-complete`."),
    Key("gates", Kind.TABLES, "The gates that are asked, in this order.", default="none"),
    Key("approvals", Kind.TABLES, "Who has to approve; every one of them has to be met.", default="none"),
)
MOVE = (
    Key("from", Kind.TEXTS, "The stages that it leads from.", required=True),
    Key("to", Kind.TEXT, "The stage that it leads to.", required=True),
    Key("automatic", Kind.SWITCH, "Whether it happens by itself once all gates pass.", default="false"),
    *RULE,
)
ALIAS = (
    Key("pattern", Kind.TEXT, "Which aliases: a name, or a pattern with `*`, `?` and `[…]`.", required=True),
    *RULE,
)
APPROVAL = (
    Key("count", Kind.COUNT, "How many persons, 1 to 100.", required=True),
    Key("from", Kind.TEXTS, "Who counts: `role:…`, `team:…` or `user:…`.", default="who may approve"),
    Key("exclude", Kind.TEXTS, "Who does not: `requester`, who asked; `author`, who registered.", default="nobody"),
)
GATE = (Key("gate", Kind.TEXT, "The name of the gate. All other keys are its settings.", required=True),)
TRUSTED = (
    Key("name", Kind.TEXT, "The name by which gates and evidence know it.", required=True),
    Key("public", Kind.TEXT, "A public key, or the certificate of an authority, as PEM.", required=True),
)
EMERGENCY = (
    Key("from", Kind.TEXTS, "Who may override: `role:…`, `team:…`, `user:…`.", default="maintainers and admins"),
    Key("longest", Kind.TIME, "For how long at most.", default="24h"),
)

TABLES: dict[str, tuple[Key, ...]] = {
    "The file itself": POLICY,
    "[stages.NAME]": STAGE,
    "[[moves]]": MOVE,
    "[[aliases]]": ALIAS,
    "[[moves.gates]] and [[aliases.gates]]": GATE,
    "[[moves.approvals]] and [[aliases.approvals]]": APPROVAL,
    "[[keys]]": TRUSTED,
    "[emergency]": EMERGENCY,
}
"""The tables under the names that the reference page gives them."""
