"""What may an administrator write into the file of import sources, and is it read as it was meant?"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from holotype import egress
from holotype.catalogue import contents, intakes, models, versions
from holotype.domain import digest, origins
from holotype.domain.entities import Actor, Intake
from holotype.domain.references import parse
from holotype.egress.sources import ImportSource, covering, objection, open_source, reading
from holotype.errors import ForbiddenAddress, HolotypeError, Invalid, InvalidSetting, NotFound
from holotype.main.application import import_sources
from holotype.operations.call import Call
from holotype.operations.copy_in import Pace, copy_in
from holotype.operations.create_model import create_model
from holotype.operations.take_in import Wanted, take_in
from holotype.settings import Settings
from tests.support.fake_tracker import run, tracking
from tests.support.fixtures import Backend
from tests.support.registry import EVERYTHING, Desk, open_desk
from tests.support.s3 import ACCESS_KEY, S3, SECRET_KEY

HERE = Path("sources.toml")
TRACKER = '[[source]]\nname = "t"\nkind = "mlflow"\nurl = "https://ml.example/base"\nnamespaces = ["risk"]\n'
BUCKET = '[[source]]\nname = "b"\nkind = "bucket"\nurl = "s3://lake/models"\nnamespaces = ["*"]\nanonymous = true\n'
SECRETS = {"access_key_id": ACCESS_KEY, "secret_access_key": SECRET_KEY}
LARGE = bytes(range(256)) * 2_048
RUN = "a" * 32


def one(text: str, **environ: str) -> ImportSource:
    """Read a file of one source."""
    (found,) = reading.parse(text, HERE, environ)
    return found


def test_a_tracking_server_stands_for_what_its_clients_say() -> None:
    """Its runs, its logged models, its artifacts, by each of their names; and for nothing of another server."""
    source = (one(TRACKER),)
    covered = {
        "runs:/abc/model": ("model", "abc", None),
        f"models:/m-{'0' * 32}": ("", None, f"m-{'0' * 32}"),
        "mlflow-artifacts:/0/abc": ("0/abc", None, None),
        "https://ml.example/base/api/2.0/mlflow-artifacts/artifacts/0/abc": ("0/abc", None, None),
    }
    for uri, (path, run_id, model_id) in covered.items():
        place = covering(source, "risk", origins.read(uri))
        assert place is not None
        assert (place.path, place.run_id, place.model_id) == (path, run_id, model_id)
        assert covering(source, "other", origins.read(uri)) is None
    for uri in (
        "models:/fraud/1",
        "s3://lake/x",
        "https://ml.example/api/2.0/mlflow-artifacts/artifacts/0",
        "http://ml.example/base/api/2.0/mlflow-artifacts/artifacts/0",
        "mlflow-artifacts://other/0",
        "https://ml.example/base/x",
    ):
        assert covering(source, "risk", origins.read(uri)) is None


def test_a_bucket_stands_for_what_lies_below_its_prefix() -> None:
    """Part by part, in its own bucket, under each scheme of its kind."""
    source = (one(BUCKET),)
    paths = {uri: covering(source, "any", origins.read(uri)) for uri in ("s3://lake/models/a/b", "s3a://lake/models")}
    assert [place and place.path for place in paths.values()] == ["a/b", ""]
    for uri in ("s3://lake/models-old/a", "s3://lake/a", "s3://pond/models/a", "gs://lake/models/a", "s3://lake"):
        assert covering(source, "any", origins.read(uri)) is None


def test_roots_say_which_other_texts_a_source_stands_for() -> None:
    """A bucket that a tracking server serves, for example."""
    source = one(TRACKER + 'roots = ["s3://lake/mlflow", "mlflow-artifacts:/0"]\n')
    place = covering((source,), "risk", origins.read("s3://lake/mlflow/0/abc"))
    assert place is not None
    assert place.path == "0/abc"
    assert covering((source,), "risk", origins.read("runs:/abc/model")) is None


def test_secrets_come_from_files_and_variables(tmp_path: Path) -> None:
    """And are not in what is shown of a source."""
    file = tmp_path / "key"
    file.write_text("s3cr3t\n")
    file.chmod(0o600)
    found = one(TRACKER + 'username = "ada"\npassword_env = "PASSWORD"\n', PASSWORD="hidden")
    assert dict(found.secrets) == {"password": "hidden"}
    text = TRACKER + f'token_file = "{file}"\n'
    assert dict(one(text).secrets) == {"token": "s3cr3t"}
    assert "s3cr3t" not in repr(one(text))


WRONG = {
    'kind = "ftp"': "line 1: 'kind'",
    TRACKER + "tokn_env = 'X'": "line 6: 'tokn_env' is not known; did you mean 'token_env'?",
    TRACKER + "token = 'abc'": "line 6: 'token' is a secret: name a variable with token_env",
    TRACKER + "token_env = 'NOT_SET'": "'NOT_SET', which is not set",
    TRACKER + "token_env = 'A'\ntoken_file = 'b'": "line 6: 'token_env' and token_file cannot both be given",
    TRACKER + "token_file = 'not-there'": "cannot be read",
    TRACKER + "username = 'ada'": "line 6: 'username' needs password_env",
    TRACKER + "password_env = 'SET'": "'username' needs password_env",
    TRACKER + "roots = 'runs:/'": "line 6: 'roots' has to be texts in brackets",
    TRACKER + "roots = ['runs:/', 'file:/etc']": "line 6: 'roots'",
    TRACKER + "roots = ['models:/fraud/1']": "cannot hold",
    TRACKER + "roots = [7]": "texts in brackets",
    TRACKER + "endpoint = 'https://x'": "'endpoint' is not known",
    TRACKER.replace("https://", "ftp://"): "line 4: 'url' has to be https://HOST",
    TRACKER.replace("ml.example", "u:p@ml.example"): "'url' has to be https://HOST",
    TRACKER.replace("/base", "/../x"): "'url' has to be https://HOST",
    TRACKER.replace('"t"', '"T T"'): "line 2: 'name'",
    TRACKER.replace('["risk"]', '["Risk!"]'): "line 5: 'namespaces'",
    TRACKER.replace('namespaces = ["risk"]', ""): "'namespaces' is not given",
    TRACKER + TRACKER: "'t' is given twice",
    BUCKET + "roots = ['runs:/']": "line 7: 'roots'",
    BUCKET + "anonymous = 'yes'": "is not TOML",
    BUCKET.replace("true", "'yes'"): "line 6: 'anonymous' has to be bool",
    BUCKET.replace("s3://lake/models", "file:///etc"): "line 4: 'url'",
    BUCKET.replace("s3://lake/models", "https://lake"): "has to be s3://BUCKET",
    "name = 'x'": "line 1: 'name' is not known",
    "[source]\nname = 'x'": "has to be [[source]]",
    "source = [1]": "has to be a table",
    "[[source]": "is not TOML",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_named_with_its_line(text: str) -> None:
    """So that whoever wrote it finds it; and no secret is repeated."""
    text_ = text if text.startswith(("[", "name", "source")) else f"[[source]]\n{text}"
    with pytest.raises(InvalidSetting) as refused:
        reading.parse(text_, HERE, {"A": "x", "SET": "y"})
    assert WRONG[text].replace("line 1: 'kind'", "line 2: 'kind'") in str(refused.value)
    assert "u:p" not in str(refused.value)


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_that_others_may_write_is_not_read(tmp_path: Path, mode: int) -> None:
    """They would say whom the server asks, and with whose secrets."""
    file = tmp_path / "import-sources.toml"
    file.write_text(TRACKER)
    file.chmod(mode)
    with pytest.raises(InvalidSetting, match="written by others"):
        import_sources(Settings(data=tmp_path))
    file.chmod(0o644)
    assert [found.name for found in import_sources(Settings(data=tmp_path))] == ["t"]


def test_a_secret_that_everybody_may_read_is_none(tmp_path: Path) -> None:
    """The server does not start with it."""
    secret = tmp_path / "token"
    secret.write_text("s3cr3t")
    secret.chmod(0o644)
    file = tmp_path / "import-sources.toml"
    file.write_text(TRACKER + 'token_file = "token"\n')
    file.chmod(0o600)
    with pytest.raises(InvalidSetting, match="everybody may read"):
        import_sources(Settings(data=tmp_path))
    secret.chmod(0o640)
    assert import_sources(Settings(data=tmp_path))[0].secrets == {"token": "s3cr3t"}


def test_there_need_not_be_any(tmp_path: Path) -> None:
    """Without the file there are no import sources; a file that is named has to be there."""
    assert import_sources(Settings(data=tmp_path)) == ()
    with pytest.raises(InvalidSetting, match="cannot be read"):
        import_sources(Settings(data=tmp_path, import_sources=tmp_path / "not-there"))


@pytest.mark.parametrize(
    ("allow", "url"),
    [(None, "http://127.0.0.1:9"), (None, "https://127.0.0.1:9"), ("http://127.0.0.1:8", "http://127.0.0.1:9")],
)
def test_an_endpoint_inside_is_not_called_unless_it_is_allowed(allow: str | None, url: str) -> None:
    """Whoever wrote the file has to name it in ``egress_allow`` too."""
    client = egress.Client(allow)
    with pytest.raises(ForbiddenAddress):
        open_source(one(BUCKET + f'endpoint = "{url}"\n'), client)
    tracker = one(TRACKER.replace("https://ml.example/base", url))
    assert "egress_allow" in (objection(tracker, client) or "")


def test_a_bucket_without_credentials_does_not_use_those_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless the file says so: the environment is for our own store."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ours")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "ours")
    with pytest.raises(InvalidSetting, match="no credentials"):
        open_source(one(BUCKET.replace("anonymous = true\n", "")), egress.Client())


@pytest.fixture
def lake(s3: S3) -> Iterator[tuple[S3, Path]]:
    """A bucket on a real S3 server with two models."""
    s3.create_bucket("lake")
    folder = s3.root / "lake"
    for path, content in {"models/a/MLmodel": b"flavors: {}\n", "models/a/data/w.bin": LARGE, "models/b": b"b"}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    yield s3, folder
    s3.drop_bucket("lake")


def bucket(s3: S3, **options: str) -> ImportSource:
    """Return the import source that is the bucket's prefix ``models``."""
    endpoint = s3.environment["AWS_ENDPOINT_URL"]
    return replace(one(BUCKET), options={"endpoint": endpoint, **options}, secrets=SECRETS)


