"""How is a page written? As a plain function of a visit, with a permission; it runs in a thread and calls verbs.

    @page("/models/{namespace:str}/{model:str}", permission=Permission.MODEL_READ)
    def model(request: Visit, namespace: str, model: str, *, sort: str | None = None) -> Page:
        '''Show a model.'''
        return Page("model.html", {"model": show_model(request.call, …)})

    @action("/promotions/{promotion:str}/approve", permission=Permission.PROMOTION_APPROVE)
    def approve(request: Visit, promotion: str, *, comment: str = "") -> Redirect:
        '''Approve a promotion.'''

Of a page, arguments that are not in the path are query parameters; of an action, fields of its form. Both pass over
what they do not know: an address that somebody saved goes on working. An action ends with a redirect, so that a reload
repeats nothing, and with what it has to say on the page where it leads (``Redirect.said``). A verb's refusal is said on
the page that the form was on; an action whose form holds a long text catches it, and shows the form again.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import urlencode

from litestar.handlers import HTTPRouteHandler

from holotype.access import rules
from holotype.domain import names
from holotype.domain.permissions import Permission
from holotype.errors import Denied, HolotypeError, NotFound, Unauthenticated
from holotype.gateways import binding, exchange
from holotype.gateways.answers import Answer, Handler
from holotype.gateways.base import PUBLIC, Public, Request, encode
from holotype.gateways.guard import record
from holotype.gateways.mlflow.places import base_url
from holotype.operations.call import Call
from holotype.operations.threads import aside, aside_slowly
from holotype.web import forms, rendering, sessions
from holotype.web.sessions import Session

__all__ = ["PUBLIC", "Data", "Known", "Page", "Redirect", "Visit", "action", "page"]

Made: TypeAlias = "Page | Redirect | Data | Answer"
Function: TypeAlias = Callable[..., Made]
Streaming: TypeAlias = Callable[[Request], Awaitable[Any]]
_HTML = b"text/html; charset=utf-8"


@dataclass(slots=True)
class Visit:
    """One request for a page: the call that verbs take, the address, and whose browser it is.

    ``query`` are the parameters as they were sent, in their order: a page that links to itself with one of them changed
    begins from there. ``fragment`` says that a script asks for a part of the page, not for the whole.
    """

    call: Call
    path: str
    query: tuple[tuple[str, str], ...]
    session: Session
    fragment: bool = False
    address: str = ""
    root: str = ""
    """The URL at which the visitor reaches this server, without a slash at the end."""

    def may(
        self, permission: Permission, namespace: str | None = None, model: str | None = None, stage: str | None = None
    ) -> bool:
        """Say whether the visitor has a permission on a thing."""
        return rules.may(self.call.actor, permission, namespace=namespace, model=model, stage=stage)

    def may_somewhere(self, permission: Permission) -> bool:
        """Say whether the visitor has a permission on anything."""
        return rules.may_somewhere(self.call.actor, permission)

    def here(self, **changed: str | int | None) -> str:
        """Return this address with some parameters changed; ``None`` leaves one out."""
        kept = [(name, value) for name, value in self.query if name not in changed]
        kept += [(name, str(value)) for name, value in changed.items() if value is not None]
        return f"{self.path}?{urlencode(kept)}" if kept else self.path


@dataclass(slots=True)
class Page:
    """A template and what it is about. ``cookies`` are set with it."""

    template: str
    about: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    cookies: tuple[str, ...] = ()


@dataclass(slots=True)
class Redirect:
    """Where the browser goes next, and what is said there once."""

    place: str
    said: str = ""
    cookies: tuple[str, ...] = ()


@dataclass(slots=True)
class Data:
    """What a script asked for: a value that is sent as JSON."""

    value: Any


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a page or an action: the source of the tests that walk all of them."""

    method: str
    path: str
    permission: Permission | Public
    name: str
    summary: str


def page(path: str, *, permission: Permission | Public, slow: bool = False) -> Callable[[Function], HTTPRouteHandler]:
    """Declare a page. ``slow`` is for verbs that may read much, or wait for what does."""

    def decorate(function: Function) -> HTTPRouteHandler:
        binder = binding.Binder(binding.signature(function, path), open_query=True, blank=True)

        async def handle(request: Request) -> Answer:
            return await _answered(function, request, await binder.arguments(request), slow=slow)

        return _handler("GET", path, permission, function, handle)

    return decorate


