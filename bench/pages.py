"""How soon is a page there, how heavy is it, and when does somebody see something of it, at 100,000 versions?

The server's time is that of a request over HTTP on one connection, the pages asked one after the other, each once
before it counts. A page weighs what a browser without a cache loads for it, packed. First paint is Chromium's word.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from statistics import median
from urllib.request import Request, urlopen

from playwright.sync_api import sync_playwright

from bench import catalogue
from bench.driving import Load, drive
from bench.options import Options
from bench.proof import fill
from bench.servers import HOST, Server, apart, place, serving
from bench.table import Row, verdict
from holotype import db
from holotype.errors import IllegalMove
from tests.support.governance import STAGES
from tools.chromium import ensure

VERSIONS, ENTRIES = 100_000, 10_000
_MS, _PLAIN, _PLOTTED, _PAINT = 30.0, 150, 500, 200.0
_SECONDS, _PAINTS = 1.5, 5
_WAITING, _MOVED, _COMMENTS = 24, 200, 40
"""So many promotions wait (a model has at most 25), and so many were applied."""
_LONG, _SHORT = 10_000, 10
_EVALUATION = {"metrics": [{"name": "auc", "value": 0.9}]}
_LARGEST = "(SELECT model_id FROM versions GROUP BY model_id ORDER BY count(*) DESC LIMIT 1)"
_ONE_IS_LONG = (
    f"""UPDATE versions SET model_id = moved.model_id, namespace_id = moved.namespace_id, number = moved.top + moved.at
        FROM (SELECT others.id, long.model_id, long.namespace_id, long.top, row_number() OVER (ORDER BY others.id) AS at
            FROM versions AS others, (SELECT model_id, namespace_id, count(*) AS many, max(number) AS top FROM versions
                WHERE model_id = {_LARGEST}) AS long
            WHERE others.model_id != long.model_id AND others.stage = 'none'
                AND others.id NOT IN (SELECT version_id FROM aliases)
            LIMIT (SELECT {_LONG} - count(*) FROM versions WHERE model_id = {_LARGEST})) AS moved
        WHERE moved.id = versions.id""",
    f"""UPDATE metrics SET model_id = {_LARGEST}
        WHERE version_id IN (SELECT id FROM versions WHERE model_id = {_LARGEST})""",
)
"""Makes the model with the most versions have ten thousand: versions of others become its own."""
_CARD = "# What it is for\n\n" + "It finds **fraud** among card payments, minutes after they happen. " * 60
_POLICY = f"""{STAGES}
[[moves]]
from = ["none", "archived"]
to = "staging"
[[moves]]
from = ["none", "staging", "archived"]
to = "production"
[[moves.gates]]
gate = "metric"
name = "auc"
at_least = 0.5
source = "evaluation"
[[moves.approvals]]
count = 1
from = ["role:reviewer"]
"""
_LOADED = re.compile(r'(?:(?:src|href)="(?=/static/)|(?:hx-get|data-series)="(?=/(?:inbox/count|models/)))([^"]+)"')


@dataclass(frozen=True, slots=True)
class Shown:
    """A page: its address, and whether it draws a plot or a graph."""

    place: str
    plotted: bool = False


_MODEL, _VERSION = "/models/{model}", "/models/{model}/versions/{number}"
PAGES = (
    *map(Shown, ("/", "/models", "/models?q=tag.team%3Arisk+metric.auc%3E0.9&sort=-changed", "/namespaces")),
    *map(Shown, ("/versions?q=stage%3Aproduction", "/search-help", _MODEL, f"{_MODEL}?sort=-metric.auc")),
    Shown(f"{_MODEL}/metrics", plotted=True),
    *[Shown(f"{_MODEL}/{part}") for part in ("history", "card", "access")],
    Shown(_VERSION),
    *[Shown(f"{_VERSION}/{part}") for part in ("files", "provenance", "evidence", "history", "promote?to=staging")],
    Shown(f"{_VERSION}/evidence/{{evidence}}"),
    Shown("/compare?version={reference}&version={other}", plotted=True),
    Shown("/lineage?of={reference}", plotted=True),
    *map(Shown, ("/promotions", "/promotions/{promotion}", "/inbox")),
    *map(Shown, ("/quarantines", "/quarantines/{quarantine}", "/quarantines/new?subject={reference}")),
    *map(Shown, ("/ledger", "/ledger?action=version.moved", "/ledger/{entry}", "/ledger/checkpoints")),
    *map(Shown, ("/policies", "/policies/{namespace}", "/policies/{namespace}/edit", "/policies/{namespace}/versions")),
    *[Shown(f"/access{part}") for part in ("", "/users", "/users/owner", "/services", "/teams", "/grants", "/tokens")],
    *map(Shown, ("/access/trusts", "/access/explain?who=owner", "/settings", "/tokens", "/password")),
)


def measure(options: Options) -> list[Row]:
    """Ask for every page, weigh it, and have a browser paint it."""
    cores = apart()[0]
    with place() as folder:
        names = _fill(folder)
        with serving(folder, cores=cores) as server:
            names |= _ask(server, str(names["model"]), int(names["number"]))
            places = [(page, page.place.format(**names)) for page in PAGES]
            times = [(where, _timed(server, where, options)) for _, where in places]
            weights = [(page, where, _weight(server, where)) for page, where in places]
            paints = _paints(server, [where for _, where in places])
            long = _long_row(server, names, options)
    return [_time_row(times), long, *_weight_rows(weights), _paint_row(paints)]


def _fill(folder: Path) -> dict[str, str | int]:
    (folder / "data").mkdir(parents=True, exist_ok=True)
    url = f"sqlite:///{folder / 'data' / 'holotype.db'}"
    fill(url, ENTRIES)
    database = db.connect(url)
    catalogue.generate(database, VERSIONS)
    with database.write() as tx:
        for statement in _ONE_IS_LONG:
            tx.exec_driver_sql(statement)
    with database.read() as tx:
        tx.exec_driver_sql("ANALYZE")
        row = tx.exec_driver_sql(
            "SELECT namespaces.name, models.name, max(number) FROM versions JOIN models ON models.id = model_id"
            " JOIN namespaces ON namespaces.id = models.namespace_id GROUP BY model_id ORDER BY count(*) DESC LIMIT 1"
        ).one()
        short = tx.exec_driver_sql(
            "SELECT namespaces.name || '/' || models.name FROM versions JOIN models ON models.id = model_id"
            " JOIN namespaces ON namespaces.id = models.namespace_id GROUP BY model_id"
            f" ORDER BY abs(count(*) - {_SHORT}) LIMIT 1"
        ).scalar_one()
    database.close()
    namespace, model, number = row
    names: dict[str, str | int] = {
        "namespace": namespace,
        "model": f"{namespace}/{model}",
        "number": number,
        "short": short,
    }
    reference = f"{namespace}%2F{model}%3A"
    return names | {"reference": f"{reference}{number}", "other": f"{reference}{number - 1}", "entry": ENTRIES // 2}


def _ask(server: Server, model: str, newest: int) -> dict[str, str | int]:
    """Ask for many promotions of a model that wait for an approval, move others, and talk about the last one."""
    with server.client() as client:
        client.apply_policy(_POLICY, model.partition("/")[0], reason="two pairs of eyes")
        for number in range(newest - _WAITING, newest):
            version = f"{model}:{number}"
            client.attest(version, "evaluation", json.dumps(_EVALUATION))
            made = client.promote(version, "production", reason="better on the holdout")
        assert made.status == "pending"
        for number in range(1, _MOVED):
            with suppress(IllegalMove):  # some are there already
                client.promote(f"{model}:{number}", "staging", reason="smoke test passed")
        for at in range(_COMMENTS):
            client.comment(made.id or 0, f"Is it the **new** holdout? ({at})")
        client.change_model(model, card=_CARD)
        evidence = client.attest(f"{model}:{newest}", "evaluation", json.dumps(_EVALUATION)).id
        held = client.quarantine(f"{model}:{newest // 2}", reason="labels swapped").id
    return {"promotion": made.id or 0, "evidence": evidence, "quarantine": held}


def _request(server: Server, where: str) -> bytes:
    lines = (f"GET {where} HTTP/1.1", f"Host: {HOST}:{server.port}", "Accept: text/html", "Accept-Encoding: gzip")
    return "\r\n".join((*lines, f"Cookie: holotype_session={server.token}", "", "")).encode()


def _timed(server: Server, where: str, options: Options) -> Load:
    request = [_request(server, where)]
    drive(server, request, seconds=30, connections=1, once=True)
    return drive(server, request, seconds=min(_SECONDS, options.seconds), connections=1)


def _weight(server: Server, where: str) -> int:
    """Return how many bytes a browser loads for a page, packed."""
    page = _fetched(server, where)
    loaded = set(map(unescape, _LOADED.findall(gzip.decompress(page).decode())))
    return len(page) + sum(len(_fetched(server, one)) for one in loaded)


def _fetched(server: Server, where: str) -> bytes:
    headers = {"Cookie": f"holotype_session={server.token}", "Accept-Encoding": "gzip", "Accept": "text/html"}
    with urlopen(Request(f"{server.url}{where}", headers=headers), timeout=30) as got:
        content: bytes = got.read()
        return content if got.headers.get("Content-Encoding") == "gzip" else gzip.compress(content)


def _paints(server: Server, places: Sequence[str]) -> list[tuple[str, float]]:
    """Return when Chromium painted the first of each page, in milliseconds: the median of some visits."""
    found = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=ensure(), args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context()
        context.add_cookies([{"name": "holotype_session", "value": server.token, "url": server.url}])
        page = context.new_page()
        for where in places:
            taken = []
            for _ in range(_PAINTS):
                page.goto(server.url + where, wait_until="load")
                taken.append(float(page.evaluate(_PAINTED)))
            found.append((where, median(taken)))
        browser.close()
    return found


_PAINTED = """() => new Promise((done) => {
    const told = () => performance.getEntriesByName("first-contentful-paint")[0];
    const look = () => told() ? done(told().startTime) : setTimeout(look, 10);
    look();
})"""


def _time_row(times: Sequence[tuple[str, Load]]) -> Row:
    slowest = max(times, key=lambda one: one[1].at(0.95))
    best, worst = (pick(load.at(0.95) for _, load in times) for pick in (min, max))
    told = f"{len(times)} pages; the slowest: {slowest[0]}, p50 {slowest[1].at(0.5):.1f} ms"
    for where, load in times:
        print(f"  {load.at(0.95):6.1f} ms  {where}")
    what = f"a page, {VERSIONS:,} versions and {ENTRIES:,} entries"
    return Row(what, f"p95 {best:.1f}–{worst:.1f} ms", told, "", f"p95 ≤ {_MS:.0f} ms", verdict(worst <= _MS))


def _long_row(server: Server, names: dict[str, str | int], options: Options) -> Row:
    """Open a model with ten thousand versions and one with ten."""
    pairs = []
    for tab in ("", "/metrics"):
        long, short = (_timed(server, f"/models/{names[one]}{tab}", options).at(0.95) for one in ("model", "short"))
        pairs.append((long, short))
    ratio = max(long / short for long, short in pairs)
    told = " and ".join(f"{long:.1f} ms" for long, _ in pairs)
    other = " and ".join(f"{short:.1f} ms" for _, short in pairs)
    what = f"the table and the plot of a model with {_LONG:,} versions"
    return Row(what, f"p95 {told}", f"a model with {_SHORT}: {other}", f"{ratio:.1f} ×", f"p95 ≤ {_MS:.0f} ms",
               verdict(max(long for long, _ in pairs) <= _MS))  # fmt: skip


def _weight_rows(weights: Sequence[tuple[Shown, str, int]]) -> list[Row]:
    rows = []
    for plotted, what, limit in ((False, "without plots", _PLAIN), (True, "with a plot or graph", _PLOTTED)):
        most, where = max((size, where) for page, where, size in weights if page.plotted is plotted)
        told = f"the heaviest: {where}"
        met = verdict(most <= limit * 1000)
        rows.append(Row(f"weight of a page {what}, packed", f"≤ {most / 1000:.0f} kB", told, "", f"≤ {limit} kB", met))
    return rows


def _paint_row(paints: Sequence[tuple[str, float]]) -> Row:
    where, worst = max(paints, key=lambda one: one[1])
    best = min(time for _, time in paints)
    told = f"{len(paints)} pages; the slowest: {where}"
    met = verdict(worst <= _PAINT)
    measured = f"{best:.0f}–{worst:.0f} ms"
    return Row("first contentful paint in Chromium", measured, told, "", f"≤ {_PAINT:.0f} ms", met)
