"""How is a part of a bucket read? With its own credentials, below its own prefix, range after range.

The library connects by itself, so the host of an endpoint is checked by the rules of ``egress_allow`` before it is
used. What the environment says is for our own store: it is used here only where ``ambient`` asks for it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError, PermissionDeniedError, PreconditionError, UnauthenticatedError
from obstore.store import from_url

from holotype.domain import origins
from holotype.domain.origins import BucketOrigin, Origin
from holotype.egress.client import Client
from holotype.egress.sources import walking
from holotype.egress.sources.places import ImportSource, Place
from holotype.egress.sources.walking import Listed, Opened, Told
from holotype.errors import Invalid, InvalidSetting, Unavailable

_RANGE = 64 * 2**20
_CHUNK = 2**20
_BATCH = 1_000
_CLIENT = {"connect_timeout": timedelta(seconds=10), "timeout": timedelta(minutes=15)}
_RETRY: Any = {"max_retries": 3, "retry_timeout": timedelta(seconds=20)}
_KEYS = {
    "s3": {"access_key_id", "secret_access_key", "session_token"},
    "gs": {"service_account"},
    "az": {"account_key", "sas_token"},
}
_NAMES = {
    "service_account": "service_account_key",
    "account": "account_name",
    "anonymous": "skip_signature",
    "virtual_hosted": "virtual_hosted_style_request",
    "sas_token": "sas_token",
}
_REFUSED = (PermissionDeniedError, UnauthenticatedError)


class Bucket:
    """Reads one part of a bucket; see ``holotype.egress.sources.walking.Reader`` for what each function does."""

    def __init__(self, source: ImportSource, client: Client) -> None:
        """Use the bucket of ``source``, once ``client`` may call its endpoint."""
        self._source = source
        root = origins.read(source.url)
        kind = root.kind if isinstance(root, BucketOrigin) else ""
        endpoint = _endpoint(source, kind)
        config = _config(source, kind, endpoint)
        if endpoint is not None:
            client.check_host(endpoint)
        options: Any = {**_CLIENT, "allow_http": bool(endpoint) and urlsplit(endpoint).scheme == "http"}
        try:
            self._store: Any = from_url(source.url, config=config, client_options=options, retry_config=_RETRY)
        except (BaseError, ValueError) as error:
            raise InvalidSetting(f"The import source {source.name} cannot be used.") from error

    def check(self) -> None:
        """List the first names."""
        with self._translated():
            for _ in obstore.list(self._store, chunk_size=1):
                return

    def located(self, place: Place) -> str | Origin:
        """A path says itself where it is."""
        return place.path

    def files(self, path: str) -> list[Listed]:
        """List all that lies below a path; what has the path itself for its name is a file."""
        found: list[Listed] = []
        name = self._source.name
        with self._translated():
            for batch in obstore.list(self._store, path or None, chunk_size=_BATCH):
                found += [one for entry in batch if (one := self._listed(path, entry)) is not None]
                if len(found) > walking.MOST_FILES:
                    break
            if not found and path:
                try:
                    found = [self._file(path.rpartition("/")[2], path, obstore.head(self._store, path))]
                except FileNotFoundError:
                    raise walking.absent(name, f"no files at {path[:200]!r}") from None
        return walking.checked(name, found)

    @contextmanager
    def open(self, file: Listed, start: int) -> Iterator[Opened]:
        """Give range after range, all of one state of the file."""
        yield Opened(start, self._ranges(file, start), file.mark)

    def told(self, place: Place, run_id: str | None, model_id: str | None) -> Told:  # noqa: ARG002 - buckets know no run
        """A bucket knows of no run."""
        return Told(model_id=model_id)

    def _ranges(self, file: Listed, start: int) -> Iterator[bytes]:
        end = file.size or 0
        while start < end:
            stop = min(start + _RANGE, end)
            with self._translated():
                options: Any = {"range": (start, stop)} | ({"if_match": f'"{file.mark}"'} if file.mark else {})
                found = obstore.get(self._store, file.key, options=options)
                if found.meta["size"] != end or (file.mark and _mark(found.meta) != file.mark):
                    raise self._changed()  # not every server heeds the condition
                for chunk in found.stream(min_chunk_size=_CHUNK):
                    part = bytes(chunk)
                    start += len(part)
                    yield part
            if start != stop:
                raise Unavailable(f"The import source {self._source.name} sent fewer bytes than were asked for.")

    def _listed(self, path: str, entry: Any) -> Listed | None:
        """Return an object as a file; the empty ones that stand for folders are none."""
        key = str(entry["path"])
        below = key[len(path) + 1 :] if path else key
        if path and not key.startswith(f"{path}/"):
            raise Invalid(f"The import source {self._source.name} lists what was not asked for: {key[:120]!r}.")
        return None if not below or (below.endswith("/") and not entry["size"]) else self._file(below, key, entry)

    def _file(self, below: str, key: str, entry: Any) -> Listed:
        return Listed(below, key, walking.size(self._source.name, below, entry["size"]), _mark(entry))

    def _changed(self) -> Unavailable:
        name = self._source.name
        return Unavailable(f"A file of the import source {name} changed meanwhile.", hint="It is copied anew.")

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except PreconditionError as error:
            raise Unavailable(
                f"A file of the import source {self._source.name} changed while it was copied."
            ) from error
        except _REFUSED as error:
            raise walking.refused(self._source.name, 403) from error
        except FileNotFoundError as error:
            raise walking.absent(self._source.name, "no such bucket, or a file that is gone") from error
        except (BaseError, OSError) as error:
            raise Unavailable(
                f"The import source {self._source.name} does not answer as it should ({type(error).__name__}).",
                hint="It is asked again later.",
            ) from error


def _mark(entry: Any) -> str:
    """Return the state of an object; servers quote it in one answer and not in another."""
    return str(entry["e_tag"] or "").strip('"')


def _endpoint(source: ImportSource, kind: str) -> str | None:
    given = source.options.get("endpoint")
    if given is not None or kind != "s3" or source.options.get("ambient") == "true":
        return given
    # Named also where it is the usual one, so that what the environment says for our own store is not used here.
    return f"https://s3.{source.options.get('region', 'us-east-1')}.amazonaws.com"


def _config(source: ImportSource, kind: str, endpoint: str | None) -> Any:
    """Return the options of the bucket's client, or raise where nothing says what proves who we are."""
    ambient, anonymous = (source.options.get(key) == "true" for key in ("ambient", "anonymous"))
    unfit = source.secrets.keys() - _KEYS[kind]
    if unfit or (endpoint and kind == "gs"):
        raise InvalidSetting(f"The import source {source.name} has {min(unfit, default='endpoint')!r} for {kind}://.")
    if not (source.secrets or ambient or anonymous):
        raise InvalidSetting(
            f"The import source {source.name} has no credentials.",
            hint="Give them, or anonymous = true, or ambient = true for those of the environment.",
        )
    if (
        kind == "s3"
        and source.secrets
        and "session_token" not in source.secrets
        and os.environ.get("AWS_SESSION_TOKEN")
    ):
        raise InvalidSetting(f"The import source {source.name} would mix its keys with AWS_SESSION_TOKEN.")
    given = {**source.options, **source.secrets, **({"endpoint": endpoint} if endpoint else {})}
    if kind == "s3":
        given.setdefault("region", "us-east-1")
    return {_NAMES.get(key, key): value for key, value in given.items() if key != "ambient"}
