"""How does a page become HTML? By a template, which can say ages, sizes and numbers, and knows who looks.

Every text is escaped unless it went through :mod:`holotype.web.cards`. A name that a template does not know is an
error, never an empty place.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import jinja2
from markupsafe import Markup

from holotype import __version__
from holotype.access import rules
from holotype.domain import digest as digests
from holotype.domain import query_tree, readable
from holotype.domain.permissions import ROLES, Permission
from holotype.gateways.answers import Answer
from holotype.gateways.browsers import Headers
from holotype.web import assets, cards, pieces, places, tagged, telling, wording

if TYPE_CHECKING:
    from holotype.web.base import Visit

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
"""What a page may load: scripts, styles and pictures of this server, and nothing that is written into the page."""
_SMALL = 1_024
_LEVEL = 5


def page(template: str, visit: Visit, about: Mapping[str, Any]) -> bytes:
    """Render a template for a visit."""
    return _TEMPLATES.get_template(template).render(visit=visit, now=visit.call.now, **about).encode()


def packed(answer: Answer, scope: Mapping[str, Any]) -> Answer:
    """Add the headers of a page, and pack its body where the browser takes that."""
    answer.headers += [
        (b"content-security-policy", POLICY.encode()),
        (b"cache-control", b"no-store"),
        (b"referrer-policy", b"same-origin"),  # with none at all a browser does not say where a form comes from
        (b"vary", b"accept-encoding, hx-request"),
    ]
    if len(answer.body) > _SMALL and takes_gzip(scope["headers"]):
        answer.body = gzip.compress(answer.body, _LEVEL, mtime=0)
        answer.headers.append((b"content-encoding", b"gzip"))
    return answer


def takes_gzip(headers: Headers) -> bool:
    """Say whether a browser takes bodies that are packed with gzip."""
    return any(name == b"accept-encoding" and b"gzip" in value for name, value in headers)


def _moment(value: datetime) -> str:
    """Return a moment to the second in UTC: ``2026-05-01 09:30:00 UTC``."""
    return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _time(value: datetime | None, now: datetime) -> Markup:
    """Return how long ago a moment was, with the exact moment on hover."""
    if value is None:
        return Markup("")
    text = value.astimezone(UTC).isoformat()
    return Markup(  # noqa: S704 - digits and words of ours; a page has hundreds, and to escape each takes longer
        f'<time datetime="{text}" title="{text[:10]} {text[11:19]} UTC">{readable.age(value, now)}</time>'
    )


def _short(digest: str) -> str:
    return digests.short(digest)


def _who_has(permission: Permission | str) -> str:
    """Return the roles that have a permission, as a sentence about a missing one names them."""
    return ", ".join(role for role, held in ROLES.items() if Permission(permission) in held)


def _may_not(visit: Visit, permission: str, namespace: str, model: str | None = None) -> str:
    """Return why somebody may not do something, or nothing where they may: what a button says that is not for them."""
    if visit.may(Permission(permission), namespace, model):
        return ""
    return rules.needs(Permission(permission), rules.subject(namespace, model))


def _worst_first(findings: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return what a scan found, what is dangerous first, else as it was found."""
    ranks = {"dangerous": 0, "suspicious": 1}
    return sorted(findings, key=lambda one: ranks.get(str(one.get("severity")), 2))


def _aligned(rows: Sequence[Sequence[Any]]) -> list[list[str | None]]:
    """Return values as texts; numbers are padded so that the points of a column stand under each other."""
    texts = [[one if one is None or isinstance(one, str) else readable.number(one) for one in row] for row in rows]
    tails = [max((len(_tail(text)) for text in column), default=0) for column in zip(*texts, strict=True)]
    return [
        [text and text + _padding(_tail(text), most) for text, most in zip(row, tails, strict=True)] for row in texts
    ]


def _tail(text: str | None) -> str:
    """Return the decimals of a number, with the point."""
    return text[text.index(".") :] if text and "." in text and "e" not in text else ""


def _padding(tail: str, most: int) -> str:
    """Return blanks as wide as the decimals that lack."""
    return ("\u2008" if most and not tail else "") + "\u2007" * (most - max(len(tail), 1) if most else 0)


def _data(value: Any) -> str:
    """Return JSON for an attribute that a script reads; the template escapes it."""
    return json.dumps(value, separators=(",", ":"), default=str)


_TEMPLATES = jinja2.Environment(
    loader=jinja2.PackageLoader("holotype.web"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
    cache_size=-1,
)
_TEMPLATES.filters |= {
    "size": readable.size,
    "number": readable.number,
    "scalar": readable.scalar,
    "plural": readable.plural,
    "span": readable.span,
    "moment": _moment,
    "short": _short,
    "card": cards.safe,
    "written": tagged.written,
    "persons": wording.persons,
    "spelled": query_tree.spelled,
    "quote": lambda text: quote(str(text), safe=""),
    "urlencode": urlencode,
    "data": _data,
    "aligned": _aligned,
    "worst_first": _worst_first,
}
_TEMPLATES.globals |= {
    "age": _time,
    "asset": assets.address,
    "at": places,
    "may_not": _may_not,
    "said": wording.said,
    "ref": pieces.ref,
    "sentence": telling.sentence,
    "stage": pieces.stage,
    "tags": pieces.tags,
    "who_has": _who_has,
    "version_of_ours": __version__,
}
