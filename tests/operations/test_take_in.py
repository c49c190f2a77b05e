"""What becomes of what a client of another protocol calls a version's source?"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from holotype.catalogue import contents, intakes, namespaces
from holotype.catalogue.sources import Sourced
from holotype.catalogue.tables import sources
from holotype.domain.entities import Intake, Namespace, Version
from holotype.domain.permissions import Permission
from holotype.domain.provenance import Provenance
from holotype.domain.references import Reference, parse
from holotype.domain.runs import LoggedModel, TrackedRun
from holotype.domain.times import now
from holotype.domain.titles import name_of
from holotype.egress.sources.places import ImportSource
from holotype.errors import Conflict, Invalid, NotFound
from holotype.operations.create_model import create_model
from holotype.operations.create_namespace import create_namespace
from holotype.operations.take_in import Wanted, take_in
from holotype.tracking import artifacts, attached, logged_models, runs
from tests.support.fixtures import Store
from tests.support.registry import EVERYTHING, Desk, open_desk

RUN = "a" * 32
LOGGED = f"m-{'b' * 32}"
MODEL = parse("default/fraud")
TRACKER = ImportSource("tracker", "mlflow", "https://mlflow.example", ("default",), ("runs:/", "models:/"))


@pytest.fixture
def desk(database_url: str, store: Store) -> Iterator[Desk]:
    """A registry with the model ``fraud``."""
    with open_desk(database_url, store.url) as opened:
        create_model(opened.call(), MODEL)
        yield opened


def take(desk: Desk, uri: str, model: Reference = MODEL, **wanted: Any) -> Version:
    """Take in a source that is registered at once."""
    found = taken(desk, uri, model, **wanted)
    assert isinstance(found, Sourced)
    return found.version


def taken(desk: Desk, uri: str, model: Reference = MODEL, **wanted: Any) -> Sourced | Intake:
    """Take in a source."""
    actor = wanted.pop("actor", "ada")
    rights = wanted.pop("rights", EVERYTHING)
    return asyncio.run(take_in(desk.call(actor=actor, rights=rights), model, Wanted(uri, **wanted)))


def logged(desk: Desk, owner: str, *files: tuple[str, bytes]) -> None:
    """Say that a run or a logged model has files."""
    where = space(desk).id
    for path, content in files:
        made = desk.stored(content, path)
        with desk.registry.database.write() as tx:
            artifacts.put(tx, where, owner, artifacts.Artifact(path, made.digest, made.size), now())


def space(desk: Desk) -> Namespace:
    """Return the namespace ``default``."""
    with desk.registry.database.read() as tx:
        return namespaces.get(tx, "default")


def run(desk: Desk, author: str = "ada") -> None:
    """Write down a run with a parameter, and a logged model of it."""
    with desk.registry.database.write() as tx:
        where = space(desk).id
        runs.create(tx, where, TrackedRun(RUN, "0", author=author))
        attached.set_parameters(tx, where, RUN, {"depth": "6"})
        logged_models.create(tx, where, LoggedModel(LOGGED, "0", "model", now(), now(), run_id=RUN, author=author))


def origin(desk: Desk, version: Version) -> Provenance:
    """Return a version's provenance."""
    with desk.registry.database.read() as tx:
        kept = contents.provenance(tx, version)
    assert kept is not None
    return msgspec.json.decode(kept.content, type=Provenance)


def paths(desk: Desk, version: Version) -> list[str]:
    """Return the paths of a version's files."""
    with desk.registry.database.read() as tx:
        return [file.path for file in contents.page_of_files(tx, version.id, after="", limit=100)]


def test_a_copy_has_the_files_and_says_whose_they_were(desk: Desk) -> None:
    """A real version: the same blobs, a parent, the context of what it was copied from."""
    desk.register("original", b"weights", Provenance(parameters={"depth": 6}))
    copy = take(desk, "models:/original/1", tags={"a": "b"}, description="a copy")
    known = origin(desk, copy)
    assert (copy.number, copy.file_count, copy.size, copy.tags) == (1, 1, 7, {"a": "b"})
    assert [(one.reference, one.relation) for one in known.parents] == [("default/original:1", "derived")]
    assert known.parameters == {"depth": 6}
    assert known.source is not None
    assert (known.source.uri, known.source.external) == ("models:/original/1", False)


