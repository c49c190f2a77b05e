"""Does a path of MLflow's protocol ever mean another place than the one that it names?"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from holotype.domain import artifact_places
from holotype.domain.artifact_places import TrackedPlace, VersionPlace
from holotype.errors import InvalidPath
from holotype.tracking.tables import artifact_files
from tests.support.asgi import Visitor, owner_of
from tests.support.mlflow_files import ARTIFACTS, fetch, put, run_of
from tests.support.registry import Desk, open_desk

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
