"""Which options are settings of the server? One for each field of ``holotype.settings.Settings``, with its help."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, make_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

from cyclopts import Parameter

from holotype.errors import LocalProblem
from holotype.settings import Settings

CONFIG = Parameter(metavar="FILE", help="A TOML file of settings; else the one that HOLOTYPE_CONFIG names.")
_OF_THE_STORE = ("data", "database", "store", "keys")


def _option(name: str, kind: Any, default: object, text: str) -> tuple[str, Any, None]:
    """Return the field of a dataclass: an option that is None unless it is given."""
    value = str(default).lower() if isinstance(default, bool) else default
    shown = "" if default is None else f" [default: {value}]"
    negative = (f"--no-{name.replace('_', '-')}",) if kind is bool else ()
    parameter = Parameter(help=text + shown, negative=negative, show_default=False, metavar=_metavar(name, kind))
    return name, Annotated[kind | None, parameter], None


def _metavar(name: str, kind: Any) -> str | None:
    if kind is bool:
        return None
    kinds = {int: "N", Path: "PATH", Path | None: "PATH"}
    return "URL" if name in ("database", "store") else kinds.get(kind, "TEXT")


def _options(names: tuple[str, ...] | None = None) -> list[tuple[str, Any, None]]:
    hints = get_type_hints(Settings)
    known = [field for field in fields(Settings) if not field.metadata["secret"]]
    chosen = (field for field in known if names is None or field.name in names)
    return [_option(field.name, hints[field.name], field.default, field.metadata["help"]) for field in chosen]


if TYPE_CHECKING:
    Flags = Settings
    Place = Settings
else:
    _HERE = {"__module__": __name__}
    Flags = make_dataclass("Flags", _options(), kw_only=True, frozen=True, namespace=_HERE)
    Place = make_dataclass("Place", _options(_OF_THE_STORE), kw_only=True, frozen=True, namespace=_HERE)

NONE, HERE = Flags(), Place()


def given(flags: Settings) -> dict[str, object]:
    """Return the settings that the command line names."""
    values = {field.name: getattr(flags, field.name) for field in fields(flags)}
    return {name: value for name, value in values.items() if value is not None}


@contextmanager
def server() -> Iterator[None]:
    """Say how to install the server where its packages are missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "holotype":
            raise
        raise LocalProblem(
            f"This installation has no server: the package {error.name} is missing.",
            hint="Install it with: pip install 'holotype[server]'",
        ) from error
