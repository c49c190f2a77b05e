"""How fast do 1 GiB go up and come down with the MLflow client itself, to our server and to MLflow's?

The client reads, hashes nothing, and sends one stream; what it needs of a processor is told beside its time.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from statistics import median

from bench.options import Options
from bench.peer import RELEASE, peering
from bench.servers import ROOT, serving
from bench.table import Row, verdict
from bench.turns import resting
from tests.clients.environments import python_of

_PROGRAM = Path(__file__).with_name("mlflow_carrier.py")
_SLACK = 1.05
"""Two runs of the same on a shared machine differ by more than this; a median of three within it is no slower."""


def carry(folder: Path, options: Options) -> list[Row]:
    """Carry the file up and down, in turns, against both."""
    file = folder / "weights.bin"
    block = os.urandom(2**20)
    with file.open("wb") as out:
        for number in range(options.size):
            out.write(number.to_bytes(8, "big") + block[8:])
    found: dict[str, list[dict[str, float]]] = {"ours": [], "theirs": []}
    with serving(folder / "ours-bytes") as ours, peering(folder / "theirs-bytes") as theirs:
        for _ in range(options.runs):
            with resting(theirs):
                found["ours"].append(_carried(ours.url, ours.token, file, folder))
            with resting(ours):
                found["theirs"].append(_carried(theirs.url, "", file, folder))
    return [_row(way, found, options.size) for way in ("up", "down")]


def _carried(url: str, token: str, file: Path, folder: Path) -> dict[str, float]:
    variables = {name: text for name, text in os.environ.items() if not name.startswith(("MLFLOW_", "HOLOTYPE_"))}
    variables |= {"MLFLOW_TRACKING_URI": url, "MLFLOW_DISABLE_TELEMETRY": "true"}
    variables |= {"MLFLOW_TRACKING_TOKEN": token} if token else {}
    command = [str(python_of(RELEASE)), "-P", str(_PROGRAM), str(file), str(folder / "down")]
    got = subprocess.run(command, env=variables, cwd=ROOT, capture_output=True, text=True, check=False)
    if got.returncode != 0:
        raise RuntimeError(f"The transfer failed: {got.stderr[-2000:]}")
    told: dict[str, float] = json.loads(got.stdout.splitlines()[-1])
    return told


def _row(way: str, found: dict[str, list[dict[str, float]]], size: int) -> Row:
    ours, theirs = (median(one[way] for one in found[who]) for who in ("ours", "theirs"))
    busy = median(one[f"{way}_cpu"] for one in found["ours"])
    return Row(
        f"MLflow client: {size} MiB {way}",
        f"{size / ours:,.0f} MiB/s; the client's own processor time is {busy / ours:.0%} of it",
        f"MLflow's server: {size / theirs:,.0f} MiB/s",
        f"{theirs / ours:.2f} ×",
        "no slower",
        verdict(ours <= theirs * _SLACK),
    )
