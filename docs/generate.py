"""Which pages of ``docs/reference`` does the source already say? Those of PAGES, each a function that returns its text.

python docs/generate.py          write what is out of date
python docs/generate.py --check  only say so; exit code 1 when a page is out of date
"""

from __future__ import annotations

import inspect
import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import get_type_hints

from cyclopts.docs import generate_markdown_docs

from holotype import gates
from holotype.cli import tree
from holotype.domain import policy_keys, policy_reading, sorting
from holotype.domain.query_fields import FIELDS
from holotype.errors import HolotypeError
from holotype.gates.building import named, settings_of
from holotype.gateways import mlflow as dialect
from holotype.gateways import openapi
from holotype.gateways.base import PUBLIC
from holotype.gateways.metrics import Metrics
from holotype.gateways.problems import status_of
from holotype.main.application import routes
from holotype.settings import Settings

REFERENCE = Path(__file__).parent / "reference"
NOTE = "<!-- Written by docs/generate.py from {source}: change it there. -->\n\n"


def cli() -> str:
    """Return the page of all commands."""
    root = tree.build()
    for name in tree.words():
        tree.load(root, name)
    text = generate_markdown_docs(root, flatten_commands=True, generate_toc=False)
    text = re.sub(r"^holotype (.+) \1 \[", r"holotype \1 [", text, flags=re.MULTILINE)
    text = text.replace("\n# ", "\n## ").replace("\n**", "\n\n**").replace("\n\n\n", "\n\n")
    return NOTE.format(source="src/holotype/cli") + text.replace("# holotype\n", f"# Commands\n{_EXITS}", 1)


_EXITS = """
`holotype` exits with 0 when the work is done, 1 when it was refused or failed, 2 when the command line makes no sense,
and 130 after Ctrl-C. Errors are one line, `error: …`, with a second, `hint: …`, where something can be done;
HOLOTYPE_DEBUG=1 adds where it happened. Results go to standard output; progress, hints and errors to standard error.
With `--json` the result is one JSON document. Colours are for terminals, unless NO_COLOR is set.

"""


def settings() -> str:
    """Return the page of all settings."""
    hints = get_type_hints(Settings)
    rows = [
        (
            f"`{field.name}`",
            f"`HOLOTYPE_{field.name.upper()}`",
            "none: it is a secret" if field.metadata["secret"] else f"`--{field.name.replace('_', '-')}`",
            _type(hints[field.name]),
            f"`{_toml(field.default)}`" if field.default is not None else "",
            field.metadata["help"],
        )
        for field in fields(Settings)
    ]
    head = ("Setting", "Variable", "Option of `holotype serve`", "Type", "Default", "Meaning")
    return NOTE.format(source="src/holotype/settings.py") + _SETTINGS + _table(head, rows)


_SETTINGS = """# Settings

A setting comes from the command line, else from its variable, else from the TOML file, else it has its default. Sizes
are bytes, times seconds.

"""


def errors() -> str:
    """Return the page of all errors, with the HTTP status and the meaning of each."""
    rows = [
        (f"`{kind.code}`", f"{'&nbsp;' * 4 * depth}`{kind.__name__}`", str(status_of(kind("x"))), _first_line(kind))
        for depth, kind in _kinds(HolotypeError)
    ]
    return NOTE.format(source="src/holotype/errors.py") + _ERRORS + _table(("Code", "Class", "Status", "Meaning"), rows)


_ERRORS = """# Errors

Every deliberate error has a code, says what happened (`detail`) and, where something can be done, what to do next
(`hint`). Over HTTP it is an `application/problem+json` document with the code and the status below; in Python it is the
class, which catches those under it as well; `holotype` prints it and exits with 1.

"""


def query() -> str:
    """Return the page of the query language: its fields, and the orders."""
    rows = [
        (
            f"`{field.written}`",
            str(field.kind),
            " ".join(f"`{one}`" for one in (":", *field.operators)),
            field.help,
            f"`{field.example}`",
        )
        for field in FIELDS.values()
    ]
    orders = "".join(
        f"- {noun} by {', '.join(f'`{name}`' for name in sorting.fields(noun))}; unless asked, `sort={default}`\n"
        for noun, default in sorting.DEFAULT.items()
    )
    *names, last = (f"`{field.name}`" for field in FIELDS.values() if field.several)
    several = f"{', '.join(names)} and {last}"
    text = (Path(__file__).parent / "query.md.in").read_text(encoding="utf-8")
    filled = text.replace("@FIELDS@", _table(("Field", "Values", "Operators", "Meaning", "Example"), rows).rstrip())
    return NOTE.format(source="src/holotype/domain/query_fields.py and docs/query.md.in") + filled.replace(
        "@ORDERS@", orders.rstrip()
    ).replace("@SEVERAL@", several)


