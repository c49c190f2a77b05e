"""How does a person write, try, apply and read the policy of a namespace?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from holotype.cli import formats, output, parsing
from holotype.cli.lists import listing
from holotype.cli.options import COMMON, CURSOR, LIMIT, OUTPUT, Common, Output
from holotype.cli.output import Cell
from holotype.cli.tables import Column, table
from holotype.errors import LocalProblem

if TYPE_CHECKING:
    from holotype.wire.policy import Policy, PolicyTest, Trial

_REASON = Parameter(metavar="TEXT", help="Why, for the ledger.")
_FILE = Parameter(metavar="FILE", allow_leading_hyphen=True)
_NAMESPACE = Parameter(metavar="NAME", help="The namespace whose policy is meant.")
_NUMBER = Parameter(metavar="N", help="An earlier policy, by its number; 0 is the built-in one.")
_EXPECT = Parameter(metavar="N", help="Refuse unless this policy is in force until now.")
_MODEL = Parameter(metavar="NAME", help="Only the versions of this model, as namespace/name.")


def init(
    which: Literal["strict", "default"],
    file: Annotated[Path, _FILE] = Path("policy.toml"),
    /,
    *,
    form: Output = OUTPUT,
) -> None:
    """Write a built-in policy into a file, to start from; no server is asked.

    Args:
        which: strict is for teams (two persons, evidence, signatures); default is what holds unless another is applied.
        file: The file to write, which must not be there yet; - prints it.
    """
    from holotype.domain import built_in  # noqa: PLC0415 - `--help` needs no policy

    text = built_in.text(which)
    if str(file) == "-" and form.json:
        output.document({"policy": which, "text": text})
        return
    if str(file) == "-":
        output.raw(text.encode())
        return
    try:
        with file.open("x", encoding="utf-8", newline="\n") as opened:
            opened.write(text)
    except FileExistsError:
        raise LocalProblem(f"{file} is there already.", hint="Name another file, or move that one away.") from None
    if form.json:
        output.document({"policy": which, "file": str(file)})
        return
    output.say("wrote", Cell(str(file), "bold"))
    output.hint(f"edit it, then `holotype policy test {file} --namespace NAME`, and `policy apply` the same way")


def show(
    namespace: Annotated[str, _NAMESPACE] = "default",
    *,
    number: Annotated[int | None, _NUMBER] = None,
    common: Common = COMMON,
) -> None:
    """Print the policy of a namespace, as TOML."""
    with common.connect() as client:
        found = client.policy(namespace, number=number)
    if common.json:
        output.document(found)
    else:
        output.raw(found.text.encode())
        output.hint(_told(found))


def apply(
    file: Annotated[Path, _FILE],
    /,
    *,
    namespace: Annotated[str, _NAMESPACE] = "default",
    reason: Annotated[str, _REASON] = "",
    expect: Annotated[int | None, _EXPECT] = None,
    common: Common = COMMON,
) -> None:
    """Put a policy in force in a namespace: the whole file, or nothing of it.

    Args:
        file: The policy, TOML; - reads standard input.
    """
    text = parsing.text_of(file)
    with common.connect() as client:
        made = client.apply_policy(text, namespace, reason=reason, expected=expect)
    if common.json:
        output.document(made)
        return
    state = Cell("applied", "green") if made.changed else Cell("unchanged", "dim")
    digest = formats.digest(made.policy.digest)
    output.say(state, Cell(f"policy {made.policy.number}", "bold"), f"of {namespace}", Cell(digest, "dim"))
    _warn(text)


def try_(
    file: Annotated[Path, _FILE],
    /,
    *,
    namespace: Annotated[str, _NAMESPACE] = "default",
    model: Annotated[str | None, _MODEL] = None,
    limit: Annotated[int, Parameter(name=("--limit", "-n"), help="So many versions, the newest; 100 at most.")] = 20,
    cursor: Annotated[str | None, CURSOR] = None,
    common: Common = COMMON,
) -> int:
    """Show which versions would pass or fail which move under a policy; nothing is changed.

    Exits with 1 where something keeps the policy from being applied.

    Args:
        file: The policy, TOML; - reads standard input.
    """
    text = parsing.text_of(file)
    if model and "/" in model:
        namespace, model = model.split("/", 1)
    with common.connect() as client:
        found = client.test_policy(text, namespace, model=model, limit=limit, cursor=cursor)
    if common.json:
        output.document(found)
    else:
        _print_test(found)
        _warn(text)
    return 1 if found.obstacles else 0


def _warn(text: str) -> None:
    """Say what the registry takes, and what is hardly meant so."""
    import tomllib  # noqa: PLC0415 - `--help` needs no parser

    policy = tomllib.loads(text)
    rules = [*policy.get("moves", ()), *policy.get("aliases", ())]
    asked = any(gate["gate"] == "signed" for rule in rules for gate in rule.get("gates", ()))
    if asked and not policy.get("keys"):
        output.note("It has no [[keys]]: nothing passes its gate `signed`.")


def ls(
    namespace: Annotated[str, _NAMESPACE] = "default",
    *,
    limit: Annotated[int, LIMIT] = 50,
    cursor: Annotated[str | None, CURSOR] = None,
    common: Common = COMMON,
) -> None:
    """List the policies that were in force in a namespace, the newest first."""
    with common.connect() as client:
        listing(client.policies(namespace, limit=limit or None, cursor=cursor), common, _print)


def _told(found: Policy) -> str:
    if found.number == 0:
        return f"the built-in policy: {found.namespace} never applied another"
    return f"policy {found.number} of {found.namespace}, applied by {found.created_by}"


def _print_test(found: PolicyTest) -> None:
    for one in found.obstacles:
        output.say(Cell("in the way", "red"), one)
    if not found.items:
        output.note("No version has a move under this policy.")
    else:
        columns = (Column("VERSION", style="bold"), Column("MOVE"), Column("RESULT"), Column("WHY"))
        rows = [(one.version, f"{one.source} → {one.target}", _result(one), _why(one)) for one in found.items]
        table(columns, rows)
    if found.next:
        output.note(f"hint: there are more versions: --cursor {found.next} goes on.")


def _result(one: Trial) -> Cell:
    if one.passed:
        return Cell("passes by itself" if one.automatic else "passes", "green")
    return Cell("stays", "red")


def _why(one: Trial) -> str:
    return " ".join(
        f"{said.gate}: {said.reason}" for said in one.verdicts if said.status not in {"passed", "overridden"}
    )


def _print(found: list[Policy]) -> None:
    columns = (Column("POLICY", style="bold"), Column("APPLIED"), Column("BY"), Column("REASON"), Column("DIGEST"))
    rows = [
        (
            str(one.number),
            formats.time(one.created_at) if one.created_at else "built in",
            one.created_by or "",
            one.reason,
            one.digest[:19],
        )
        for one in found
    ]
    table(columns, rows)
