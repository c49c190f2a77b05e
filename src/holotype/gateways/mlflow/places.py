"""At which URL does an MLflow client reach a file?

An absolute URL works whatever the client's tracking URI is; ``mlflow-artifacts:/…`` leads to the tracking server, which
is us only where both URIs are ours.
"""

from __future__ import annotations

from urllib.parse import quote, unquote_to_bytes

from holotype.domain import names
from holotype.errors import InvalidPath
from holotype.gateways import callers
from holotype.gateways.base import Request

ARTIFACTS = "/api/2.0/mlflow-artifacts/artifacts"


def path_below(request: Request, place: str) -> str:
    """Return what an address says behind ``place``, decoded once; ``InvalidPath`` where it is no text.

    Taken from the address as it was sent: what the framework gives has lost empty parts and bytes that are not UTF-8.
    """
    raw = bytes(request.scope.get("raw_path") or quote(request.scope["path"]).encode())
    try:
        return unquote_to_bytes(raw.partition(b"?")[0].partition(place.encode())[2]).decode("utf-8")
    except UnicodeDecodeError:
        raise InvalidPath("The path is not UTF-8 text.", hint="Rename the file.") from None


def base_url(request: Request, namespace: str) -> str:
    """Return the URL under which this server speaks MLflow's protocol for a namespace, without a slash at the end."""
    root = callers.root_of(request)
    return root if namespace == names.DEFAULT_NAMESPACE else f"{root}/mlflow/{namespace}"


def url_of(request: Request, namespace: str, place: str) -> str:
    """Return the absolute URL of a place that ``artifact_places`` made."""
    return f"{base_url(request, namespace)}{ARTIFACTS}/{place}"
