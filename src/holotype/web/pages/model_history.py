"""What happened to a model, and what was in production on a day?"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from holotype.domain import lifecycle
from holotype.domain.entities import Version
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.errors import AmbiguousReference, HolotypeError, Invalid, NotFound
from holotype.gateways.native.ledger import before_of
from holotype.operations.call import Call
from holotype.operations.history import history
from holotype.operations.resolve import resolve
from holotype.web.base import Page, Visit, page
from holotype.web.heads import part

_PAGE = 50
_MOMENT = timedelta(microseconds=1)


@page("/models/{namespace:str}/{model:str}/history", permission=Permission.MODEL_READ)
def told(request: Visit, namespace: str, model: str, *, at: str = "", cursor: str = "") -> Page:
    """Tell what happened to a model and its versions; with ``at``, until that day, and what was in production then."""

    def make(where: Reference, _: str) -> Page:
        about: dict[str, Any] = {"at_day": at, "moment": None, "then": None, "several": None, "why": None}
        events = []
        try:
            moment = _end_of(at) if at else None
            until = None if moment is None else moment + _MOMENT
            events = history(request.call, where, before=before_of(cursor), until=until, limit=_PAGE + 1)
            if moment is not None:
                about |= {"moment": moment, **_then(request.call, where, moment)}
        except HolotypeError as error:
            about["why"] = error
        shown = events[:_PAGE]
        about |= {"events": shown, "next": shown[-1].sequence if len(events) > _PAGE else None}
        return Page("model_history.html", about, status=200 if about["why"] is None else 400)

    return part(request, namespace, model, "history", make)


def _end_of(text: str) -> datetime:
    """Return the last moment of a day, in UTC, or the moment that was given."""
    try:
        if len(text) == len("2026-05-01"):
            found = datetime.combine(date.fromisoformat(text), time.max, UTC)
        else:
            found = datetime.fromisoformat(text)
        moment = found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
        return moment + _MOMENT - _MOMENT  # the last moment of all has none after it
    except (ValueError, OverflowError) as error:
        raise Invalid(
            f"{text[:40]!r} is not a day.", hint="Write it as 2026-05-01, or as 2026-05-01T09:30Z."
        ) from error


def _then(call: Call, where: Reference, moment: datetime) -> dict[str, Version | str | None]:
    """Return what was in production at a moment: a version, nothing, or a sentence about several."""
    production = Reference(where.namespace, where.model, lifecycle.PRODUCTION)
    try:
        return {"then": resolve(call, production, at=moment), "several": None}
    except NotFound:
        return {"then": None, "several": None}
    except AmbiguousReference as error:
        return {"then": None, "several": error.detail}


routes = [told]
