"""How do the files of runs, logged models and versions cross MLflow's protocol, and whose are they?"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote, unquote_to_bytes, urlsplit

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from holotype.domain import artifact_places, digest
from holotype.domain.artifact_places import TrackedPlace, VersionPlace
from holotype.errors import InvalidPath
from holotype.ledger.tables import ledger_entries
from holotype.operations.create_namespace import create_namespace
from holotype.operations.missing_blobs import missing_blobs
from holotype.operations.quarantine import quarantine
from holotype.operations.sweep import sweep
from holotype.tracking.tables import artifact_files
from tests.support.asgi import Got, Visitor, owner_of
from tests.support.bytes import listed, noise, under_way
from tests.support.fixtures import Backend
from tests.support.people import member
from tests.support.registry import Desk, open_desk

API = "/api/2.0/mlflow"
ARTIFACTS = f"{API}-artifacts/artifacts"
CONTENT = noise(300_000)
DAY = 86_400


@pytest.fixture
def desk(backend: Backend) -> Iterator[Desk]:
    """A registry on each pairing of backends."""
    with open_desk(
        backend.database_url, backend.store_url, public_url="https://models.example/reg", record_pulls="full"
    ) as opened:
        create_namespace(opened.call(), "risk")
        yield opened


@pytest.fixture
def owner(desk: Desk) -> Visitor:
    """Somebody who may do everything."""
    return owner_of(desk.registry)


def run_of(visitor: Visitor, prefix: str = "") -> str:
    """Begin a run and return the place of its artifacts."""
    if visitor.ask("GET", f"{prefix}{API}/experiments/get", query="experiment_id=0").status != 200:
        made = visitor.ask("POST", f"{prefix}{API}/experiments/create", {"name": "e"}).json["experiment_id"]
    else:
        made = "0"
    info = visitor.ask("POST", f"{prefix}{API}/runs/create", {"experiment_id": made}).json["run"]["info"]
    return artifact_places.of_run(made, info["run_id"])


def put(
    visitor: Visitor, place: str, content: bytes | Sequence[bytes] = CONTENT, *, prefix: str = "", **more: str
) -> Got:
    """Send a file whole."""
    size = len(content) if isinstance(content, bytes) else sum(map(len, content))
    headers = {"content-length": str(size), "content-type": "text/plain", **more}
    return visitor.ask("PUT", f"{prefix}{ARTIFACTS}/{place}", content=content, headers=headers)


def fetch(visitor: Visitor, place: str, *, prefix: str = "", **headers: str) -> Got:
    """Fetch a file."""
    return visitor.ask("GET", f"{prefix}{ARTIFACTS}/{place}", headers=headers)


def names(visitor: Visitor, place: str, *, prefix: str = "") -> list[tuple[str, bool, int | None]]:
    """List a folder."""
    got = visitor.ask("GET", f"{prefix}{ARTIFACTS}", query=f"path={quote(place, safe='')}")
    assert got.status == 200, got.body
    return [(file["path"], file["is_dir"], file.get("file_size")) for file in got.json["files"]]


def refused(got: Got) -> tuple[int, str]:
    """Return status and code of an error."""
    return got.status, got.json["error_code"]


def test_a_file_comes_back_as_it_was(owner: Visitor) -> None:
    """Whatever it is called; as an attachment of which a browser guesses nothing, with its digest as ETag."""
    run = run_of(owner)
    for name in ("model.pkl", "a b/ünï/码 %2F%25.bin", "a+b&c=d;e#f@g", "-rf", "empty"):
        content = b"" if name == "empty" else CONTENT
        assert put(owner, f"{run}/{name}", content).json == {}
        got = fetch(owner, f"{run}/{name}")
        assert (got.status, got.body) == (200, content)
        assert got.headers["content-length"] == str(len(content))
        assert got.headers["etag"] == f'"{digest.of(content)}"'
        assert got.headers["content-disposition"].startswith("attachment")
        assert got.headers["x-content-type-options"] == "nosniff"
        assert got.headers["content-type"] == "application/octet-stream"


def test_a_range_comes_back(owner: Visitor) -> None:
    """Exactly that; one that lies outside is refused in MLflow's words, and what the caller has is not sent."""
    file = f"{run_of(owner)}/x"
    put(owner, file)
    got = fetch(owner, file, range="bytes=10-19")
    assert (got.status, got.body, got.headers["content-range"]) == (206, CONTENT[10:20], "bytes 10-19/300000")
    assert refused(fetch(owner, file, range="bytes=300000-")) == (416, "INVALID_PARAMETER_VALUE")
    etag = f'"{digest.of(CONTENT)}"'
    assert fetch(owner, file, **{"if-none-match": etag}).status == 304
    assert fetch(owner, file, **{"if-range": '"other"', "range": "bytes=1-2"}).body == CONTENT
    head = owner.ask("HEAD", f"{ARTIFACTS}/{file}")
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", "300000")


