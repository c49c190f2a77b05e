"""How does a person look after users, service accounts and teams?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from holotype.cli import formats, output
from holotype.cli.lists import listing
from holotype.cli.options import COMMON, CURSOR, LIMIT, Common
from holotype.cli.output import Cell
from holotype.cli.tables import Column, table
from holotype.cli.usage import UsageError

if TYPE_CHECKING:
    from holotype.wire.access import Account, Team

_MOST = 100


def create_user(name: str, /, *, common: Common = COMMON) -> None:
    """Create a user, who may nothing until a grant or a team says so.

    Args:
        name: The name: lower-case letters and digits, separated by '.', '_', '-', '+' or '@'.
    """
    with common.connect() as client:
        _done(common, client.create_user(name), "created")
    if not common.json:
        output.hint(f"next `holotype grant create {name} ROLE SCOPE`")


def show_user(name: str, /, *, common: Common = COMMON) -> None:
    """Show a user, with their teams and service accounts.

    Args:
        name: The user.
    """
    with common.connect() as client:
        found = client.user(name)
        theirs = [one.name for one in client.teams(member=name, limit=_MOST)]
        machines = [one.name for one in client.services(owner=name, limit=_MOST)]
    if common.json:
        output.document({"user": found, "teams": theirs, "services": machines})
        return
    _account(found, ("teams", ", ".join(theirs)), ("services", ", ".join(machines)))
    output.hint(f"what they may: `holotype grant ls --who {name}`")


def list_users(
    *, limit: Annotated[int, LIMIT] = 50, cursor: Annotated[str | None, CURSOR] = None, common: Common = COMMON
) -> None:
    """List the users."""
    with common.connect() as client:
        listing(client.users(limit=limit or None, cursor=cursor), common, _accounts)


def disable_user(name: str, /, *, common: Common = COMMON) -> None:
    """Keep a user out, with their service accounts, at once on every server.

    Args:
        name: The user.
    """
    with common.connect() as client:
        _done(common, client.change_user(name, disabled=True), "disabled")


def enable_user(name: str, /, *, common: Common = COMMON) -> None:
    """Let a disabled user in again.

    Args:
        name: The user.
    """
    with common.connect() as client:
        _done(common, client.change_user(name, disabled=False), "enabled")


def create_service(name: str, /, *, owner: str | None = None, common: Common = COMMON) -> None:
    """Create a service account, for a machine.

    Args:
        name: The name, for example ci-bot; users and service accounts share their names.
        owner: The user who answers for it and counts as the person behind it; you, unless given.
    """
    with common.connect() as client:
        _done(common, client.create_service(name, owner=owner), "created")
    if not common.json:
        output.hint(f"next `holotype grant create {name} ROLE SCOPE`, then `holotype token create NAME --for {name}`")


def show_service(name: str, /, *, common: Common = COMMON) -> None:
    """Show a service account.

    Args:
        name: The service account.
    """
    with common.connect() as client:
        found = client.service(name)
    output.document(found) if common.json else _account(found)


def list_services(
    *,
    owner: str | None = None,
    limit: Annotated[int, LIMIT] = 50,
    cursor: Annotated[str | None, CURSOR] = None,
    common: Common = COMMON,
) -> None:
    """List the service accounts: all, or yours.

    Args:
        owner: Only those that this user answers for.
    """
    with common.connect() as client:
        services = client.services(owner=owner, limit=limit or None, cursor=cursor)
        listing(services, common, _accounts, lambda: output.note("There is no service account that you may see."))


def disable_service(name: str, /, *, common: Common = COMMON) -> None:
    """Stop a service account, at once on every server.

    Args:
        name: The service account.
    """
    with common.connect() as client:
        _done(common, client.change_service(name, disabled=True), "disabled")


def enable_service(name: str, /, *, common: Common = COMMON) -> None:
    """Start a disabled service account again.

    Args:
        name: The service account.
    """
    with common.connect() as client:
        _done(common, client.change_service(name, disabled=False), "enabled")


def change_service(name: str, /, *, owner: str, common: Common = COMMON) -> None:
    """Give a service account to another owner.

    Args:
        name: The service account.
        owner: The user who answers for it from now on.
    """
    with common.connect() as client:
        _done(common, client.change_service(name, owner=owner), "changed")


def create_team(name: str, /, *members: str, common: Common = COMMON) -> None:
    """Create a team of users and service accounts.

    Args:
        name: The name: lower-case letters and digits, separated by '.', '_' or '-'.
        members: Who is in it from the start.
    """
    with common.connect() as client:
        _team(common, client.create_team(name, members=members))


def add_members(name: str, /, *members: str, common: Common = COMMON) -> None:
    """Take users and service accounts into a team.

    Args:
        name: The team.
        members: Who shall be in it.
    """
    _named(members)
    with common.connect() as client:
        _team(common, client.change_team(name, add=members))


def remove_members(name: str, /, *members: str, common: Common = COMMON) -> None:
    """Take users and service accounts out of a team.

    Args:
        name: The team.
        members: Who shall not be in it any more.
    """
    _named(members)
    with common.connect() as client:
        _team(common, client.change_team(name, remove=members))


def show_team(name: str, /, *, common: Common = COMMON) -> None:
    """Show who is in a team.

    Args:
        name: The team.
    """
    with common.connect() as client:
        _team(common, client.team(name))


def list_teams(
    *,
    member: str | None = None,
    limit: Annotated[int, LIMIT] = 50,
    cursor: Annotated[str | None, CURSOR] = None,
    common: Common = COMMON,
) -> None:
    """List the teams: all, or yours.

    Args:
        member: Only those that this user or service account is in.
    """
    with common.connect() as client:
        teams = client.teams(member=member, limit=limit or None, cursor=cursor)
        listing(teams, common, _teams, lambda: output.note("There is no team that you may see."))


def delete_team(name: str, /, *, common: Common = COMMON) -> None:
    """Delete a team with its grants.

    Args:
        name: The team.
    """
    with common.connect() as client:
        client.delete_team(name)
    if common.json:
        output.document({"deleted": name})
    else:
        output.say(f"deleted {name}")


def _named(members: tuple[str, ...]) -> None:
    if not members:
        raise UsageError("Nobody was named.", "Name users or service accounts behind the team.")


def _done(common: Common, account: Account, what: str) -> None:
    if common.json:
        output.document(account)
    else:
        output.say(f"{what} {account.name}")


def _account(one: Account, *more: tuple[str, str]) -> None:
    since = formats.when(one.created_at)
    output.facts(((one.kind, one.name), ("owner", one.owner or ""), ("state", _state(one)), ("since", since), *more))


def _accounts(accounts: list[Account]) -> None:
    columns = (Column("NAME", style="bold"), Column("OWNER"), Column("STATE"), Column("CREATED"))
    table(columns, [(one.name, one.owner or "", _state(one), formats.time(one.created_at)) for one in accounts])


def _state(account: Account) -> Cell:
    return Cell("active", "green") if account.disabled_at is None else Cell("disabled", "dim")


def _team(common: Common, team: Team) -> None:
    if common.json:
        output.document(team)
        return
    output.facts((("team", team.name), ("members", "\n".join(team.members) or "nobody")))


def _teams(teams: list[Team]) -> None:
    columns = (Column("TEAM", style="bold"), Column("MEMBERS", right=True), Column("CREATED"))
    table(columns, [(one.name, str(one.size), formats.time(one.created_at)) for one in teams])
