"""The endpoints about webhooks, all of which say that there are none yet, to whoever may read something somewhere."""

from __future__ import annotations

from holotype.domain.permissions import Permission
from holotype.gateways.base import Request
from holotype.gateways.mlflow.errors import not_implemented
from holotype.gateways.mlflow.serving import Message, endpoint

_SENTENCE = "This registry sends no webhooks yet; its ledger (`holotype audit log`) says what happened."


class Unread(Message):
    """A message of which nothing is read."""


@endpoint("GET", "webhooks", permission=Permission.MODEL_READ, spaced=False)
async def listed(request: Request, message: Unread) -> None:  # noqa: ARG001 - every endpoint takes both
    """Refuse to list webhooks."""
    raise not_implemented(_SENTENCE)


@endpoint("POST", "webhooks", permission=Permission.MODEL_READ, spaced=False)
async def create(request: Request, message: Unread) -> None:  # noqa: ARG001
    """Refuse to create a webhook."""
    raise not_implemented(_SENTENCE)


@endpoint("GET", "webhooks/{webhook:str}", permission=Permission.MODEL_READ, spaced=False)
async def get(request: Request, message: Unread) -> None:  # noqa: ARG001
    """Refuse to show a webhook."""
    raise not_implemented(_SENTENCE)


@endpoint("PATCH", "webhooks/{webhook:str}", permission=Permission.MODEL_READ, spaced=False)
async def update(request: Request, message: Unread) -> None:  # noqa: ARG001
    """Refuse to change a webhook."""
    raise not_implemented(_SENTENCE)


@endpoint("DELETE", "webhooks/{webhook:str}", permission=Permission.MODEL_READ, spaced=False)
async def delete(request: Request, message: Unread) -> None:  # noqa: ARG001
    """Refuse to delete a webhook."""
    raise not_implemented(_SENTENCE)


@endpoint("POST", "webhooks/{webhook:str}/test", permission=Permission.MODEL_READ, spaced=False)
async def test(request: Request, message: Unread) -> None:  # noqa: ARG001
    """Refuse to try a webhook."""
    raise not_implemented(_SENTENCE)


routes = [listed, create, get, update, delete, test]
