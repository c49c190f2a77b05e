"""Does a signature of a model (OpenSSF Model Signing v1.0) cover just the files that a version has?

The statement lists every file with its digest. We hold the files' SHA-256, so nothing has to be read again; a signature
over other digests (BLAKE, shards of files) cannot be compared with them, which is said and never guessed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from holotype.domain.dsse import Statement
from holotype.domain.manifest import File

PREDICATE = "https://model_signing/signature/v1.0"
OLD_PREDICATE = "https://model_signing/Digests/v0.1"
SIGNATURE_FILE = "model.sig"
"""Where the signer leaves the signature among the files; it cannot cover itself."""
_ASIDE = (SIGNATURE_FILE, ".git", ".gitattributes", ".github", ".gitignore")
"""What the signer leaves out by default."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Why a signature does not cover a version: its files are others, or (not ``comparable``) it cannot be told."""

    reason: str
    comparable: bool = True


def is_signature(statement: Statement) -> bool:
    """Say whether a statement is one of a signed model."""
    return statement.predicate_type in {PREDICATE, OLD_PREDICATE}


def gap(statement: Statement, files: Sequence[File]) -> Gap | None:
    """Return why a statement does not cover exactly these files, or nothing where it does."""
    if statement.predicate_type != PREDICATE:
        return Gap("It was made by a pre-release of Model Signing, whose form is not read here.", comparable=False)
    signed = _resources(statement)
    if isinstance(signed, Gap):
        return signed
    every = {file.path for file in files}
    held = {file.path: file for file in files if not _aside(file.path)}
    if list(signed) == ["."] and len(held) == 1:  # a single file was signed, not a directory
        signed = {next(iter(held)): signed["."]}
    for path, digest in signed.items():
        if path not in every:
            return Gap(f"It covers {path[:200]!r}, which the version does not have.")
        if path in held and held[path].digest != f"sha256:{digest}":
            return Gap(f"It covers other bytes under {path[:200]!r}.")
    left = _ignored(statement)
    bare = next((f for f in held.values() if f.path not in signed and not _may_be_bare(f, left)), None)
    return Gap(f"It does not cover {bare.path[:200]!r}.") if bare else None


def _resources(statement: Statement) -> dict[str, str] | Gap:
    """Return path → SHA-256 of what is covered, in the order in which the root digest was made."""
    predicate = statement.predicate if isinstance(statement.predicate, dict) else {}
    form, listed = predicate.get("serialization"), predicate.get("resources")
    if not isinstance(form, dict) or not isinstance(listed, list) or not listed:
        return Gap("It lists no files.")
    if form.get("method") != "files" or form.get("hash_type") != "sha256":
        how = f"{form.get('method')!s:.20}, {form.get('hash_type')!s:.20}"
        return Gap(f"It lists other digests ({how}) than SHA-256 of whole files.", comparable=False)
    root, found = hashlib.sha256(), dict[str, str]()
    for one in listed:
        parts = (one.get("name"), one.get("algorithm"), one.get("digest")) if isinstance(one, dict) else ()
        match parts:
            case (str(name), "sha256", str(digest)) if name not in found and _is_hex(digest):
                root.update(bytes.fromhex(digest))
                found[name] = digest
            case _:
                return Gap("Its list of files cannot be read.")
    if len(statement.subjects) != 1 or not statement.names(root.hexdigest()):
        return Gap("Its subject is not the digest of its list of files.")
    return found


def _is_hex(text: str) -> bool:
    return len(text) == 64 and set(text) <= set("0123456789abcdef")


def _aside(path: str) -> bool:
    return path.split("/", 1)[0] in _ASIDE


def _ignored(statement: Statement) -> frozenset[str]:
    form = statement.predicate.get("serialization", {}) if isinstance(statement.predicate, dict) else {}
    paths = form.get("ignore_paths", [])
    return frozenset(path for path in paths if isinstance(path, str)) if isinstance(paths, list) else frozenset()


def _may_be_bare(file: File, ignored: frozenset[str]) -> bool:
    """Say whether a file may be uncovered: the signer left it out on purpose, and it is only there to be read."""
    parts = file.path.split("/")
    return file.role == "doc" and any("/".join(parts[:count]) in ignored for count in range(1, len(parts) + 1))
