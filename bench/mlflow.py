"""How much faster is the registry for an MLflow client than MLflow's own server, on the same machine in the same run?

    one     get a version, get one by alias, create a version (elsewhere, and with the files of another one): eight
            connections, raw requests, at 1,000 versions
    many    search at 100,000 versions, pages of 100, one question after the other
    bytes   1 GiB up and down with the MLflow client itself, and what of the time is its own

Both serve from SQLite and a folder; servers and load have cores of their own, and one server rests while the other is
measured.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from random import Random

from bench.driving import Load, drive, get, middle, post
from bench.meanwhile import asking
from bench.mlflow_bytes import carry
from bench.mlflow_search import search
from bench.options import Options
from bench.peer import peering
from bench.servers import Server, apart, place, serving
from bench.table import Row, verdict
from bench.turns import resting
from tests.clients.peers import Peer

GET_TIMES, CREATE_TIMES = 40, 10
_API = "/api/2.0/mlflow"
_VERSIONS = 1_000
_NAME, _HELD = "fraud", "held"
Either = Server | Peer


def measure(options: Options) -> list[Row]:
    """Measure ours beside theirs."""
    cores = apart()[0]
    rows = []
    with place() as folder:
        with serving(folder / "ours", cores=cores) as ours, peering(folder / "theirs", cores=cores) as theirs:
            for server in (ours, theirs):
                _fill(server)
            _hold(folder / "model", ours, theirs)
            rows += _one(ours, theirs, options)
        rows += carry(folder, options)
    return rows + search()


def _fill(server: Either) -> None:
    drive(server, [post(server, f"{_API}/registered-models/create", b'{"name": "fraud"}')], seconds=30, once=True)
    drive(server, _creations(server, _VERSIONS), seconds=600, once=True)
    alias = b'{"name": "fraud", "alias": "champion", "version": "500"}'
    drive(server, [post(server, f"{_API}/registered-models/alias", alias)], seconds=30, once=True)


def _hold(folder: Path, ours: Server, theirs: Peer) -> None:
    """Make a model whose one version has files: those of ours are held, MLflow's server looks at none."""
    folder.mkdir()
    for number in range(5):
        (folder / f"part-{number}.bin").write_bytes(bytes([number]) * 10_000)
    with ours.client() as client:
        client.push(folder, _HELD)
    model, version = f'{{"name": "{_HELD}"}}', f'{{"name": "{_HELD}", "source": "s3://lake/models/held"}}'
    for path, body in (("registered-models/create", model), ("model-versions/create", version)):
        drive(theirs, [post(theirs, f"{_API}/{path}", body.encode())], seconds=30, once=True)


def _creations(server: Either, count: int) -> list[bytes]:
    """Return registrations of versions that lie elsewhere; the ids of their runs are random, as trackers make them."""
    chance = Random(_NAME)
    lines = ((f"s3://lake/models/{i}", chance.randbytes(16).hex()) for i in range(count))
    bodies = (f'{{"name": "{_NAME}", "source": "{source}", "run_id": "{run}"}}' for source, run in lines)
    return [post(server, f"{_API}/model-versions/create", body.encode()) for body in bodies]


def _one(ours: Server, theirs: Peer, options: Options) -> list[Row]:
    numbers = [f"/model-versions/get?name={_NAME}&version={i}" for i in range(1, 900)]
    asked = {
        "get a version by its number": numbers,
        "get a version by its alias": [f"/registered-models/alias?name={_NAME}&alias=champion"],
        "get a registered model": [f"/registered-models/get?name={_NAME}"],
    }
    rows = []
    for what, paths in asked.items():
        pair = _both(ours, theirs, lambda server, these=paths: [get(server, _API + path) for path in these], options)
        rows.append(_row(f"MLflow client: {what}", *pair, GET_TIMES if "version" in what else None))
    pair = _both(ours, theirs, lambda server: [get(server, _API + path) for path in numbers], options, changing=True)
    rows.append(_row("MLflow client: get a version by its number, while ten a second are registered", *pair, None))
    pair = _both(ours, theirs, lambda server: _creations(server, _VERSIONS), options)
    rows.append(_row("MLflow client: create a version", *pair, CREATE_TIMES))
    copy = f'{{"name": "{_NAME}", "source": "models:/{_HELD}/1"}}'.encode()
    pair = _both(ours, theirs, lambda server: [post(server, f"{_API}/model-versions/create", copy)], options)
    return [*rows, _row("MLflow client: create a version with the five files of another", *pair, CREATE_TIMES)]


def _both(
    ours: Server, theirs: Peer, requests: Callable[[Either], list[bytes]], options: Options, *, changing: bool = False
) -> tuple[Load, Load]:
    """Drive both, one after the other, while the other one rests; with ``changing``, versions come all the while."""
    with resting(theirs):
        first = _driven(ours, requests(ours), options, changing=changing)
    with resting(ours):
        return first, _driven(theirs, requests(theirs), options, changing=changing)


def _driven(server: Either, requests: list[bytes], options: Options, *, changing: bool) -> Load:
    with asking(server, _creations(server, 100)) if changing else nullcontext():
        return middle([drive(server, requests, seconds=options.seconds) for _ in range(options.runs)])


def _row(what: str, ours: Load, theirs: Load, times: int | None) -> Row:
    ratio = ours.rate / theirs.rate
    budget = f"≥ {times} × MLflow" if times else ""
    met = verdict(ratio >= times) if times else ""
    return Row(f"{what}, 8 connections", str(ours), f"MLflow's server: {theirs}", f"{ratio:.1f} ×", budget, met)
