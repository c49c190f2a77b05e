"""What exactly is a version made of?

An OCI image manifest in the CNCF ModelPack form: one raw layer a file, plus one layer that holds the provenance.
Built without timestamps and with sorted keys, so that equal content gives equal bytes and so an equal digest.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from holotype.domain import digest as digests
from holotype.domain import paths, provenance
from holotype.errors import InvalidManifest, InvalidReference

MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"
ARTIFACT_TYPE = "application/vnd.cncf.model.manifest.v1+json"
CONFIG_TYPE = "application/vnd.cncf.model.config.v1+json"
LAYER_TYPE = "application/vnd.cncf.model.{role}.v1.raw"
ROLES = ("weight", "weight.config", "doc", "code", "dataset")
PATH_KEY, FORMAT_KEY = "org.cncf.model.filepath", "org.holotype.format"

_DOC = (".md", ".txt", ".rst", ".pdf", ".html")
_CODE = (".py", ".ipynb", ".sh", ".r", ".jl", ".cpp", ".c", ".h", ".js", ".ts")
_CONFIG = (".json", ".yaml", ".yml", ".toml", ".ini", ".cfg", ".jinja")
_DATASET = (".csv", ".parquet", ".arrow", ".tsv", ".jsonl")
_NAMES = {"license": "doc", "readme": "doc", "mlmodel": "weight.config", "dockerfile": "code"}
_encode = msgspec.json.Encoder(order="sorted").encode


@dataclass(frozen=True, slots=True)
class File:
    """One file of a version: its path, its bytes' digest and size, its role and its format where known."""

    path: str
    digest: str
    size: int
    role: str = "weight"
    format: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A small JSON blob that the registry writes itself: manifest, config or provenance."""

    digest: str
    media_type: str
    content: bytes

    @classmethod
    def of(cls, media_type: str, content: bytes) -> Document:
        """Wrap bytes under their digest."""
        return cls(digests.of(content), media_type, content)


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest, read: its own bytes and digest, the files, and where config and provenance are."""

    document: Document
    files: tuple[File, ...]
    config: str
    provenance: str | None

    @property
    def digest(self) -> str:
        """The version's digest."""
        return self.document.digest

    @property
    def size(self) -> int:
        """The total size of the files in bytes."""
        return sum(file.size for file in self.files)


def role_of(path: str) -> str:
    """Guess the ModelPack role of a file from its name."""
    name = path.rsplit("/", 1)[-1].casefold()
    for role, endings in (("doc", _DOC), ("code", _CODE), ("weight.config", _CONFIG), ("dataset", _DATASET)):
        if name.endswith(endings):
            return _NAMES.get(name.split(".")[0], role)
    return _NAMES.get(name, "weight")


def build(files: Iterable[File], provenance_content: bytes) -> tuple[Manifest, tuple[Document, Document, Document]]:
    """Return the manifest of some files and the documents to keep: manifest, config, provenance.

    Every file is checked as :func:`parse` checks it.
    """
    ordered = tuple(sorted(files, key=lambda file: file.path))
    paths.check_all(file.path for file in ordered)
    for file in ordered:
        _check(file)
    origin = Document.of(provenance.MEDIA_TYPE, provenance_content)
    diffs = [file.digest for file in ordered] + [origin.digest]
    config = Document.of(
        CONFIG_TYPE, _bytes({"descriptor": {}, "config": {}, "modelfs": {"type": "layers", "diffIds": diffs}})
    )
    layers = [_layer(file) for file in ordered]
    layers.append({"mediaType": origin.media_type, "digest": origin.digest, "size": len(origin.content)})
    raw = _bytes(
        {
            "schemaVersion": 2,
            "mediaType": MANIFEST_TYPE,
            "artifactType": ARTIFACT_TYPE,
            "config": {"mediaType": CONFIG_TYPE, "digest": config.digest, "size": len(config.content)},
            "layers": layers,
        }
    )
    manifest = Manifest(Document.of(MANIFEST_TYPE, raw), ordered, config.digest, origin.digest)
    return manifest, (manifest.document, config, origin)


def parse(raw: bytes) -> Manifest:
    """Read manifest bytes, checking every path, digest and size; raise ``InvalidManifest`` or ``InvalidPath``."""
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise InvalidManifest("The manifest is not JSON.") from error
    if not isinstance(value, dict) or value.get("schemaVersion") != 2 or value.get("mediaType") != MANIFEST_TYPE:
        raise InvalidManifest("This is not an OCI image manifest of schema version 2.")
    if value.get("artifactType") != ARTIFACT_TYPE:
        raise InvalidManifest("This is not a manifest of a model.", hint=f"Its artifactType is not {ARTIFACT_TYPE}.")
    layers = value.get("layers")
    if not isinstance(layers, list):
        raise InvalidManifest("The manifest has no list of layers.")
    config = _descriptor(value.get("config"))
    files: list[File] = []
    origin: str | None = None
    for layer in layers:
        digest, _, kind = _descriptor(layer)
        if kind == provenance.MEDIA_TYPE and origin is None:
            origin = digest
        else:
            files.append(_file(layer))
    paths.check_all(file.path for file in files)
    return Manifest(Document.of(MANIFEST_TYPE, raw), tuple(files), config[0], origin)


def _check(file: File) -> None:
    if file.role not in ROLES or not 0 <= file.size < 2**53:
        raise InvalidManifest(f"The file {file.path!r} has no usable role or size.", hint=f"Roles: {', '.join(ROLES)}.")
    digests.parse(file.digest)


def _layer(file: File) -> dict[str, Any]:
    notes = {PATH_KEY: file.path} | ({FORMAT_KEY: file.format} if file.format else {})
    kind = LAYER_TYPE.format(role=file.role)
    return {"mediaType": kind, "digest": file.digest, "size": file.size, "annotations": notes}


def _file(layer: dict[str, Any]) -> File:
    digest, size, kind = _descriptor(layer)
    role = next((role for role in ROLES if kind == LAYER_TYPE.format(role=role)), None)
    notes = layer.get("annotations")
    path = notes.get(PATH_KEY) if isinstance(notes, dict) else None
    if role is None or not isinstance(path, str):
        raise InvalidManifest(
            f"The layer {digests.short(digest)} is not a raw ModelPack file with a path.",
            hint=f"Its media type must be {LAYER_TYPE.format(role='weight')} or alike, with the annotation {PATH_KEY}.",
        )
    form = notes.get(FORMAT_KEY) if isinstance(notes, dict) else None
    return File(path, digest, size, role, form if isinstance(form, str) else None)


def _descriptor(value: Any) -> tuple[str, int, str]:
    fields = (value.get("digest"), value.get("size"), value.get("mediaType")) if isinstance(value, dict) else ()
    match fields:
        case (str(digest), int(size), str(kind)) if not isinstance(size, bool) and 0 <= size < 2**53:
            try:
                return digests.parse(digest), size, kind
            except InvalidReference as error:
                raise InvalidManifest(f"A layer of the manifest has no usable digest: {error.detail}") from error
    raise InvalidManifest("A layer or the config of the manifest lacks a digest, a size or a media type.")


def _bytes(value: Any) -> bytes:
    return _encode(value)
