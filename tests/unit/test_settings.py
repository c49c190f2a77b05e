"""Do settings come from where they should, and say which one is wrong?"""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from holotype import settings
from holotype.errors import InvalidSetting
from holotype.settings import Settings


def test_without_anything_the_defaults_hold() -> None:
    """Loopback, one process, everything in one folder."""
    found = settings.load(environ={})
    assert found == Settings()
    assert found.database_url == f"sqlite:///{Path('holotype-data').absolute() / 'holotype.db'}"
    assert found.store_url == Path("holotype-data").absolute() / "blobs"


def test_each_source_outweighs_the_one_before(tmp_path: Path) -> None:
    """File, environment, caller."""
    file = tmp_path / "holotype.toml"
    file.write_text('port = 1\nworkers = 2\nhost = "::1"\n')
    found = settings.load({"port": 3}, environ={"HOLOTYPE_CONFIG": str(file), "HOLOTYPE_WORKERS": "4"})
    assert (found.port, found.workers, found.host) == (3, 4, "::1")


def test_a_secret_is_never_shown() -> None:
    """Not by a settings object, and not by the refusal of a wrong value."""
    assert "hunter2" not in repr(settings.load(environ={"HOLOTYPE_OIDC_CLIENT_SECRET": "hunter2"}))
    with pytest.raises(InvalidSetting) as caught:
        settings.load({"oidc_client_secret": 1234567})
    assert "1234567" not in str(caught.value)


@pytest.mark.parametrize("field", fields(Settings), ids=lambda field: field.name)
def test_every_setting_is_read_from_the_environment(field: object) -> None:
    """Each has its variable, and refuses what makes no sense in its own name where that can be told."""
    name, kind = field.name, str(field.type)  # type: ignore[attr-defined]
    words = {"log_format": "json", "log_level": "error", "record_pulls": "full"}
    text = words.get(name, {"int": "2048", "bool": "true"}.get(kind, "somewhere"))
    variables = {f"HOLOTYPE_{name.upper()}": text}
    if name == "workers":
        variables = {"HOLOTYPE_WORKERS": "2"}
    if name.startswith("tls"):
        variables = {"HOLOTYPE_TLS_CERTIFICATE": text, "HOLOTYPE_TLS_KEY": text}
    if name == "oidc_issuer":
        variables |= {"HOLOTYPE_OIDC_CLIENT_ID": "x", "HOLOTYPE_PUBLIC_URL": "https://models.example"}
    assert getattr(settings.load(environ=variables), name) != getattr(Settings(), name)


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"HOLOTYPE_PORT": "many"}, "HOLOTYPE_PORT"),
        ({"HOLOTYPE_PORT": "1.5"}, "HOLOTYPE_PORT"),
        ({"HOLOTYPE_PORT": ""}, "HOLOTYPE_PORT"),
        ({"HOLOTYPE_OPEN": "maybe"}, "HOLOTYPE_OPEN"),
        ({"HOLOTYPE_DATA": ""}, "HOLOTYPE_DATA"),
        ({"HOLOTYPE_PORT": "70000"}, "port"),
        ({"HOLOTYPE_WORKERS": "0"}, "workers"),
        ({"HOLOTYPE_LOG_FORMAT": "xml"}, "log_format"),
        ({"HOLOTYPE_TLS_KEY": "key.pem"}, "tls_certificate"),
    ],
)
def test_a_wrong_value_is_refused_by_name(variables: dict[str, str], named: str) -> None:
    """The sentence names the setting, and the hint what to give."""
    with pytest.raises(InvalidSetting, match=named) as caught:
        settings.load(environ=variables)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "named"), [('port = "1"', "port"), ("prot = 1", "port"), ("open = 1", "open"), ("port = ", "TOML")]
)
def test_a_wrong_file_is_refused(tmp_path: Path, text: str, named: str) -> None:
    """Wrong types, unknown names and what is not TOML; a near miss is named."""
    file = tmp_path / "holotype.toml"
    file.write_text(text)
    with pytest.raises(InvalidSetting, match=named):
        settings.load(file=file, environ={})


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """Who names a file wants it to be read."""
    with pytest.raises(InvalidSetting, match="cannot be read"):
        settings.load(file=tmp_path / "none.toml", environ={})


def test_what_kubernetes_sets_beside_a_service_is_not_meant_for_us() -> None:
    """HOLOTYPE_PORT=tcp://… is set in every pod of a namespace with a service named holotype."""
    assert settings.load(environ={"HOLOTYPE_PORT": "tcp://10.0.0.7:7878"}).port == 7878
