"""Where do the keys lie that sign checkpoints? In files, for the server's OS user alone; never in the database.

    <data>/keys/<id>.pem      an Ed25519 private key (PKCS #8), mode 0600

Whoever reads such a file can sign any history in the registry's name, so a backup does not hold it. Which key signs
now, the database says; a server that has no file for it does not sign.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from holotype.domain.notes import Checkpoint, Signature, Verifier
from holotype.errors import LocalProblem
from holotype.settings import Settings

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key under the name that its signatures bear."""

    verifier: Verifier
    private: Ed25519PrivateKey

    def sign(self, checkpoint: Checkpoint) -> Signature:
        """Sign the lines of a checkpoint."""
        return Signature(self.verifier.name, self.verifier.id, self.private.sign(checkpoint.text.encode()))


def place(settings: Settings, identifier: str) -> Path:
    """Return where the file of a key lies."""
    return settings.keys_folder / f"{identifier}.pem"


def generate(name: str) -> Signer:
    """Make a key, in memory."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415 - 10 MiB

    return _signer(name, Ed25519PrivateKey.generate())


def load(settings: Settings, name: str, identifier: str) -> Signer | None:
    """Return the key of that id, or nothing where this machine has not got its file."""
    file = place(settings, identifier)
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise LocalProblem(f"The key {file} cannot be read: {error.strerror}.") from error
    found = _read(content, name)
    if found is None or found.verifier.id != identifier:
        raise LocalProblem(f"{file} does not hold the key {identifier} of {name}.", hint="Put the right file there.")
    return found


def save(settings: Settings, signer: Signer) -> Path:
    """Write a key to its file, durably."""
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415 - 10 MiB
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    content = signer.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file = place(settings, signer.verifier.id)
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        _sync(file.parent)
    except OSError as error:
        raise LocalProblem(
            f"The key for checkpoints cannot be written to {file}: {error.strerror}.",
            hint="Make the folder writable, or name another one with the setting 'keys'.",
        ) from error
    return file


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read(content: bytes, name: str) -> Signer | None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415 - 10 MiB
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

    try:
        private = load_pem_private_key(content, None)
    except (ValueError, TypeError):
        return None
    return _signer(name, private) if isinstance(private, Ed25519PrivateKey) else None


def _signer(name: str, private: Ed25519PrivateKey) -> Signer:
    return Signer(Verifier(name, private.public_key().public_bytes_raw()), private)