def test_every_copy_is_a_new_version(desk: Desk) -> None:
    """Two registrations of one source are two versions, as those clients expect."""
    desk.register("original")
    assert [take(desk, "models:/original/1").number for _ in range(3)] == [1, 2, 3]


def test_a_copy_is_of_the_same_run(desk: Desk) -> None:
    """A client that names another run or logged model is mistaken, and what is recorded is evidence."""
    run(desk)
    logged(desk, LOGGED, ("model.pkl", b"x"))
    take(desk, f"models:/{LOGGED}", run_id=RUN)
    for given in ({}, {"run_id": RUN}, {"model_id": LOGGED}):
        found = origin(desk, take(desk, "models:/fraud/1", **given)).run
        assert found is not None
        assert found.id == RUN
    for what, wrong in (("run", {"run_id": "c" * 32}), ("logged model", {"model_id": f"m-{'c' * 32}"})):
        with pytest.raises(Invalid, match=f"default/fraud:1 is of the {what} .*, not of"):
            take(desk, "models:/fraud/1", **wrong)


def test_a_copy_is_found_by_title_and_alias(desk: Desk) -> None:
    """Names that only the other protocol allows lead there, and no other name does."""
    title = "Fraud Model (EU)"
    create_model(desk.call(), Reference("default", name_of(title)), title=title)
    first = take(desk, "s3://lake/x", Reference("default", name_of(title)))
    assert first.number == 1
    assert take(desk, f"models:/{title}/1").file_count == 0
    assert take(desk, f"models:/{title}@latest").file_count == 0
    with pytest.raises(NotFound):
        take(desk, f"models:/{name_of(title)}/1")


def test_what_may_not_be_read_is_not_copied(desk: Desk) -> None:
    """Whoever may register but not read the source's model learns nothing, neither that it is there."""
    desk.register("original")
    rights = frozenset({Permission.VERSION_REGISTER})
    with pytest.raises(NotFound) as hidden:
        take(desk, "models:/original/1", actor="eve", rights=rights)
    with pytest.raises(NotFound) as absent:
        take(desk, "models:/nothing/1", actor="eve", rights=rights)
    assert str(hidden.value).replace("original", "nothing") == str(absent.value)


def test_files_of_a_run_belong_to_the_version_at_once(desk: Desk) -> None:
    """They are named from the folder on that was registered, and what the run knows comes with them."""
    run(desk)
    logged(desk, RUN, ("model/MLmodel", b"flavors: {}\n"), ("model/data/model.pkl", b"x"), ("other.txt", b"y"))
    version = take(desk, f"runs:/{RUN}/model", run_id=RUN)
    known = origin(desk, version)
    assert paths(desk, version) == ["MLmodel", "data/model.pkl"]
    assert known.run is not None
    assert known.run.id == RUN
    assert known.parameters.keys() == {"depth"}


@pytest.mark.parametrize(
    ("uri", "here"),
    [
        (f"models:/{LOGGED}", None),
        (f"mlflow-artifacts:/0/models/{LOGGED}/artifacts", None),
        (f"mlflow-artifacts://hall:7878/0/models/{LOGGED}/artifacts", "http://hall:7878"),
        (f"mlflow-artifacts://hall:7878/0/models/{LOGGED}/artifacts", "http://Hall:7878/mlflow/risk"),
        (f"mlflow-artifacts://hall/0/models/{LOGGED}/artifacts", "https://hall/base/mlflow/risk"),
        (f"http://hall:7878/api/2.0/mlflow-artifacts/artifacts/0/models/{LOGGED}/artifacts", "http://hall:7878"),
    ],
)
def test_a_logged_model_is_taken_by_each_of_its_names(desk: Desk, uri: str, here: str | None) -> None:
    """By its id, and by the places where its files lie."""
    run(desk)
    logged(desk, LOGGED, ("MLmodel", b"flavors: {}\n"), ("model.pkl", b"x"))
    version = take(desk, uri, here=lambda: here)
    known = origin(desk, version)
    assert paths(desk, version) == ["MLmodel", "model.pkl"]
    assert known.source is not None
    assert (known.source.model_id, known.source.external, known.run and known.run.id) == (LOGGED, False, RUN)