def test_a_listing_shows_one_level(owner: Visitor) -> None:
    """Folders without, files with their size; a file, and what is not there, have nothing in them."""
    run = run_of(owner)
    for name in ("b", "a/x", "a/deep/y", "a.b", "a/deep/er/z"):
        put(owner, f"{run}/{name}", b"12345")
    assert names(owner, run) == [("a", True, None), ("a.b", False, 5), ("b", False, 5)]
    assert names(owner, f"{run}/a") == names(owner, f"{run}/a/") == [("deep", True, None), ("x", False, 5)]
    assert names(owner, f"{run}/b") == names(owner, f"{run}/missing") == names(owner, f"{run}/a/dee") == []
    assert names(owner, "0/00000000000000000000000000000000/artifacts") == names(owner, "") == names(owner, "x") == []


def test_what_is_written_again_is_replaced(desk: Desk, owner: Visitor) -> None:
    """Its old bytes stay for a grace period, and go then; the new ones stay for as long as the run has them."""
    run = run_of(owner)
    for content in (b"old", b"new"):
        put(owner, f"{run}/x", content)
    assert fetch(owner, f"{run}/x").body == b"new"
    desk.seconds = int((desk.registry.clock() - desk.call().now).total_seconds()) + 6 * DAY
    assert sweep(desk.call()).blobs == 0
    desk.seconds += 2 * DAY
    assert sweep(desk.call()).blobs == 1
    assert fetch(owner, f"{run}/x").body == b"new"
    assert owner.ask("DELETE", f"{ARTIFACTS}/{run}/x").json == {}
    desk.seconds += 8 * DAY
    sweep(desk.call())
    assert listed(desk.registry.store) == {}


def test_a_path_is_a_file_or_a_folder(owner: Visitor) -> None:
    """Both at once could be written nowhere."""
    run = run_of(owner)
    put(owner, f"{run}/a/b")
    assert refused(put(owner, f"{run}/a")) == (400, "INVALID_PARAMETER_VALUE")
    assert refused(put(owner, f"{run}/a/b/c")) == (400, "INVALID_PARAMETER_VALUE")
    assert put(owner, f"{run}/a/c").status == 200


def test_removing_is_recursive_and_repeatable(owner: Visitor) -> None:
    """A file, a folder, or all of a run; what is not there is no error."""
    run = run_of(owner)
    for name in ("a/x", "a/y/z", "ab", "b"):
        put(owner, f"{run}/{name}", b"1")
    for place, left in ((f"{run}/a", {"ab", "b"}), (f"{run}/a", {"ab", "b"}), (f"{run}/b", {"ab"}), (f"{run}/", set())):
        assert owner.ask("DELETE", f"{ARTIFACTS}/{place}").status == 200
        assert {name for name, *_ in names(owner, run)} == left


