"""What happened, and who may? The ledger's entries, tokens, and who the caller is."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from holotype.client.base import ROOT, Base, model_path, moment, version_path
from holotype.client.pages import Pages
from holotype.domain import references
from holotype.wire import shapes


class Records(Base):
    """The calls about the ledger and about tokens."""

    def history(
        self,
        reference: str,
        *,
        until: datetime | str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Pages[shapes.Event]:
        """Iterate over what happened to a model and its versions, or to one version, the newest first.

        With ``until``, only over what happened before that moment.
        """
        parsed = references.parse(reference)
        path = version_path(parsed) if parsed.names_version else model_path(parsed)
        return self._pages(f"{path}/history", shapes.Event, {"until": moment(until)}, limit, cursor)

    def ledger(  # noqa: PLR0913 - each is a filter
        self,
        *,
        namespace: str | None = None,
        model: str | None = None,
        action: str | None = None,
        actor: str | None = None,
        subject: str | None = None,
        since: datetime | str | None = None,
        until: datetime | str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Pages[shapes.Event]:
        """Iterate over the entries of the whole ledger that the caller may see, the newest first."""
        named = {"namespace": namespace, "model": model, "action": action, "actor": actor, "subject": subject}
        span = {"since": moment(since), "until": moment(until)}
        return self._pages(f"{ROOT}/ledger", shapes.Event, {**named, **span}, limit, cursor)

    def create_token(
        self,
        name: str,
        *,
        role: str = "reader",
        scope: str = "registry",
        expires_in_days: float | None = 90,
        principal: str | None = None,
    ) -> shapes.CreatedToken:
        """Create a token, perhaps for a service account (``principal``); its secret can never be seen again."""
        body = shapes.NewToken(name=name, role=role, scope=scope, expires_in_days=expires_in_days, principal=principal)
        return self._post(f"{ROOT}/tokens", shapes.CreatedToken, body)

    def tokens(
        self,
        *,
        everyone: bool = False,
        principal: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Pages[shapes.Token]:
        """Iterate over the caller's tokens, over a service account's or ``everyone``'s, without their secrets."""
        asked = {"everyone": everyone or None, "principal": principal}
        return self._pages(f"{ROOT}/tokens", shapes.Token, asked, limit, cursor)

    def revoke_token(self, identifier: str) -> None:
        """Make a token useless, at once and for good."""
        self._http.call("DELETE", f"{ROOT}/tokens/{quote(identifier, safe='')}", type(None))

    def whoami(self) -> shapes.Whoami:
        """Return who the server takes the caller for, and what the caller may do."""
        return self._get(f"{ROOT}/whoami", shapes.Whoami)
