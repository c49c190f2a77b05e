"""How do people see the registry? Pages: the HTML dialect over the same verbs.

base.py        how a page is written, and what happens to a request for one
sessions.py    who looks at a page: the cookie
forms.py       what a form sends, and that it was ours
rendering.py   templates and what they can say
pieces.py      the smallest parts of a page
cards.py       Markdown of people, made safe
wording.py     an entry of the ledger in words; the sentences are in sentences.py
telling.py     such a sentence as HTML
downloads.py   what is saved as a file
assets.py      style sheets and scripts
errors.py      an error as a page
pages/         one module a noun, each with its list of ``routes``; the folder is the list
templates/     one a page; ``parts/`` are what they are made of
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from litestar.handlers import HTTPRouteHandler

from holotype.web import assets, pages
from holotype.web.errors import DIALECT

__all__ = ["DIALECT", "routes"]


def routes() -> list[HTTPRouteHandler]:
    """Return every route of the pages."""
    modules = (import_module(f"{pages.__name__}.{module.name}") for module in iter_modules(pages.__path__))
    return [assets.served, *(route for module in modules for route in getattr(module, "routes", ()))]