def test_only_runs_and_logged_models_are_written(desk: Desk, owner: Visitor) -> None:
    """Not versions, which never change; not what nobody knows; nothing of what was refused is kept."""
    desk.register("fraud", b"weights")
    cases = {
        "versions/fraud/1/model.bin": (400, "INVALID_PARAMETER_VALUE"),
        "versions/fraud/1/new.bin": (400, "INVALID_PARAMETER_VALUE"),
        "0/00000000000000000000000000000000/artifacts/x": (404, "RESOURCE_DOES_NOT_EXIST"),
        "0/models/m-00000000000000000000000000000000/artifacts/x": (404, "RESOURCE_DOES_NOT_EXIST"),
        "x": (404, "RESOURCE_DOES_NOT_EXIST"),
        "0/x": (404, "RESOURCE_DOES_NOT_EXIST"),
        run_of(owner): (400, "INVALID_PARAMETER_VALUE"),
    }
    before = listed(desk.registry.store)
    for place, expected in cases.items():
        assert refused(put(owner, place)) == expected, place
        if expected[0] == 404 or "fraud" in place:
            assert refused(owner.ask("DELETE", f"{ARTIFACTS}/{place}")) == expected, place
    assert listed(desk.registry.store) == before
    assert fetch(owner, "versions/fraud/1/model.bin").body == b"weights"


def test_versions_are_read_as_everywhere(desk: Desk, owner: Visitor) -> None:
    """Listed, fetched, written to the ledger; what is in quarantine is refused with its reason."""
    desk.register("fraud", b"weights")
    assert names(owner, "versions/fraud/1") == [("model.bin", False, 7)]
    assert names(owner, "versions/fraud/1/model.bin") == []
    assert fetch(owner, "versions/fraud/1/model.bin").body == b"weights"
    pulls = sa.select(ledger_entries.c.subject).where(ledger_entries.c.action == "version.pulled")
    assert [row["subject"] for row in desk.rows(pulls)] == ["default/fraud:1"]
    for place in (
        "versions/fraud/2/x",
        "versions/churn/1/x",
        "versions/fraud/1/x",
        "versions/fraud/1",
        "versions/fraud/01/x",
    ):
        assert refused(fetch(owner, place)) == (404, "RESOURCE_DOES_NOT_EXIST"), place
    assert refused(owner.ask("GET", ARTIFACTS, query="path=versions/fraud/2")) == (404, "RESOURCE_DOES_NOT_EXIST")
    quarantine(desk.call(), "fraud:1", reason="a trojan")
    got = fetch(owner, "versions/fraud/1/model.bin")
    assert refused(got) == (409, "RESOURCE_CONFLICT")
    assert "a trojan" in got.json["message"]


def test_a_body_that_breaks_leaves_nothing(desk: Desk, owner: Visitor) -> None:
    """Too short, too long, or without a length that can be read; without one at all it is taken as it comes."""
    run = run_of(owner)
    for length in (str(len(CONTENT) + 1), str(len(CONTENT) - 1), "-5", "many", ""):
        got = put(owner, f"{run}/x", CONTENT, **{"content-length": length})
        assert refused(got) == (400, "INVALID_PARAMETER_VALUE"), length
    assert names(owner, run) == []
    assert listed(desk.registry.store) == {}
    assert under_way(desk.registry.store) == set()
    got = owner.ask("PUT", f"{ARTIFACTS}/{run}/x", content=[CONTENT, CONTENT])
    assert got.status == 200
    assert fetch(owner, f"{run}/x").body == CONTENT * 2


def test_the_other_addresses_mean_the_same(owner: Visitor) -> None:
    """The pages' own, and those of a namespace: by prefix or by header, and never both at once."""
    risk = run_of(owner, "/mlflow/risk")
    put(owner, f"{risk}/x", b"of risk", prefix="/mlflow/risk")
    assert fetch(owner, f"{risk}/x", prefix="/mlflow/risk").body == b"of risk"
    assert fetch(owner, f"{risk}/x", **{"x-mlflow-workspace": "risk"}).body == b"of risk"
    assert owner.ask("GET", f"/ajax-api/2.0/mlflow-artifacts/artifacts/{risk}/x").status == 404
    got = owner.ask("GET", f"/mlflow/risk/ajax-api/2.0/mlflow-artifacts/artifacts/{risk}/x")
    assert got.body == b"of risk"
    assert fetch(owner, f"{risk}/x").status == 404
    assert names(owner, risk) == []
    wrong = fetch(owner, f"{risk}/x", prefix="/mlflow/risk", **{"x-mlflow-workspace": "default"})
    assert refused(wrong) == (400, "INVALID_PARAMETER_VALUE")


