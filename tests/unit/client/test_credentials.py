"""Where do the address and the token come from?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from holotype import Client, errors
from holotype.client import credentials
from holotype.client.origin import parse

LOCAL, OTHER = "http://127.0.0.1:9000", "https://models.example"


def store(content: object, mode: int = 0o600) -> Path:
    """Write a credentials file."""
    path = credentials.path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    path.chmod(mode)
    return path


def test_without_anything_it_is_the_local_default() -> None:
    """A first trial needs no configuration."""
    assert credentials.find() == ("http://127.0.0.1:7878", None)
    assert Client().url == "http://127.0.0.1:7878"


def test_stored_credentials_are_found_and_arguments_and_variables_go_before_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Arguments, then environment, then the file."""
    store({LOCAL: {"token": "stored"}, "default": LOCAL})
    assert credentials.find() == (LOCAL, "stored")
    monkeypatch.setenv("HOLOTYPE_TOKEN", "environment")
    assert credentials.find() == (LOCAL, "environment")
    monkeypatch.setenv("HOLOTYPE_URL", OTHER)
    assert credentials.find() == (OTHER, "environment")
    assert credentials.find(LOCAL, "argument") == (LOCAL, "argument")


def test_a_stored_token_goes_to_its_own_address_only() -> None:
    """Another URL gets no token, however it was named."""
    store({LOCAL: {"token": "stored"}, "default": LOCAL})
    assert credentials.find(OTHER) == (OTHER, None)
    assert credentials.find(LOCAL + "/") == (LOCAL + "/", "stored")


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_file_that_others_may_read_is_refused(mode: int) -> None:
    """The hint is the command that mends it."""
    path = store({}, mode)
    with pytest.raises(errors.LocalProblem, match=f"chmod 600 {path}"):
        credentials.find()
    assert credentials.find(LOCAL, "argument") == (LOCAL, "argument")


def test_a_broken_file_is_said() -> None:
    """Not a JSON error."""
    store("{")
    with pytest.raises(errors.LocalProblem, match="not JSON"):
        credentials.find()
    store("[]")
    assert credentials.find() == (credentials.DEFAULT_URL, None)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "127.0.0.1:7878",
        "ftp://x",
        "http://",
        "http://x:port",
        "http://x?y",
        "http://x#y",
        "http://a b",
        "file:///x",
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    """With an example of one."""
    with pytest.raises(errors.InvalidSetting, match="http://127"):
        parse(url)


def test_a_password_in_the_address_is_refused_and_not_repeated() -> None:
    """It would end in logs."""
    with pytest.raises(errors.InvalidSetting) as caught:
        parse("https://ada:hunter2@models.example")
    assert "hunter2" not in str(caught.value)


def test_addresses_are_read_as_people_write_them() -> None:
    """Port, path and an IPv6 address are kept."""
    assert parse("https://models.example/registry/").url == "https://models.example/registry"
    assert parse("http://[::1]:9/").url == "http://[::1]:9"
    assert parse("http://localhost").port == 80
