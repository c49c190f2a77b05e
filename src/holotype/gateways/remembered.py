"""Which answers are given again without being found out again? Those of a few routes, while nothing was committed.

    the same question    path, query and headers alike, by a bearer of the same token, which has not expired; whoever
                         looks into the body of a request is not spared it
    nothing committed    SQLite tells by one look (``Database.stamp``); PostgreSQL cannot, so nothing is kept there

Serving stacks and pipelines ask again and again what is in production, and nearly always it is what it was. A route is
marked as ``remembered``: what it answers depends on the database, on who asks and on the request, and on nothing else.
Whatever ends somebody's rights is a commit, or the end of their token.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from litestar.handlers import HTTPRouteHandler

from holotype.domain import times
from holotype.domain.entities import Actor
from holotype.gateways import exchange
from holotype.gateways.asgi import App, Message, Receive, Scope, Send
from holotype.operations.call import Registry

Headers = list[tuple[bytes, bytes]]
_OPTION = "remembered"
_UNHEARD = frozenset({b"x-request-id", b"user-agent", b"traceparent", b"tracestate"})
"""Headers that change no answer, and from request to request."""
_BEARER = b"Bearer "
_MOST, _BESIDE = 16 * 2**20, 1_024
"""So many bytes are kept, counting so many beside each body; beyond that all is forgotten."""


def remembered(handler: HTTPRouteHandler) -> HTTPRouteHandler:
    """Mark a route whose answer depends on nothing but the request, who asks, and the database."""
    handler.opt[_OPTION] = True
    return handler


@dataclass(frozen=True, slots=True)
class Question:
    """The hash of what decides an answer, and the state of the database before it was looked for."""

    key: bytes
    stamp: object


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer: who asked, by which route it was found, its headers without those of one request, and its body."""

    actor: Actor
    template: str
    headers: Headers
    body: bytes


class Remembering:
    """An ASGI application around the framework's, with the answers that one server process remembers.

    It belongs to the thread of the event loop.
    """

    def __init__(self, app: App, registry: Registry) -> None:
        """Wrap an application, and remember nothing yet."""
        self._app = app
        self._database = registry.database
        self._on = registry.database.dialect == "sqlite" and not registry.settings.open
        self._kept: dict[bytes, Kept] = {}
        self._size = 0
        self._stamp: object = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request: as before, or by the framework."""
        question = self._question(scope)
        if question is None:
            await self._app(scope, receive, send)
            return
        kept = self._recall(question)
        if kept is None:
            await self._find_out(question, scope, receive, send)
            return
        exchange.of(scope).actor = kept.actor
        scope["path_template"] = kept.template
        await send({"type": "http.response.start", "status": 200, "headers": kept.headers})
        await send({"type": "http.response.body", "body": kept.body})

    async def _find_out(self, question: Question, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the framework answer, and keep a whole answer for which it did not look into a body."""
        headers: Headers | None = None
        read = False

        async def hear() -> Message:
            nonlocal read
            read = True
            return await receive()

        async def overhear(message: Message) -> None:
            nonlocal headers
            if message["type"] == "http.response.start":
                headers = message["headers"] if message["status"] == 200 and _is_remembered(scope) else None
            elif headers is not None and not read and not message.get("more_body"):
                actor = exchange.of(scope).actor
                self._keep(question, Kept(actor, scope.get("path_template", ""), headers, message["body"]))
            else:
                headers = None
            await send(message)

        await self._app(scope, hear, overhear)

    def _question(self, scope: Scope) -> Question | None:
        """Return what a request asks, unless its answer may depend on more; forget all if something was committed."""
        if not self._on or scope["type"] != "http" or scope["method"] != "GET":
            return None
        asked, told = None, []
        for header in scope["headers"]:
            if header[0] == b"authorization":
                if asked is not None:
                    return None
                asked = header[1]
            elif header[0] not in _UNHEARD:
                told.append(header)
        if asked is None or not asked.startswith(_BEARER):
            return None
        try:
            stamp = self._database.stamp()
        except Exception:  # noqa: BLE001 - whoever answers says what is wrong, if it concerns the answer
            return None
        if stamp != self._stamp:
            self._forget()
            self._stamp = stamp
        whole = repr((scope["path"], scope["query_string"], asked, told))
        return Question(hashlib.sha256(whole.encode()).digest(), stamp)

    def _recall(self, question: Question) -> Kept | None:
        """Return the answer to a question that was asked before, by somebody whose token is still good."""
        kept = self._kept.get(question.key)
        if kept is None:
            return None
        until = kept.actor.until
        return kept if until is None or times.now() < until else None

    def _keep(self, question: Question, kept: Kept) -> None:
        """Remember an answer, unless something was committed since its question."""
        if question.stamp != self._stamp:
            return
        self._size += len(kept.body) + _BESIDE
        if self._size > _MOST:
            self._forget()
            return
        self._kept[question.key] = kept

    def _forget(self) -> None:
        self._kept, self._size = {}, 0


def _is_remembered(scope: Scope) -> bool:
    handler = scope.get("route_handler")
    return handler is not None and _OPTION in handler.opt