def test_who_may_write_and_read(desk: Desk) -> None:
    """Writers write, and read what they wrote; readers of the whole namespace read all; others find nothing."""
    for model in ("fraud", "churn"):
        desk.register(model)
    boss = owner_of(desk.registry)
    secret = str(boss.token)
    people = {
        name: Visitor(boss.app, member(desk, secret, name, *given))
        for name, given in {
            "ann": [("contributor", "default/fraud")],
            "bob": [("contributor", "default/churn")],
            "reader": [("reader", "default")],
            "narrow": [("reader", "default/fraud")],
            "outside": [("admin", "risk")],
        }.items()
    }
    run = run_of(people["ann"])
    assert put(people["ann"], f"{run}/x").status == 200
    for name, status in {"ann": 200, "bob": 404, "reader": 200, "narrow": 403, "outside": 404}.items():
        assert fetch(people[name], f"{run}/x").status == status, name
    for name, status in {"ann": 200, "bob": 404, "reader": 403, "narrow": 403, "outside": 404}.items():
        assert put(people[name], f"{run}/y").status == status, name
        assert people[name].ask("DELETE", f"{ARTIFACTS}/{run}/y").status == status, name
        body = {"path": "z", "num_parts": 1}
        assert people[name].ask("POST", f"{API}-artifacts/mpu/create/{run}", body).status == status, name
    assert names(people["bob"], run) == []
    assert refused(fetch(Visitor(boss.app), f"{run}/x")) == (401, "UNAUTHENTICATED")
    assert fetch(boss, f"{run}/x").status == 200


