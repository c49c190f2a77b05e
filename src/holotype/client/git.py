"""Which commit is the code at? Asked of git, reading only; no git or no work tree is an answer too."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from holotype.domain.provenance import Code

_TIMEOUT = 10.0
# Reading must neither take locks nor run what the repository's own configuration names.
_SAFE = ("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}")
_MISLEADING = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX")


def code_of(*places: Path) -> Code | None:
    """Return the commit of the first of some places that lies in a git work tree; None when there is none.

    ``dirty`` is about files that git tracks: output that lies about untracked does not make a commit dirty.
    """
    for place in places:
        folder = place if place.is_dir() else place.parent
        head = _git(folder, "rev-parse", "HEAD", "--abbrev-ref", "HEAD")
        lines = head.splitlines() if head is not None else []
        if len(lines) == 2 and _is_commit(lines[0]):
            return Code(
                commit=lines[0],
                dirty=_git(folder, "status", "--porcelain", "--untracked-files=no", "--ignore-submodules") != "",
                repository=_repository(folder),
                branch=None if lines[1] == "HEAD" else lines[1],
            )
    return None


def without_credentials(url: str) -> str | None:
    """Return the address of a repository without passwords, tokens and query; None for a path on this machine."""
    if "://" not in url:
        host, colon, path = url.partition(":")
        return f"{host}:{path}" if colon and "/" not in host and len(host) > 1 else None
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return None
    if not parts.hostname or parts.scheme == "file":
        return None
    user = f"{parts.username}@" if parts.scheme.endswith("ssh") and parts.username else ""
    return urlunsplit((parts.scheme, f"{user}{parts.hostname}{port}", parts.path, "", ""))


def _repository(folder: Path) -> str | None:
    url = _git(folder, "config", "--get", "remote.origin.url")
    return without_credentials(url.strip()) if url else None


def _git(folder: Path, *arguments: str) -> str | None:
    environment = {name: value for name, value in os.environ.items() if name not in _MISLEADING}
    environment |= {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(  # noqa: S603 - fixed arguments, no shell
            ["git", *_SAFE, "-C", str(folder), *arguments],  # noqa: S607 - the user's own git, wherever it lies
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_TIMEOUT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def _is_commit(text: str) -> bool:
    return len(text) in (40, 64) and all(c in "0123456789abcdef" for c in text)
