"""What does every scenario get? A tag that makes its names its own, a folder, and the client."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import mlflow
from mlflow.exceptions import MlflowException

F = TypeVar("F", bound=Callable[..., Any])
MAJOR = int(mlflow.__version__.split(".")[0])


@dataclass
class Scene:
    """One run of a scenario."""

    tag: str
    folder: Path
    given: dict[str, Any] = field(default_factory=dict)

    def name(self, text: str = "model") -> str:
        """Return a name that no other scenario uses."""
        return f"{text}-{self.tag}"

    @property
    def client(self) -> Any:
        """A new client, set up by the environment alone."""
        return mlflow.MlflowClient()

    @staticmethod
    def pause(seconds: float) -> None:
        """Wait before something is asked again."""
        time.sleep(seconds)


def since(_major: int) -> Callable[[F], F]:
    """Mark a scenario that needs a client of this major version; the test that lists scenarios reads it."""
    return lambda function: function


def until(_major: int) -> Callable[[F], F]:
    """Mark a scenario that clients of later major versions cannot play."""
    return lambda function: function


def needs(_package: str) -> Callable[[F], F]:
    """Mark a scenario that clients without this package in their environments cannot play."""
    return lambda function: function


@contextlib.contextmanager
def refused(code: str, *parts: str, about: str = "") -> Iterator[None]:
    """Expect that the client raises an error with this code, whose message has these parts."""
    raised = None
    try:
        yield
    except MlflowException as error:
        raised = error
    assert raised is not None, f"nothing was refused; {code} was expected {about}"
    assert raised.error_code == code, (raised.error_code, str(raised), about)
    assert [part for part in parts if part not in str(raised)] == [], str(raised)