def in_parts(
    visitor: Visitor, place: str, content: bytes, count: int, **headers: str
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Begin to send a file in parts and send them, the last one first, with nothing but what we were told."""
    folder, _, name = place.rpartition("/")
    body = {"path": f"/home/ann/{name}", "num_parts": count}
    begun = visitor.ask("POST", f"{API}-artifacts/mpu/create/{folder}", body, headers=headers)
    assert begun.status == 200, begun.body
    size, told = -(-len(content) // count), []
    for credential in reversed(begun.json["credentials"]):
        number = credential["part_number"]
        sent = send(visitor, credential, content[(number - 1) * size : number * size])
        assert sent.status == 200, sent.body
        told.append({"part_number": number, "etag": sent.headers["etag"], "url": credential["url"]})
    return begun.json, told[::-1]


def send(visitor: Visitor, credential: Mapping[str, Any], part: bytes) -> Got:
    """Send one part as a client does: to the URL, with the headers that it was given."""
    url = urlsplit(credential["url"])
    assert (url.scheme, url.netloc, url.path[:5]) == ("https", "models.example", "/reg/")
    headers = {name.lower(): value for name, value in credential["headers"].items()}
    path = unquote_to_bytes(url.path[4:]).decode()
    return Visitor(visitor.app).ask("PUT", path, content=part, headers=headers | {"content-length": str(len(part))})


def test_a_file_arrives_in_parts(desk: Desk, owner: Visitor) -> None:
    """Sent to URLs that the caller can use with what they showed us; asked again, the answer is the same."""
    for place in (f"{run_of(owner)}/deep/ünï 1.bin", f"{run_of(owner)}/x"):
        folder = place.rpartition("/")[0]
        begun, parts = in_parts(owner, place, CONTENT, 4)
        assert {credential["headers"]["Authorization"] for credential in begun["credentials"]} == {
            f"Bearer {owner.token}"
        }
        assert fetch(owner, place).status == 404
        body = {"path": place.rpartition("/")[2], "upload_id": begun["upload_id"], "parts": parts}
        for _ in range(2):
            assert owner.ask("POST", f"{API}-artifacts/mpu/complete/{folder}", body).json == {}
        assert fetch(owner, place).body == CONTENT
        assert owner.ask("POST", f"{API}-artifacts/mpu/abort/{folder}", body).json == {}
        assert fetch(owner, place).body == CONTENT
    assert under_way(desk.registry.store) == set()


def test_what_is_not_complete_is_no_file(desk: Desk, owner: Visitor) -> None:
    """Parts that lack, that are others, or that are meant for another path; giving up leaves nothing."""
    run = run_of(owner)
    begun, parts = in_parts(owner, f"{run}/x", CONTENT, 4)
    mpu, good = f"{API}-artifacts/mpu", {"path": "x", "upload_id": begun["upload_id"], "parts": parts}
    for changed, expected in (
        ({"parts": parts[1:]}, (400, "INVALID_PARAMETER_VALUE")),
        ({"parts": [*parts, parts[0]]}, (400, "INVALID_PARAMETER_VALUE")),
        ({"parts": [{**parts[0], "etag": '"other"'}, *parts[1:]]}, (400, "INVALID_PARAMETER_VALUE")),
        ({"path": "y"}, (404, "RESOURCE_DOES_NOT_EXIST")),
        ({"upload_id": "x"}, (404, "RESOURCE_DOES_NOT_EXIST")),
    ):
        assert refused(owner.ask("POST", f"{mpu}/complete/{run}", good | changed)) == expected, changed
    again = begun["credentials"][0]
    assert send(owner, again, CONTENT[:75_000]).headers["etag"] == parts[0]["etag"]
    assert refused(send(owner, again, b"short")) == (400, "INVALID_PARAMETER_VALUE")
    assert refused(send(owner, again | {"url": again["url"].replace("/1/", "/5/")}, b"x"))[0] == 404
    for _ in range(2):
        assert owner.ask("POST", f"{mpu}/abort/{run}", {"path": "x", "upload_id": begun["upload_id"]}).json == {}
    assert refused(owner.ask("POST", f"{mpu}/complete/{run}", good)) == (404, "RESOURCE_DOES_NOT_EXIST")
    assert under_way(desk.registry.store) == set()
    assert missing_blobs(desk.call(), "default", [digest.of(CONTENT)]) == [digest.of(CONTENT)]


def test_parts_are_never_written_into_versions(desk: Desk, owner: Visitor) -> None:
    """Nor to paths that lead elsewhere."""
    desk.register("fraud", b"weights")
    run = run_of(owner)
    for folder, name in (("versions/fraud/1", "x"), (run, ".."), (run, ""), (f"{run}/..", "x"), (run, "..\\..")):
        got = owner.ask("POST", f"{API}-artifacts/mpu/create/{folder}", {"path": name, "num_parts": 1})
        assert refused(got) == (400, "INVALID_PARAMETER_VALUE"), (folder, name)
    for count in (0, -1, 10_001):
        got = owner.ask("POST", f"{API}-artifacts/mpu/create/{run}", {"path": "x", "num_parts": count})
        assert refused(got) == (400, "INVALID_PARAMETER_VALUE"), count


def test_a_download_is_signed_with_what_the_caller_showed(desk: Desk, owner: Visitor) -> None:
    """For a file of a run or a version; one that is not there is not."""
    desk.register("fraud", b"weights")
    run = run_of(owner)
    put(owner, f"{run}/a b")
    for place, size in ((f"{run}/a b", len(CONTENT)), ("versions/fraud/1/model.bin", 7)):
        got = owner.ask("GET", f"{API}-artifacts/presigned/{place}")
        assert got.json == {
            "url": f"https://models.example/reg{ARTIFACTS}/{quote(place)}",
            "headers": {"Authorization": f"Bearer {owner.token}"},
            "file_size": size,
        }
        assert got.headers["cache-control"] == "no-store"
    assert refused(owner.ask("GET", f"{API}-artifacts/presigned/{run}/b")) == (404, "RESOURCE_DOES_NOT_EXIST")


_PIECES = st.sampled_from(
    [
        "..",
        ".",
        "",
        "/",
        "\\",
        "C:",
        "a",
        "%2e",
        "%2E%2e",
        "%2f",
        "%5c",
        "%00",
        "%252e",
        "%25252e",
        "%252f",
        "\n",
        "versions",
        "fraud",
        "1",
    ]
)
_PATHS = st.lists(_PIECES | st.text(max_size=3), min_size=1, max_size=6).map("".join)


@given(_PATHS)
@settings(max_examples=500, deadline=None)
def test_no_path_means_another_place_however_often_it_is_decoded(path: str) -> None:
    """What is let through stays below its owner, decoded once, twice, or more often."""
    place = f"0/run/artifacts/{path}"
    for _ in range(6):
        try:
            found = artifact_places.parse(place)
        except InvalidPath:
            return
        assert not isinstance(found, VersionPlace)
        if found is not None:
            assert (found.experiment, found.owner) == ("0", "run")
            assert not {"..", ".", ""} & set(found.path.split("/")) or found.path == ""
            assert not set(found.path) & set("\\\0\n")
        decoded = unquote_to_bytes(place).decode("utf-8", "replace")
        if decoded == place:
            return
        place = decoded


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, Visitor, str]]:
    """A registry for many requests, its owner and a run."""
    folder = tmp_path_factory.mktemp("alone")
    with open_desk(f"sqlite:///{folder / 'holotype.db'}", folder / "blobs") as opened:
        opened.register("fraud", b"weights")
        visitor = owner_of(opened.registry)
        yield opened, visitor, run_of(visitor)


@given(path=_PATHS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_sent_to_any_path_lands_there_or_nowhere(alone: tuple[Desk, Visitor, str], path: str) -> None:
    """A request writes one file, below its run, under the very path that it named once decoded; or it is refused."""
    desk, visitor, run = alone
    assert put(visitor, f"{run}/keep", b"kept").status == 200
    before = desk.rows(sa.select(artifact_files.c.owner, artifact_files.c.path))
    got = put(visitor, f"{run}/{path}", b"x")
    after = desk.rows(sa.select(artifact_files.c.owner, artifact_files.c.path))
    added = [row for row in after if row not in before]
    assert {row["owner"] for row in after} == {run.split("/")[1]}
    if got.status == 200:
        assert [row["path"] for row in added] in ([], [path.removesuffix("/")])
        assert fetch(visitor, f"{run}/{path}").body == b"x"
    else:
        assert got.status in {400, 404}, got.body
        assert added == []
    assert fetch(visitor, "versions/fraud/1/model.bin").body == b"weights"
    visitor.ask("DELETE", f"{ARTIFACTS}/{run}/")


def test_places_are_what_they_say() -> None:
    """Each form, and what is none."""
    run = "0" * 32
    assert artifact_places.parse(f"7/{run}/artifacts") == TrackedPlace("7", run)
    assert artifact_places.parse(f"7/{run}/artifacts/a/b") == TrackedPlace("7", run, "a/b")
    assert artifact_places.parse("7/models/m-1/artifacts/a") == TrackedPlace("7", "m-1", "a")
    assert artifact_places.parse("versions/fraud/12/a/b") == VersionPlace("fraud", 12, "a/b")
    assert artifact_places.parse("models/7/artifacts/x") == TrackedPlace("models", "7", "x")
    for nothing in (
        "",
        "versions",
        "versions/fraud",
        "versions/fraud/0",
        "versions/Fraud/1",
        "a/b/c",
        "a/b c/artifacts",
    ):
        assert artifact_places.parse(nothing) is None, nothing
    for hostile in ("/etc", "a/../b", "versions/fraud/1/../../x", "a//b"):
        with pytest.raises(InvalidPath):
            artifact_places.parse(hostile)


def test_readers_at_once_get_whole_files_while_they_are_replaced(owner: Visitor) -> None:
    """Each answer is one of the contents, never a mixture."""
    file = f"{run_of(owner)}/x"
    contents = [noise(200_000, seed) for seed in range(3)]
    put(owner, file, contents[0])

    async def together() -> list[Got]:
        scopes = [owner.scope("GET", f"{ARTIFACTS}/{file}") for _ in range(8)]
        for scope in scopes:
            scope["headers"].append((b"authorization", f"Bearer {owner.token}".encode()))
        reading = asyncio.gather(*(owner.answer(scope) for scope in scopes))
        writing = asyncio.gather(*(asyncio.to_thread(put, owner, file, content) for content in contents))
        await writing
        return await reading

    for got in asyncio.run(together()):
        assert got.status == 200
        assert got.body in contents