def policy() -> str:
    """Return the page of policies: every key of every table, and every gate with its settings."""
    parts = [NOTE.format(source="src/holotype/domain/policy_keys.py and src/holotype/gates"), _POLICY]
    for title, keys in policy_keys.TABLES.items():
        rows = [(f"`{one.name}`", str(one.kind), "required" if one.required else one.default, one.help) for one in keys]
        parts.append(f"### {title}\n\n{_table(('Key', 'Value', 'Unless given', 'Meaning'), rows)}\n")
    parts.append(_GATES)
    for name, kind in gates.all().items():
        about = f"### {name}\n\n{_first_line(kind)}"
        again = " A rollback asks it again." if kind.on_rollback else ""
        settings_ = [
            (f"`{one.name}`", named(one.type), "required" if one.required else _given(one.default), one.help)
            for one in settings_of(kind).values()
        ]
        told = (
            _table(("Setting", "Value", "Unless given", "Meaning"), settings_) if settings_ else "It has no settings.\n"
        )
        parts.append(f"{about}{again}\n\n{told}\n")
    return "".join(parts).rstrip() + "\n"


_POLICY = f"""# Policies

A policy is one TOML file of at most {policy_reading.LIMIT // 1024} KiB. Any fault in it refuses the whole file, with
its line. How one is written: [Write a policy](../howto/policy.md).

## Keys

A time is a number with its unit: `"30d"`, `"12h"`, `"90m"` or `"45s"`; ten years at most.

"""
_NO_SETTINGS = "It has no settings.\n"
_GATES = """## Gates

A gate is named by the key `gate` of a table `[[moves.gates]]` or `[[aliases.gates]]`; the other keys of that table are
its settings. Settings called `keys` or `signed_by` name keys of the same policy, `stage` one of its stages.

"""


def _given(value: object) -> str:
    if value is None or value == ():
        return ""
    return f"`{', '.join(map(str, value))}`" if isinstance(value, tuple) else f"`{_toml(value)}`"


def mlflow() -> str:
    """Return the page of the endpoints by which MLflow's clients speak to this registry."""
    rows: list[tuple[str, ...]] = [
        (
            f"`{one.method}`",
            f"`{re.sub(r':[a-z]+', '', one.path)}`",
            one.summary.rstrip("."),
            "" if one.permission is PUBLIC else f"`{one.permission.value}`",
        )
        for one in sorted((route.opt["endpoint"] for route in dialect.routes()), key=lambda one: (one.path, one.method))
    ]
    head = ("Method", "Address", "What it does", "Permission")
    return NOTE.format(source="src/holotype/gateways/mlflow") + _MLFLOW + _table(head, rows)


_MLFLOW = """# Endpoints for MLflow's clients

Each is found under `/ajax-api` as well as under `/api`, and each of those behind `/mlflow/NAMESPACE` too. Fields come
in the query of a GET and in the JSON body of everything else. An endpoint without a permission is open to everybody.
What they do otherwise than MLflow's own server: [Use MLflow's clients](../howto/mlflow.md).

"""


def interface() -> str:
    """Return the OpenAPI document of every route, as a server shows it at ``/schema``."""
    found = openapi.document(route.opt["route"] for route in routes(Metrics()) if "route" in route.opt)
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "cli.md": cli,
    "settings.md": settings,
    "errors.md": errors,
    "query.md": query,
    "policy.md": policy,
    "mlflow.md": mlflow,
    "openapi.json": interface,
}


def main(arguments: list[str]) -> int:
    """Write or check every page."""
    stale = [name for name, page in PAGES.items() if _read(REFERENCE / name) != page()]
    if "--check" in arguments:
        for name in stale:
            print(f"docs/reference/{name} is out of date: run `python docs/generate.py`.", file=sys.stderr)
        return 1 if stale else 0
    REFERENCE.mkdir(exist_ok=True)
    for name in stale:
        (REFERENCE / name).write_text(PAGES[name](), encoding="utf-8")
        print(f"wrote docs/reference/{name}")
    return 0


def _kinds(kind: type, depth: int = 0) -> Iterator[tuple[int, type]]:
    yield depth, kind
    for child in kind.__subclasses__():
        yield from _kinds(child, depth + 1)


def _first_line(kind: type) -> str:
    return (inspect.getdoc(kind) or "").partition("\n")[0]


def _type(hint: object) -> str:
    return getattr(hint, "__name__", str(hint)).replace("pathlib.", "").replace(" | None", "").lower()


def _toml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
