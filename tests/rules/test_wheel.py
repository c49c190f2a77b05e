"""Is everything that the pages load in the wheel that people install?"""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

from tools.scripts import FILES, ROOT

WEB = ROOT / "src" / "holotype" / "web"


def test_a_wheel_of_this_checkout_holds_all_that_pages_load(tmp_path: Path) -> None:
    """It is built without a network; scripts and style sheets of others, their licences, ours, and the templates."""
    environment = os.environ | {"npm_config_offline": "true", "PIP_NO_INDEX": "1"}
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as opened:
        sizes = {one.filename: one.file_size for one in opened.infolist()}
        licences = opened.read("holotype/web/static/vendor/LICENSES.txt").decode()
    ours = [one for folder in ("static", "templates") for one in (WEB / folder).rglob("*") if one.is_file()]
    wanted = {f"holotype/web/{one.relative_to(WEB).as_posix()}" for one in ours}
    wanted |= {f"holotype/web/static/vendor/{name}" for name in (*FILES, "LICENSES.txt")}
    assert sorted(wanted - set(sizes)) == []
    assert [name for name in sorted(wanted) if not sizes[name]] == []
    assert [name for name in sorted(sizes) if "node_modules" in name or name.startswith("tests")] == []
    for name in ("htmx", "uplot", "cytoscape"):
        assert name in licences.lower()
