"""Which Chromium do the tests of the pages drive? The system's; on Debian it is installed where there is none.

    python tools/chromium.py         print where it is

Anywhere else install it by hand: `apt install chromium`, `dnf install chromium`, `brew install chromium`, or Chrome.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
VARIABLE = "CHROMIUM"


def find() -> str | None:
    """Return the path of a Chromium: what the variable names, else the first that the system has."""
    named = os.environ.get(VARIABLE)
    return named or next((found for name in NAMES if (found := shutil.which(name))), None)


def ensure() -> str:
    """Return the path of a Chromium, installed where that is possible."""
    found = find()
    if found is None and shutil.which("apt-get") and os.geteuid() == 0:
        quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for step in (["update"], ["install", "--yes", "--no-install-recommends", "chromium", "fonts-dejavu-core"]):
            subprocess.run(["apt-get", "--quiet", *step], env=quiet, check=True, stdout=subprocess.DEVNULL)
        found = find()
    if found is None:
        sys.exit(f"The tests of the pages need Chromium. Install it, or name it: {VARIABLE}=/path make test")
    return found


if __name__ == "__main__":
    print(ensure())  # noqa: T201 - this is what was asked for
