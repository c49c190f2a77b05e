"""Which models and versions does the server have? Walked to the end, a page at a time, also while it is in use.

Versions come by number: each page asks for those above the last one, so that nothing is skipped when something is
deleted meanwhile. Prompts are models that the server only shows to who asks for prompts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from holotype.client.mlflow.answers import Model, Models, OneModel, OneVersion, Version, Versions, nonsense, number
from holotype.client.mlflow.server import API, Server
from holotype.domain.prompts import IS_PROMPT
from holotype.errors import NotFound

PAGE = 100
LARGEST_NUMBER = 2**31 - 2
_PAGES = 100_000
_PROMPTS = f"tag.`{IS_PROMPT}` = 'true'"


def models(server: Server, patterns: Sequence[str] = ()) -> Iterator[str]:
    """Give the names of the registered models, then of the prompts, that match one of some patterns."""
    for only in (None, _PROMPTS):
        for name in _names(server, only):
            if not patterns or any(fnmatchcase(name, one) for one in patterns):
                yield name


def _names(server: Server, only: str | None) -> Iterator[str]:
    token = last = ""
    seen: set[str] = set()
    for _ in range(_PAGES):
        asked = {"max_results": PAGE, "order_by": "name ASC", "filter": only, "page_token": token or None}
        page = server.json(f"{API}/registered-models/search", Models, asked)
        for one in page.registered_models:
            if one.name != last:
                yield one.name
            last = one.name
        if not page.next_page_token:
            return
        token = page.next_page_token
        if token in seen or not page.registered_models:
            break
        seen.add(token)
    raise nonsense("its list of models goes round in circles")


def model(server: Server, name: str) -> Model:
    """Return a model as it is now."""
    found = server.json(f"{API}/registered-models/get", OneModel, {"name": name}).registered_model
    if found.name != name:
        raise nonsense(f"asked for the model {name[:80]!r} it sends {found.name[:80]!r}")
    return found


def versions(server: Server, found: Model, *, prompt: bool) -> Iterator[list[Version]]:
    """Give pages of the versions of a model, by number."""
    quoted = _quoted(found.name)
    if quoted is None:
        yield from _one_by_one(server, found)
        return
    last = 0
    while True:
        wanted = f"name = {quoted} AND version_number > {last}" + (f" AND {_PROMPTS}" if prompt else "")
        asked = {"filter": wanted, "max_results": PAGE, "order_by": "version_number ASC"}
        page = server.json(f"{API}/model-versions/search", Versions, asked)
        if len(page.model_versions) > PAGE:
            raise nonsense("it sends more than it was asked for")
        for one in page.model_versions:
            last = _checked(one, found.name, last)
        if not page.model_versions:
            return
        yield page.model_versions


def _one_by_one(server: Server, found: Model) -> Iterator[list[Version]]:
    """Ask for each number: a name with both kinds of quotes fits into no filter."""
    most = max((number(one.version, "a version", LARGEST_NUMBER) for one in found.latest_versions), default=0)
    page: list[Version] = []
    for wanted in range(1, most + 1):
        try:
            one = server.json(
                f"{API}/model-versions/get", OneVersion, {"name": found.name, "version": wanted}
            ).model_version
        except NotFound:
            continue
        _checked(one, found.name, wanted - 1)
        page.append(one)
        if len(page) == PAGE:
            yield page
            page = []
    if page:
        yield page


def _checked(one: Version, name: str, last: int) -> int:
    """Return the number of a version; raise where it is not one that was asked for."""
    found = number(one.version, "a version", LARGEST_NUMBER)
    if one.name != name or found <= last:
        raise nonsense(f"asked for versions of {name[:80]!r} above {last}, it sends {one.name[:80]!r} {found}")
    return found


def _quoted(name: str) -> str | None:
    """Return a name as a filter takes it."""
    quote = next((mark for mark in ("'", '"') if mark not in name), None)
    return None if quote is None or "\\" in name else f"{quote}{name}{quote}"
