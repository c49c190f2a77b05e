"""Does what somebody may end at once on every server, however it ends, and whatever the servers remember of them?

Two servers on one PostgreSQL: both have seen the bearer, so both remember what they may. It ends at one of them; the
very next request to either is refused.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from holotype.client.api import Client
from holotype.errors import HolotypeError
from tests.support.postgres import Postgres
from tests.support.server import serving

MODEL = "risk/fraud"


@dataclass
class Cluster:
    """The owner's clients, one for each server."""

    owners: list[Client]

    def bearer(self, secret: str) -> list[Client]:
        """Return the clients of a token, one for each server, which both have been asked once."""
        found = [Client(owner.url, secret) for owner in self.owners]
        assert [sees(client) for client in found] == ["seen", "seen"]
        return found

    def machine(self, name: str, owner: str = "ada") -> str:
        """Make a service account and return the secret of a token that narrows nothing."""
        self.owners[0].create_service(name, owner=owner)
        return self.owners[1].create_token("t", role="admin", principal=name).secret


@pytest.fixture(scope="module")
def cluster(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A model, and a user who answers for the machines."""
    folder = tmp_path_factory.mktemp("ends")
    shared: dict[str, object] = {"database": postgres.create_database("ends"), "store": str(folder / "blobs")}
    with serving(folder / "a", **shared) as one, serving(folder / "b", **shared) as two:
        found = Cluster([Client(place, one.token) for place in (one.url, two.url)])
        found.owners[0].create_namespace("risk")
        found.owners[0].create_model(MODEL)
        found.owners[0].create_user("ada")
        yield found
    postgres.drop_database("ends")


def sees(client: Client) -> str:
    """Say whether a bearer finds the model, in a list and by its name; else why not."""
    try:
        listed = [one.reference for one in client.models()]
        found = client.model(MODEL).reference
    except HolotypeError as error:
        return error.code
    assert listed == [found]
    return "seen"


def ended(clients: list[Client], end: Callable[[], object], *codes: str) -> None:
    """End something, and ask both servers at once."""
    end()
    assert [sees(client) for client in clients] == list(codes) * 2


def test_a_grant_that_is_revoked(cluster: Cluster) -> None:
    """And it begins as quickly when it is given again, at the other server."""
    secret = cluster.machine("granted")
    a, b = cluster.owners
    given = a.grant("granted", "reader", MODEL)
    clients = cluster.bearer(secret)
    for turn in range(10):
        ended(clients, lambda given=given, turn=turn: (a, b)[turn % 2].revoke_grant(given.id), "denied")
        given = (b, a)[turn % 2].grant("granted", "reader", ("registry", "risk", MODEL, "risk/fr*")[turn % 4])
        assert [sees(client) for client in clients] == ["seen", "seen"]


def test_teams(cluster: Cluster) -> None:
    """Who is taken out of a team, whose team loses a grant, whose team is deleted."""
    secret = cluster.machine("player")
    a, b = cluster.owners
    for turn, one in enumerate(itertools.islice(itertools.cycle([a, b]), 3)):
        a.create_team(f"team-{turn}", members=["player"])
        given = b.grant(f"team:team-{turn}", "reader", "risk")
        clients = cluster.bearer(secret)
        ways: list[Callable[[], object]] = [
            lambda one=one, turn=turn: one.change_team(f"team-{turn}", remove=["player"]),  # type: ignore[misc]
            lambda one=one, given=given: one.revoke_grant(given.id),  # type: ignore[misc]
            lambda one=one, turn=turn: one.delete_team(f"team-{turn}"),  # type: ignore[misc]
        ]
        ended(clients, ways[turn], "denied")


def test_tokens_and_accounts(cluster: Cluster) -> None:
    """A token that is revoked, a machine that is stopped, and the user who answers for it."""
    a, b = cluster.owners
    a.create_user("bea")
    secrets = {name: cluster.machine(name, "bea") for name in ("m1", "m2", "m3")}
    for name in secrets:
        a.grant(name, "maintainer", "risk")
    clients = {name: cluster.bearer(secret) for name, secret in secrets.items()}
    token_id = secrets["m1"].split("_")[1]
    ended(clients["m1"], lambda: b.revoke_token(token_id), "unauthenticated")
    ended(clients["m2"], lambda: a.change_service("m2", disabled=True), "unauthenticated")
    ended(clients["m3"], lambda: b.change_user("bea", disabled=True), "unauthenticated")
    b.change_user("bea", disabled=False)
    assert [sees(one) for one in clients["m3"]] == ["seen", "seen"]
    ended(clients["m3"], lambda: a.grant("m3", "reader", "risk"), "seen")
    ended(clients["m3"], lambda: a.change_service("m3", owner="ada"), "seen")
