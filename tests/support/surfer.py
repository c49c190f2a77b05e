"""How does a test use the pages without a browser? It keeps the cookies, and sends forms with the token of the page."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlencode

from holotype.gateways.front import Front
from tests.support.asgi import Got, Visitor

_KIND = "application/x-www-form-urlencoded"


@dataclass(slots=True)
class Surfer:
    """Somebody in front of the pages, signed in by a token where one is given."""

    app: Front
    secret: str | None = None
    cookies: dict[str, str] = field(default_factory=dict)

    def page(self, place: str, query: str = "") -> Got:
        """Ask for a page."""
        return self._asked("GET", place, query=query)

    def send(self, place: str, on: str, **fields: str) -> Got:
        """Send a form to a place, from the page that it is on."""
        shown = self.page(on).body.decode()
        (token, *_) = re.findall(r'name="form_token" value="([^"]+)"', shown)
        return self._asked("POST", place, urlencode(fields | {"form_token": token}).encode())

    def _asked(self, method: str, place: str, content: bytes | None = None, query: str = "") -> Got:
        session = {"holotype_session": self.secret} if self.secret else {}
        given = "; ".join(f"{name}={value}" for name, value in (session | self.cookies).items())
        headers = {"cookie": given, "accept": "text/html"} | ({"content-type": _KIND} if content is not None else {})
        got = Visitor(self.app).ask(method, place, query=query, content=content, headers=headers)
        name, _, rest = got.headers.get("set-cookie", "").partition("=")
        if name.strip():
            self.cookies[name] = rest.partition(";")[0]
        return got