def test_a_real_bucket_is_listed_and_read(lake: tuple[S3, Path]) -> None:
    """From any byte on, in pieces; a single file too; what is not there is said not to be."""
    s3, _ = lake
    reader = open_source(bucket(s3), egress.Client(s3.environment["AWS_ENDPOINT_URL"]))
    reader.check()
    listed = {file.path: file for file in reader.files("a")}
    assert {path: file.size for path, file in listed.items()} == {"MLmodel": 12, "data/w.bin": len(LARGE)}
    with reader.open(listed["data/w.bin"], 1_000) as opened:
        assert b"".join(opened.chunks) == LARGE[opened.start :]
    assert [file.path for file in reader.files("b")] == ["b"]
    with pytest.raises(NotFound):
        reader.files("c")
    with pytest.raises(HolotypeError):
        open_source(bucket(s3), egress.Client()).check()


def test_a_real_server_is_convinced_by_the_signature(lake: tuple[S3, Path]) -> None:
    """Of names that need every rule of the encoding; and not by one with another secret."""
    s3, folder = lake
    client = egress.Client(s3.environment["AWS_ENDPOINT_URL"])
    name = "a b+ü~(1)&=%41'.bin"
    (folder / "models/odd ü&").mkdir()
    (folder / "models/odd ü&" / name).write_bytes(LARGE)
    reader = open_source(bucket(s3), client)
    (file,) = reader.files("odd ü&")
    with reader.open(file, 9) as opened:
        assert (file.path, b"".join(opened.chunks)) == (name, LARGE[9:])
    with pytest.raises(Invalid, match="does not let this server read it"):
        open_source(replace(bucket(s3), secrets=SECRETS | {"secret_access_key": "another"}), client).check()


