"""Who may? Users, service accounts, teams and grants, and why somebody may do something or not."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from holotype.client.base import ROOT, Base
from holotype.client.pages import Pages
from holotype.wire import access as shapes


class Access(Base):
    """The calls about who may do what."""

    def users(self, *, limit: int | None = None, cursor: str | None = None) -> Pages[shapes.Account]:
        """Iterate over the users, by name."""
        return self._pages(f"{ROOT}/users", shapes.Account, limit=limit, cursor=cursor)

    def create_user(self, name: str) -> shapes.Account:
        """Create a user, who may nothing until a grant or a team says so."""
        return self._post(f"{ROOT}/users", shapes.Account, shapes.NewUser(name=name))

    def user(self, name: str) -> shapes.Account:
        """Return a user."""
        return self._get(f"{ROOT}/users/{_part(name)}", shapes.Account)

    def change_user(self, name: str, *, disabled: bool) -> shapes.Account:
        """Disable a user, or enable them again, at once on every server."""
        body = shapes.UserChange(disabled=disabled)
        return self._http.call("PATCH", f"{ROOT}/users/{_part(name)}", shapes.Account, body=body)

    def services(
        self, *, owner: str | None = None, limit: int | None = None, cursor: str | None = None
    ) -> Pages[shapes.Account]:
        """Iterate over the service accounts: all where the caller may read access, else their own; or of one owner."""
        return self._pages(f"{ROOT}/services", shapes.Account, {"owner": owner}, limit, cursor)

    def service(self, name: str) -> shapes.Account:
        """Return a service account."""
        return self._get(f"{ROOT}/services/{_part(name)}", shapes.Account)

    def create_service(self, name: str, *, owner: str | None = None) -> shapes.Account:
        """Create a service account; its owner is the person behind the caller unless named."""
        return self._post(f"{ROOT}/services", shapes.Account, shapes.NewService(name=name, owner=owner))

    def change_service(self, name: str, *, disabled: bool | None = None, owner: str | None = None) -> shapes.Account:
        """Stop a service account, start it again, or give it to another owner."""
        body = shapes.ServiceChange(disabled=disabled, owner=owner)
        return self._http.call("PATCH", f"{ROOT}/services/{_part(name)}", shapes.Account, body=body)

    def teams(
        self, *, member: str | None = None, limit: int | None = None, cursor: str | None = None
    ) -> Pages[shapes.Team]:
        """Iterate over the teams: all where the caller may read access, else those that they are in; or of a member."""
        return self._pages(f"{ROOT}/teams", shapes.Team, {"member": member}, limit, cursor)

    def team(self, name: str) -> shapes.Team:
        """Return a team with its members."""
        return self._get(f"{ROOT}/teams/{_part(name)}", shapes.Team)

    def members(self, team: str, *, limit: int | None = None, cursor: str | None = None) -> Pages[shapes.Account]:
        """Iterate over the members of a team, by name."""
        return self._pages(f"{ROOT}/teams/{_part(team)}/members", shapes.Account, limit=limit, cursor=cursor)

    def create_team(self, name: str, *, members: Sequence[str] = ()) -> shapes.Team:
        """Create a team of users and service accounts."""
        return self._post(f"{ROOT}/teams", shapes.Team, shapes.NewTeam(name=name, members=list(members)))

    def change_team(self, name: str, *, add: Sequence[str] = (), remove: Sequence[str] = ()) -> shapes.Team:
        """Take members in and out, at once on every server."""
        body = shapes.TeamChange(add=list(add), remove=list(remove))
        return self._http.call("PATCH", f"{ROOT}/teams/{_part(name)}", shapes.Team, body=body)

    def delete_team(self, name: str) -> None:
        """Delete a team with its grants."""
        self._http.call("DELETE", f"{ROOT}/teams/{_part(name)}", type(None))

    def grants(
        self,
        *,
        who: str | None = None,
        namespace: str | None = None,
        model: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Pages[shapes.Grant]:
        """Iterate over the grants that the caller may see, perhaps of one user, service or ``team:NAME``.

        Of a model alone, those that cover it: on it, on a pattern, on its namespace and on the registry.
        """
        asked = {"who": who, "namespace": namespace, "model": model}
        return self._pages(f"{ROOT}/grants", shapes.Grant, asked, limit, cursor)

    def grant(self, who: str, role: str, scope: str, *, stages: Sequence[str] = ()) -> shapes.Grant:
        """Give a role on ``registry``, a namespace, a model or a pattern, perhaps for moves to some stages only."""
        body = shapes.NewGrant(who=who, role=role, scope=scope, stages=list(stages))
        return self._post(f"{ROOT}/grants", shapes.Grant, body)

    def revoke_grant(self, identifier: int) -> None:
        """Take a grant back, at once on every server."""
        self._http.call("DELETE", f"{ROOT}/grants/{int(identifier)}", type(None))

    def explain(self, who: str, action: str, thing: str, *, stage: str | None = None) -> shapes.Explanation:
        """Return which grants let somebody do something, or why none does."""
        asked = {"who": who, "action": action, "thing": thing, "stage": stage}
        return self._get(f"{ROOT}/explanation", shapes.Explanation, **asked)


def _part(name: str) -> str:
    return quote(name, safe="@")
