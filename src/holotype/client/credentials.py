"""Which registry does the client talk to, and as whom?

Explicit arguments, else ``HOLOTYPE_URL`` and ``HOLOTYPE_TOKEN``, else what a server left for the same OS user:

    ${XDG_CONFIG_HOME:-~/.config}/holotype/credentials.json  (mode 0600)
    {"http://127.0.0.1:7878": {"token": "holo_…"}, "default": "http://127.0.0.1:7878"}
"""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

from holotype.errors import LocalProblem

DEFAULT_URL = "http://127.0.0.1:7878"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def path() -> Path:
    """Return where the credentials of this OS user are kept."""
    home = os.environ.get("XDG_CONFIG_HOME")
    return (Path(home) if home else Path.home() / ".config") / "holotype" / "credentials.json"


def find(url: str | None = None, token: str | None = None) -> tuple[str, str | None]:
    """Return the URL and the token to use; a stored token only ever goes to the URL that it was stored for."""
    url = url or os.environ.get("HOLOTYPE_URL")
    token = token or os.environ.get("HOLOTYPE_TOKEN")
    if url and token:
        return url, token
    stored = load()
    default = stored.get("default")
    if not url:
        url = default if isinstance(default, str) else DEFAULT_URL
    return url, token or _token(stored, url)


def load() -> dict[str, object]:
    """Return the stored credentials; raise ``LocalProblem`` when the file is readable by others or broken."""
    file = path()
    try:
        with file.open("rb") as stream:
            if os.name == "posix" and os.fstat(stream.fileno()).st_mode & _OTHERS:
                raise LocalProblem(f"Other users may read {file}.", hint=f"Run: chmod 600 {file}")
            content = json.loads(stream.read(2**20))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise LocalProblem(f"{file} cannot be read: {error.strerror}.", hint="Or set HOLOTYPE_TOKEN.") from error
    except ValueError as error:
        raise LocalProblem(f"{file} is not JSON.", hint="Remove it, or set HOLOTYPE_URL and HOLOTYPE_TOKEN.") from error
    return content if isinstance(content, dict) else {}


def _token(stored: dict[str, object], url: str) -> str | None:
    for known, entry in stored.items():
        if known.rstrip("/") == url.rstrip("/") and isinstance(entry, dict):
            token = entry.get("token")
            return token if isinstance(token, str) else None
    return None