@pytest.fixture
def desk(backend: Backend, lake: tuple[S3, Path]) -> Iterator[Desk]:
    """A registry for which the bucket is an import source, with the model ``fraud``."""
    s3, _ = lake
    allow = s3.environment["AWS_ENDPOINT_URL"]
    with open_desk(backend.database_url, backend.store_url, egress_allow=allow, part_size=2**17) as opened:
        create_model(opened.call(), parse("fraud"))
        yield replace(opened, registry=replace(opened.registry, sources=(bucket(s3),)))


def brought(desk: Desk, uri: str, **wanted: Any) -> str:
    """Ask for a version and let the server work; return what became of it."""
    call = Call(desk.registry, Actor("ada", 1, EVERYTHING), now=desk.registry.clock())
    asked = asyncio.run(take_in(call, parse("fraud"), Wanted(uri, **wanted)))
    assert isinstance(asked, Intake)
    copy_in(replace(call, now=desk.registry.clock()), lambda: None, Pace(1))
    with desk.registry.database.read() as tx:
        failed = intakes.get(tx, models.get(tx, "default", "fraud").id, asked.number)
    return failed.reason if failed else "ready"


def test_a_version_comes_from_a_real_bucket(desk: Desk) -> None:
    """Small files whole, a large one in parts."""
    assert brought(desk, "s3://lake/models/a") == "ready"
    with desk.registry.database.read() as tx:
        found = contents.page_of_files(tx, versions.find(tx, parse("fraud:1")).id, after="", limit=9)
    assert {file.path: file.digest for file in found} == {
        "MLmodel": digest.of(b"flavors: {}\n"),
        "data/w.bin": digest.of(LARGE),
    }


