"""What happened, and who may? The ledger's entries, tokens, and who the caller is."""

from __future__ import annotations

from urllib.parse import quote

from holotype.client.base import ROOT, Base, model_path
from holotype.client.pages import Pages
from holotype.domain import references
from holotype.wire import shapes


class Records(Base):
    """The calls about the ledger and about tokens."""

    def history(self, model: str, *, limit: int | None = None, cursor: str | None = None) -> Pages[shapes.Event]:
        """Iterate over what happened to a model and its versions, the newest first."""
        return self._pages(
            f"{model_path(references.parse_model(model))}/history", shapes.Event, limit=limit, cursor=cursor
        )

    def ledger(self, *, limit: int | None = None, cursor: str | None = None) -> Pages[shapes.Event]:
        """Iterate over the entries of the whole ledger that the caller may see."""
        return self._pages(f"{ROOT}/ledger", shapes.Event, limit=limit, cursor=cursor)

    def create_token(
        self, name: str, *, role: str = "reader", scope: str = "registry", expires_in_days: float | None = 90
    ) -> shapes.CreatedToken:
        """Create a token; its secret is in the answer and can never be seen again."""
        body = shapes.NewToken(name=name, role=role, scope=scope, expires_in_days=expires_in_days)
        return self._post(f"{ROOT}/tokens", shapes.CreatedToken, body)

    def tokens(self, *, limit: int | None = None, cursor: str | None = None) -> Pages[shapes.Token]:
        """Iterate over the caller's tokens, without their secrets."""
        return self._pages(f"{ROOT}/tokens", shapes.Token, limit=limit, cursor=cursor)

    def revoke_token(self, identifier: str) -> None:
        """Make a token useless, at once and for good."""
        self._http.call("DELETE", f"{ROOT}/tokens/{quote(identifier, safe='')}", type(None))

    def whoami(self) -> shapes.Whoami:
        """Return who the server takes the caller for, and what the caller may do."""
        return self._get(f"{ROOT}/whoami", shapes.Whoami)
