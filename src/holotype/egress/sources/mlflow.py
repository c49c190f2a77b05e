"""How is a tracking server of MLflow read? Through its artifact proxy, its runs and its logged models.

    GET /api/2.0/mlflow-artifacts/artifacts?path=…      what lies in a folder
    GET /api/2.0/mlflow-artifacts/artifacts/…           a file, from a byte on where the server can do so
    GET /api/2.0/mlflow/runs/get                        a run: where its files are, and what it knows
    GET /api/2.0/mlflow/logged-models/…                 the same of a logged model

Every address is made of the one that the administrator wrote down, and of names that were checked. An answer that
sends us elsewhere is not followed, but for the place of a run's files, which has to lie in an import source too.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from holotype.domain import origins
from holotype.domain.origins import ArtifactOrigin, Origin
from holotype.egress.client import Answer, Client
from holotype.egress.sources import tracked, walking
from holotype.egress.sources.places import ImportSource, Place
from holotype.egress.sources.walking import Entry, Listed, Opened, Told
from holotype.errors import HolotypeError, Invalid, NotFound, Unavailable

ARTIFACTS = origins.ARTIFACTS[0]
_API = "/api/2.0/mlflow"
_SECONDS, _FIRST_BYTE = 60.0, 300.0
_LARGEST = 32 * 2**20
_REFUSED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


class _Row(msgspec.Struct):
    """A name in a folder; of what else an answer says nothing is kept."""

    path: str
    is_dir: bool | None = None
    file_size: int | None = None


class _Folder(msgspec.Struct):
    files: list[_Row] = []


_read_folder = msgspec.json.Decoder(_Folder).decode


class Tracker:
    """Reads one tracking server; see ``holotype.egress.sources.walking.Reader`` for what each function does."""

    def __init__(self, source: ImportSource, client: Client) -> None:
        """Ask the server of ``source`` through ``client``."""
        self._source, self._client = source, client

    def check(self) -> None:
        """List the top of the artifacts."""
        self._listed("")

    def located(self, place: Place) -> str | Origin:
        """Ask where a run or a logged model keeps its files; anything else says it itself."""
        if place.run_id is not None:
            uri = tracked.text(self._run_info(place.run_id), "artifact_uri")
        elif place.model_id is not None:
            uri = tracked.text(self._model_info(place.model_id), "artifact_uri")
        else:
            return place.path
        try:
            found = origins.read(f"{uri.rstrip('/')}/{place.path}" if place.path else uri)
        except Invalid as error:
            raise Invalid(
                f"The import source {self._source.name} keeps these files where only its own clients find them.",
                hint="Start that MLflow server with --serve-artifacts.",
            ) from error
        url = self._source.url.lower()
        if isinstance(found, ArtifactOrigin) and found.base in (None, url, url.partition("://")[2]):
            return found.path
        return found

    def files(self, path: str) -> list[Listed]:
        """List folder by folder; a path with nothing below it may be a file of the folder above."""
        name = self._source.name
        found = walking.walk(name, path, self._listed)
        if found or not path:
            return found
        folder, _, last = path.rpartition("/")
        for entry in self._listed(folder):
            if entry.name == last and not entry.is_folder:
                return walking.checked(name, [Listed(last, path, walking.size(name, last, entry.size))])
        raise walking.absent(name, f"no files at {path[:200]!r}")

    @contextmanager
    def open(self, file: Listed, start: int) -> Iterator[Opened]:
        """Ask for the range; a server that sends all of it sends it from the first byte on."""
        headers = self._headers | ({"Range": f"bytes={start}-"} if start else {})
        url = f"{self._source.url}{ARTIFACTS}/{quote(file.key, safe='/')}"
        with self._client.stream(url, headers=headers, stall=_FIRST_BYTE) as answer:
            if answer.status not in (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT):
                self._raise(answer.status, f"no file {file.path[:200]!r}")
            begins = _begin(answer.headers) if answer.status == HTTPStatus.PARTIAL_CONTENT else 0
            if begins > start:
                raise Unavailable(f"The import source {self._source.name} sent another part than was asked for.")
            yield Opened(begins, answer.chunks(), walking.only(answer.headers))

    def told(self, place: Place, run_id: str | None, model_id: str | None) -> Told:
        """Ask for the run, by its id or by that of its logged model; what cannot be had is not there."""
        model = place.model_id or model_id
        run = place.run_id or run_id
        try:
            if model is not None and run is None:
                run = tracked.text(self._model_info(model), "source_run_id") or None
            found = tracked.run_from(self._asked(f"{_API}/runs/get", run_id=run)) if run else None
        except (NotFound, Invalid):
            return Told(self._source.url, None, None, model)
        if found is None or found.id != run:
            return Told(self._source.url, None, None, model)
        link = f"{self._source.url}/#/experiments/{quote(found.experiment)}/runs/{quote(found.id)}"
        return Told(self._source.url, found, link, model)

    def _run_info(self, run_id: str) -> Any:
        answer = self._asked(f"{_API}/runs/get", run_id=run_id)
        return answer.get("run", {}).get("info") if isinstance(answer.get("run"), dict) else None

    def _model_info(self, model_id: str) -> Any:
        answer = self._asked(f"{_API}/logged-models/{quote(model_id, safe='')}")
        return answer.get("model", {}).get("info") if isinstance(answer.get("model"), dict) else None

    def _listed(self, folder: str) -> list[Entry]:
        try:
            found = _read_folder(self._sent(ARTIFACTS, **({"path": folder} if folder else {})))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            raise self._senseless() from None
        return [Entry(row.path, row.is_dir is True, row.file_size) for row in found.files]

    def _asked(self, address: str, **values: str | None) -> dict[str, Any]:
        try:
            found = json.loads(self._sent(address, **values))
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise self._senseless()
        return found

    def _sent(self, address: str, **values: str | None) -> bytes:
        query = urlencode({key: value for key, value in values.items() if value is not None})
        url = f"{self._source.url}{address}{f'?{query}' if query else ''}"
        answer = self._client.request("GET", url, headers=self._headers, seconds=_SECONDS, limit=_LARGEST)
        if answer.status != HTTPStatus.OK:
            self._raise(answer.status, _reason(answer))
        return answer.body

    def _raise(self, status: int, what: str) -> None:
        name = self._source.name
        if status in _REFUSED:
            raise walking.refused(name, status)
        if status in (HTTPStatus.NOT_FOUND, HTTPStatus.BAD_REQUEST):
            raise walking.absent(name, what)
        raise Unavailable(f"The import source {name} answered with status {status}.", hint="It is asked again later.")

    def _senseless(self) -> HolotypeError:
        return Invalid(f"What the import source {self._source.name} answers is not what MLflow answers.")

    @property
    def _headers(self) -> dict[str, str]:
        """What proves who we are; it goes to no other server than the one that was written down."""
        secrets = self._source.secrets
        if "password" in secrets:
            both = f"{self._source.options['username']}:{secrets['password']}".encode()
            return {"Authorization": f"Basic {base64.b64encode(both).decode()}"}
        return {"Authorization": f"Bearer {secrets['token']}"} if "token" in secrets else {}


def _reason(answer: Answer) -> str:
    """Say what is not there, without more of the answer than a line."""
    try:
        message = json.loads(answer.body)["message"]
    except (ValueError, RecursionError, KeyError, TypeError):
        return "no such thing"
    plain = "".join(c for c in str(message) if c.isprintable())[:200]
    return f"no such thing ({plain})"


def _begin(headers: Mapping[str, str]) -> int:
    unit, _, rest = headers.get("content-range", "").partition(" ")
    first = rest.partition("-")[0]
    if unit.lower() != "bytes" or not (first.isascii() and first.isdigit()):
        raise Unavailable("A part of a file came without saying which.")
    return int(first[:18])
