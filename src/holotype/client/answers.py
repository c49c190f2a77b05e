"""What did the server say? A shape of ``holotype.wire``, or the error of ``holotype.errors`` that its code names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from holotype import errors
from holotype.wire import decoding
from holotype.wire.base import Problem

T = TypeVar("T")

_BY_STATUS: dict[int, type[errors.HolotypeError]] = {
    400: errors.Invalid,
    401: errors.Unauthenticated,
    403: errors.Denied,
    404: errors.NotFound,
    409: errors.Conflict,
    413: errors.TooLarge,
    422: errors.Invalid,
    429: errors.Unavailable,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer: status, headers and body. ``url`` is the server's, for the error's text."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str

    def decode(self, shape: type[T]) -> T:
        """Return the body in a shape (``NoneType``: none), or raise the error that the server sent."""
        self.check()
        if shape is type(None):
            return None
        try:
            return decoding.read(self.body, shape)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise self.nonsense(str(error)) from error

    def check(self) -> Answer:
        """Return the answer when it is a success; else raise the error that it carries."""
        if 200 <= self.status < 300:
            return self
        if 300 <= self.status < 400:
            raise errors.Unavailable(
                f"{self.url} wants to send the client elsewhere ({self.status}), which is not followed.",
                hint="Give the address that the server itself has, with http:// or https:// as it is.",
            )
        problem = self._problem()
        if problem is None:
            raise self.nonsense(f"status {self.status}")
        kind = by_code().get(problem.code) or _BY_STATUS.get(self.status, errors.HolotypeError)
        raise kind(problem.detail or problem.title, hint=problem.hint)

    def nonsense(self, why: str) -> errors.HolotypeError:
        """Return the error for an answer that no Holotype server would give."""
        if self.status in (401, 403):
            return _BY_STATUS[self.status](f"{self.url} refuses the request ({self.status}).")
        if self.status >= 500 or self.status == 429:
            return errors.Unavailable(f"{self.url} cannot answer now ({self.status}).", hint="Try again later.")
        return errors.Unavailable(
            f"{self.url} does not answer like a Holotype server ({why[:200]}).",
            hint="Check the address: HOLOTYPE_URL or --url.",
        )

    def _problem(self) -> Problem | None:
        if not self.headers.get("content-type", "").startswith("application/problem+json"):
            return None
        try:
            return decoding.read(self.body, Problem)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None


def by_code() -> dict[str, type[errors.HolotypeError]]:
    """Return every error class under its code."""
    return {kind.code: kind for kind in _walk(errors.HolotypeError)}


def _walk(kind: type[errors.HolotypeError]) -> Iterator[type[errors.HolotypeError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _walk(child)
