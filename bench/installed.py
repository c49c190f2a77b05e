"""How big is what gets installed? Fresh environments from the lock files, with the project in them."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path

from bench import content
from bench.options import Options
from bench.servers import ROOT, place
from bench.table import Row

_UV = str(Path(sysconfig.get_path("scripts")) / "uv")


def measure(options: Options) -> list[Row]:  # noqa: ARG001 - nothing to shorten
    """Install the client and the server, each by itself, and add up their files."""
    with place() as folder:
        return [_row(folder, part) for part in ("client", "server")]


def _row(folder: Path, part: str) -> Row:
    home = folder / part
    python = home / "bin" / "python"
    _run(_UV, "venv", "--python", sys.executable, home)
    empty = _size(home)
    lock = ROOT / "requirements" / f"{part}.txt"
    _run(_UV, "pip", "install", "--python", python, "--require-hashes", "--link-mode", "copy", "-r", lock)
    wheel = folder / "wheel"
    _run(_UV, "build", "--wheel", "--no-build-isolation", "--python", sys.executable, "--out-dir", wheel, ROOT)
    _run(_UV, "pip", "install", "--python", python, "--no-deps", next(wheel.glob("*.whl")))
    packages = len(list(home.glob("lib/*/site-packages/*.dist-info")))
    check = "import holotype; holotype.Client" if part == "client" else "import holotype.main"
    _run(python, "-c", check)
    return Row(f"installed size of the {part}", f"{_size(home) - empty:.1f} MiB, {packages} packages, no bytecode")


def _size(folder: Path) -> float:
    """Return the MiB of the files in a folder, without what Python compiled."""
    files = (file for file in folder.rglob("*") if file.is_file() and not file.is_symlink())
    return sum(file.stat().st_size for file in files if file.suffix != ".pyc") / content.MIB


def _run(*words: str | Path) -> None:
    result = subprocess.run(words, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise RuntimeError(f"{words[0]} failed: {result.stderr[-2000:]}")
