"""Which settings are there? Each once: type, default and one line of help.

Every field is read from ``HOLOTYPE_<NAME>``, from a TOML file and from the command line, in rising order of weight,
and its row in ``docs/reference/settings.md`` is generated from here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


def _setting(default: T, help_text: str) -> T:
    value: T = field(default=default, metadata={"help": help_text})
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of a server. Sizes are bytes, times seconds."""

    data: Path = _setting(Path("holotype-data"), "Directory of the embedded database, blobs, keys and credentials.")
    database: str | None = _setting(None, "Database URL; the default is SQLite inside the data directory.")
    store: str | None = _setting(None, "Where blobs live: a folder or an s3://, gs:// or az:// URL.")
    host: str = _setting("127.0.0.1", "Address to bind.")
    port: int = _setting(7878, "Port to bind; 0 takes a free one.")
    workers: int = _setting(1, "Server processes.")
    open: bool = _setting(False, "Serve without sign-in; on a loopback address only.")
    tls_certificate: Path | None = _setting(None, "PEM certificate chain to serve TLS with.")
    tls_key: Path | None = _setting(None, "PEM private key to serve TLS with.")
    insecure_public: bool = _setting(False, "Bind a public address without TLS, for example behind a TLS proxy.")
    log_format: str = _setting("text", "Log lines as 'text' or 'json'.")
    log_level: str = _setting("info", "Least severe log level: debug, info, warning or error.")
    body_limit: int = _setting(8 * 2**20, "Largest JSON body.")
    part_size: int = _setting(16 * 2**20, "Size of the parts in which files are uploaded.")
    upload_lifetime: int = _setting(7 * 86_400, "How long an unfinished upload is kept.")
    grace_period: int = _setting(7 * 86_400, "How long unreferenced or deleted bytes are kept before the sweep.")
    sweep_interval: int = _setting(3_600, "Pause between two sweeps.")
    stop_timeout: int = _setting(30, "How long a stopping server lets requests in flight finish.")

    @property
    def database_url(self) -> str:
        """The URL of the database."""
        return self.database or f"sqlite:///{self.data.absolute() / 'holotype.db'}"

    @property
    def store_url(self) -> str | Path:
        """Where blobs live: a folder or a URL."""
        return self.store or self.data.absolute() / "blobs"
