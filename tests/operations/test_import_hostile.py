"""Does an import take what a hostile or broken MLflow server says for what it is? The server is a mock."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from holotype import Client
from holotype.client.mlflow import importing
from holotype.client.mlflow import server as servers
from holotype.client.mlflow.importing import Wanted, import_mlflow
from holotype.client.mlflow.report import Report
from holotype.client.mlflow.server import Credentials
from holotype.errors import HolotypeError, InvalidSetting, TooLarge, Unauthenticated, Unavailable
from tests.support.mlflow_mock import API, PROXY, Asked, Mock, mocking
from tests.support.server import Running, serving

SEARCH, VERSIONS = f"{API}/registered-models/search", f"{API}/model-versions/search"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server of ours."""
    with serving(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture
def client(server: Running) -> Iterator[Client]:
    """Its owner."""
    with Client(server.url, server.token) as client:
        yield client


@pytest.fixture
def space(client: Client) -> str:
    """An empty namespace."""
    return client.create_namespace(f"n{uuid.uuid4().hex[:12]}").name


@pytest.fixture
def mock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mock]:
    """A mock of an MLflow server with one version, asked by somebody who is not patient."""
    monkeypatch.setattr(servers, "PATIENCE", 0.5)
    with mocking() as running:
        running.version("fraud", 1, {"model.bin": b"weights"})
        yield running


def bring(client: Client, mock: Mock, space: str, **more: Any) -> Report:
    """Import everything that the mock says it has."""
    return import_mlflow(client, Wanted(mock.url, space, **more))


def said(status: int, value: object, **headers: str) -> Any:
    """Return an answer that is given whatever is asked."""
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return lambda _asked: (status, body, headers)


def registered(client: Client, space: str) -> list[int]:
    """Return the numbers of the versions that came."""
    try:
        return [one.number for one in client.imported(f"{space}/fraud")]
    except HolotypeError:
        return []


@pytest.mark.parametrize(
    "answer",
    [
        said(200, b"<html>sign in</html>"), said(200, []), said(200, {"registered_models": {}}),
        said(200, {"registered_models": [{"name": 7}]}), said(200, {"registered_models": [{}]}), said(200, b"\xff\xfe"),
        said(200, b'{"registered_models": ' + b"[" * 100_000), said(204, b""), said(418, {"error_code": "TEA"}),
        said(200, {"registered_models": [{"name": "fraud"}], "next_page_token": "1"}),
        said(302, b"", Location="http://127.0.0.1:1/"), said(307, b"", Location="/elsewhere"), said(404, b"nothing"),
    ],
)  # fmt: skip
def test_what_is_no_list_of_models_ends_the_import(client: Client, mock: Mock, space: str, answer: Any) -> None:
    """It says so in a sentence, follows nothing, and asks nothing else than it came for."""
    mock.answers[SEARCH] = answer
    with pytest.raises(HolotypeError) as refused:
        bring(client, mock, space)
    assert refused.value.detail
    assert all(path.startswith(API) for path, _ in mock.asked)


@pytest.mark.parametrize(
    "lie",
    [
        {"name": "other"}, {"version": "0"}, {"version": "-1"}, {"version": "x"}, {"version": "9" * 30},
        {"version": 2**31}, {"version": 1.5}, {"creation_timestamp": "soon"},
        {"creation_timestamp": 10**18}, {"creation_timestamp": -5},
        {"tags": {"a": "b"}}, {"current_stage": 3},
    ],
    ids=str,
)  # fmt: skip
def test_a_version_that_cannot_be_is_refused(client: Client, mock: Mock, space: str, lie: dict[str, Any]) -> None:
    """Wrong types, numbers that were not asked for and moments outside of time end the import."""
    page = {"model_versions": [mock.versions["fraud"][1] | lie]}
    mock.answers[VERSIONS] = said(200, page)
    with pytest.raises(Unavailable, match="does not answer like one"):
        bring(client, mock, space)
    assert registered(client, space) == []


