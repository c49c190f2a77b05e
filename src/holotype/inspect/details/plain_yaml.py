"""What does a small YAML file say? Mappings, lists and texts, built from the parser's events: nothing is constructed.

Every scalar stays the text that it was written as (and nothing, for ``null``). An alias, which lets a small text become
a large value, is refused; tags, which let a text become an object, are passed over. Bytes, depth and the number of
values are bounded.
"""

from __future__ import annotations

from typing import Any

import yaml  # type: ignore[import-untyped]

from holotype.inspect.scanning.report import Unreadable

LARGEST = 2**20
_LARGEST_SLOW = 2**17
"""Where PyYAML has no C library, it reads some 100 KiB a second."""
_DEEPEST, _MOST = 40, 100_000
_FAST = getattr(yaml, "CLoader", None)
_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})
_UNSET = object()


def load(content: bytes) -> Any:
    """Return what a document says, or raise ``Unreadable`` with the reason."""
    if len(content) > (LARGEST if _FAST else _LARGEST_SLOW):
        raise Unreadable("it is too large")
    text = content.decode("utf-8", "replace")
    building = _Building()
    try:
        for event in yaml.parse(text, Loader=_FAST or yaml.SafeLoader):
            building.take(event)
            if building.done:
                break
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise Unreadable("it is no YAML" + (f" at line {mark.line + 1}" if mark else "")) from error
    return None if building.value is _UNSET else building.value


class _Building:
    """A value that is being built: the containers that are open, and for a mapping the key that waits for its value."""

    def __init__(self) -> None:
        self.value: Any = _UNSET
        self.done = False
        self._open: list[Any] = []
        self._keys: list[Any] = []
        self._count = 0

    def take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.AliasEvent):
            raise Unreadable("it uses an alias, which is not read")
        if isinstance(event, yaml.ScalarEvent):
            nothing = not event.style and event.value in _NOTHING
            self._put(None if nothing else event.value)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._begin({} if isinstance(event, yaml.MappingStartEvent) else [])
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self._open.pop()
            self._keys.pop()
        elif isinstance(event, yaml.DocumentEndEvent):
            self.done = True

    def _begin(self, container: dict[str, Any] | list[Any]) -> None:
        if len(self._open) >= _DEEPEST:
            raise Unreadable("it is nested too deeply")
        self._put(container)
        self._open.append(container)
        self._keys.append(_UNSET)

    def _put(self, value: Any) -> None:
        self._count += 1
        if self._count > _MOST:
            raise Unreadable("it holds too many values")
        if not self._open:
            self.value = value
        elif isinstance(self._open[-1], list):
            self._open[-1].append(value)
        elif self._keys[-1] is _UNSET:
            if isinstance(value, dict | list):
                raise Unreadable("a key of it is no text")
            self._keys[-1] = "" if value is None else value
        else:
            self._open[-1][self._keys[-1]], self._keys[-1] = value, _UNSET
