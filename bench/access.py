"""What do grants cost? Resolve and list, with one grant and with ten thousand through a thousand teams.

Three ask one server in turn: ``before`` reads the registry when there is hardly a grant; ``beside`` is the same reader
when there are 10,000 grants and 1,000 teams; ``member`` is in all of those teams, and may read 10,000 models by as many
grants.
"""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from bench import budgets
from bench.driving import Load, drive, get, middle
from bench.options import Options
from bench.registering import registrations
from bench.servers import Server, apart, place, serving
from bench.table import Row, verdict
from holotype import db
from holotype.access.tables import grants, principals, team_members, teams
from holotype.catalogue.tables import models, namespaces

TEAMS, GRANTS = 1_000, 10_000
PATHS = {"resolve": "/api/v1/resolve?reference=default/many%3A5", "list": "/api/v1/models?limit=100"}


def measure(options: Options) -> list[Row]:
    """Resolve and list as each of the three."""
    with place() as folder, serving(folder, cores=apart()[0]) as server:
        drive(server, registrations(server, "many", 10, "r"), seconds=300, statuses=(201,), once=True)
        database = db.connect(f"sqlite:///{folder / 'data' / 'holotype.db'}")
        _models(database)
        reader = _member(server, "reader", "registry")
        before = {what: _asked(reader, path, options) for what, path in PATHS.items()}
        member = _member(server, None, "")
        _grants(database)
        database.close()
        rows = []
        for what, path in PATHS.items():
            beside, many = _asked(reader, path, options), _asked(member, path, options)
            rows += [_row(what, "beside 10,000 grants", beside, before[what], 1.1)]
            rows += [_row(what, "by 10,000 grants in 1,000 teams", many, before[what], budgets.ACCESS_TIMES)]
    return rows


def _asked(server: Server, path: str, options: Options) -> Load:
    request = [get(server, path)]
    return middle([drive(server, request, seconds=options.seconds) for _ in range(options.runs)])


def _member(server: Server, role: str | None, scope: str) -> Server:
    """Make a service account, and return the server as it is asked with its token."""
    name = role or "member"
    with server.client() as client:
        client.create_service(name, owner="owner")
        if role is not None:
            client.grant(name, role, scope)
        secret = client.create_token("bench", role="reader", principal=name).secret
    return replace(server, token=secret)


def _models(database: db.Database) -> None:
    with database.write() as tx:
        space = tx.execute(sa.select(namespaces.c.id).where(namespaces.c.name == "default")).scalar_one()
        rows = [
            {
                "namespace_id": space,
                "name": f"m{n}",
                "description": "",
                "card": "",
                "created_at": n,
                "created_by": "bench",
                "changed_at": n,
            }
            for n in range(GRANTS - 1)
        ]
        tx.execute(models.insert(), rows)


def _grants(database: db.Database) -> None:
    """Give each team as many models as there are grants for it, and let one account be in all of them."""
    with database.write() as tx:
        member = tx.execute(sa.select(principals.c.id).where(principals.c.name == "member")).scalar_one()
        lines = tx.execute(sa.select(models.c.id, models.c.namespace_id).order_by(models.c.id)).all()
        first = (tx.execute(sa.select(sa.func.max(teams.c.id))).scalar() or 0) + 1
        ids = range(first, first + TEAMS)
        tx.execute(teams.insert(), [{"id": i, "name": f"t{i}", "created_at": 1} for i in ids])
        tx.execute(team_members.insert(), [{"team_id": i, "principal_id": member} for i in ids])
        given = [
            {
                "team_id": first + number % TEAMS,
                "role": "reader",
                "scope": "model",
                "namespace_id": line.namespace_id,
                "model_id": line.id,
                "created_at": 1,
                "created_by": "bench",
            }
            for number, line in enumerate(lines[:GRANTS])
        ]
        tx.execute(grants.insert(), given)
        tx.execute(principals.update().values(epoch=principals.c.epoch + 1))


def _row(what: str, how: str, found: Load, before: Load, most: float) -> Row:
    ratio = before.rate / found.rate
    budget = f"≤ {most} × the time of none"
    return Row(f"{what}, {how}", str(found), f"no grants: {before}", f"{ratio:.2f} ×", budget, verdict(ratio <= most))