def test_a_list_of_versions_that_never_ends_is_noticed(client: Client, mock: Mock, space: str) -> None:
    """Numbers have to rise from page to page."""
    mock.answers[VERSIONS] = said(200, {"model_versions": [mock.versions["fraud"][1]]})
    with pytest.raises(Unavailable, match="asked for versions of 'fraud' above 1"):
        bring(client, mock, space)


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "..", "a\\b", "C:", "con", "a\0b", "/etc/passwd", "x" * 300, "a\nb", ""]
)
def test_a_file_name_that_leads_elsewhere_fails_the_version(
    client: Client, mock: Mock, space: str, name: str, tmp_path: Path
) -> None:
    """Files lie under numbers while they are on their way, and paths are checked as those of a push."""
    mock.answers[PROXY] = said(200, {"files": [{"path": name, "is_dir": False, "file_size": 7}]})
    report = bring(client, mock, space, work=tmp_path)
    if name in {"../../etc/passwd", "/etc/passwd"}:
        assert report.failed  # its last part is asked for, and there is no such file
    assert all(".." not in one.path for n in registered(client, space) for one in client.files(f"{space}/fraud:{n}"))
    assert report.failed
    assert list(tmp_path.iterdir()) == []


def test_folders_without_end_fail_the_version(client: Client, mock: Mock, space: str) -> None:
    """A folder that holds itself is left at some depth."""
    mock.answers[PROXY] = said(200, {"files": [{"path": "again", "is_dir": True}]})
    assert "deep" in bring(client, mock, space).failed[0].why


def test_more_files_than_a_version_can_have_fail_it(client: Client, mock: Mock, space: str) -> None:
    """The list is not walked to its end."""
    many = [{"path": f"f{number}", "is_dir": False, "file_size": 1} for number in range(20_002)]
    mock.answers[PROXY] = said(200, {"files": many})
    assert "more than 20,000" in bring(client, mock, space).failed[0].why


@pytest.mark.parametrize(
    ("size", "content", "headers"),
    [
        (9, b"weights", {}), (5, b"weights", {}), (7, b"wei", {"Content-Length": "7"}),
        (None, b"wei", {"Content-Length": "7"}), (7, b"weights", {"Content-Encoding": "gzip"}),
    ],
)  # fmt: skip
def test_bytes_that_are_not_as_long_as_was_said_never_become_a_version(
    client: Client, mock: Mock, space: str, size: int | None, content: bytes, headers: dict[str, str]
) -> None:
    """Neither a short answer nor a long one, nor one that is packed."""
    mock.answers[PROXY] = said(200, {"files": [{"path": "model.bin", "is_dir": False, "file_size": size}]})
    root = mock.versions["fraud"][1]["source"].removeprefix("mlflow-artifacts:")
    mock.answers[f"{PROXY}{root}/model.bin"] = said(200, content, **headers)
    assert bring(client, mock, space).failed
    assert registered(client, space) == []


