"""What can a hostile or broken server do to a pull? Fail it; nothing else."""

from __future__ import annotations

import fcntl
import json
import os
import socket
from pathlib import Path

import pytest

from holotype import Client, errors
from holotype.client.verify import others
from holotype.domain import digest
from tests.unit.client.hostile import OneVersion, Request, honest, serving

FILES = {"model.bin": b"weights" * 1000, "config/a.json": b"{}", "empty": b"", "模型/é.txt": b"text"}
BIG = os.urandom(3 * 2**20)


def pull(server: OneVersion, target: Path, reference: str = "risk/fraud:production", **options: object) -> Path:
    """Pull from a server into a directory."""
    with serving(server) as running, Client(running.url, "token") as client:
        return client.pull(reference, target, **options)  # type: ignore[arg-type]


def content_of(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def rewritten(change: dict[str, object]) -> bytes:
    """Return the manifest of one file with its first layer changed."""
    value = json.loads(OneVersion({"model.bin": b"x"}).manifest)
    value["layers"][0] |= change
    return json.dumps(value).encode()


def test_a_pull_gives_the_very_files(tmp_path: Path) -> None:
    """Paths in folders, in any script, and empty files; and nothing else lies there."""
    assert pull(OneVersion(FILES), tmp_path / "out") == tmp_path / "out"
    assert content_of(tmp_path / "out") == FILES


@pytest.mark.parametrize("path", ["../evil", "/etc/evil", "a/../../evil", "a\\..\\evil", "C:evil", "nul", "a//b"])
def test_a_path_that_leaves_the_directory_is_refused(tmp_path: Path, path: str) -> None:
    """The manifest has the right digest; the client looks at the paths all the same."""
    raw = rewritten({"annotations": {"org.cncf.model.filepath": path}})
    with pytest.raises(errors.InvalidPath):
        pull(OneVersion({"model.bin": b"x"}, raw), tmp_path / "out")
    assert content_of(tmp_path) == {}


def test_a_manifest_with_another_digest_is_refused(tmp_path: Path) -> None:
    """What was resolved is what must be sent."""
    with pytest.raises(errors.Corrupt, match="digest"):
        pull(OneVersion(FILES, digest=digest.of(b"another")), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_reference_with_a_digest_is_held_to_it(tmp_path: Path) -> None:
    """A server cannot answer a pinned reference with another version."""
    with pytest.raises(errors.Corrupt, match="another digest"):
        pull(OneVersion(FILES), tmp_path / "out", f"risk/fraud@{digest.of(b'pinned')}")


def test_bytes_with_another_digest_leave_nothing(tmp_path: Path) -> None:
    """Same size, other content: refused, and neither file nor temporary file stays."""
    with pytest.raises(errors.Corrupt, match=r"model\.bin"):
        pull(OneVersion({"model.bin": b"good"}, send=lambda r: r.reply(200, b"evil")), tmp_path / "out")
    assert content_of(tmp_path / "out") == {}


@pytest.mark.parametrize("sent", [b"go", b"good and more"])
def test_an_announced_size_that_is_wrong_is_refused(tmp_path: Path, sent: bytes) -> None:
    """The manifest knows the size before the first byte."""
    with pytest.raises(errors.Corrupt, match="size"):
        pull(OneVersion({"model.bin": b"good"}, send=lambda r: r.reply(200, sent)), tmp_path / "out")
    assert content_of(tmp_path / "out") == {}


def test_an_overlong_stream_without_a_size_is_refused(tmp_path: Path) -> None:
    """Chunks that never end fill no disk."""

    def endless(request: Request) -> None:
        request.send_response(200)
        request.send_header("Transfer-Encoding", "chunked")
        request.end_headers()
        request.hang_up()
        for _ in range(1000):
            request.wfile.write(b"10000\r\n" + b"x" * 65_536 + b"\r\n")

    with pytest.raises(errors.Corrupt, match="size"):
        pull(OneVersion({"model.bin": b"good"}, send=endless), tmp_path / "out")
    assert content_of(tmp_path / "out").get("model.bin") is None


def test_a_stream_that_breaks_is_resumed_from_where_it_broke(tmp_path: Path) -> None:
    """Each try asks for the rest, and no byte that arrived is asked for again."""
    ranges: list[str | None] = []

    def breaking(request: Request) -> None:
        ranges.append(request.headers.get("Range"))
        if len(ranges) == 3:
            return honest(request, BIG)
        start = int((ranges[-1] or "bytes=0-").removeprefix("bytes=").rstrip("-"))
        request.send_response(206 if start else 200)
        request.send_header("Content-Range", f"bytes {start}-{len(BIG) - 1}/{len(BIG)}")
        request.send_header("Content-Length", str(len(BIG) - start))
        request.end_headers()
        request.wfile.write(BIG[start : start + 2**20])
        return request.hang_up()

    pull(OneVersion({"model.bin": BIG}, send=breaking), tmp_path / "out")
    assert (tmp_path / "out/model.bin").read_bytes() == BIG
    assert ranges == [None, f"bytes={2**20}-", f"bytes={2**21}-"]


@pytest.mark.usefixtures("impatient")
def test_a_stream_that_never_ends_well_is_unavailable_and_leaves_no_final_file(tmp_path: Path) -> None:
    """What arrived waits in the temporary file; the next pull goes on from there."""

    def breaking(request: Request) -> None:
        request.send_response(200)
        request.send_header("Content-Length", str(len(BIG)))
        request.end_headers()
        if request.headers.get("Range") is None:
            request.wfile.write(BIG[: 2**20])
        request.hang_up()

    with pytest.raises(errors.Unavailable, match="Pull again"):
        pull(OneVersion({"model.bin": BIG}, send=breaking), tmp_path / "out")
    assert [p.name for p in (tmp_path / "out").iterdir()] == [f".holotype-{digest.of(BIG)[7:]}.part"]
    with serving(OneVersion({"model.bin": BIG})) as server, Client(server.url) as client:
        client.pull("risk/fraud:7", tmp_path / "out")
        assert [r.headers["Range"] for r in server.seen if "/files/" in r.path] == [f"bytes={2**20}-"]
    assert content_of(tmp_path / "out") == {"model.bin": BIG}


def test_a_damaged_beginning_is_fetched_anew(tmp_path: Path) -> None:
    """A temporary file whose bytes are wrong costs time, not the pull."""
    (tmp_path / f".holotype-{digest.of(BIG)[7:]}.part").write_bytes(b"damaged")
    pull(OneVersion({"model.bin": BIG}), tmp_path)
    assert content_of(tmp_path) == {"model.bin": BIG}


def test_a_server_that_ignores_ranges_is_understood(tmp_path: Path) -> None:
    """It sends everything again; what is there already is skipped."""
    (tmp_path / f".holotype-{digest.of(BIG)[7:]}.part").write_bytes(BIG[:1000])
    pull(OneVersion({"model.bin": BIG}, send=lambda r: r.reply(200, BIG)), tmp_path)
    assert content_of(tmp_path) == {"model.bin": BIG}


def test_a_redirect_is_not_followed(tmp_path: Path) -> None:
    """Neither the token nor the trust goes elsewhere."""
    with serving(lambda r: r.reply(200, b"{}")) as elsewhere:
        with pytest.raises(errors.Unavailable, match="not followed"):
            pull(OneVersion(FILES, send=lambda r: r.reply(307, b"", Location=elsewhere.url)), tmp_path / "out")
        assert elsewhere.seen == []


def test_files_that_are_there_already_are_kept(tmp_path: Path) -> None:
    """They are hashed, not fetched."""
    server = OneVersion(FILES)
    pull(server, tmp_path)
    before = (tmp_path / "model.bin").stat().st_ino
    server.asked.clear()
    pull(server, tmp_path)
    assert server.asked == []
    assert (tmp_path / "model.bin").stat().st_ino == before


def test_a_file_with_other_content_stops_the_pull_before_anything_is_written(tmp_path: Path) -> None:
    """A user's file is never replaced unless the user says so."""
    (tmp_path / "model.bin").write_bytes(b"mine")
    with pytest.raises(errors.LocalProblem, match="Nothing was written"):
        pull(OneVersion(FILES), tmp_path)
    assert content_of(tmp_path) == {"model.bin": b"mine"}
    pull(OneVersion(FILES), tmp_path, overwrite=True)
    assert content_of(tmp_path) == FILES


def test_include_takes_globs_over_whole_paths(tmp_path: Path) -> None:
    """Only what matches is fetched, and a glob that matches nothing is an error."""
    pull(OneVersion(FILES), tmp_path / "a", include=["*.json", "empty"])
    assert set(content_of(tmp_path / "a")) == {"config/a.json", "empty"}
    with pytest.raises(errors.Invalid, match="matches"):
        pull(OneVersion(FILES), tmp_path / "b", include=["*.onnx"])


def test_nothing_is_written_through_a_symbolic_link(tmp_path: Path) -> None:
    """A folder or file that is a link leads elsewhere, so the pull stops."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out/config").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(errors.LocalProblem, match="symbolic link"):
        pull(OneVersion(FILES), tmp_path / "out")
    assert content_of(tmp_path / "elsewhere") == {}
    (tmp_path / "target").write_bytes(FILES["model.bin"])
    (tmp_path / "out2").mkdir()
    (tmp_path / "out2/model.bin").symlink_to(tmp_path / "target")
    with pytest.raises(errors.LocalProblem, match="symbolic link"):
        pull(OneVersion(FILES), tmp_path / "out2", overwrite=True)


def test_a_temporary_file_that_is_a_link_is_not_written_through(tmp_path: Path) -> None:
    """Its name can be foreseen, so somebody may have put a link there."""
    (tmp_path / "victim").write_bytes(b"precious")
    (tmp_path / "out").mkdir()
    (tmp_path / f"out/.holotype-{digest.of(BIG)[7:]}.part").symlink_to(tmp_path / "victim")
    with pytest.raises(errors.LocalProblem):
        pull(OneVersion({"model.bin": BIG}), tmp_path / "out")
    assert (tmp_path / "victim").read_bytes() == b"precious"


def test_a_temporary_file_in_use_is_left_alone(tmp_path: Path) -> None:
    """Another pull is writing it: this one takes a name of its own."""
    part = tmp_path / f".holotype-{digest.of(BIG)[7:]}.part"
    with part.open("wb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        other.write(b"half")
        other.flush()
        pull(OneVersion({"model.bin": BIG}), tmp_path)
    assert content_of(tmp_path) == {"model.bin": BIG, part.name: b"half"}


def test_a_file_where_a_folder_must_go_is_named(tmp_path: Path) -> None:
    """The error says which."""
    (tmp_path / "config").write_bytes(b"")
    with pytest.raises(errors.LocalProblem, match="config"):
        pull(OneVersion(FILES), tmp_path)


def test_two_paths_with_equal_bytes_both_arrive(tmp_path: Path) -> None:
    """They share a digest, and so the name of a temporary file."""
    files = {f"copy{n}": b"same" * 10_000 for n in range(8)}
    pull(OneVersion(files), tmp_path)
    assert content_of(tmp_path) == files


def test_verify_of_a_directory_finds_what_changed(tmp_path: Path) -> None:
    """The version is remembered from the pull; a moved directory needs its reference."""
    with serving(OneVersion(FILES)) as server, Client(server.url) as client:
        client.pull("risk/fraud:7", tmp_path / "out")
        assert client.verify(tmp_path / "out").number == 7
        (tmp_path / "out/model.bin").write_bytes(b"x" * len(FILES["model.bin"]))
        (tmp_path / "out/empty").unlink()
        with pytest.raises(errors.Corrupt, match=r"empty is missing; model\.bin has other content"):
            client.verify(tmp_path / "out")
        (tmp_path / "out").rename(tmp_path / "moved")
        with pytest.raises(errors.LocalProblem, match="verify REF"):
            client.verify(tmp_path / "moved")
        with pytest.raises(errors.Corrupt):
            client.verify("risk/fraud:7", tmp_path / "moved")


def test_a_directory_of_another_version_is_left_alone(tmp_path: Path) -> None:
    """Files of two versions side by side would be neither; whoever wants that says so."""
    with serving(OneVersion({"old.bin": b"old"})) as server, Client(server.url) as client:
        client.pull("risk/fraud:7", tmp_path)
    with serving(OneVersion(FILES)) as server, Client(server.url) as client:
        with pytest.raises(errors.LocalProblem, match=r"holds risk/fraud:7, which was pulled there before"):
            client.pull("risk/fraud:7", tmp_path)
        assert [path.name for path in tmp_path.iterdir()] == ["old.bin"]
        client.pull("risk/fraud:7", tmp_path, overwrite=True)
    assert others(set(FILES), tmp_path) == ["old.bin"]


def test_verify_of_a_reference_reads_every_byte_of_the_registry() -> None:
    """One wrong byte on the server is found."""
    with serving(OneVersion(FILES)) as server, Client(server.url) as client:
        assert client.verify("risk/fraud:7").digest == digest.of(OneVersion(FILES).manifest)
    bad = OneVersion({"model.bin": BIG}, send=lambda r: r.reply(200, BIG[:-1] + b"\0"))
    with serving(bad) as server, Client(server.url) as client, pytest.raises(errors.Corrupt):
        client.verify("risk/fraud:7")


def test_a_busy_server_is_asked_again(tmp_path: Path) -> None:
    """503 with Retry-After is a pause, not a failure."""
    count = iter(range(10))

    def busy(request: Request) -> None:
        if next(count) < 2:
            return request.problem(503, "unavailable", Retry_After="0")
        return honest(request, BIG)

    pull(OneVersion({"model.bin": BIG}, send=busy), tmp_path)
    assert content_of(tmp_path) == {"model.bin": BIG}


def test_no_room_is_said_before_anything_is_written(tmp_path: Path) -> None:
    """The sizes are known from the manifest."""
    raw = rewritten({"size": 2**52})
    with pytest.raises(errors.LocalProblem, match="room"):
        pull(OneVersion({"model.bin": b"x"}, raw), tmp_path / "out")
    assert content_of(tmp_path) == {}


def test_sockets_are_closed_after_failures(tmp_path: Path) -> None:
    """A broken answer does not leave a connection that the next request would read from."""
    assert socket.getdefaulttimeout() is None
    lies = iter([b"evil", b"good", b"good"])
    lying = OneVersion({"m": b"good"}, send=lambda r: r.reply(200, next(lies)))
    with serving(lying) as server, Client(server.url) as client:
        with pytest.raises(errors.Corrupt):
            client.pull("risk/fraud:7", tmp_path / "out")
        client.pull("risk/fraud:7", tmp_path / "out")
    assert content_of(tmp_path / "out") == {"m": b"good"}
