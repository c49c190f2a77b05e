"""Can a source that a client gives lead to a place on a computer, in any form that it might take?"""

from __future__ import annotations

import unicodedata
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holotype.domain import origins
from holotype.domain.origins import (
    ArtifactOrigin,
    BucketOrigin,
    LoggedOrigin,
    OtherOrigin,
    RunOrigin,
    VersionOrigin,
)
from holotype.errors import Invalid

LOGGED = f"m-{'0' * 32}"
MEANT = {
    "models:/fraud/3": VersionOrigin("fraud", 3),
    "models:/Fraud Model (EU)/12": VersionOrigin("Fraud Model (EU)", 12),
    "models:/fraud@champion": VersionOrigin("fraud", None, "champion"),
    "models:/a@b@champion": VersionOrigin("a@b", None, "champion"),
    f"models:/{LOGGED}": LoggedOrigin(LOGGED),
    "runs:/abc/model": RunOrigin("abc", "model"),
    "runs:/abc": RunOrigin("abc", ""),
    "mlflow-artifacts:/0/abc/artifacts/model": ArtifactOrigin(None, "0/abc/artifacts/model"),
    "mlflow-artifacts:///0/abc": ArtifactOrigin(None, "0/abc"),
    "mlflow-artifacts://Hall:5000/0/a%20b/": ArtifactOrigin("hall:5000", "0/a%20b"),
    "http://Hall:5000/mlflow/risk/api/2.0/mlflow-artifacts/artifacts/0/my%20model": ArtifactOrigin(
        "http://hall:5000/mlflow/risk", "0/my model"
    ),
    "https://hall/ajax-api/2.0/mlflow-artifacts/artifacts/0/a": ArtifactOrigin("https://hall", "0/a"),
    "https://hall/a/b": OtherOrigin("https"),
    "s3://lake/a/b": BucketOrigin("s3", "s3", "lake", "a/b"),
    "S3://lake": BucketOrigin("s3", "s3", "lake", ""),
    "gs://lake/a..b": BucketOrigin("gs", "gs", "lake", "a..b"),
    "abfss://box@acc.dfs.core.windows.net/p": BucketOrigin("az", "abfss", "box@acc.dfs.core.windows.net", "p"),
    "hdfs://node:8020/p": OtherOrigin("hdfs"),
    "dbfs:/databricks/x": OtherOrigin("dbfs"),
}
LOCAL = [
    "", " ", "/etc/passwd", "etc/passwd", "./model", "../model", "~/model", "model", "//proc/self/root/etc",
    "file:/etc/passwd", "file:///etc/passwd", "FILE:///etc", "FiLe:/etc", "file:etc", "file://localhost/etc", "file:",
    "file://host/share", "fi%6ce:///etc", "%66ile:/etc", "file%3a/etc", "file+x:/etc", "x+file:/etc", "x.file:/etc",
    " file:/etc", "\tfile:/etc", "\nfile:/etc", "\x00file:/etc", "fi\nle:/etc", "file\u200b:/etc", "ｆile:/etc",
    "local:/etc", "localhost:/etc", "smb://host/share", "unc://host/share", "jar:file:/etc", "url:file:/etc",
    "C:/Windows", "c:\\Windows", "C:Windows", "\\\\host\\share", "//host/share", "\\etc", "s3://lake/C:/x",
    "dbfs:x", "data:text", "javascript:x", "http:x", "s3:x", ":/x", "1s:/x", "-:/x",
]  # fmt: skip
LED_AWAY = [
    "{}/../x", "{}/..", "{}/a/../../x", "{}/./x", "{}/.", "{}/%2e%2e/x", "{}/%2E%2e", "{}/%252e%252e/x", "{}/.%2e/x",
    "{}/%25252e%25252e/x", "{}/..%2fx", "{}/..%5cx", "{}/%2e%2e%2f", "{}/a%2fb", "{}/%2f", "{}/%5c", "{}\\..\\x",
    "{}/x#/../y", "{}/x#y", "{}/x%23y", "{}/x?y", "{}/x%3fy", "{}/x;y", "{}/x;/../y", "{}/x%3By", "{}/x\0", "{}/x%00",
    "{}/x%2500", "{}/x\n", "{}/x%0a", "{}/x\x7f", "{}/x\u202e", "{}//x", "{}/x//y", "{}/‥/x", "{}/．．/x", "{}/．．／x",
    "{}/ ../x", "{}/.. /x", "{}/%20../x", "{}/x\ud800", "{}/%ff%fe", "{}/x%c0%ae%c0%ae/y", "{}/a:../x", "{}/x%255cy",
]  # fmt: skip
PLACES = [
    "s3://lake", "gs://lake/a", "mlflow-artifacts:/0", "mlflow-artifacts://hall:5000/0", "runs:/abc", "hdfs://node",
    "dbfs:/databricks", "https://hall", "http://hall:5000/api/2.0/mlflow-artifacts/artifacts",
    "http://hall/ajax-api/2.0/mlflow-artifacts/artifacts/0", "models:", "models:/a", "abfss://box@acc.net",
]  # fmt: skip
WITH_A_USER = [
    "http://u:p@hall/api/2.0/mlflow-artifacts/artifacts/x", "https://u@hall/x", "s3://u:p@lake/x", "s3://u@lake/x",
    "ftp://u:p@hall/x", "mlflow-artifacts://u:p@hall/x", "hdfs://u@node/x", "http://hall@evil/x", "http://a b/x",
    "abfss://u:p@acc.net/x", "http:///x", "s3:/lake/x", "http://%68all/x", "http://[::1/x", "http://hall:99999999/x",
]  # fmt: skip
MODELS = [
    "models:/", "models:/x", "models:/x/", "models:/x/Production", "models:/x/0", "models:/x/-1", "models:/x/01",
    "models:/x/1/y", "models://x/1", "models:/@a", "models:/x@", "models:/ /1", "models:/x/9999999999", "models:/m-xyz",
    "models:/x/1#", "models:/x/1?y", "runs:/", "runs://h/x", "runs:/a b/c", "mlflow-artifacts:/", "mlflow-artifacts://h",
]  # fmt: skip


