"""Where do people begin? What is in production, what waits for them, what changed lately, what is in quarantine."""

from __future__ import annotations

from holotype.domain.permissions import Permission
from holotype.web.base import Page, Visit, page


@page("/", permission=Permission.TOKEN_WRITE)
def home(request: Visit) -> Page:  # noqa: ARG001 - it has nothing to show yet
    """Show what concerns the visitor."""
    return Page("home.html", {})


routes = [home]