def action(
    path: str, *, permission: Permission | Public, slow: bool = False, limit: int = forms.LIMIT
) -> Callable[[Function], HTTPRouteHandler]:
    """Declare what a form does; ``limit`` bounds its bytes. ``slow`` is for verbs that hash or ask another server."""

    def decorate(function: Function) -> HTTPRouteHandler:
        fields = forms.Fields(binding.signature(function, path))

        async def handle(request: Request) -> Answer:
            sent = await forms.read(request, limit=limit)
            try:
                return await _answered(function, request, fields.arguments(request, sent), slow=slow)
            except (Unauthenticated, Denied):
                raise
            except HolotypeError as error:
                return _refused(request, error, sent.back)

        return _handler("POST", path, permission, function, handle)

    return decorate


def live(path: str, *, permission: Permission | Public) -> Callable[[Streaming], HTTPRouteHandler]:
    """Declare what is sent as it happens: an async function of a request that returns an ASGI application."""

    def decorate(function: Streaming) -> HTTPRouteHandler:
        return _handler("GET", path, permission, function, function)

    return decorate


def _handler(
    method: str, path: str, permission: Permission | Public, function: Function | Streaming, handle: Any
) -> HTTPRouteHandler:
    if not isinstance(permission, Permission | Public):
        raise TypeError(f"{method} {path} declares no permission")
    summary = inspect.getdoc(function) or ""
    known = Known(method, path, permission, function.__name__, summary.partition("\n")[0])

    async def handled(request: Request) -> Any:
        try:
            return await handle(request)
        except (Denied, NotFound) as error:
            await record(exchange.of(request.scope), error)
            raise

    handled.__name__ = handled.__qualname__ = function.__name__
    handled.__annotations__ = {"request": Request, "return": Any}
    made: HTTPRouteHandler = Handler(
        path,
        http_method=["GET", "HEAD"] if method == "GET" else method,  # type: ignore[arg-type]
        status_code=200,
        opt={"permission": permission, "page": known, "caller": sessions.actor_of},
        request_max_body_size=None,
    )(handled)
    return made


async def _answered(function: Function, request: Request, given: Mapping[str, Any], *, slow: bool = False) -> Answer:
    run = aside_slowly if slow else aside
    return await run(_made, function, visit_of(request), request.scope, given)


def _made(function: Function, visit: Visit, scope: Any, given: Mapping[str, Any]) -> Answer:
    """Call a page's function and render what it gives, both in the thread that this runs in."""
    made = function(visit, **given)
    if isinstance(made, Answer):
        return made
    if isinstance(made, Data):
        return rendering.packed(Answer(200, encode(made.value), [(b"content-type", b"application/json")]), scope)
    if isinstance(made, Redirect):
        said = (sessions.note(made.said, secure=visit.session.secure),) if made.said else ()
        return _redirect(made.place, (*made.cookies, *said))
    body = rendering.page(made.template, visit, made.about)
    headers = [(b"content-type", _HTML), *_cookies((*visit.session.cookies(), *made.cookies))]
    return rendering.packed(Answer(made.status, body, headers), scope)


def _refused(request: Request, error: HolotypeError, back: str) -> Answer:
    """Say why a form was refused, on the page that it was on."""
    said = sessions.note(str(error), kind="error", secure=sessions.of(request).secure)
    return _redirect(back or "/", (said,))


def _redirect(place: str, cookies: tuple[str, ...]) -> Answer:
    return Answer(303, b"", [(b"location", place.encode("utf-8")), *_cookies(cookies)])


def _cookies(values: tuple[str, ...]) -> list[tuple[bytes, bytes]]:
    return [(b"set-cookie", value.encode("latin-1")) for value in values]


def visit_of(request: Request) -> Visit:
    """Return the visit that a request is."""
    known = exchange.of(request.scope)
    query = tuple(binding.pairs(request.scope["query_string"]))
    return Visit(
        Call(known.registry, known.actor, known.request_id),
        request.scope["path"],
        query,
        sessions.of(request),
        fragment=request.headers.get("hx-request") == "true" and request.headers.get("hx-boosted") != "true",
        address=sessions.address(request),
        root=base_url(request, names.DEFAULT_NAMESPACE),
    )