@pytest.mark.parametrize(
    "host",
    [
        "http://elsewhere/api/2.0/mlflow-artifacts/artifacts",
        "http://hall:7878/mlflow/other/api/2.0/mlflow-artifacts/artifacts",
        "mlflow-artifacts://elsewhere:7878",
        "mlflow-artifacts://hall:7879",
    ],
)
def test_the_same_place_on_another_server_is_not_ours(desk: Desk, host: str) -> None:
    """A host that is not this one is somebody else's, whatever its path says."""
    run(desk)
    logged(desk, LOGGED, ("MLmodel", b"flavors: {}\n"))
    uri = f"{host}/0/models/{LOGGED}/artifacts"
    assert take(desk, uri, here=lambda: "http://hall:7878/mlflow/risk").file_count == 0


def test_a_run_that_the_caller_may_not_see_is_not_known(desk: Desk) -> None:
    """It registers as if nobody here knew the run: without files, without context."""
    run(desk, author="somebody")
    logged(desk, RUN, ("model/MLmodel", b"flavors: {}\n"))
    version = take(desk, f"runs:/{RUN}/model", rights=frozenset({Permission.VERSION_REGISTER}))
    assert version.file_count == 0
    assert origin(desk, version).parameters == {}


def test_the_files_of_another_namespace_are_not_reached(desk: Desk) -> None:
    """A run's id means something in its own namespace alone."""
    run(desk)
    logged(desk, RUN, ("model/MLmodel", b"flavors: {}\n"))
    create_namespace(desk.call(), "risk")
    create_model(desk.call(), parse("risk/fraud"))
    assert take(desk, f"runs:/{RUN}/model", parse("risk/fraud")).file_count == 0


@pytest.mark.parametrize("uri", ["s3://lake/model", "hdfs://nn/model", "https://host/model", f"runs:/{RUN}/model"])
def test_what_nobody_here_knows_is_external(desk: Desk, uri: str) -> None:
    """It has a number and its words, and no bytes; the run that the client names is kept."""
    version = take(desk, uri, run_id=RUN, run_link="https://tracker/1")
    known = origin(desk, version)
    assert (version.file_count, version.size) == (0, 0)
    assert known.source is not None
    assert known.source.external
    row = desk.rows(sa.select(sources))[0]
    assert (row["uri"], row["run_id"], row["run_link"]) == (uri, RUN, "https://tracker/1")


def test_what_lies_in_an_import_source_is_promised(desk: Desk) -> None:
    """It gets its number now, and its bytes later; the next version gets the next number."""
    desk = replace(desk, registry=replace(desk.registry, sources=(TRACKER,)))
    found = taken(desk, f"runs:/{RUN}/model", tags={"a": "b"}, description="later")
    assert isinstance(found, Intake)
    assert (found.number, found.status, found.run_id, found.tags) == (1, "pending", RUN, {"a": "b"})
    assert desk.registry.expected.is_set()
    assert take(desk, "s3://lake/model").number == 2
    with desk.registry.database.read() as tx:
        assert intakes.get(tx, found.model_id, 1) == found
    with pytest.raises(Conflict, match="pending"):
        take(desk, "models:/fraud/1")


def test_an_import_source_serves_its_own_namespaces_alone(desk: Desk) -> None:
    """Elsewhere the same text is external."""
    desk = replace(desk, registry=replace(desk.registry, sources=(replace(TRACKER, namespaces=("risk",)),)))
    assert take(desk, f"runs:/{RUN}/model").file_count == 0


def test_a_prompt_is_the_file_that_it_is(desk: Desk) -> None:
    """Its text is the one file, and the version holds its bytes."""
    tags = {"mlflow.prompt.is_prompt": "true", "mlflow.prompt.text": "Answer {{question}}"}
    version = take(desk, "prompt-template", tags=tags, prompt=True)
    assert paths(desk, version) == ["prompt.txt"]
    assert version.size == len(b"Answer {{question}}")


@pytest.mark.parametrize(
    "wanted", [{"run_id": "../x"}, {"run_id": "c" * 32}, {"model_id": "x y"}, {"run_id": "a" * 300}]
)
def test_ids_that_cannot_be_are_refused(desk: Desk, wanted: dict[str, Any]) -> None:
    """An id that is no id, or not that of the source."""
    with pytest.raises(Invalid):
        take(desk, f"runs:/{RUN}/model", **wanted)


def test_a_model_that_is_not_there_is_not_made(desk: Desk) -> None:
    """Those clients create a model before its versions."""
    with pytest.raises(NotFound):
        take(desk, "s3://lake/x", parse("default/other"))
