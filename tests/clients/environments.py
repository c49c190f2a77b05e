"""Where does a released client live that the tests run unmodified? In an environment of its own, made from a lock file.

    requirements/clients/mlflow-3.18.in         what is wanted
    requirements/clients/mlflow-3.18.overrides  what has to be another release than the client asks for, and why
    requirements/clients/mlflow-3.18.txt        everything, pinned by hash
    build/clients/mlflow-3.18-<hash>/           the environment, made once for each state of the lock file

MLflow needs hundreds of megabytes, so none of it is in our own environment.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ROOT / "requirements" / "clients"
PLACES = ROOT / "build" / "clients"
_UV = Path(sys.executable).with_name("uv")


def python_of(name: str) -> Path:
    """Return the Python of an environment, made where it is not there yet; other processes wait for it."""
    lock = LOCKS / f"{name}.txt"
    place = PLACES / f"{name}-{hashlib.sha256(lock.read_bytes()).hexdigest()[:12]}"
    PLACES.mkdir(parents=True, exist_ok=True)
    with (PLACES / f"{name}.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if not (place / "whole").exists():
            shutil.rmtree(place, ignore_errors=True)
            _make(place, lock)
            (place / "whole").touch()
    return place / "bin" / "python"


def packages_of(name: str) -> frozenset[str]:
    """Return which packages an environment has, by its lock file."""
    lines = (LOCKS / f"{name}.txt").read_text().splitlines()
    return frozenset(line.partition("==")[0] for line in lines if "==" in line and not line.startswith((" ", "#")))


def _make(place: Path, lock: Path) -> None:
    _run("venv", "--quiet", "--python", sys.executable, str(place))
    python = str(place / "bin" / "python")
    _run("pip", "sync", "--quiet", "--require-hashes", "--python", python, str(lock))
    if lock.with_suffix(".overrides").exists():
        # The overridden packages hold files of the same names; the client's own have to be there in the end.
        wanted = lock.with_suffix(".in").read_text().split()[0]
        _run("pip", "install", "--quiet", "--no-deps", "--reinstall", "--python", python, wanted)


def _run(*arguments: str) -> None:
    subprocess.run([_UV, *arguments], check=True)
