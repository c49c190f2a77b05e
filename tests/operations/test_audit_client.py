"""Does an auditor with the command line get everything from a server, and verify it when the server is gone?"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import holotype
from holotype.client.auditing.verify import read_keys, verify_export
from holotype.domain import notes, proofs
from holotype.errors import Denied, Invalid, LocalProblem, NotFound, Unavailable
from tests.support import rfc6962
from tests.support.server import Running, serving

PROGRAM = (sys.executable, "-c", "import holotype.cli; holotype.cli.main()", "audit")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server that signs every second, with a few models."""
    with serving(tmp_path_factory.mktemp("audit"), checkpoint_interval=1) as running:
        with holotype.Client(running.url, running.token) as client:
            for name in ("one", "two", "three"):
                client.create_model(f"default/{name}")
        yield running


@pytest.fixture
def client(server: Running) -> Iterator[holotype.Client]:
    """The owner."""
    with holotype.Client(server.url, server.token) as made:
        yield made


def command(server: Running, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """Run `holotype audit …`."""
    program = [*PROGRAM, *words]
    return subprocess.run(program, env=server.client_environment, capture_output=True, text=True, check=False)


def test_an_auditor_verifies_what_the_command_line_exported(server: Running, tmp_path: Path) -> None:
    """Export, keys, checkpoint; then verified without any server, which would not be reached."""
    file = tmp_path / "ledger.jsonl"
    assert command(server, "export", file).returncode == 0
    (tmp_path / "key").write_text(command(server, "keys").stdout)
    (tmp_path / "kept").write_text(command(server, "checkpoint").stdout)
    words = [*PROGRAM, "verify", file, "--key", tmp_path / "key"]
    alone = {"PATH": os.environ["PATH"], "HOLOTYPE_URL": "http://127.0.0.1:1"}
    for more in ([], ["--against", tmp_path / "kept"], ["--json"]):
        done = subprocess.run([*words, *more], env=alone, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["holds"] is True
    file.write_bytes(file.read_bytes().replace(b"default/two", b"default/twO"))
    done = subprocess.run(words, env=alone, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "was altered" in done.stdout


def test_proofs_lead_to_the_checkpoint(client: holotype.Client, tmp_path: Path) -> None:
    """Each entry of the export has a proof, which is the RFC's, to the root that was signed."""
    client.export_ledger(tmp_path / "export")
    entries = [line for line in (tmp_path / "export").read_bytes().splitlines() if line.startswith(b'{"action":')]
    signed = notes.checkpoint(client.checkpoint())
    assert client.checkpoint_keys()[0].id == signed.signatures[0].key
    log = entries[: signed.size]
    for sequence in range(1, signed.size + 1):
        made = client.prove_inclusion(sequence, size=signed.size)
        hashes = [bytes.fromhex(one) for one in made.hashes]
        assert hashes == rfc6962.path(sequence - 1, log)
        root = proofs.root_of_inclusion(sequence - 1, signed.size, bytes.fromhex(made.leaf), hashes)
        assert root == signed.root == bytes.fromhex(made.root)
        grown = client.prove_consistency(sequence, second=signed.size)
        assert [bytes.fromhex(one) for one in grown.hashes] == rfc6962.proof(sequence, log)
    assert client.prove_inclusion(1).size >= signed.size


def test_checkpoints_come_in_pages(client: holotype.Client) -> None:
    """The latest first, whatever the size of the pages."""
    whole = list(client.checkpoints())
    assert whole == list(client.checkpoints(limit=len(whole)))
    assert [one.size for one in whole] == sorted((one.size for one in whole), reverse=True)
    assert all(notes.checkpoint(one.note).root.hex() == one.root for one in whole)


@pytest.mark.parametrize(("sequence", "size"), [(0, None), (10**6, None), (1, 10**6), (5, 4), (-1, 3)])
def test_what_is_not_there_cannot_be_proved(client: holotype.Client, sequence: int, size: int | None) -> None:
    """A sentence says how far the ledger goes."""
    with pytest.raises(Invalid):
        client.prove_inclusion(sequence, size=size)
    with pytest.raises(Invalid):
        client.prove_consistency(sequence, second=size)


def test_a_part_is_for_whoever_may_read_that_part(client: holotype.Client, server: Running, tmp_path: Path) -> None:
    """A token for one model exports and verifies that model, nothing else and not the whole."""
    secret = client.create_token("narrow", role="reader", scope="default/one").secret
    with holotype.Client(server.url, secret) as narrow:
        narrow.export_ledger(tmp_path / "part", model="default/one")
        key = narrow.checkpoint_keys()[0].verifier
        verdict = verify_export(tmp_path / "part", read_keys([key]))
        assert (verdict.holds, verdict.partial) == (True, True)
        assert b"default/one" in (tmp_path / "part").read_bytes()
        assert b"default/two" not in (tmp_path / "part").read_bytes()
        for part in ({}, {"model": "default/two"}, {"namespace": "default"}):
            with pytest.raises((Denied, NotFound)):
                narrow.export_ledger(tmp_path / "more", **part)
            assert not (tmp_path / "more").exists()


def test_a_file_that_is_there_stays_as_it_is(client: holotype.Client, tmp_path: Path) -> None:
    """An export never overwrites; one that fails leaves nothing."""
    (tmp_path / "there").write_text("mine")
    with pytest.raises(LocalProblem):
        client.export_ledger(tmp_path / "there")
    assert (tmp_path / "there").read_text() == "mine"
    with holotype.Client("http://127.0.0.1:1", "holo_x_y") as nobody, pytest.raises(Unavailable):
        nobody.export_ledger(tmp_path / "export")
    assert not (tmp_path / "export").exists()


def test_one_entry_is_verified_where_it_is_read(client: holotype.Client, server: Running) -> None:
    """The command hashes it and follows its proof to the signed tree head; what is no entry is said."""
    for _ in range(100):
        if notes.checkpoint(client.checkpoint()).size >= 5:
            break
        time.sleep(0.1)
    shown = command(server, "show", "5")
    assert shown.returncode == 0, shown.stderr
    assert client.entry(5).leaf in shown.stdout
    assert "that the last checkpoint signs" in shown.stdout
    told = json.loads(command(server, "show", "5", "--json").stdout)
    assert (told["holds"], told["entry"]["event"]["sequence"]) == (True, 5)
    assert command(server, "show", "999999").returncode == 1
    assert command(server, "show", "five").returncode == 2
    secret = client.create_token("narrow too", role="reader", scope="default/one").secret
    with holotype.Client(server.url, secret) as narrow, pytest.raises(NotFound):
        narrow.entry(1)


def test_an_administrator_reads_of_an_account(client: holotype.Client, server: Running) -> None:
    """With their teams and the machines that they answer for."""
    client.create_user("ada")
    client.create_service("ada-bot", owner="ada")
    client.create_team("readers", members=["ada"])
    assert (client.user("ada").kind, client.service("ada-bot").owner) == ("user", "ada")
    run = [sys.executable, "-c", "import holotype.cli; holotype.cli.main()"]
    said = {
        words: subprocess.run(
            [*run, *words.split()], env=server.client_environment, capture_output=True, text=True, check=True
        ).stdout
        for words in ("user show ada", "service show ada-bot", "team ls --member ada", "service ls --owner ada")
    }
    assert "readers" in said["user show ada"]
    assert "ada-bot" in said["user show ada"]
    assert "ada" in said["service show ada-bot"]
    assert "readers" in said["team ls --member ada"]
    assert "ada-bot" in said["service ls --owner ada"]
    words = [*run, "user", "show", "ada", "--json"]
    told = subprocess.run(words, env=server.client_environment, capture_output=True, text=True, check=True)
    assert json.loads(told.stdout)["teams"] == ["readers"]
    assert [one.name for one in client.members("readers")] == ["ada"]