def beside(desk: Desk, url: str) -> Desk:
    """Return a registry that has a tracking server as an import source as well."""
    source = one(TRACKER.replace("https://ml.example/base", url).replace("risk", "default"))
    settings = replace(desk.registry.settings, egress_allow=f"{desk.registry.settings.egress_allow},{url}")
    sources = (*desk.registry.sources, source)
    return replace(desk, registry=replace(desk.registry, sources=sources, settings=settings))


def test_what_lies_elsewhere_is_known_to_the_tracking_server(desk: Desk) -> None:
    """Its bytes stay there, its context comes; a run that is not there leaves its id; a server that is away is told."""
    elsewhere = "s3://elsewhere/models/a"
    with tracking({}) as tracker:
        tracker.runs[RUN] = run(RUN, elsewhere, params=[{"key": "depth", "value": "6"}])
        desk = beside(desk, tracker.url)
        assert brought(desk, elsewhere, run_id=RUN, description="a", tags={"team": "risk"}) == "ready"
        assert brought(desk, elsewhere, run_id="0" * 32) == "ready"
    assert "did not answer" in brought(desk, elsewhere, run_id=RUN)
    with desk.registry.database.read() as tx:
        known, unknown = (versions.find(tx, parse(f"fraud:{number}")) for number in (1, 2))
        origins = [contents.provenance(tx, version) for version in (known, unknown)]
    assert (known.external, known.file_count, known.description, known.tags) == (True, 0, "a", {"team": "risk"})
    assert unknown.external
    assert [b'"depth":"6"' in kept.content for kept in origins if kept] == [True, False]
    assert all(b'"external":true' in kept.content for kept in origins if kept)


def test_a_bucket_and_a_tracking_server_together(desk: Desk) -> None:
    """The tracking server says which run it was, and the bucket has the bytes."""
    with tracking({}) as tracker:
        tracker.runs[RUN] = run(RUN, "s3://lake/models/a", params=[{"key": "depth", "value": "6"}])
        desk = beside(desk, tracker.url)
        assert brought(desk, f"runs:/{RUN}") == "ready"
        assert brought(desk, "s3://lake/models/a", run_id=RUN) == "ready"
    with desk.registry.database.read() as tx:
        for number in (1, 2):
            kept = contents.provenance(tx, versions.find(tx, parse(f"fraud:{number}")))
            assert kept is not None
            assert b'"depth"' in kept.content


def test_what_a_bucket_may_not_hold_is_refused(desk: Desk, lake: tuple[S3, Path]) -> None:
    """Names that clash, and a place with nothing in it."""
    folder = lake[1] / "models" / "clash"
    folder.mkdir()
    for name in ("a.bin", "A.bin"):
        (folder / name).write_bytes(b"x")
    assert "differ at most in case" in brought(desk, "s3://lake/models/clash")
    assert "no files" in brought(desk, "s3://lake/models/nothing")


def test_a_file_that_changes_while_it_is_copied_is_not_mixed(lake: tuple[S3, Path]) -> None:
    """Each range is asked of the state that was listed."""
    s3, folder = lake
    reader = open_source(bucket(s3), egress.Client(s3.environment["AWS_ENDPOINT_URL"]))
    (listed,) = [file for file in reader.files("a") if file.path == "data/w.bin"]
    (folder / "models/a/data/w.bin").write_bytes(bytes(reversed(LARGE)))
    os.utime(folder / "models/a/data/w.bin", (1, 1))
    assert listed.mark
    with pytest.raises(HolotypeError, match="changed"), reader.open(listed, 0) as opened:
        list(opened.chunks)
