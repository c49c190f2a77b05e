from __future__ import annotations

from dataclasses import fields
from importlib import import_module
from pathlib import Path

import pytest

from holotype.cli.flags import Flags, Place, given, server
from holotype.errors import LocalProblem
from holotype.settings import Settings


def test_every_setting_is_an_option() -> None:
    """A new setting is an option of `holotype serve` on the day it is made; a secret never is: `ps` would show it."""
    shown = [field.name for field in fields(Settings) if not field.metadata["secret"]]
    assert [field.name for field in fields(Flags)] == shown
    assert "oidc_client_secret" not in shown


def test_only_what_the_command_line_names_is_given() -> None:
    """What is not given is left to variables and to the file of settings."""
    assert given(Flags()) == {}
    assert given(Flags(port=0, open=False)) == {"port": 0, "open": False}
    assert given(Place(data=Path("here"))) == {"data": Path("here")}


def test_a_light_installation_says_how_to_get_the_server() -> None:
    """The package that is missing is named; a module of our own that is missing is a bug, not an installation."""
    with pytest.raises(LocalProblem, match="no_such_package") as caught, server():
        import_module("no_such_package")
    assert "holotype[server]" in (caught.value.hint or "")
    with pytest.raises(ModuleNotFoundError), server():
        import_module("holotype.no_such_module")
