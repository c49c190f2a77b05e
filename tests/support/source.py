"""Which files belong to the project? Those that git tracks, and those that it would track with the next commit."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def project_files(*patterns: str) -> list[Path]:
    """Return the project's files that match git pathspecs (all without one), in order."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return sorted(path for name in set(listing.split("\0")) - {""} if (path := ROOT / name).is_file())


def relative(path: Path) -> str:
    """Return a path as git prints it, for messages that are the same on every machine."""
    return path.relative_to(ROOT).as_posix()
