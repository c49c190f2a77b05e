"""Is a manifest the same for the same content, and refused when it is broken?"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holotype.domain import digest, manifest
from holotype.domain.manifest import File
from holotype.errors import HolotypeError, Invalid, InvalidManifest, InvalidPath

A, B = digest.of(b"a"), digest.of(b"b")
FILES = [
    File("model.pt", A, 1),
    File("README.md", B, 0, "doc", None),
    File("cfg/x.json", B, 0, "weight.config", "json"),
]


def test_equal_content_gives_an_equal_digest_in_any_order() -> None:
    """No timestamp and no order of arrival gets into the bytes."""
    first, _ = manifest.build(FILES, b"{}")
    second, _ = manifest.build(reversed(FILES), b"{}")
    assert first.document.content == second.document.content
    assert first.digest == digest.of(first.document.content)


def test_other_provenance_is_another_version() -> None:
    """The digest covers where the content came from."""
    assert manifest.build(FILES, b"{}")[0].digest != manifest.build(FILES, b'{"a":1}')[0].digest


def test_the_manifest_has_the_modelpack_form() -> None:
    """One raw layer a file with its path, one for the provenance, and a config with the diff ids."""
    built, (raw, config, origin) = manifest.build(FILES, b"{}")
    value = json.loads(raw.content)
    assert value["artifactType"] == "application/vnd.cncf.model.manifest.v1+json"
    assert value["config"] == {
        "mediaType": "application/vnd.cncf.model.config.v1+json",
        "digest": config.digest,
        "size": len(config.content),
    }
    assert [layer["mediaType"] for layer in value["layers"]] == [
        "application/vnd.cncf.model.doc.v1.raw",
        "application/vnd.cncf.model.weight.config.v1.raw",
        "application/vnd.cncf.model.weight.v1.raw",
        "application/vnd.holotype.provenance.v1+json",
    ]
    assert json.loads(config.content)["modelfs"]["diffIds"] == [layer["digest"] for layer in value["layers"]]
    assert built.provenance == origin.digest
    assert built.files == tuple(sorted(FILES, key=lambda file: file.path))


def changed(**change: Any) -> bytes:
    """Return a good manifest with some top-level fields changed."""
    value = json.loads(manifest.build(FILES, b"{}")[0].document.content)
    return json.dumps(value | change).encode()


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"\xff", b"[]", b"{}", b"[" * 100_000, b'{"schemaVersion":2}',
        changed(schemaVersion=1), changed(mediaType="x"), changed(artifactType=None), changed(layers={}),
        changed(layers=[1]), changed(layers=[{}]), changed(config=None), changed(config={"digest": "x"}),
        changed(layers=[{"digest": A, "size": -1, "mediaType": "x"}]),
        changed(layers=[{"digest": A, "size": True, "mediaType": "x"}]),
        changed(layers=[{"digest": A, "size": 1, "mediaType": "application/vnd.oci.image.layer.v1.tar"}]),
        changed(layers=[{"digest": A, "size": 1, "mediaType": "application/vnd.cncf.model.weight.v1.raw"}]),
        changed(layers=[{"digest": "sha256:zz", "size": 1, "mediaType": "application/vnd.cncf.model.weight.v1.raw"}]),
    ],
)  # fmt: skip
def test_a_broken_manifest_is_refused(raw: bytes) -> None:
    """Each fault is an ``InvalidManifest``, never another exception."""
    with pytest.raises(InvalidManifest):
        manifest.parse(raw)


def test_a_path_in_a_manifest_cannot_escape() -> None:
    """Reading a manifest checks its paths: the client reads those of a hostile server with the same function."""
    layer = {
        "digest": A,
        "size": 1,
        "mediaType": "application/vnd.cncf.model.weight.v1.raw",
        "annotations": {"org.cncf.model.filepath": "../../.bashrc"},
    }
    with pytest.raises(InvalidPath):
        manifest.parse(changed(layers=[layer]))


@given(st.binary(max_size=400))
def test_reading_never_fails_in_another_way(raw: bytes) -> None:
    """Arbitrary bytes are refused with one of our errors."""
    with pytest.raises(Invalid):
        manifest.parse(raw)


@pytest.mark.parametrize(
    ("path", "role"),
    [("README.md", "doc"), ("LICENSE", "doc"), ("a/train.py", "code"), ("config.json", "weight.config"),
     ("MLmodel", "weight.config"), ("x.safetensors", "weight"), ("data.csv", "dataset"), ("noending", "weight")],
)  # fmt: skip
def test_the_role_follows_from_the_name(path: str, role: str) -> None:
    """What a file is for is guessed from its name alone."""
    assert manifest.role_of(path) == role


def test_errors_are_all_ours() -> None:
    """A path error is a request error like the others."""
    assert issubclass(InvalidPath, HolotypeError)


@pytest.mark.parametrize(
    "file",
    [
        File("a", A, -1),
        File("a", A, 2**53),
        File("a", A, 1, "poem"),
        File("a", "sha256:zz", 1),
        File("../a", A, 1),
    ],
)
def test_what_cannot_be_read_back_cannot_be_built(file: File) -> None:
    """Building checks each file as reading does."""
    with pytest.raises(Invalid):
        manifest.build([file], b"{}")


def test_what_was_built_reads_back_the_same() -> None:
    """The manifest that is returned is the one that its bytes say."""
    built, _ = manifest.build(FILES, b"{}")
    assert manifest.parse(built.document.content) == built
