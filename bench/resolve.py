"""How fast does a label become a version, against a route that does nothing?"""

from __future__ import annotations

from bench import budgets
from bench.driving import Load, drive, get, middle
from bench.options import Options
from bench.registering import registrations
from bench.servers import apart, place, serving
from bench.table import Row, verdict

VERSIONS = 1_000


def measure(options: Options) -> list[Row]:
    """Resolve the production version of a model with a thousand versions."""
    with place() as folder, serving(folder, cores=apart()[0]) as server:
        drive(server, registrations(server, "many", VERSIONS, "r"), seconds=300, statuses=(201,), once=True)
        with server.client() as client:
            for stage in ("staging", "production"):
                client.promote(f"default/many:{VERSIONS // 2}", stage)
        label = [get(server, "/api/v1/resolve?reference=default/many%3Aproduction")]
        nothing = [get(server, "/healthz")]
        pairs = [
            (drive(server, nothing, seconds=options.seconds), drive(server, label, seconds=options.seconds))
            for _ in range(options.runs)
        ]
    return [_row(middle([one for _, one in pairs]), middle([one for one, _ in pairs]))]


def _row(found: Load, noop: Load) -> Row:
    least = budgets.RESOLVE_TIMES * budgets.MLFLOW_RESOLVE
    return Row(
        "resolve a label, 8 connections",
        str(found),
        f"no-op route: {noop}",
        f"{found.rate / noop.rate:.2f} × no-op, {found.rate / budgets.MLFLOW_RESOLVE:.0f} × MLflow",
        f"≥ {least:,}/s ({budgets.RESOLVE_TIMES} × MLflow)",
        verdict(found.rate >= least),
        budgets.PEER_RESOLVE,
    )