@pytest.mark.parametrize("source", MEANT)
def test_a_source_means_what_its_clients_mean(source: str) -> None:
    """Each form that clients send, taken apart once."""
    assert origins.read(source) == MEANT[source]


@pytest.mark.parametrize("source", LOCAL, ids=ascii)
def test_a_place_on_a_computer_is_nothing(source: str) -> None:
    """However it is written."""
    with pytest.raises(Invalid):
        origins.read(source)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("form", LED_AWAY, ids=ascii)
def test_no_form_of_a_path_leads_elsewhere(place: str, form: str) -> None:
    """Plain, encoded, encoded twice, in other characters that some reader turns into these."""
    with pytest.raises(Invalid):
        origins.read(form.format(place))


@pytest.mark.parametrize("source", [*WITH_A_USER, *MODELS], ids=ascii)
def test_what_is_no_whole_address_is_nothing(source: str) -> None:
    """Users and passwords in it, no host, or a name that cannot be."""
    with pytest.raises(Invalid) as refused:
        origins.read(source)
    assert "u:p" not in str(refused.value)


def test_an_overlong_source_is_nothing() -> None:
    """It is kept in an index, whose rows are limited."""
    assert isinstance(origins.read(f"s3://lake/{'x' * (origins.LONGEST - 10)}"), BucketOrigin)
    with pytest.raises(Invalid):
        origins.read(f"s3://lake/{'x' * (origins.LONGEST - 9)}")
    with pytest.raises(Invalid):
        origins.read(f"s3://lake/{'€' * 700}")


TEXTS = st.text(st.one_of(st.sampled_from("./\\%2eE2fF5cC#?;:@~ \0\nab"), st.characters()), max_size=60)
HEADS = st.sampled_from([*PLACES, "file:", "C:", "", "//", "models:/x/1"])


@given(HEADS, TEXTS)
def test_whatever_is_accepted_leads_down_however_often_it_is_decoded(head: str, tail: str) -> None:
    """The property behind all examples: no reader finds a way up, a drive or a control character in it."""
    source = f"{head}/{tail}"
    try:
        found = origins.read(source)
    except Invalid:
        return
    assert not isinstance(found, OtherOrigin) or found.scheme not in ("file", "c")
    form = source
    for _ in range(8):
        plain = unicodedata.normalize("NFKC", form)
        assert not {".", ".."} & set(plain.split("/"))
        assert not set(plain) & set("\\#?;\0\n")
        form = unquote(form)
    path = getattr(found, "path", "")
    assert not path.startswith("/")
    assert "//" not in path


@given(st.text(st.sampled_from("abcXYZ019-_. ()"), min_size=1, max_size=20))
def test_a_path_of_the_web_is_decoded_once(name: str) -> None:
    """What its client encoded is what it means."""
    path = f"0/x{name}x"
    found = origins.read(f"https://hall/api/2.0/mlflow-artifacts/artifacts/{quote(path)}")
    assert found == ArtifactOrigin("https://hall", path)