def test_a_fault_that_passes_is_waited_for(
    client: Client, mock: Mock, space: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server may restart, or be busy, in the middle of anything."""
    monkeypatch.setattr(servers, "PATIENCE", 20.0)
    left = dict.fromkeys((SEARCH, VERSIONS, PROXY), 2)

    def faulty(path: str) -> Any:
        def answer(asked: Asked) -> Any:
            left[path] -= 1
            if left[path] < 0:
                del mock.answers[path]
                return mock.answer(path, asked)
            return (503, b"busy") if left[path] else (500, b"", {"Content-Length": "9"})

        return answer

    mock.answers |= {path: faulty(path) for path in left}
    assert bring(client, mock, space).equal


def test_a_fault_that_stays_fails_the_version_and_the_next_import_brings_it(
    client: Client, mock: Mock, space: str
) -> None:
    """One version that cannot be had does not keep the others."""
    mock.version("fraud", 2, {"other.bin": b"2"})
    root = mock.versions["fraud"][1]["source"].removeprefix("mlflow-artifacts:")
    mock.answers[f"{PROXY}{root}/model.bin"] = said(500, b"")
    report = bring(client, mock, space)
    assert [one.subject for one in report.failed] == [f"{space}/fraud:1"]
    assert registered(client, space) == [2]
    mock.answers.clear()
    assert bring(client, mock, space).equal
    assert registered(client, space) == [1, 2]


def test_failure_after_failure_ends_the_import(client: Client, mock: Mock, space: str) -> None:
    """Whoever cannot bring ten versions in a row will not bring the next hundred thousand."""
    for number in range(1, 40):
        mock.version("fraud", number, {"model.bin": b"%d" % number})
    mock.answers[PROXY] = said(400, {"error_code": "BAD_REQUEST", "message": "no"})
    with pytest.raises(HolotypeError, match="refuses"):
        bring(client, mock, space)


def test_an_answer_without_end_is_not_held(
    client: Client, mock: Mock, space: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Answers have a largest size."""
    monkeypatch.setattr(servers, "_LARGEST", 100_000)
    mock.answers[SEARCH] = said(200, b" " * 200_000)
    with pytest.raises(TooLarge):
        bring(client, mock, space)


def test_credentials_go_to_that_server_alone(client: Client, mock: Mock, space: str) -> None:
    """A password wins over a token, an artifact address elsewhere is asked nothing, and no report shows a secret."""
    with mocking() as other:
        mock.version("fraud", 1, source=f"{other.url}{PROXY}/0/x")
        mock.version("fraud", 2, source=f"mlflow-artifacts://{other.url.partition('://')[2]}/0/x")
        who = Credentials("ada", "s3cret", "t0ken")
        report = bring(client, mock, space, credentials=who)
        assert other.asked == []
    assert {headers.get("authorization") for _, headers in mock.asked} == {"Basic YWRhOnMzY3JldA=="}
    assert [one.what for one in report.left_out] == ["bytes", "bytes"]
    assert "s3cret" not in repr(who) + repr(report)


def test_who_is_not_known_there_is_told_what_to_set(client: Client, mock: Mock, space: str) -> None:
    """The variables are those of MLflow's own client."""
    mock.answers[SEARCH] = said(401, b"You are not authenticated.")
    with pytest.raises(Unauthenticated) as refused:
        bring(client, mock, space)
    assert "MLFLOW_TRACKING_USERNAME" in (refused.value.hint or "")


@pytest.mark.parametrize("url", ["http://ada:secret@old.example", "ftp://old.example", "old.example", "http://"])
def test_an_address_that_cannot_be_one_is_refused(client: Client, space: str, url: str) -> None:
    """No password stands in an address, where a list of processes shows it."""
    with pytest.raises(InvalidSetting) as refused:
        import_mlflow(client, importing.Wanted(url, space))
    assert "secret" not in refused.value.detail


def test_words_that_cannot_be_kept_are_left_out_and_told(client: Client, mock: Mock, space: str) -> None:
    """The version comes without them."""
    tags = [{"key": " k", "value": "v"}, {"key": "long", "value": "x" * 100_001}, {"key": "ok", "value": "x" * 99_000}]
    mock.version("fraud", 1, tags=tags, description="d" * 100_001, source="mlflow-artifacts:/0/\u202ex", user_id="a\nb")
    report = bring(client, mock, space)
    assert {one.what.partition(" ")[0] for one in report.left_out} >= {
        "tag",
        "description",
        "source",
        "author",
        "bytes",
    }
    assert list(client.version(f"{space}/fraud:1").tags) == ["ok"]


def test_metrics_that_are_no_numbers_are_left_out_and_told(client: Client, mock: Mock, space: str) -> None:
    """JSON has no word for them."""
    metrics = [{"key": "auc", "value": 0.5}, {"key": "loss", "value": "NaN"}, {"key": "grad", "value": "Infinity"}]
    mock.runs["r1"] = {"info": {"run_id": "r1"}, "data": {"metrics": metrics}}
    mock.version("fraud", 1, run_id="r1")
    report = bring(client, mock, space)
    assert sum("is no number" in one.why for one in report.left_out) == 2
    provenance = client.version(f"{space}/fraud:1").provenance
    assert provenance is not None
    assert [one.name for one in provenance.metrics] == ["auc"]


def test_a_run_that_is_gone_leaves_its_id(client: Client, mock: Mock, space: str) -> None:
    """The version still says which run made it."""
    mock.version("fraud", 1, run_id="gone")
    report = bring(client, mock, space)
    assert any("does not have that run" in one.why for one in report.left_out)
    assert [one.run_id for one in client.imported(f"{space}/fraud")] == ["gone"]
