"""Can a person attach evidence, read it, and take the bill of materials and the card along?"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from holotype import Client
from holotype.domain import front_matter
from tests.support.server import Running, serving
from tests.support.signing import sign_folder

MODEL = "default/fraud"


@dataclass(frozen=True)
class Shell:
    """A person's shell, in a folder."""

    folder: Path
    environment: dict[str, str]

    def run(self, *arguments: str, code: int = 0, typed: bytes = b"") -> bytes:
        """Run a command, check its exit code, and return what it printed."""
        command = [sys.executable, "-c", "from holotype.cli import main; main()", *arguments]
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, input=typed, capture_output=True, check=False
        )
        assert done.returncode == code, (arguments, done.stdout, done.stderr)
        assert b"Traceback" not in done.stderr
        return done.stdout or done.stderr


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server with one version that brings a signature of its own."""
    folder = tmp_path_factory.mktemp("model")
    (folder / "model").mkdir()
    (folder / "model" / "weights.bin").write_bytes(b"weights")
    sign_folder(folder / "model", folder, ec.generate_private_key(ec.SECP256R1()))
    with serving(tmp_path_factory.mktemp("server")) as running, Client(running.url, running.token) as client:
        client.push(folder / "model", MODEL, card="---\nlicense: mit\n---\n# Fraud", code=None)
        yield running


@pytest.fixture
def shell(server: Running, tmp_path: Path) -> Shell:
    """A shell whose environment names the server."""
    environment = {"HOLOTYPE_URL": server.url, "HOLOTYPE_TOKEN": server.token, "XDG_CONFIG_HOME": str(tmp_path)}
    return Shell(tmp_path, environment | {"PATH": "/usr/bin:/bin", "PYTHONUTF8": "1"})


def test_evidence_is_attached_listed_and_read(shell: Shell) -> None:
    """From a file or from standard input, and back byte for byte."""
    payload = b'{"metrics": [{"name": "auc", "value": 0.93}]}\n'
    (shell.folder / "evaluation.json").write_bytes(payload)
    said = shell.run("attest", f"{MODEL}:1", "evaluation.json", "--type", "evaluation").decode()
    assert said.startswith("default/fraud:1  evaluation  evidence ")
    made = json.loads(shell.run("attest", f"{MODEL}:1", "-", "-t", "acme.org/x", "--json", typed=b"\x00\xff"))
    assert made["media_type"] == "application/octet-stream"
    assert "acme.org/x" in shell.run("evidence", "ls", f"{MODEL}:1").decode()
    (one,) = json.loads(shell.run("evidence", "ls", f"{MODEL}:1", "--type", "evaluation", "--json"))["items"]
    number = str(one["id"])
    assert shell.run("evidence", "show", f"{MODEL}:1", number, "--payload") == payload
    shown = shell.run("evidence", "show", f"{MODEL}:1", number).decode()
    assert one["digest"] in shown


def test_what_is_refused_says_why_in_a_line(shell: Shell) -> None:
    """A wrong type, a wrong payload, a file that is not there."""
    (shell.folder / "x.json").write_text('{"metrics": []}')
    assert b"not a type of evidence" in shell.run("attest", f"{MODEL}:1", "x.json", "--type", "opinion", code=1)
    assert b"at least one metric" in shell.run("attest", f"{MODEL}:1", "x.json", "--type", "evaluation", code=1)
    assert b"error: " in shell.run("attest", f"{MODEL}:1", "none.json", "--type", "evaluation", code=1)
    assert b"no evidence 999" in shell.run("evidence", "show", f"{MODEL}:1", "999", code=1)


def test_a_signature_among_the_files_becomes_evidence_by_itself(shell: Shell) -> None:
    """Soon after the push; nobody trusted made it, and it says so."""
    until = time.monotonic() + 30
    items: list[dict[str, object]] = []
    while not items and time.monotonic() < until:
        items = json.loads(shell.run("evidence", "ls", f"{MODEL}:1", "--type", "signature", "--json"))["items"]
    (one,) = items
    assert (one["created_by"], one["signed_by"]) == ("holotype", None)
    assert "unknown" in shell.run("evidence", "show", f"{MODEL}:1", str(one["id"])).decode()


def test_the_documents_can_be_taken_along(shell: Shell) -> None:
    """A bill of materials that holds, and a card with front matter."""
    bom = shell.run("bom", f"{MODEL}:1").decode()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(bom) is None
    card = front_matter.read(shell.run("card", f"{MODEL}:1").decode())
    assert card.text("license") == "mit"
    assert "# Fraud" in card.body
    assert "What the registry knows" in json.loads(shell.run("card", f"{MODEL}:1", "--json"))["card"]


def test_the_client_reads_what_it_attached(server: Running) -> None:
    """Typed results; the payload is held against its digest."""
    with Client(server.url, server.token) as client:
        made = client.attest(f"{MODEL}:1", "test-report", '{"passed": 1, "failed": 0}')
        assert client.evidence_payload(f"{MODEL}:1", made.id) == b'{"passed": 1, "failed": 0}'
        assert made in list(client.evidence(f"{MODEL}:1", type="test-report"))
        assert client.one_evidence(f"{MODEL}:1", made.id) == made
