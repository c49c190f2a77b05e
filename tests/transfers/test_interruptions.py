"""What is left when a push or a pull is broken off, and what is sent again?"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from holotype import Client, Unavailable, errors
from tests.support.relay import Relay, relaying
from tests.support.server import Running
from tests.transfers.files import MIB, noise, read, write

SIZE = 96 * MIB
PUSH = "import sys, holotype; print(holotype.Client(*sys.argv[1:3]).push(sys.argv[3], 'fraud').reference)"
PULL = "import sys, holotype; holotype.Client(*sys.argv[1:3]).pull('fraud:1', sys.argv[3])"


def program(code: str, *arguments: object) -> subprocess.Popen[str]:
    """Start a client process."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def in_background(call: Callable[[], object]) -> tuple[threading.Thread, list[object]]:
    """Run a call in a thread and collect its result."""
    results: list[object] = []
    thread = threading.Thread(target=lambda: results.append(call()))
    thread.start()
    return thread, results


def test_pushing_again_unchanged_sends_no_file_bytes(server: Running, tmp_path: Path) -> None:
    """Nor does pushing the same files to another model of the namespace, or with one small file changed."""
    folder = write(tmp_path / "in", {"big.bin": noise(40 * MIB), "a.txt": b"a", "b.txt": noise(100_000)})
    with relaying(server.url) as relay, Client(relay.url, server.token) as client:
        first = client.push(folder, "fraud")
        assert relay.up > 40 * MIB
        relay.reset()
        assert client.push(folder, "fraud").reference == first.reference
        assert client.push(folder, "other").number == 1
        assert relay.up < 20_000
        write(folder, {"a.txt": b"changed"})
        relay.reset()
        assert client.push(folder, "fraud").number == 2
        assert relay.up < 20_000


