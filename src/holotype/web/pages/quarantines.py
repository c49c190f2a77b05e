"""What is recalled, and how is something recalled or released? Nothing is before it was shown how far that reaches."""

from __future__ import annotations

from holotype.domain import recall
from holotype.domain.permissions import Permission
from holotype.errors import HolotypeError
from holotype.gateways import problems
from holotype.gateways.native.addresses import before, number
from holotype.operations.impact import Impact, impact
from holotype.operations.list_quarantines import list_quarantines
from holotype.operations.quarantine import quarantine
from holotype.operations.release import release
from holotype.operations.show_quarantine import show_quarantine
from holotype.web import places
from holotype.web.base import Page, Redirect, Visit, action, page
from holotype.web.refusals import noted

_PAGE, _REACHED = 50, 100


@page("/quarantines", permission=Permission.MODEL_READ)
def quarantines(request: Visit, *, everything: bool = False, cursor: str | None = None) -> Page:
    """List the open quarantines, the newest first; with ``everything`` those that were released, too."""
    found = list_quarantines(request.call, everything=everything, before=before(cursor), limit=_PAGE + 1)
    following = found[_PAGE - 1].id if len(found) > _PAGE else None
    return Page("quarantines.html", {"found": found[:_PAGE], "next": following, "everything": everything})


@page("/quarantines/new", permission=Permission.MODEL_READ)
def new(request: Visit, *, subject: str = "") -> Page:
    """Show what a recall would reach, and ask for the reason."""
    subject = subject.strip()
    return _asked(request, subject)


@action("/quarantines/new", permission=Permission.VERSION_QUARANTINE)
def made(request: Visit, *, subject: str = "", reason: str = "") -> Page | Redirect:
    """Recall something, with everything that was built on it."""
    try:
        found = quarantine(request.call, subject, reason=reason)
    except HolotypeError as error:
        if not subject.strip():
            raise
        return _asked(request, subject, reason=reason, why=error)
    held = "1 version" if found.versions == 1 else f"{found.versions:,} versions"
    return Redirect(places.quarantine(found.id), f"{found.subject} is in quarantine. It holds {held}.")


@page("/quarantines/{quarantine:str}", permission=Permission.MODEL_READ)
def shown(request: Visit, quarantine: str) -> Page:
    """Show a quarantine, the versions under it, and how it ends."""
    return Page(
        "quarantine.html", {"held": show_quarantine(request.call, number(quarantine, "quarantine"), limit=_REACHED)}
    )


@action("/quarantines/{quarantine:str}/release", permission=Permission.VERSION_QUARANTINE)
def released(request: Visit, quarantine: str, *, reason: str = "") -> Redirect:
    """End a quarantine."""
    ended = release(request.call, str(number(quarantine, "quarantine")), reason=reason)
    return Redirect(places.quarantine(ended.id), "Released. What no other quarantine holds is free again.")


def _asked(request: Visit, subject: str, *, reason: str = "", why: HolotypeError | None = None) -> Page:
    reach: Impact | None = None
    if subject:
        try:
            reach = impact(request.call, subject, limit=_REACHED)
        except HolotypeError as error:
            why = why or noted(request, error)
    about = {"subject": subject, "reason": reason, "impact": reach, "why": why, "kinds": _KINDS}
    return Page("quarantine_new.html", about, status=200 if why is None else problems.status_of(why))


_KINDS = (
    ("risk/fraud:7", "a version, and everything that was made from it"),
    (f"{recall.DATASET}:s3://lake/scans", "every version that the data set went into, and what was made from those"),
    (f"{recall.PARENT}:hub.example/encoder@main", "everything that was made from a parent, here or elsewhere"),
)
routes = [quarantines, new, made, shown, released]