def test_a_killed_push_goes_on_with_the_parts_that_are_there(server: Running, tmp_path: Path) -> None:
    """SIGKILL in the middle: the next push sends the rest only."""
    size = 10 * 16 * MIB
    write(tmp_path / "in", {"big.bin": noise(size)})
    with relaying(server.url, pace=16 * MIB) as relay:
        process = program(PUSH, relay.url, server.token, tmp_path / "in")
        relay.wait_until_up(size * 6 // 10, 60)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    with relaying(server.url) as relay, Client(relay.url, server.token) as client:
        assert client.push(tmp_path / "in", "fraud").number == 1
        assert relay.up < size - 16 * MIB
        assert client.verify("fraud:1").number == 1


def test_a_killed_server_costs_a_pause(server: Running, tmp_path: Path) -> None:
    """SIGKILL of the server in the middle of an upload: the same push goes on when it is back."""
    write(tmp_path / "in", {"big.bin": noise(SIZE), "small": b"x"})
    with relaying(server.url, pace=16 * MIB) as relay, Client(relay.url, server.token) as client:
        thread, results = in_background(lambda: client.push(tmp_path / "in", "fraud").number)
        relay.wait_until_up(SIZE // 2, 60)
        server.kill()
        time.sleep(0.2)
        relay.pace = None
        server.start()
        thread.join(90)
        assert results == [1]
        assert relay.up < 2 * SIZE
        assert client.verify("fraud:1").file_count == 2


def test_a_killed_pull_goes_on_from_what_is_there(embedded: Running, tmp_path: Path) -> None:
    """SIGKILL in the middle: no file under its final name, and the next pull fetches the rest only."""
    write(tmp_path / "in", {"big.bin": noise(SIZE)})
    with Client(embedded.url, embedded.token) as client:
        client.push(tmp_path / "in", "fraud")
    process = program(PULL, embedded.url, embedded.token, tmp_path / "out")
    part = _part_of(tmp_path / "out", process)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    there = part.stat().st_size if part.exists() else SIZE
    assert not (tmp_path / "out/big.bin").exists() or there == SIZE
    with relaying(embedded.url) as relay, Client(relay.url, embedded.token) as client:
        client.pull("fraud:1", tmp_path / "out")
        assert relay.down < SIZE - there + MIB
    assert list(read(tmp_path / "out")) == ["big.bin"]


def _part_of(folder: Path, process: subprocess.Popen[str]) -> Path:
    """Wait until a pull has written some of a temporary file."""
    while process.poll() is None:
        for part in folder.glob(".holotype-*.part"):
            if part.stat().st_size > 4 * MIB:
                return part
        time.sleep(0.001)
    return folder / "none"


def test_a_server_that_dies_during_a_pull_costs_a_pause(server: Running, tmp_path: Path) -> None:
    """The bytes that arrived are not fetched again."""
    write(tmp_path / "in", {"big.bin": noise(SIZE)})
    with Client(server.url, server.token) as client:
        client.push(tmp_path / "in", "fraud")
        thread, results = in_background(lambda: client.pull("fraud:1", tmp_path / "out"))
        while thread.is_alive() and not list((tmp_path / "out").glob(".holotype-*.part")):
            time.sleep(0.001)
        server.kill()
        server.start()
        thread.join(90)
    assert results == [tmp_path / "out"]
    assert read(tmp_path / "out") == read(tmp_path / "in")


def test_broken_connections_are_made_anew(embedded: Running, tmp_path: Path) -> None:
    """A part that failed is sent again; a person notices nothing."""
    write(tmp_path / "in", {"big.bin": noise(SIZE)})
    with relaying(embedded.url, pace=32 * MIB) as relay, Client(relay.url, embedded.token) as client:
        thread, results = in_background(lambda: client.push(tmp_path / "in", "fraud").number)
        for share in (4, 2):
            relay.wait_until_up(SIZE // share, 60)
            relay.cut()
        thread.join(90)
    assert results == [1]


@pytest.mark.parametrize("size", [10, 1 * MIB, 40 * MIB])
def test_a_file_that_changes_during_the_push_registers_nothing(embedded: Running, tmp_path: Path, size: int) -> None:
    """It is named, and no version holds a mixture."""
    folder = write(tmp_path / "in", {"model.bin": noise(size)})

    def change(relay: Relay) -> None:
        relay.wait_until_up(200)
        (folder / "model.bin").write_bytes(noise(size, 1) + b"longer")

    pace = 50_000 if size < MIB else 32 * MIB
    with relaying(embedded.url, pace) as relay, Client(relay.url, embedded.token) as client:
        thread, _ = in_background(lambda: change(relay))
        try:
            client.push(folder, "fraud")
        except errors.LocalProblem as problem:
            said = str(problem)
        else:
            said = "changed while it was being pushed, or just after"
        thread.join()
        assert "changed while it was being pushed" in said
        assert [v.size for v in client.versions("fraud")] in ([], [size])


def test_two_pushes_of_the_same_files_at_once_are_one_version(server: Running, tmp_path: Path) -> None:
    """They meet in one upload, and in one number."""
    folder = write(tmp_path / "in", {"big.bin": noise(40 * MIB), "small": b"x"})
    processes = [program(PUSH, server.url, server.token, folder) for _ in range(3)]
    assert {process.communicate()[0].strip() for process in processes} == {"default/fraud:1"}


def test_two_pulls_into_one_directory_at_once_both_succeed(embedded: Running, tmp_path: Path) -> None:
    """Neither sees the other's half-written file."""
    files = {"big.bin": noise(20 * MIB), **{f"{n}": noise(1000, n) for n in range(50)}}
    with Client(embedded.url, embedded.token) as client:
        client.push(write(tmp_path / "in", files), "fraud")
    processes = [program(PULL, embedded.url, embedded.token, tmp_path / "out") for _ in range(3)]
    assert [process.communicate()[0] for process in processes] == ["", "", ""]
    assert read(tmp_path / "out") == files


def test_a_full_disk_says_so_and_leaves_no_final_file(embedded: Running, tmp_path: Path) -> None:
    """Tried with the limit that the system puts on a file's size."""
    with Client(embedded.url, embedded.token) as client:
        client.push(write(tmp_path / "in", {"big.bin": noise(20 * MIB)}), "fraud")
    limited = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({8 * MIB}, {8 * MIB}));"
    )
    process = program(limited + PULL, embedded.url, embedded.token, tmp_path / "out")
    assert "LocalProblem: big.bin cannot be written: file too large" in process.communicate()[0]
    assert [path.suffix for path in (tmp_path / "out").iterdir()] == [".part"]


def test_a_server_that_stays_away_is_unavailable(embedded: Running, tmp_path: Path) -> None:
    """With the address in the error."""
    client = Client(embedded.url, embedded.token)
    client.whoami()
    assert os.kill(embedded.pid, 0) is None
    embedded.kill()
    with pytest.raises(Unavailable, match=embedded.url):
        client.push(write(tmp_path / "in", {"a": b"x"}), "fraud")
